//! The exact range of an expression over intervals, and three-valued conditions.
//!
//! A name that is used twice is one number, not two: where the expression rises or falls in it over
//! the whole box, only the box's corners matter; elsewhere the box is split until the budget ends.

use num_traits::Zero;

use super::dual::Dual;
use super::evaluate::evaluate;
use super::interval::{End, Interval};
use super::{
    Comparison, Condition, EvaluationError, Expression, Operator, Rational, Reference, Root, Tree,
};

/// How often a box is halved before its enclosure is taken as it is.
const SPLITS: usize = 16;

/// Where an expression's value can lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// An interval that surely holds every value.
    pub interval: Interval,
    /// Whether it is the tightest such interval.
    pub exact: bool,
}

/// Whether a condition is true over a whole box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// True for every choice.
    Always,
    /// True for some choices, false for others.
    Sometimes,
    /// False for every choice.
    Never,
    /// Not decided: an enclosure is not tight, or a divisor may be zero.
    Unknown,
}

impl Truth {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Always, other) | (other, Self::Always) => other,
            _ => Self::Unknown,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            other => other,
        }
    }
}

impl Expression {
    /// Computes where the value can lie while every reference moves within its interval.
    ///
    /// # Errors
    /// When something has no interval, a divisor may be zero, or a function may leave its domain.
    pub fn range(
        &self,
        lookup: &dyn Fn(&Reference) -> Option<Interval>,
    ) -> Result<Range, EvaluationError> {
        let Root::Arithmetic(tree) = &self.root else { return Err(EvaluationError::NotANumber) };
        range_of(tree, &self.look_up(lookup)?)
    }

    /// Says whether the condition is true for every, some or no choice within the intervals.
    ///
    /// # Errors
    /// When something has no interval.
    pub fn truth(
        &self,
        lookup: &dyn Fn(&Reference) -> Option<Interval>,
    ) -> Result<Truth, EvaluationError> {
        let Root::Condition(condition) = &self.root else {
            return Err(EvaluationError::NotACondition);
        };
        Ok(condition.truth(&self.look_up(lookup)?))
    }
}

impl Condition {
    /// Says whether the condition is true over a box; `at` gives the references' intervals by index.
    #[must_use]
    pub fn truth(&self, at: &[Interval]) -> Truth {
        match self {
            Self::And(left, right) => left.truth(at).and(right.truth(at)),
            Self::Or(left, right) => left.truth(at).not().and(right.truth(at).not()).not(),
            Self::Not(inner) => inner.truth(at).not(),
            Self::Compare(comparison, left, right) => compare(*comparison, left, right, at),
        }
    }
}

fn compare(comparison: Comparison, left: &Tree, right: &Tree, at: &[Interval]) -> Truth {
    let difference =
        Tree::Binary(Operator::Subtract, Box::new(left.clone()), Box::new(right.clone()));
    let Ok(range) = range_of(&difference, at) else { return Truth::Unknown };
    let zero = Rational::zero();
    let interval = &range.interval;
    let inside = interval.contains(&zero);
    let unsure = if range.exact { Truth::Sometimes } else { Truth::Unknown };
    let decide = |always: bool, never: bool| {
        if always {
            Truth::Always
        } else if never {
            Truth::Never
        } else {
            unsure
        }
    };
    let (never_negative, never_positive) =
        (interval.is_never_negative(), interval.is_never_positive());
    match comparison {
        Comparison::Greater => decide(never_negative && !inside, never_positive),
        Comparison::LessOrEqual => decide(never_positive, never_negative && !inside),
        Comparison::Less => decide(never_positive && !inside, never_negative),
        Comparison::GreaterOrEqual => decide(never_negative, never_positive && !inside),
        Comparison::Equal => decide(interval.as_point().is_some_and(Zero::is_zero), !inside),
        Comparison::NotEqual => decide(!inside, interval.as_point().is_some_and(Zero::is_zero)),
    }
}

impl Tree {
    /// Computes where the value can lie over a box; `at` gives the references' intervals by index.
    ///
    /// # Errors
    /// When a divisor may be zero, or a function may leave its domain.
    pub fn range(&self, at: &[Interval]) -> Result<Range, EvaluationError> {
        range_of(self, at)
    }

    /// Encloses the value over a box at little cost: corners where the tree rises or falls, and no
    /// halving of the box.
    ///
    /// # Errors
    /// As [`Self::range`].
    pub fn enclosure(&self, at: &[Interval]) -> Result<Interval, EvaluationError> {
        let (tree, at, uses) = compact(self, at);
        box_range(&tree, &at, &uses).map(|range| range.interval)
    }

