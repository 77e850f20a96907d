//! GRIM in whole numbers: see [`super::grim`].

use super::whole::{Bounds, Whole, between};
use super::{Answer, Found, Sample};

/// `None` where a number does not fit into a `W`.
pub(super) fn grim<W: Whole>(mean: &Bounds<W>, sample: &Sample) -> Option<Answer<Found<W>>> {
    let total = W::from(sample.cases).checked_mul(&W::from(sample.items))?;
    let (mut least, mut most) = mean.whole(&total)?;
    if least > most {
        return Some(Answer::Impossible(no_sum(mean, &total)?));
    }
    if let Some((lowest, largest)) = sample.scale {
        let bottom = total.checked_mul(&W::from(lowest))?;
        let top = total.checked_mul(&W::from(largest))?;
        if least > top || most < bottom {
            return Some(Answer::Impossible(format!(
                "the sum of {total} answers from {lowest} to {largest} lies between {bottom} and {top}, the printed mean asks for {least} to {most}"
            )));
        }
        least = least.max(bottom);
        most = most.min(top);
    }
    let frequencies = sample.scale.and_then(|(lowest, _)| even(&least, sample, lowest));
    debug_assert!(least <= most, "the scale and the interval overlap");
    Some(Answer::Possible(Found { sum: least, squares: None, frequencies }))
}

/// Why no sum prints as the mean does.
pub(super) fn no_sum<W: Whole>(mean: &Bounds<W>, total: &W) -> Option<String> {
    let (low, high) = (mean.low.checked_mul(total)?, mean.high.checked_mul(total)?);
    let range = between(&low, mean.low_inside, &high, mean.high_inside, &mean.over);
    Some(format!("no whole number lies in {range}, where the sum of {total} answers would be"))
}

/// The most even data set with a sum: its totals are one of two neighbours.
fn even<W: Whole>(sum: &W, sample: &Sample, lowest: i64) -> Option<Vec<(i64, u64)>> {
    let cases = W::from(sample.cases);
    let (each, rest) = (sum.div_floor(&cases), sum.mod_floor(&cases));
    let each = i64::try_from(each.big()).ok()?;
    let more = u64::try_from(rest.big()).ok()?;
    debug_assert!(each >= lowest.saturating_mul(i64::try_from(sample.items).ok()?), "on the scale");
    let all = [(each, sample.cases - more), (each.checked_add(1)?, more)];
    Some(all.into_iter().filter(|(_, count)| *count > 0).collect())
}
