//! A small audit made by hand, with a claim for every kind of verdict and `salt` in every text that
//! people write.

use std::collections::BTreeMap;

use secondlook::claims::record::{
    self, Accepted, Audit, ClaimRecord, CoverageRecord, Finding, ImpliedRecord, OtherVerdict,
    RelationRecord, RelationState, SealRecord, SetAside, Verdict, Weight,
};
use secondlook::diagnostic::{Source, Span, Spanned};
use secondlook::digest::{Sha256, canonical_number};
use secondlook::figure::Drawing;
use secondlook::report::Page;
use secondlook::results::{
    self, Basis, ChartKind, Code, Dataset, Estimate, Figure, Input, Results, Run, Skipped, Step,
    Warning,
};
use secondlook::study::{Auditors, Response, RunBinding, SourceDocument, Study};

/// Everything a page needs.
pub(super) struct Story {
    pub(super) study: Study,
    pub(super) results: Results,
    pub(super) audit: Audit,
    pub(super) drawings: Vec<Drawing>,
}

impl Story {
    /// A story without malice.
    pub(super) fn plain() -> Self {
        Self::salted("")
    }

    /// The same story with `salt` at the end of every text that people write.
    pub(super) fn salted(salt: &str) -> Self {
        Self {
            study: study(salt),
            results: results(salt),
            audit: audit(salt),
            drawings: vec![drawing(salt)],
        }
    }

    pub(super) fn page(&self) -> Page<'_> {
        Page {
            study: &self.study,
            results: &self.results,
            audit: &self.audit,
            drawings: &self.drawings,
            version: "0.1.0",
        }
    }

    pub(super) fn html(&self) -> String {
        secondlook::report::html(&self.page()).expect("the page is made")
    }

    pub(super) fn markdown(&self) -> String {
        secondlook::report::markdown(&self.page()).expect("the Markdown is made")
    }

    /// Counts the claims again after a test has changed them.
    pub(super) fn recount(&mut self) {
        (self.audit.counts, self.audit.counts_by_basis) = counted(&self.audit.claims);
    }
}

fn spanned(value: impl Into<String>) -> Spanned<String> {
    let source = Source::new("study.toml", "");
    Spanned { value: value.into(), span: Span::new(&source, 0..0) }
}

fn study(salt: &str) -> Study {
    let says = |text: &str| format!("{text}{salt}");
    Study {
        id: spanned("tea-and-typing"),
        title: says("Tea makes typists faster: evidence from a made-up trial"),
        authors: vec![says("A. Author"), says("B. Writer"), says("C. Scribe")],
        date: Some(says("2026-01-31")),
        url: Some("https://example.org/tea".to_owned()),
        says: Some(says(
            "In a trial that exists only in this test, tea made 200 typists about 19% faster.",
        )),
        sources: vec![SourceDocument {
            id: spanned(says("paper")),
            title: says("The paper, first version"),
            url: Some("https://example.org/tea.pdf".to_owned()),
            archived: Some("https://archive.example.org/tea.pdf".to_owned()),
            sha256: Some(Sha256::of(b"paper").to_string()),
            as_known_on: Some(says("2026-11-22")),
        }],
        runs: vec![RunBinding {
            id: spanned(says("released")),
            basis: spanned("analysis-data"),
            bind: vec![(spanned("typists"), spanned("tea/typists"))],
            estimates: None,
            code: None,
            says: Some(says("The file that the authors released.")),
        }],
        responses: vec![Response {
            asked: says("2026-11-01"),
            received: Some(says("2026-11-08")),
            summary: Some(says("They agree with the second table.")),
        }],
        audit: Auditors {
            by: Some(says("Jo Auditor")),
            reviewed_by: None,
            interests: Some(says("none")),
            as_known_on: Some(says("2026-11-22")),
            supersedes: Some(says("the audit of 2026-06-01")),
        },
        rounding: None,
    }
}