    /// Encloses the slope in one reference over a box; `None` where the tree is not smooth there, or
    /// does not use it.
    #[must_use]
    pub fn slope(&self, index: usize, at: &[Interval]) -> Option<Interval> {
        let mut uses = vec![0; at.len()];
        self.count(&mut uses);
        let place = uses.iter().take(index).filter(|uses| **uses > 0).count();
        let (tree, at, _) = compact(self, at);
        let duals: Vec<Dual<Interval>> = at
            .iter()
            .enumerate()
            .map(|(index, interval)| Dual::variable(interval.clone(), index, at.len()))
            .collect();
        uses.get(index).filter(|uses| **uses > 0)?;
        evaluate(&tree, &duals).ok()?.slopes.get(place)?.clone()
    }

    /// Gives every reference another index.
    #[must_use]
    pub fn renumbered(&self, to: &[usize]) -> Self {
        let inner = |tree: &Self| Box::new(tree.renumbered(to));
        match self {
            Self::Number(value) => Self::Number(value.clone()),
            Self::Reference(index) => Self::Reference(to.get(*index).copied().unwrap_or(*index)),
            Self::Negate(part) => Self::Negate(inner(part)),
            Self::Power(part, power) => Self::Power(inner(part), *power),
            Self::Binary(operator, left, right) => {
                Self::Binary(*operator, inner(left), inner(right))
            }
            Self::Call(function, parts) => {
                Self::Call(*function, parts.iter().map(|part| part.renumbered(to)).collect())
            }
        }
    }

    /// Counts how often each of `references` is used.
    fn count(&self, uses: &mut [usize]) {
        match self {
            Self::Number(_) => {}
            Self::Reference(index) => {
                if let Some(count) = uses.get_mut(*index) {
                    *count += 1;
                }
            }
            Self::Negate(inner) | Self::Power(inner, _) => inner.count(uses),
            Self::Binary(_, left, right) => {
                left.count(uses);
                right.count(uses);
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|part| part.count(uses)),
        }
    }

    /// Says whether the tree calls a real function, whose value is enclosed and never exact.
    fn is_real(&self) -> bool {
        use super::Function::{Exp, Ln, P, Sqrt};
        match self {
            Self::Number(_) | Self::Reference(_) => false,
            Self::Negate(inner) | Self::Power(inner, _) => inner.is_real(),
            Self::Binary(_, left, right) => left.is_real() || right.is_real(),
            Self::Call(function, arguments) => {
                matches!(function, Exp | Ln | Sqrt | P(_)) || arguments.iter().any(Self::is_real)
            }
        }
    }
}

/// Keeps only the references that a tree uses: derivatives in all others would be zero.
fn compact(tree: &Tree, at: &[Interval]) -> (Tree, Vec<Interval>, Vec<usize>) {
    let mut uses = vec![0; at.len()];
    tree.count(&mut uses);
    let mut to = vec![0; at.len()];
    let (mut kept, mut counts) = (Vec::new(), Vec::new());
    for ((interval, uses), place) in at.iter().zip(uses).zip(&mut to) {
        if uses > 0 {
            *place = kept.len();
            kept.push(interval.clone());
            counts.push(uses);
        }
    }
    (tree.renumbered(&to), kept, counts)
}

fn range_of(tree: &Tree, at: &[Interval]) -> Result<Range, EvaluationError> {
    let (tree, at, uses) = compact(tree, at);
    let tree = &tree;
    let real = tree.is_real();
    let mut boxes = vec![at];
    let mut answer: Option<Range> = None;
    let mut splits = 0;
    let mut failure = None;
    while let Some(here) = boxes.pop() {
        let part = box_range(tree, &here, &uses);
        let settled = matches!(&part, Ok(range) if range.exact);
        let inside = matches!((&answer, &part), (Some(so_far), Ok(range))
            if so_far.interval.encloses(&range.interval));
        if !settled
            && !inside
            && splits < SPLITS
            && let Some((low, high)) = halve(&here)
        {
            splits += 1;
            boxes.push(low);
            boxes.push(high);
            continue;
        }
        match part {
            Ok(range) => {
                answer = Some(match answer {
                    None => range,
                    Some(so_far) => Range {
                        exact: so_far.exact && (range.exact || inside),
                        interval: so_far.interval.hull(&range.interval),
                    },
                });
            }
            Err(error) => failure = Some(error),
        }
    }
    match (failure, answer) {
        (None, Some(range)) => Ok(Range { exact: range.exact && !real, ..range }),
        (Some(error), _) => Err(error),
        (None, None) => Err(EvaluationError::NotANumber),
    }
}

