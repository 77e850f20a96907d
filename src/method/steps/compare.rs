//! `compare`: two groups, two columns, one column, or a table of counts, by a test with a name.
//!
//! | key | |
//! |---|---|
//! | `from` | the rows |
//! | `test` | of two groups: `welch`, `student`, `mann-whitney`, `proportions`; of two columns row by row: `paired-t`, `wilcoxon`, `pearson`, `spearman`, `kendall`; of one column: `one-sample-t`, `one-sample-wilcoxon`, `binomial`; of two columns of categories: `chi-square`, `chi-square-yates`, `fisher` (of any size: above two by two over all tables with the margins) |
//! | `of` | two groups: the column that is compared. Otherwise the first (or only) column |
//! | `between` | two groups: the column whose two values make the groups. Otherwise the second column |
//! | `groups = ["treated", "control"]` | the two values of `between` that are compared, first minus second; rows with others are left out |
//! | `null` | the difference, mean or proportion that is tested against: 0, for `binomial` 0.5 |
//! | `alternative` | `two-sided` (the default), `greater`, `less`: the side of p; intervals stay two-sided |
//! | `exact` | of rank tests, `spearman` and `kendall`: `true` counts p over all orders (mid-ranks of ties and all; not those of `kendall`, which refuses ties), `false` takes the normal, for `spearman` t. Left out: exact without ties (and zeros) below 50 observations in each group, as in R; for `spearman` up to 12 pairs, which is also the most that it counts (R counts 9 and has a series beyond) |
//! | `continuity` | the correction by 1/2: `true` for rank tests where left out, `false` for `proportions` |
//! | `interval` | of `proportions`: `newcombe` (the default) or `wald` |
//! | `weights` | of `proportions`, `binomial`, `chi-square` and `fisher`: a row stands for so many |
//! | `level` | of the intervals, 0.95 by default |
//!
//! Without `groups` the group with the smaller value of `between` comes first: a difference is first
//! minus second. Rows with a null in either column are dropped and counted. Estimates are called
//! `step/estimate` (a difference of means or proportions, a mean, a proportion, a correlation, the chance that the first
//! group is above the second, Fisher's conditional odds ratio where it is finite), `step/statistic` (all but `fisher`, which has
//! none; of exact `kendall` the concordant pairs, of exact `spearman` the sum of squared differences of ranks: R's T and S),
//! `step/p`, and `step/` with the name of each
//! effect size: `cohen_d`, `hedges_g`, `cohen_dz`, `rank_biserial`, `superiority`, `risk_difference`, `risk_ratio`,
//! `odds_ratio`, `cramer_v`. `.p` behind `estimate` or `statistic` is the p value too. In a table of counts the values of `of`
//! are rows and those of `between` columns, in order; its risk is that of the first column.

mod run;

use crate::diagnostic::document::{Scalar, Table as Document};
use crate::diagnostic::{Problem, Span, Spanned};
use crate::method::checker::Checker;
use crate::method::fragment::Fragment;
use crate::method::plan::{Address, Piece};
use crate::stats::compare::{Alternative, How};

use super::join::choice;
use super::summarise::{Reported, label, read_level};
use super::{Checked, Kind, Read, Written};

pub(super) const KIND: Kind = Kind { name: "compare", read };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Welch,
    Student,
    MannWhitney,
    Proportions,
    PairedT,
    Wilcoxon,
    Pearson,
    Spearman,
    Kendall,
    OneSampleT,
    OneSampleWilcoxon,
    Binomial,
    ChiSquare,
    ChiSquareYates,
    Fisher,
}

const TESTS: [(&str, Test); 15] = [
    ("welch", Test::Welch),
    ("student", Test::Student),
    ("mann-whitney", Test::MannWhitney),
    ("proportions", Test::Proportions),
    ("paired-t", Test::PairedT),
    ("wilcoxon", Test::Wilcoxon),
    ("pearson", Test::Pearson),
    ("spearman", Test::Spearman),
    ("kendall", Test::Kendall),
    ("one-sample-t", Test::OneSampleT),
    ("one-sample-wilcoxon", Test::OneSampleWilcoxon),
    ("binomial", Test::Binomial),
    ("chi-square", Test::ChiSquare),
    ("chi-square-yates", Test::ChiSquareYates),
    ("fisher", Test::Fisher),
];

const ALTERNATIVES: [(&str, Alternative); 3] = [
    ("two-sided", Alternative::TwoSided),
    ("greater", Alternative::Greater),
    ("less", Alternative::Less),
];

impl Test {
    /// Whether `between` makes two groups of `of`.
    fn groups(self) -> bool {
        matches!(self, Self::Welch | Self::Student | Self::MannWhitney | Self::Proportions)
    }

    /// Whether there is one column only.
    fn alone(self) -> bool {
        matches!(self, Self::OneSampleT | Self::OneSampleWilcoxon | Self::Binomial)
    }

    /// Whether both columns are categories.
    fn counts(self) -> bool {
        matches!(self, Self::ChiSquare | Self::ChiSquareYates | Self::Fisher)
    }

