//! What a claim says of the original estimate's precision, for comparing it with new data.

use num_traits::Signed;

use super::super::model::{Original, OriginalError, Scale};
use super::super::printed::{self, Notation, Shape};
use super::{choice, written_amount};
use crate::diagnostic::Problem;
use crate::diagnostic::document::Table;

/// Reads `scale = "fisher-z"` and `original = { se = "…" }`, `{ interval = "[…]" }` or `{ n = "…" }`.
pub(super) fn read(table: &Table<'_>, notation: &Notation) -> Original {
    let word = choice(table, "scale", &Scale::ALL.map(Scale::word));
    let scale = Scale::ALL.into_iter().find(|scale| Some(scale.word()) == word).unwrap_or_default();
    let error = table.table("original").and_then(|inner| error(&inner, scale, notation));
    Original { scale, error }
}

fn error(table: &Table<'_>, scale: Scale, notation: &Notation) -> Option<OriginalError> {
    let se = table.optional::<String>("se");
    let interval = table.optional::<String>("interval");
    let n = table.optional::<String>("n");
    let given = [&se, &interval, &n].into_iter().flatten().count();
    if given != 1 {
        let problem = Problem::error("`original` needs one of `se`, `interval` and `n`");
        table.report(
            problem
                .at(&table.span())
                .help("for example `original = { se = \"0.05\" }`, as printed"),
        );
        return None;
    }
    if let Some(text) = se {
        let amount = written_amount(table, &text, notation)?;
        if !amount.value().is_positive() {
            let problem = Problem::error("a standard error is positive");
            table.report(problem.at(&text.span));
            return None;
        }
        return Some(OriginalError::StandardError(amount));
    }
    if let Some(text) = interval {
        let read = printed::parse_as(&text.value, notation).map(|printed| printed.shape);
        let Ok(Shape::Confidence(low, high)) = read else {
            let message = format!("`{}` is no confidence interval", text.value);
            let help = "write the 95% interval as printed: `[0.32, 0.44]`";
            table.report(Problem::error(message).at(&text.span).help(help));
            return None;
        };
        return Some(OriginalError::Interval(Box::new([low, high])));
    }
    let text = n?;
    let pairs = written_amount(table, &text, notation)?.value();
    if scale != Scale::FisherZ {
        let message = "`n` gives the error of a correlation only";
        let help = "add `scale = \"fisher-z\"`, or give `se` or `interval`";
        table.report(Problem::error(message).at(&text.span).help(help));
        return None;
    }
    let three = crate::expression::Rational::from_integer(3.into());
    if !(&pairs - three).is_positive() {
        let problem = Problem::error("a correlation needs more than three pairs");
        table.report(problem.at(&text.span));
        return None;
    }
    Some(OriginalError::Pairs(pairs))
}