fn results(salt: &str) -> Results {
    let says = |text: &str| format!("{text}{salt}");
    Results {
        schema: results::SCHEMA.to_owned(),
        study: "tea-and-typing".to_owned(),
        runs: vec![Run {
            id: says("released"),
            basis: Basis::AnalysisData,
            code: Code::Reimplemented,
            inputs: vec![Input {
                input: says("typists"),
                dataset: says("tea"),
                table: says("typists"),
                path: says("typists.csv"),
                bytes: 8_819,
                sha256: Sha256::of(b"typists"),
                rows: 246,
            }],
            datasets: vec![
                dataset(salt, "tea", "public", &["https://example.org/typists.csv"]),
                dataset(salt, "diaries", "withheld", &[]),
            ],
            method_sha256: Some(Sha256::of(b"method")),
            steps: steps(salt),
            estimates: estimates(salt),
            skipped: vec![Skipped {
                step: says("diary_minutes"),
                reason: "withheld".to_owned(),
                needs: says("diaries"),
            }],
            warnings: vec![Warning {
                step: says("timed"),
                message: says("16 rows have no time and were given the mean of their arm"),
            }],
            figures: vec![Figure {
                id: says("effect"),
                kind: ChartKind::Estimates,
                title: says("Tea and speed"),
                show: vec![says("effect")],
                labels: vec![(says("effect"), says("speed"))],
                axis: Some(says("change")),
                unit: Some("percent".to_owned()),
                time: None,
            }],
        }],
    }
}

fn dataset(salt: &str, id: &str, access: &str, urls: &[&str]) -> Dataset {
    let says = |text: &str| format!("{text}{salt}");
    Dataset {
        id: says(id),
        title: says(if access == "public" { "Typing times" } else { "Tea diaries" }),
        producer: says("Institute of Tea"),
        citation: Some(says("Author and Writer 2026")),
        licence: says("CC-BY-4.0"),
        access: access.to_owned(),
        reason: (access == "withheld").then(|| says("They name their writers.")),
        contact: (access == "withheld").then(|| says("data@example.org")),
        retrieved: Some(says("2026-11-22")),
        urls: urls.iter().map(|url| (*url).to_owned()).collect(),
    }
}

fn steps(salt: &str) -> Vec<Step> {
    let says = |text: &str| format!("{text}{salt}");
    let step = |id: &str, kind: &str, reads: &str, rows: Option<(u64, u64)>| Step {
        id: says(id),
        kind: kind.to_owned(),
        reads: vec![says(reads)],
        rows_in: rows.map(|rows| rows.0),
        rows_out: rows.map(|rows| rows.1),
        place: Some(says("paper, section 2.3")),
        assumes: (id != "slowdown")
            .then(|| says("A missing time is the mean of its arm, as in the authors' code.")),
        sql: vec![says(
            "SELECT *, initial + coalesce(review, 0) AS total\nFROM typists\nWHERE initial > 0",
        )],
        defined: says("methods/tea-and-typing/method.toml:14"),
        convention: vec![(says("preset"), says("fixest")), ("df".to_owned(), "243".to_owned())],
    };
    vec![
        step("timed", "derive", "typists", Some((246, 246))),
        step("adults", "filter", "timed", Some((246, 230))),
        step("slowdown", "regress", "adults", Some((230, 230))),
        step("effect", "contrast", "slowdown", None),
    ]
}

fn estimates(salt: &str) -> Vec<Estimate> {
    let estimate = |id: &str, step: &str, value: f64| Estimate {
        id: format!("{id}{salt}"),
        step: format!("{step}{salt}"),
        value,
        se: Some(0.097_1),
        ci: Some([canonical_number(value - 0.19), canonical_number(value + 0.19)]),
        level: Some(0.95),
        p: Some(0.034_6),
        df: Some(243.0),
        reference: Some("t".into()),
        interval: Some("wald".into()),
        n: Some(246.0),
        clusters: Some(16),
        unit: None,
        from_rounding: None,
    };
    vec![
        estimate("effect", "effect", 0.188_399_941_163),
        estimate("slowdown/tea", "slowdown", 0.172_6),
        Estimate {
            se: None,
            ci: None,
            p: None,
            df: None,
            clusters: None,
            from_rounding: Some([0.42, 0.43]),
            ..estimate("sample/share", "timed", 0.425)
        },
    ]
}

