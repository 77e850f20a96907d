//! The audit as one plain versioned record: `outputs/<study>/audit.json`.
//!
//! Written by `claims`, read by `figure`, `report` and `cli`. No verdict word exists outside
//! [`Verdict`], and each belongs to the bases that [`Verdict::allowed_on`] names.

mod around;
mod check;
mod proof;
mod reading;
mod replication;
mod seal;
mod verdict;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::around::{Around, Binding, Ends};
pub use self::proof::{Excluded, Proof, ProofCase, ProofPart, Stability};
pub use self::reading::{ReadingOutcome, ReadingRecord};
pub use self::replication::{Equivalence, Replication, Sceptical, SmallTelescopes};
pub use self::seal::SealRecord;
pub use self::verdict::{Finding, Verdict, Weight};
use crate::results::{Basis, Code};

/// The version of the document's format.
pub const SCHEMA: &str = "secondlook.audit/1";

/// `outputs/<study>/audit.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The study's id.
    pub study: String,
    /// The study's one-line finding.
    pub finding: Finding,
    /// The finding as a sentence, with its counts.
    pub sentence: String,
    /// How many claims carry each verdict; sums to the number of claims.
    pub counts: BTreeMap<Verdict, usize>,
    /// The same counts within each basis.
    pub counts_by_basis: BTreeMap<Basis, BTreeMap<Verdict, usize>>,
    /// One entry per claim, in the order of `claims.toml`.
    pub claims: Vec<ClaimRecord>,
    /// One entry per relation.
    pub relations: Vec<RelationRecord>,
    /// The implied numbers that were asked for.
    pub implied: Vec<ImpliedRecord>,
    /// Numbers of the source left out, and why.
    pub set_aside: Vec<SetAside>,
    /// What secondary sources say, statement by statement.
    pub coverage: Vec<CoverageRecord>,
    /// How many statements carry each rating; sums to the number of statements.
    pub coverage_counts: BTreeMap<String, usize>,
    /// What was fixed before results existed, where the study was sealed.
    pub seal: Option<SealRecord>,
}

/// One claim, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRecord {
    /// The claim's id.
    pub id: String,
    /// What it says, in our words.
    pub says: String,
    /// Its weight.
    pub weight: Weight,
    /// The document that makes it.
    pub source: String,
    /// The place in that document.
    pub at: String,
    /// How the printed number reached us: `direct`, `two`, `one-checked`, `one`, `chart`.
    pub transcription: String,
    /// The number as printed.
    pub printed: String,
    /// The interval that the printed digits (or the declared reading) stand for.
    pub interval: Option<[f64; 2]>,
    /// How a vague phrase is read, as declared.
    pub reads: Option<[String; 2]>,
    /// The same reading, and who says so: the claims file or the lexicon of vague words.
    pub reading: Option<ReadingRecord>,
    /// What comes out under each reading, where the text has more than one.
    pub readings: Vec<ReadingOutcome>,
    /// What the printed test statistic allows its p value to be.
    pub statistic: Option<StatisticRecord>,
    /// `percent`, `percentage points` or none: how to show the number to people.
    pub unit: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it could not be checked: `withheld`, `unspecified`, `not-fetched`, ….
    pub reason: Option<String>,
    /// The basis of the verdict.
    pub basis: Basis,
    /// The run behind it.
    pub run: Option<String>,
    /// Who ran the code.
    pub code: Option<Code>,
    /// The address of the estimate compared.
    pub estimate: Option<String>,
    /// The expression over other claims that was recomputed.
    pub equals: Option<String>,
    /// Our value.
    pub value: Option<f64>,
    /// The interval in which our value can lie, where it comes from printed numbers.
    pub from_rounding: Option<[f64; 2]>,
    /// The conclusion that must survive, as written.
    pub conclusion: Option<String>,
    /// Whether it does; none where it was not or could not be tested.
    pub holds: Option<bool>,
    /// `fragile`, `late`, `chart-read`, `single-transcription`, `ambiguous`, `convention:<name>`.
    pub marks: Vec<String>,
    /// Two or three sentences for a reader: what was done, on what basis, what came out.
    pub plain: String,
    /// What the comparison rests on, from our value to the files and their checksums.
    pub trace: Vec<String>,
    /// What we had to fill in along that trace.
    pub assumes: Vec<String>,
    /// The verdicts of the runs with a weaker basis.
    pub others: Vec<OtherVerdict>,
    /// A difference that someone has looked at and accepted.
    pub accepted: Option<Accepted>,
    /// Relations and claims in the same smallest conflicting set.
    pub conflict: Vec<String>,
    /// On new data: the prediction and the metrics beside the verdict.
    pub replication: Option<Replication>,
    /// The nearest change that would turn the verdict, where one was found.
    pub stability: Option<Stability>,
}

