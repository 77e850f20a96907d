//! One measure of a `summarise`: `count`, `mean(x)`, `quantile(x, 0.95)`.

use crate::diagnostic::names::listed;
use crate::diagnostic::{Problem, nearest};
use crate::method::fragment::Fragment;
use crate::method::text::{self, Token};
use crate::stats::summary::{self, QuantileDefinition};

/// A measure that was read.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    /// Its name.
    pub(super) name: String,
    /// What it measures.
    pub(super) what: What,
    /// As written.
    pub(super) written: Fragment,
}

/// What a measure measures.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// The rows of the group.
    Count,
    /// The share of the group's rows among those of `within`.
    Share,
    /// The distinct values.
    Distinct(Fragment),
    /// A statistic of a column of numbers.
    Of {
        /// The column.
        column: Fragment,
        /// The statistic.
        statistic: Statistic,
    },
    /// The ratio of the sums of two columns of numbers.
    Ratio {
        /// The column above.
        column: Fragment,
        /// The column below.
        below: Fragment,
    },
}

/// A statistic of one column of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Statistic {
    Fraction,
    Mean,
    GeometricMean,
    Quantile(f64, QuantileDefinition),
    Deviation,
    Sum,
    Smallest,
    Largest,
}

impl What {
    /// Whether it is a share of rows.
    pub(super) fn is_fraction(&self) -> bool {
        matches!(self, Self::Share | Self::Of { statistic: Statistic::Fraction, .. })
    }

    /// Whether it has a standard error that a convention stands behind; quantiles say theirs themselves.
    pub(super) fn has_error(&self) -> bool {
        match self {
            Self::Share | Self::Ratio { .. } => true,
            Self::Of { statistic, .. } => statistic.averages(),
            Self::Count | Self::Distinct(_) => false,
        }
    }
}

const WORDS: [(&str, Statistic); 7] = [
    ("fraction", Statistic::Fraction),
    ("mean", Statistic::Mean),
    ("geometric_mean", Statistic::GeometricMean),
    ("sd", Statistic::Deviation),
    ("sum", Statistic::Sum),
    ("min", Statistic::Smallest),
    ("max", Statistic::Largest),
];

impl Statistic {
    /// Its name in a method.
    pub(super) fn word(self) -> &'static str {
        WORDS.iter().find(|(_, known)| *known == self).map_or("quantile", |(word, _)| word)
    }

    /// Whether it is an average, which has a standard error unless there is one row.
    pub(super) fn averages(self) -> bool {
        matches!(self, Self::Fraction | Self::Mean | Self::GeometricMean)
    }

    /// The kernel that computes it; none for the smallest and largest.
    pub(super) fn kernel(self) -> Option<summary::Measure> {
        Some(match self {
            Self::Fraction => summary::Measure::Fraction,
            Self::Mean => summary::Measure::Mean,
            Self::GeometricMean => summary::Measure::GeometricMean,
            Self::Quantile(probability, definition) => {
                summary::Measure::Quantile { probability, definition }
            }
            Self::Deviation => summary::Measure::StandardDeviation,
            Self::Sum => summary::Measure::Sum,
            Self::Smallest | Self::Largest => return None,
        })
    }
}

/// Reads a measure.
///
/// # Errors
/// Where it is none.
pub(super) fn parse(written: &Fragment) -> Result<What, Box<Problem>> {
    let tokens = text::closed(&written.text).map_err(|misfit| {
        Box::new(Problem::error(misfit.message).at(&written.place(misfit.range)))
    })?;
    if let [word] = tokens.as_slice() {
        match word.text {
            "count" => return Ok(What::Count),
            "fraction" => return Ok(What::Share),
            _ => {}
        }
    }
    let Some((word, arguments)) = text::call(&tokens) else {
        return Err(Box::new(unknown(written, &tokens)));
    };
    let columns: Vec<Fragment> =
        arguments.iter().map(|argument| written.part(text::extent(argument))).collect();
    let of = |column: &Fragment, statistic| What::Of { column: column.clone(), statistic };
    match (word, columns.as_slice()) {
        ("count", []) => Ok(What::Count),
        ("distinct", [column]) => Ok(What::Distinct(column.clone())),
        ("ratio", [column, below]) => {
            Ok(What::Ratio { column: column.clone(), below: below.clone() })
        }
        ("quantile", [column, level, rest @ ..]) if rest.len() < 2 => {
            let definition = definition(rest.first())?;
            Ok(of(column, Statistic::Quantile(probability(level)?, definition)))
        }
        ("median", [column, rest @ ..]) if rest.len() < 2 => {
            Ok(of(column, Statistic::Quantile(0.5, definition(rest.first())?)))
        }
        ("quantile", _) => Err(Box::new(arity(written, "quantile(x, 0.95)"))),
        ("ratio", _) => Err(Box::new(arity(written, "ratio(x, y)"))),
        (word, [column]) => match WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, statistic)) => Ok(of(column, *statistic)),
            None => Err(Box::new(unknown(written, &tokens))),
        },
        (word, _)
            if ["distinct", "median"].contains(&word)
                || WORDS.iter().any(|(known, _)| *known == word) =>
        {
            Err(Box::new(arity(written, &format!("{word}(x)"))))
        }
        _ => Err(Box::new(unknown(written, &tokens))),
    }
}

fn probability(level: &Fragment) -> Result<f64, Box<Problem>> {
    let probability = level.text.parse().ok().filter(|p| (0.0..=1.0).contains(p));
    probability.ok_or_else(|| {
        let message = format!("`{}` is no level of a quantile", level.text);
        let help = "write a number from 0 to 1, such as 0.95";
        Box::new(Problem::error(message).at(&level.span()).help(help))
    })
}

/// Reads `type = 6`; the default where there is none.
fn definition(written: Option<&Fragment>) -> Result<QuantileDefinition, Box<Problem>> {
    let Some(written) = written else { return Ok(QuantileDefinition::default()) };
    let number = written.text.split_once('=').filter(|(key, _)| key.trim() == "type");
    let number = number.and_then(|(_, number)| number.trim().parse::<usize>().ok());
    let known = QuantileDefinition::ALL.into_iter().find(|one| Some(one.number()) == number);
    known.ok_or_else(|| {
        let message = format!("`{}` is no definition of a quantile", written.text);
        let help = "write `type = 7` (the default), or another of Hyndman and Fan's, 1 to 9";
        Box::new(Problem::error(message).at(&written.span()).help(help))
    })
}

fn arity(written: &Fragment, form: &str) -> Problem {
    let message = format!("`{}` has the wrong number of arguments", written.text);
    Problem::error(message).at(&written.span()).help(format!("write `{form}`"))
}

fn unknown(written: &Fragment, tokens: &[Token<'_>]) -> Problem {
    let mut words = vec!["count", "fraction", "distinct", "median", "quantile", "ratio"];
    words.extend(WORDS.iter().map(|(word, _)| *word).skip(1));
    let first = tokens.first();
    let place = first.map_or_else(|| written.span(), |token| written.place(token.range.clone()));
    let problem = Problem::error(format!("`{}` is no measure", written.text)).at(&place);
    let name = first.map_or("", |token| token.text);
    match nearest(name, words.iter().copied()) {
        Some(near) if near != name => problem.suggest(name, [near]),
        _ => problem.help(format!("there are: {}", listed(name, words))),
    }
}