/// A claim with nothing but its verdict.
fn claim(salt: &str, id: &str, verdict: Verdict, basis: Basis) -> ClaimRecord {
    let says = |text: &str| format!("{text}{salt}");
    ClaimRecord {
        id: says(id),
        says: says("Tea made typists about 19% faster than the control group."),
        weight: Weight::Major,
        source: says("paper"),
        at: says("Table 2, column 1"),
        transcription: "one-checked".to_owned(),
        printed: says("19%"),
        interval: Some([0.185, 0.195]),
        reads: None,
        readings: Vec::new(),
        reading: None,
        statistic: None,
        unit: Some("percent".to_owned()),
        verdict,
        reason: None,
        basis,
        run: Some(says("released")),
        code: Some(Code::Reimplemented),
        estimate: Some(says("effect")),
        equals: None,
        value: Some(0.188_399_941_163),
        from_rounding: None,
        conclusion: Some(says("tea > 0")),
        holds: Some(true),
        marks: vec!["fragile".to_owned(), says("convention:fixest")],
        plain: says("We ran the stated regression on the released file. It gives 18.84%."),
        trace: vec![
            says("effect"),
            says("slowdown"),
            says("timed"),
            format!("tea{salt}/typists.csv{salt} sha256:{}", Sha256::of(b"typists")),
        ],
        assumes: vec![says("A missing time is the mean of its arm.")],
        others: Vec::new(),
        accepted: None,
        conflict: Vec::new(),
        replication: None,
        stability: None,
    }
}

fn claims(salt: &str) -> Vec<ClaimRecord> {
    let says = |text: &str| format!("{text}{salt}");
    let own = Basis::AnalysisData;
    let paper = Basis::PrintedNumbers;
    let headline = ClaimRecord {
        weight: Weight::Headline,
        others: vec![OtherVerdict {
            run: Some(says("tables")),
            basis: paper,
            verdict: Verdict::AddsUp,
            reason: Some(says("a reason of its own")),
            value: Some(0.19),
            replication: None,
        }],
        ..claim(salt, "faster", Verdict::Rounded, own)
    };
    let unseen = |id: &str, verdict, reason: &str| ClaimRecord {
        reason: Some(reason.to_owned()),
        run: None,
        code: None,
        estimate: None,
        value: None,
        holds: None,
        marks: Vec::new(),
        trace: Vec::new(),
        ..claim(salt, id, verdict, Basis::Nothing)
    };
    let differs = ClaimRecord {
        printed: says("1,794 words"),
        interval: Some([1793.5, 1794.5]),
        unit: None,
        value: Some(1801.25),
        accepted: Some(Accepted {
            why: says("The authors confirmed a slip."),
            on: says("2026-11-20"),
            applies: true,
        }),
        ..claim(salt, "words", Verdict::Differs, own)
    };
    let summed = ClaimRecord {
        conflict: vec![says("rows_sum"), says("faster")],
        from_rounding: Some([0.201, 0.212]),
        value: Some(0.206),
        equals: Some(says("a + b")),
        ..claim(salt, "rows", Verdict::DoesNotAddUp, paper)
    };
    let vague = ClaimRecord {
        printed: says("nearly half"),
        reads: Some([says("40%"), says("50%")]),
        interval: Some([0.4, 0.5]),
        value: Some(0.425),
        from_rounding: Some([0.42, 0.43]),
        ..claim(salt, "half", Verdict::AddsUp, paper)
    };
    vec![
        headline,
        claim(salt, "count", Verdict::Exact, own),
        differs,
        summed,
        vague,
        unseen("diaries", Verdict::Untestable, "withheld"),
        unseen("later", Verdict::Unchecked, "not-attempted"),
        ClaimRecord {
            weight: Weight::Minor,
            holds: Some(false),
            ..claim(salt, "sign", Verdict::Overturned, own)
        },
    ]
}

type Counts = (BTreeMap<Verdict, usize>, BTreeMap<Basis, BTreeMap<Verdict, usize>>);

fn counted(claims: &[ClaimRecord]) -> Counts {
    let (mut counts, mut by_basis) = Counts::default();
    for claim in claims {
        *counts.entry(claim.verdict).or_insert(0) += 1;
        *by_basis.entry(claim.basis).or_default().entry(claim.verdict).or_insert(0) += 1;
    }
    (counts, by_basis)
}