    /// Whether a key that not every test has belongs to this one.
    fn takes(self, key: &str) -> bool {
        let ranks = matches!(self, Self::MannWhitney | Self::Wilcoxon | Self::OneSampleWilcoxon);
        match key {
            "between" => !self.alone(),
            "groups" => self.groups(),
            "null" => matches!(
                self,
                Self::Welch
                    | Self::Student
                    | Self::PairedT
                    | Self::OneSampleT
                    | Self::OneSampleWilcoxon
                    | Self::Binomial
            ),
            "exact" => ranks || matches!(self, Self::Spearman | Self::Kendall),
            "continuity" => ranks || self == Self::Proportions,
            "interval" => self == Self::Proportions,
            "weights" => self.counts() || matches!(self, Self::Proportions | Self::Binomial),
            "alternative" => !matches!(self, Self::ChiSquare | Self::ChiSquareYates),
            _ => true,
        }
    }
}

const OPTIONAL: [&str; 8] =
    ["between", "groups", "null", "exact", "continuity", "interval", "weights", "alternative"];

#[derive(Clone)]
struct Compare {
    from: Spanned<String>,
    test: Test,
    of: Fragment,
    between: Option<Fragment>,
    groups: Option<Groups>,
    weights: Option<Fragment>,
    how: How,
}

fn read(table: &Document<'_>) -> Option<Box<dyn Written>> {
    let from = table.required::<String>("from");
    let word = table.required::<String>("test");
    let test = word.as_ref().and_then(|word| choice(table, word, TESTS));
    let of = table.required::<String>("of");
    let between = match test {
        Some(test) if !test.alone() => table.required::<String>("between").map(Some),
        _ => Some(table.optional::<String>("between")),
    };
    let weights = table.optional::<String>("weights");
    let groups = read_groups(table);
    let how = read_how(table, test);
    let test = test?;
    let mut fits = true;
    for key in OPTIONAL {
        let given = table.keys().iter().any(|known| known == key);
        if let (true, false, Some(word)) = (given, test.takes(key), &word) {
            let message = format!("`{}` has no `{key}`", word.value);
            table.report(Problem::error(message).at(&word.span).help("leave the key out"));
            fits = false;
        }
    }
    Some(Box::new(Compare {
        from: from?,
        test: Some(test).filter(|_| fits)?,
        of: Fragment::whole(&of?),
        between: between?.as_ref().map(Fragment::whole),
        groups: groups.ok()?,
        weights: weights.as_ref().map(Fragment::whole),
        how: how?,
    }))
}

/// Two values of `between`, and where they are named.
type Groups = ([String; 2], Span);

/// Reads `groups`, where they are named.
fn read_groups(table: &Document<'_>) -> Result<Option<Groups>, Reported> {
    let Some(value) = table.optional::<Vec<Spanned<Scalar>>>("groups") else {
        let written = table.keys().iter().any(|key| key == "groups");
        return if written { Err(Reported) } else { Ok(None) };
    };
    let names: Vec<String> = value.value.iter().map(|one| label(&one.value)).collect();
    match <[String; 2]>::try_from(names) {
        Ok(pair) if pair[0] != pair[1] => Ok(Some((pair, value.span))),
        _ => {
            let problem = Problem::error("`groups` must name two values").at(&value.span);
            table.report(problem.help("the first minus the second is what is compared"));
            Err(Reported)
        }
    }
}

/// Reads the options, whatever the test: a key is not unknown where another is wrong.
fn read_how(table: &Document<'_>, test: Option<Test>) -> Option<How> {
    let alternative = match table.optional::<String>("alternative") {
        None => Some(Alternative::TwoSided),
        Some(word) => choice(table, &word, ALTERNATIVES),
    };
    let wald = match table.optional::<String>("interval") {
        None => Some(false),
        Some(word) => choice(table, &word, [("newcombe", false), ("wald", true)]),
    };
    let null = table.optional::<f64>("null").map(|null| null.value);
    let exact = table.optional::<bool>("exact").map(|exact| exact.value);
    let continuity = table.optional::<bool>("continuity").map(|continuity| continuity.value);
    Some(How {
        level: read_level(table)?,
        null: null.unwrap_or(if test == Some(Test::Binomial) { 0.5 } else { 0.0 }),
        alternative: alternative?,
        exact,
        continuity,
        wald: wald?,
    })
}

impl Written for Compare {
    fn reads(&self) -> Vec<Read> {
        vec![Read::rows(&self.from)]
    }

    fn check(&self, checker: &mut Checker<'_>) -> Option<Checked> {
        let of = if self.test.counts() {
            checker.expression(&self.from, &self.of)
        } else {
            checker.number(&self.from, &self.of, "what is compared")
        };
        let mut sound = of.is_some();
        if let Some(between) = &self.between {
            sound &= if self.test.groups() || self.test.counts() {
                checker.expression(&self.from, between).is_some()
            } else {
                checker.number(&self.from, between, "what is compared").is_some()
            };
        }
        if let Some(weights) = &self.weights {
            sound &= checker.number(&self.from, weights, "a weight").is_some();
        }
        if !sound {
            return None;
        }
        let any = vec![Piece::Text(format!("{}/", checker.id())), Piece::Any];
        let promises = vec![Address::exact(format!("{}/p", checker.id())), Address(any)];
        Some(Checked { step: Box::new(self.clone()), output: None, promises })
    }
}
