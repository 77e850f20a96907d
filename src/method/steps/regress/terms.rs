//! The terms of a regression: `ln(x)`, `factor(x, base = 1)`, `a:b`, `a*b`.

use crate::diagnostic::Problem;
use crate::method::fragment::Fragment;
use crate::method::plan::{Address, Piece};
use crate::method::text::{self, Kind, Token};

/// One term: one part, or the interaction of several.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) parts: Vec<Part>,
    /// The string of the method that it stands in.
    pub(super) written: Fragment,
}

/// A part of a term.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// A column of numbers.
    Number(Fragment),
    /// An indicator for each value but the base.
    Factor {
        /// The column.
        column: Fragment,
        /// The value that the others are compared with; the first where not said.
        base: Option<(String, Fragment)>,
    },
}

/// What tells a part of a term from others, whatever the base.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    factor: bool,
    label: String,
}

impl Part {
    /// The column behind it.
    pub(super) fn column(&self) -> &Fragment {
        match self {
            Self::Number(column) | Self::Factor { column, .. } => column,
        }
    }

    /// Says whether it is the factor of this label.
    pub(super) fn is_factor(&self, label: &str) -> bool {
        matches!(self, Self::Factor { .. }) && self.label() == label
    }

    /// What tells it from other parts: a column of numbers is not the factor of that column.
    pub(super) fn identity(&self) -> Identity {
        Identity { factor: matches!(self, Self::Factor { .. }), label: self.label() }
    }

    /// What an address calls it: as written, a quoted name without its quotes.
    pub(super) fn label(&self) -> String {
        let written = &self.column().text;
        match text::tokens(written).as_deref() {
            Ok([token]) => token.name().unwrap_or_else(|| written.clone()),
            _ => written.clone(),
        }
    }
}

impl Term {
    /// What tells it from other terms: its parts, in whatever order.
    pub(super) fn identity(&self) -> Vec<Identity> {
        sorted(self.parts.iter())
    }

    /// The identity of the term without the part at `place`.
    pub(super) fn without(&self, place: usize) -> Vec<Identity> {
        let others = self.parts.iter().enumerate().filter(|(index, _)| *index != place);
        sorted(others.map(|(_, part)| part))
    }

    /// What people call it: the names of its parts.
    pub(super) fn name(&self) -> String {
        self.parts.iter().map(Part::label).collect::<Vec<String>>().join(":")
    }

    /// The form of its estimates' addresses.
    pub(super) fn address(&self, step: &str) -> Address {
        let mut pieces = Vec::new();
        let mut text = format!("{step}/");
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                text.push(':');
            }
            text.push_str(&part.label());
            if matches!(part, Part::Factor { .. }) {
                text.push('=');
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Any);
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Address(pieces)
    }
}

fn sorted<'p>(parts: impl Iterator<Item = &'p Part>) -> Vec<Identity> {
    let mut identities: Vec<Identity> = parts.map(Part::identity).collect();
    identities.sort_unstable();
    identities
}

/// Reads the terms that one string of `on` stands for: one, or several where it has a `*` of
/// columns and factors.
///
/// # Errors
/// Where it is no term.
pub(super) fn parse(written: &Fragment) -> Result<Vec<Term>, Box<Problem>> {
    let tokens = text::closed(&written.text).map_err(|misfit| {
        Box::new(Problem::error(misfit.message).at(&written.place(misfit.range)))
    })?;
    let crossed = text::split(&tokens, ":");
    if crossed.len() > 1 {
        let parts =
            crossed.iter().map(|part| parse_part(written, part)).collect::<Result<_, _>>()?;
        return Ok(vec![Term { parts, written: written.clone() }]);
    }
    let factors = text::split(&tokens, "*");
    if factors.len() > 1 && factors.iter().all(|part| is_operand(part)) && all_differ(&factors) {
        let parts: Vec<Part> =
            factors.iter().map(|part| parse_part(written, part)).collect::<Result<_, _>>()?;
        return Ok(expand(&parts, written));
    }
    let parts = vec![parse_part(written, &tokens)?];
    Ok(vec![Term { parts, written: written.clone() }])
}

/// Says whether the tokens are a name or a call: what `*` can cross.
fn is_operand(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [token] => token.name().is_some(),
        _ => text::call(tokens).is_some(),
    }
}