fn audit(salt: &str) -> Audit {
    let says = |text: &str| format!("{text}{salt}");
    let claims = claims(salt);
    let (counts, counts_by_basis) = counted(&claims);
    Audit {
        schema: record::SCHEMA.to_owned(),
        study: "tea-and-typing".to_owned(),
        finding: Finding::ContradictedInPart,
        sentence: says(
            "Of 8 claims, 2 give the same number on the study's own data, 3 fail, and 2 could not be checked.",
        ),
        counts,
        counts_by_basis,
        claims,
        relations: vec![
            relation(salt, RelationState::Fails),
            relation(salt, RelationState::Holds),
            relation(salt, RelationState::Undecided),
        ],
        implied: vec![ImpliedRecord {
            id: says("controls"),
            says: says("The mean of the control group"),
            value: says("total - treated"),
            interval: Some([0.31, 0.33]),
            unit: Some("percent".to_owned()),
            reason: Some(says("Exact: both ends can be reached.")),
            tight: true,
            ..ImpliedRecord::default()
        }],
        set_aside: vec![SetAside { what: says("Figure 4"), why: says("It has no axis.") }],
        coverage: vec![CoverageRecord {
            outlet: says("the-daily-cup"),
            id: says("lead"),
            says: says("Tea doubles speed."),
            rating: "exaggerated".to_owned(),
            claim: Some(says("faster")),
            computed: true,
            why: says("19% is not double."),
        }],
        coverage_counts: BTreeMap::from([("exaggerated".to_owned(), 1)]),
        seal: Some(SealRecord {
            on: says("2026-10-01"),
            sha256: Sha256::of(b"seal"),
            results_existed: false,
            superseded: 0,
            changes: vec![says("claim faster: holds changed")],
        }),
    }
}

fn relation(salt: &str, state: RelationState) -> RelationRecord {
    let says = |text: &str| format!("{text}{salt}");
    let fails = state == RelationState::Fails;
    RelationRecord {
        id: says(match state {
            RelationState::Fails => "rows_sum",
            RelationState::Holds => "shares_sum",
            RelationState::Undecided => "minutes",
        }),
        says: says("The rows of Table 2 sum to its last line."),
        kind: "definitional".to_owned(),
        check: None,
        inputs: std::collections::BTreeMap::new(),
        holds: says("rows == faster + count"),
        state,
        reason: (state == RelationState::Undecided).then(|| says("A number in it has no bounds.")),
        conflict: if fails { vec![says("rows"), says("faster")] } else { Vec::new() },
        witness: if fails {
            BTreeMap::new()
        } else {
            BTreeMap::from([(says("rows"), says("379/2"))])
        },
        certificate: fails.then(|| says("rows <= 0.205\nfaster + count >= 0.37")),
        proof: None,
        stability: None,
        accepted: fails.then(|| Accepted {
            why: says("Reported."),
            on: says("2026-11-20"),
            applies: false,
        }),
        marks: vec!["chart-read".to_owned()],
    }
}

fn drawing(salt: &str) -> Drawing {
    let label = salt.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Drawing {
        id: format!("effect{salt}"),
        title: format!("Tea and speed{salt}"),
        description: format!("Dot chart. Tea and speed: ours 18.8%, printed 19%.{salt}"),
        svg: format!(
            "<svg width=\"640\" height=\"120\" viewBox=\"0 0 640 120\" xmlns=\"http://www.w3.org/2000/svg\">\
             <rect width=\"640\" height=\"120\" fill=\"#FFFFFF\"/><line x1=\"60\" y1=\"60\" x2=\"600\" y2=\"60\" stroke=\"#0072B2\"/>\
             <circle cx=\"300\" cy=\"60\" r=\"6\" fill=\"#0072B2\"/><text x=\"300\" y=\"40\" font-size=\"14\">speed{label}</text></svg>"
        ),
        png: Vec::new(),
        csv: format!("label,value\n\"{}\",0.1884\n", format!("speed{salt}").replace('"', "\"\"")),
    }
}
