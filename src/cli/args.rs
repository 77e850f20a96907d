//! The command line as `clap` reads it. Says nothing about what a command does: see its own file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::claims::record::Verdict;
use crate::claims::rounding::Rounding;
use crate::diagnostic::nearest;

/// An independent second look at a study.
///
/// Checksums the study's data, reruns its stated method step by step, draws the figures, and diffs
/// what comes out against what the study claims.
#[derive(Debug, Parser)]
#[command(name = "secondlook", version, max_term_width = 100, after_help = super::exit_table())]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The folder that holds methods/ and data-manifests/
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,
    /// Where outputs go; each study writes OUT/STUDY/ [default: ROOT/outputs]
    #[arg(long, global = true, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Where data are that are not beside their manifest: DIR/DATASET/PATH
    #[arg(long, global = true, value_name = "DIR", env = "SECONDLOOK_DATA")]
    pub data_dir: Option<PathBuf>,
    /// The cache that `fetch` fills [default: the user's cache folder]
    #[arg(long, global = true, value_name = "DIR", env = "SECONDLOOK_CACHE")]
    pub cache: Option<PathBuf>,
    /// Take only this run of the study (may be repeated) [default: all]
    #[arg(long = "run", global = true, value_name = "ID")]
    pub runs: Vec<String>,
    /// Bind an input to a table of a dataset, as a run of its own (may be repeated)
    #[arg(long, global = true, value_name = "INPUT=DATASET/TABLE")]
    pub bind: Vec<String>,
    /// The engine that runs the queries
    #[arg(long, global = true, value_enum, default_value_t = EngineChoice::Local)]
    pub engine: EngineChoice,
    /// Threads to use [default: all cores]; results do not depend on it
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// What stdout carries
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Say less on stderr: errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// The engines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineChoice {
    /// On this machine; needs nothing installed.
    Local,
}

/// What stdout carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people.
    Human,
    /// One JSON document and nothing else.
    Json,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// Where the terminal shows it and `NO_COLOR` is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Verify, run, judge, draw and report: the main job
    Audit(AuditArguments),
    /// Check the data against their manifests: sizes, checksums, columns
    Verify(VerifyArguments),
    /// Download the data that are missing, and check them
    Fetch(FetchArguments),
    /// Run a study's method, and nothing else
    Run(StudyArgument),
    /// Check the printed numbers alone: needs no data, no run, no method
    Check(CheckArguments),
    /// Rebuild a report from its recorded results
    Report(StudyArgument),
    /// Follow a claim from the printed number to the files and their checksums
    Explain(ExplainArguments),
    /// Fix claims and method before results exist: later changes are marked `late`
    Seal(SealArguments),
    /// List the studies and the datasets, or the claims of a study
    List(ListArguments),
    /// Print a completion script
    Completions(CompletionsArguments),
}

/// Arguments of `audit`.
#[derive(Debug, Clone, Args)]
pub struct AuditArguments {
    /// Studies, by id or by the path of their folder
    #[arg(value_name = "STUDY")]
    pub studies: Vec<String>,
    /// Audit every study under ROOT/methods
    #[arg(long, conflicts_with = "studies")]
    pub all: bool,
    /// Write nothing; compare with the recorded results.json and audit.json
    #[arg(long)]
    pub check: bool,
    /// With --all: fail where data are missing
    #[arg(long)]
    pub require_data: bool,
    /// The verdicts that fail an audit
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = verdict)]
    pub fail_on: Option<Vec<Verdict>>,
}

/// Arguments of `verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArguments {
    /// Studies or datasets [default: every dataset]
    #[arg(value_name = "STUDY|DATASET")]
    pub names: Vec<String>,
    /// Compare sizes only, do not hash
    #[arg(long)]
    pub fast: bool,
}

/// Arguments of `fetch`.
#[derive(Debug, Clone, Args)]
pub struct FetchArguments {
    /// Datasets, or studies for all of theirs [default: every dataset]
    #[arg(value_name = "DATASET")]
    pub names: Vec<String>,
}