/// A printed test statistic and its p value, recomputed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatisticRecord {
    /// Every p value that the printed statistic allows, its whole rounding interval over.
    pub p: Option<[f64; 2]>,
    /// Whether the printed p value is among them; none where it could not be recomputed.
    pub consistent: Option<bool>,
    /// Whether it would be, if the test were one-sided.
    pub consistent_if_one_sided: bool,
    /// Whether the printed p value decides otherwise at the level than all of them.
    pub decision_error: bool,
    /// The level of the decision, as a decimal.
    pub alpha: String,
    /// Why it could not be recomputed.
    pub reason: Option<String>,
}

/// The verdict of a run with a weaker basis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherVerdict {
    /// The run.
    pub run: Option<String>,
    /// Its basis.
    pub basis: Basis,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why it could not be checked.
    pub reason: Option<String>,
    /// Its value.
    pub value: Option<f64>,
    /// On new data: the prediction and the metrics beside the verdict.
    pub replication: Option<Replication>,
}

/// A difference that was looked at and accepted. It is shown, and does not fail an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Why.
    pub why: String,
    /// When (`2026-11-22`).
    pub on: String,
    /// Whether it still applies: it lapses when the verdict or the value's printed digits change.
    pub applies: bool,
}

/// How a relation came out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum RelationState {
    /// There are numbers inside all printed intervals for which it is true.
    Holds,
    /// There are none.
    Fails,
    /// It could not be decided.
    Undecided,
}

/// One relation between claims, evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationRecord {
    /// The relation's id.
    pub id: String,
    /// What it says.
    pub says: String,
    /// `definitional`, `stated` or `assumed`.
    pub kind: String,
    /// `grim`, `shares`, …: the check that it is, where it is no comparison as written.
    pub check: Option<String>,
    /// What goes into the check: each key with the claims or numbers that it names.
    pub inputs: BTreeMap<String, Vec<String>>,
    /// The relation as written, or what its check says in one line.
    pub holds: String,
    /// How it came out.
    pub state: RelationState,
    /// Why it could not be decided.
    pub reason: Option<String>,
    /// The claims (and relations) that cannot all be right.
    pub conflict: Vec<String>,
    /// Numbers inside all printed intervals for which it is true, as exact decimals or fractions.
    pub witness: BTreeMap<String, String>,
    /// What a reader can check by hand.
    pub certificate: Option<String>,
    /// The same for a program, where it is a sum of inequalities.
    pub proof: Option<Proof>,
    /// A failure that someone has looked at.
    pub accepted: Option<Accepted>,
    /// Marks inherited from its claims.
    pub marks: Vec<String>,
    /// The nearest change that would turn it, where one was found.
    pub stability: Option<Stability>,
}

/// The tightest interval that the printed numbers allow for a quantity that is not printed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpliedRecord {
    /// Its id.
    pub id: String,
    /// What it is.
    pub says: String,
    /// The expression.
    pub value: String,
    /// The interval; none where nothing can be said.
    pub interval: Option<[f64; 2]>,
    /// `percent`, `percentage points` or none.
    pub unit: Option<String>,
    /// Why there is no interval, or how tight it is known to be.
    pub reason: Option<String>,
    /// Whether no tighter interval exists.
    pub tight: bool,
    /// Whether the lower and the upper end are only approached.
    pub open: [bool; 2],
    /// The interval by the numbers in the expression alone, without any relation.
    pub alone: Option<[f64; 2]>,
    /// The interval between two choices inside all printed intervals: the quantity surely takes both.
    pub reached: Option<[f64; 2]>,
    /// The choice at (or, where open, near) the lower end.
    pub lowest: BTreeMap<String, String>,
    /// The choice at (or near) the upper end.
    pub highest: BTreeMap<String, String>,
    /// The relations that take part.
    pub relations: Vec<String>,
}

/// Numbers of the source left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What a secondary source says of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageRecord {
    /// The outlet: the file's name.
    pub outlet: String,
    /// The statement's id.
    pub id: String,
    /// What it says, in our words.
    pub says: String,
    /// `accurate`, `missing-context`, `exaggerated`, `wrong-measure`, `unsupported`, `contradicted`.
    pub rating: String,
    /// The claim of the primary source.
    pub claim: Option<String>,
    /// Whether the rating was computed from numbers (else it is a judgement).
    pub computed: bool,
    /// Why.
    pub why: String,
}

impl Audit {
    /// Finds a claim by id.
    #[must_use]
    pub fn claim(&self, id: &str) -> Option<&ClaimRecord> {
        self.claims.iter().find(|claim| claim.id == id)
    }
}

impl ClaimRecord {
    /// The claim's verdict on a run, where it has one.
    #[must_use]
    pub fn verdict_in(&self, run: &str) -> Option<Verdict> {
        if self.run.as_deref() == Some(run) {
            return Some(self.verdict);
        }
        let on_it = |other: &&OtherVerdict| other.run.as_deref() == Some(run);
        self.others.iter().find(on_it).map(|other| other.verdict)
    }
}