fn all_differ(parts: &[Vec<Token<'_>>]) -> bool {
    let texts: Vec<Vec<&str>> =
        parts.iter().map(|part| part.iter().map(|token| token.text).collect()).collect();
    texts.iter().enumerate().all(|(index, text)| !texts.iter().take(index).any(|one| one == text))
}

/// `a*b*c` is every part, every pair, and all three: single parts first.
fn expand(parts: &[Part], written: &Fragment) -> Vec<Term> {
    let mut subsets: Vec<u32> = (1..1_u32 << parts.len().min(16)).collect();
    subsets.sort_by_key(|subset| (subset.count_ones(), *subset));
    let term = |subset: u32| Term {
        parts: parts
            .iter()
            .enumerate()
            .filter(|(index, _)| subset >> index & 1 == 1)
            .map(|(_, part)| part.clone())
            .collect(),
        written: written.clone(),
    };
    subsets.into_iter().map(term).collect()
}

fn parse_part(written: &Fragment, tokens: &[Token<'_>]) -> Result<Part, Box<Problem>> {
    let extent = text::extent(tokens);
    if extent.is_empty() {
        let message = "an interaction lacks one of its sides";
        return Err(Box::new(Problem::error(message).at(&written.span())));
    }
    let whole = written.part(extent);
    match text::call(tokens) {
        Some(("factor", arguments)) => parse_factor(written, &whole, &arguments),
        Some((word @ ("C" | "i"), arguments)) if !arguments.is_empty() => {
            let message = format!("`{word}(…)` is no function of SQL");
            let help = "write `factor(column)` for one term per value";
            Err(Box::new(Problem::error(message).at(&whole.span()).help(help)))
        }
        _ => Ok(Part::Number(whole)),
    }
}

fn parse_factor(
    written: &Fragment,
    whole: &Fragment,
    arguments: &[Vec<Token<'_>>],
) -> Result<Part, Box<Problem>> {
    let wrong = || {
        Box::new(
            Problem::error(format!("`{}` is no factor", whole.text))
                .at(&whole.span())
                .help("write `factor(column)` or `factor(column, base = value)`"),
        )
    };
    let (column, rest) = arguments.split_first().ok_or_else(wrong)?;
    if column.is_empty() {
        return Err(wrong());
    }
    let column = written.part(text::extent(column));
    match rest {
        [] => Ok(Part::Factor { column, base: None }),
        [option] => {
            let [key, equals, value @ ..] = option.as_slice() else { return Err(wrong()) };
            if !key.is_word("base") || !equals.is("=") || value.is_empty() {
                return Err(wrong());
            }
            let fragment = written.part(text::extent(value));
            let level = match value {
                [token] if token.kind == Kind::Text => {
                    token.text.trim_matches('\'').replace("''", "'")
                }
                [token] if token.name().is_some() => token.name().unwrap_or_default(),
                _ => fragment.text.clone(),
            };
            Ok(Part::Factor { column, base: Some((level, fragment)) })
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Source, Span, Spanned};

    fn names(text: &str) -> Vec<String> {
        let quoted = format!("\"{text}\"");
        let source = Source::new("m.toml", quoted.as_str());
        let written = Fragment::whole(&Spanned {
            value: text.to_owned(),
            span: Span::new(&source, 0..quoted.len()),
        });
        match parse(&written) {
            Ok(terms) => terms.iter().map(|term| term.address("fit").shown()).collect(),
            Err(problem) => vec![format!("error: {}", problem.message)],
        }
    }

    #[test]
    fn a_star_between_columns_is_an_interaction_with_its_sides() {
        assert_eq!(names("nearinc*y81"), ["fit/nearinc", "fit/y81", "fit/nearinc:y81"]);
        assert_eq!(names("(a * b)"), ["fit/(a * b)"]);
        assert_eq!(names("educ*educ"), ["fit/educ*educ"]);
        assert_eq!(names("2*educ"), ["fit/2*educ"]);
        assert_eq!(names("a*b + c"), ["fit/a*b + c"]);
    }

    #[test]
    fn a_factor_has_an_estimate_for_each_level() {
        assert_eq!(names("factor(expertise, base = 1)"), ["fit/expertise=…"]);
        assert_eq!(names("'union'"), ["fit/'union'"]);
        assert_eq!(names("factor(mode):ln(turns)"), ["fit/mode=…:ln(turns)"]);
        assert_eq!(names("x::double"), ["fit/x::double"]);
        assert_eq!(names("factor(a, bass = 1)"), ["error: `factor(a, bass = 1)` is no factor"]);
        assert_eq!(names("a:"), ["error: an interaction lacks one of its sides"]);
    }
}