/// A study.
#[derive(Debug, Clone, Args)]
pub struct StudyArgument {
    /// The study, by id or by the path of its folder
    #[arg(value_name = "STUDY")]
    pub study: String,
}

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DecimalMark {
    /// `5.19`
    #[default]
    Point,
    /// `5,19`
    Comma,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArguments {
    /// The study, by id or by the path of its folder
    #[arg(value_name = "STUDY", required_unless_present = "table", conflicts_with = "table")]
    pub study: Option<String>,
    /// A CSV or TSV file of printed numbers to check row by row
    #[arg(long, value_name = "FILE", requires = "kind")]
    pub table: Option<PathBuf>,
    /// Means of whole numbers: the columns of mean and number of cases, by name or by place
    #[arg(long, value_name = "MEAN,N", group = "kind", requires = "table")]
    pub grim: Option<String>,
    /// Means and standard deviations of whole numbers
    #[arg(long, value_name = "MEAN,SD,N", group = "kind", requires = "table")]
    pub grimmer: Option<String>,
    /// Means and standard deviations of zeros and ones
    #[arg(long, value_name = "MEAN,SD,N", group = "kind", requires = "table")]
    pub debit: Option<String>,
    /// Test statistics with their p values, as `t(28) = 2.20, p = .036`: the column that holds them
    #[arg(
        long,
        value_name = "COLUMN",
        group = "kind",
        requires = "table",
        visible_alias = "statcheck"
    )]
    pub p: Option<String>,
    /// With --p: the level at which a p value counts as significant
    #[arg(long, value_name = "LEVEL", requires = "p", default_value = "0.05", conflicts_with_all = ["grim", "grimmer", "debit"])]
    pub alpha: String,
    /// Each value is the mean of this many whole numbers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000), requires = "table", conflicts_with_all = ["p", "debit"])]
    pub items: u64,
    /// The answers' least and largest value: then the check is exact and shows a data set
    #[arg(long, value_name = "MIN,MAX", value_parser = scale, allow_hyphen_values = true, requires = "table", conflicts_with_all = ["p", "debit"])]
    pub scale: Option<(i64, i64)>,
    /// How the numbers were rounded [default: unknown]
    #[arg(long, value_name = "MODE", requires = "table")]
    pub rounding: Option<Rounding>,
    /// Means and standard deviations are percentages
    #[arg(long, requires = "table", conflicts_with = "p")]
    pub percent: bool,
    /// Standard deviations divide by the number of cases, not by one less
    #[arg(long, requires = "table", conflicts_with_all = ["p", "grim"])]
    pub population: bool,
    /// The decimal mark; with a comma, semicolons may stand between the columns of a .csv
    #[arg(long, value_enum, value_name = "MARK", default_value_t, requires = "table")]
    pub decimal: DecimalMark,
    /// The first line of the table is no header
    #[arg(long, requires = "table")]
    pub no_header: bool,
    /// The verdicts that fail the check
    #[arg(long, value_name = "VERDICT", value_delimiter = ',', value_parser = verdict, conflicts_with = "table")]
    pub fail_on: Option<Vec<Verdict>>,
}

impl CheckArguments {
    /// Whether a comma is the decimal mark.
    pub fn decimal_comma(&self) -> bool {
        self.decimal == DecimalMark::Comma
    }
}

/// Arguments of `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArguments {
    /// The study, by id or by the path of its folder
    #[arg(value_name = "STUDY")]
    pub study: String,
    /// The claim's id
    #[arg(value_name = "CLAIM")]
    pub claim: String,
}

/// Arguments of `seal`.
#[derive(Debug, Clone, Args)]
pub struct SealArguments {
    /// The study, by id or by the path of its folder
    #[arg(value_name = "STUDY")]
    pub study: String,
    /// Make a new seal in place of an earlier one, which it names
    #[arg(long)]
    pub again: bool,
    /// Write nothing; say what changed since the seal
    #[arg(long, conflicts_with = "again")]
    pub check: bool,
}

/// Arguments of `list`.
#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    /// A study, by id or by the path of its folder: its claims are listed
    #[arg(value_name = "STUDY")]
    pub study: Option<String>,
}

/// Arguments of `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

fn scale(text: &str) -> Result<(i64, i64), String> {
    let ends = text.split_once(',').and_then(|(least, largest)| {
        Some((least.trim().parse().ok()?, largest.trim().parse().ok()?))
    });
    ends.filter(|(least, largest): &(i64, i64)| {
        least < largest && largest.checked_sub(*least).is_some()
    })
    .ok_or_else(|| "write two whole numbers, the smaller first: 1,7".to_owned())
}

fn verdict(word: &str) -> Result<Verdict, String> {
    Verdict::ALL.into_iter().find(|verdict| verdict.word() == word).ok_or_else(|| {
        let words = Verdict::ALL.map(Verdict::word);
        match nearest(word, words) {
            Some(near) => format!("no such verdict; did you mean `{near}`?"),
            None => format!("no such verdict; there are: {}", words.join(", ")),
        }
    })
}
