//! DEBIT in whole numbers: see [`super::debit`].

use super::grim::no_sum;
use super::whole::{Bounds, Whole, between, whole_between};
use super::{Answer, Found, Sample};

/// `None` where a number does not fit into a `W`.
///
/// k(n-k) rises up to n/2 and falls after it: on each side the first k that is spread enough decides.
pub(super) fn debit<W: Whole>(
    mean: &Bounds<W>,
    deviation: &Bounds<W>,
    sample: &Sample,
) -> Option<Answer<Found<W>>> {
    let cases = W::from(sample.cases);
    let (least, most) = mean.whole(&cases)?;
    if least > most {
        return Some(Answer::Impossible(no_sum(mean, &cases)?));
    }
    let (first, last) = (least.clone().max(W::zero()), most.clone().min(cases.clone()));
    if first > last {
        return Some(Answer::Impossible(format!(
            "of {cases} zeros and ones, 0 to {cases} are ones; the printed mean asks for {least} to {most}"
        )));
    }
    let Some(deviation) = deviation.not_negative() else {
        return Some(Answer::Impossible("a standard deviation is never below zero".to_owned()));
    };
    let factor = sample.below::<W>()?.checked_mul(&cases)?;
    let square = |end: &W| end.checked_mul(end)?.checked_mul(&factor);
    let over = deviation.over.checked_mul(&deviation.over)?;
    let (low, high) = (square(&deviation.low)?, square(&deviation.high)?);
    let (from, to) =
        whole_between(&low, deviation.low_inside, &high, deviation.high_inside, &over)?;
    cases.checked_mul(&cases)?;
    let spread = |ones: &W| ones.clone() * (cases.clone() - ones.clone());
    let middle = cases.div_floor(&W::from(2_u64));
    let fits = |ones: &W| (&from..=&to).contains(&&spread(ones));
    let rising = (first.clone(), last.clone().min(middle.clone()));
    let falling = (first.clone().max(middle + W::one()), last.clone());
    let up = search(rising, |ones| spread(ones) >= from, true);
    let down = search(falling, |ones| spread(ones) >= from, false);
    if let Some(ones) = up.into_iter().chain(down).find(fits) {
        let zeros = u64::try_from((cases - ones.clone()).big()).ok();
        let frequencies = zeros.map(|zeros| vec![(0, zeros), (1, sample.cases - zeros)]);
        let squares = Some(ones.clone());
        return Some(Answer::Possible(Found { sum: ones, squares, frequencies }));
    }
    let range = between(&low, deviation.low_inside, &high, deviation.high_inside, &over);
    Some(Answer::Impossible(format!(
        "k ones among {cases} with k from {first} to {last}: k(n-k) is never in {range}"
    )))
}

/// The first (or, turned, the last) number of a range that passes a test which, once passed, goes on
/// passing in that direction reversed: by halving.
fn search<W: Whole>(range: (W, W), passes: impl Fn(&W) -> bool, first: bool) -> Option<W> {
    let (mut low, mut high) = range;
    let end = if first { &high } else { &low };
    if low > high || !passes(end) {
        return None;
    }
    let two = W::from(2_u64);
    while low < high {
        let sum = low.clone() + high.clone();
        if first {
            let middle = sum.div_floor(&two);
            if passes(&middle) { high = middle } else { low = middle + W::one() }
        } else {
            let middle = sum.div_ceil(&two);
            if passes(&middle) { low = middle } else { high = middle - W::one() }
        }
    }
    Some(low)
}
