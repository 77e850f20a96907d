//! One measure of a `summarise`: `count`, `mean(x)`, `quantile(x, 0.95)`.

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
}

/// A statistic of one column of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Statistic {
    Fraction,
    Mean,
    GeometricMean,
    Median,
    Quantile(f64),
    Deviation,
    Sum,
    Smallest,
    Largest,
}

const WORDS: [(&str, Statistic); 8] = [
    ("fraction", Statistic::Fraction),
    ("mean", Statistic::Mean),
    ("geometric_mean", Statistic::GeometricMean),
    ("median", Statistic::Median),
    ("sd", Statistic::Deviation),
    ("sum", Statistic::Sum),
    ("min", Statistic::Smallest),
    ("max", Statistic::Largest),
];

/// The definition behind every quantile and median.
pub(super) const DEFINITION: QuantileDefinition = QuantileDefinition::Linear;

impl Statistic {
    /// Its name in a method.
    pub(super) fn word(self) -> &'static str {
        WORDS.iter().find(|(_, known)| *known == self).map_or("quantile", |(word, _)| word)
    }

    /// The kernel that computes it; none for the smallest and largest.
    pub(super) fn kernel(self) -> Option<summary::Measure> {
        Some(match self {
            Self::Fraction => summary::Measure::Fraction,
            Self::Mean => summary::Measure::Mean,
            Self::GeometricMean => summary::Measure::GeometricMean,
            Self::Median => summary::Measure::Median,
            Self::Quantile(probability) => {
                summary::Measure::Quantile { probability, definition: DEFINITION }
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
    match (word, columns.as_slice()) {
        ("count", []) => Ok(What::Count),
        ("distinct", [column]) => Ok(What::Distinct(column.clone())),
        ("quantile", [column, level]) => {
            let probability = level.text.parse().ok().filter(|p| (0.0..=1.0).contains(p));
            match probability {
                Some(probability) => Ok(What::Of {
                    column: column.clone(),
                    statistic: Statistic::Quantile(probability),
                }),
                None => Err(Box::new(
                    Problem::error(format!("`{}` is no level of a quantile", level.text))
                        .at(&level.span())
                        .help("write a number from 0 to 1, such as 0.95"),
                )),
            }
        }
        ("quantile", _) => Err(Box::new(arity(written, "quantile(x, 0.95)"))),
        (word, [column]) => match WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, statistic)) => Ok(What::Of { column: column.clone(), statistic: *statistic }),
            None => Err(Box::new(unknown(written, &tokens))),
        },
        (word, _) if word == "distinct" || WORDS.iter().any(|(known, _)| *known == word) => {
            Err(Box::new(arity(written, &format!("{word}(x)"))))
        }
        _ => Err(Box::new(unknown(written, &tokens))),
    }
}

fn arity(written: &Fragment, form: &str) -> Problem {
    let message = format!("`{}` has the wrong number of arguments", written.text);
    Problem::error(message).at(&written.span()).help(format!("write `{form}`"))
}

fn unknown(written: &Fragment, tokens: &[Token<'_>]) -> Problem {
    let mut words = vec!["count", "fraction", "distinct", "quantile"];
    words.extend(WORDS.iter().map(|(word, _)| *word).skip(1));
    let first = tokens.first();
    let place = first.map_or_else(|| written.span(), |token| written.place(token.range.clone()));
    let problem = Problem::error(format!("`{}` is no measure", written.text)).at(&place);
    let name = first.map_or("", |token| token.text);
    match nearest(name, words.iter().copied()) {
        Some(near) if near != name => problem.help(format!("did you mean `{near}`?")),
        _ => problem.help(format!("there are: {}", words.join(", "))),
    }
}