/// Halves the widest interval of a box.
fn halve(at: &[Interval]) -> Option<(Vec<Interval>, Vec<Interval>)> {
    let (index, _) = at
        .iter()
        .enumerate()
        .filter_map(|(index, interval)| relative_width(interval).map(|width| (index, width)))
        .filter(|(_, width)| !width.is_zero())
        .max_by(|one, two| one.1.cmp(&two.1))?;
    let whole = at.get(index)?;
    let middle = whole.middle();
    let half = |low: End, high: End| {
        let mut boxed = at.to_vec();
        if let Some(place) = boxed.get_mut(index) {
            *place = Interval { low, high };
        }
        boxed
    };
    Some((
        half(whole.low.clone(), End::Closed(middle.clone())),
        half(End::Closed(middle), whole.high.clone()),
    ))
}

/// The width in units of the interval's own size, so that counts and shares are comparable.
fn relative_width(interval: &Interval) -> Option<Rational> {
    let width = interval.width()?;
    let size = interval.absolute().high.value().cloned()?;
    Some(if size.is_zero() { width } else { width / size })
}

/// One box: corners where the tree rises or falls, intervals elsewhere.
fn box_range(tree: &Tree, at: &[Interval], uses: &[usize]) -> Result<Range, EvaluationError> {
    let plain = evaluate(tree, at);
    let needed =
        uses.iter().zip(at).any(|(uses, interval)| *uses > 1 && interval.as_point().is_none());
    if !needed {
        return plain.map(|interval| Range { interval, exact: true });
    }
    let low = corner(tree, at, uses, false)?;
    let high = corner(tree, at, uses, true)?;
    let cornered = Interval { low: low.0.low, high: high.0.high };
    let interval = match plain {
        Ok(plain) => plain.intersection(&cornered).unwrap_or(cornered),
        Err(_) => cornered,
    };
    Ok(Range { interval, exact: low.1 && high.1 })
}

/// Evaluates at the corner where the tree is least (or most): every reference in which it is
/// monotone is fixed at an end, again and again, since each fixed one makes the slopes of the others
/// tighter. Returns the interval and whether its outer end is exact.
fn corner(
    tree: &Tree,
    at: &[Interval],
    uses: &[usize],
    most: bool,
) -> Result<(Interval, bool), EvaluationError> {
    let (mut fixed, mut exact, mut open) = (at.to_vec(), true, false);
    loop {
        let duals: Vec<Dual<Interval>> = fixed
            .iter()
            .enumerate()
            .map(|(index, interval)| Dual::variable(interval.clone(), index, fixed.len()))
            .collect();
        let Ok(slopes) = evaluate(tree, &duals).map(|dual| dual.slopes) else { break };
        let mut moved = false;
        for (place, slope) in fixed.iter_mut().zip(&slopes) {
            let Some(slope) = slope.as_ref().filter(|_| place.as_point().is_none()) else {
                continue;
            };
            let rises = slope.is_never_negative();
            if !rises && !slope.is_never_positive() {
                continue;
            }
            let end = if rises == most { place.high.clone() } else { place.low.clone() };
            let Some(value) = end.value() else { continue };
            let strict = !slope.contains(&Rational::zero());
            exact = exact && (end.is_closed() || strict);
            open = open || (!end.is_closed() && strict);
            *place = Interval::point(value.clone());
            moved = true;
        }
        if !moved {
            break;
        }
    }
    let loose = |(interval, uses): (&Interval, &usize)| *uses > 1 && interval.as_point().is_none();
    exact = exact && !fixed.iter().zip(uses).any(loose);
    let mut interval = evaluate(tree, &fixed)?;
    if open {
        let loosen =
            |end: &End| end.value().map_or(End::Infinite, |value| End::Open(value.clone()));
        if most {
            interval.high = loosen(&interval.high);
        } else {
            interval.low = loosen(&interval.low);
        }
        if interval.low.value() == interval.high.value() && interval.low.value().is_some() {
            // The corner is a point that is approached and never reached: keep its other side.
            let value = interval.middle();
            interval = if most {
                Interval { low: End::Infinite, high: End::Open(value) }
            } else {
                Interval { low: End::Open(value), high: End::Infinite }
            };
        }
    }
    Ok((interval, exact))
}

#[cfg(test)]
mod tests;
