//! The times of a time line: years, months, quarters, days or plain numbers at their true distance;
//! anything else in its own order, evenly spaced.

/// The times that a chart shows, in order.
pub(super) struct Times {
    /// The label, and how far along it stands.
    times: Vec<(String, f64)>,
}

impl Times {
    /// Sorts the labels by time where all are times, else leaves them in the order in which they come.
    pub(super) fn read<'a>(labels: impl Iterator<Item = &'a str>) -> Self {
        let mut distinct: Vec<&str> = Vec::new();
        for label in labels {
            if !distinct.contains(&label) {
                distinct.push(label);
            }
        }
        let read: Option<Vec<(&str, f64)>> =
            distinct.iter().map(|label| instant(label).map(|time| (*label, time))).collect();
        let mut times = read.unwrap_or_else(|| {
            distinct.iter().enumerate().map(|(order, label)| (*label, order as f64)).collect()
        });
        times.sort_by(|left, right| left.1.total_cmp(&right.1));
        Self { times: times.into_iter().map(|(label, time)| (label.to_owned(), time)).collect() }
    }

    /// Returns how many there are.
    pub(super) const fn len(&self) -> usize {
        self.times.len()
    }

    /// Returns where a label stands among them.
    pub(super) fn position(&self, label: &str) -> usize {
        self.times.iter().position(|(other, _)| other == label).unwrap_or_default()
    }

    /// Returns a time's label.
    pub(super) fn label(&self, time: usize) -> &str {
        self.times.get(time).map_or("", |(label, _)| label)
    }

    /// Returns where a time stands: 0 at the first, 1 at the last, half way if there is only one.
    pub(super) fn place(&self, time: usize) -> f64 {
        let at = |index: usize| self.times.get(index).map_or(0.0, |(_, time)| *time);
        let (first, last) = (at(0), at(self.times.len().saturating_sub(1)));
        if last > first { (at(time) - first) / (last - first) } else { 0.5 }
    }
}

/// Reads `2026`, `2026-04`, `2026-04-30`, `2026-Q2` in months, or any other number as it is. Days of
/// one chart are compared only with days, so a month may count 31 of them.
fn instant(label: &str) -> Option<f64> {
    let parts: Vec<&str> = label.split('-').collect();
    let number = |text: &str, most: u32| -> Option<f64> {
        let number: u32 = text.parse().ok()?;
        (text.len() <= 2 && (1..=most).contains(&number)).then(|| f64::from(number))
    };
    let year = |text: &str| -> Option<f64> {
        (text.len() == 4)
            .then(|| text.parse::<u32>().ok())
            .flatten()
            .map(|year| f64::from(year) * 12.0)
    };
    let months = match parts.as_slice() {
        [text] => year(text),
        [text, rest] => {
            let part = match rest.strip_prefix(['Q', 'q']) {
                Some(quarter) => number(quarter, 4).map(|quarter| quarter * 3.0 - 2.0),
                None => number(rest, 12),
            };
            year(text).zip(part).map(|(year, month)| year + month - 1.0)
        }
        [text, month, day] => year(text)
            .zip(number(month, 12))
            .zip(number(day, 31))
            .map(|((year, month), day)| year + month - 1.0 + (day - 1.0) / 31.0),
        _ => None,
    };
    months.or_else(|| label.parse::<f64>().ok().filter(|number| number.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_stand_at_their_distance() {
        let times = Times::read(["2026-04", "2025-10", "2026-01"].into_iter());
        assert_eq!([0, 1, 2].map(|time| times.label(time)), ["2025-10", "2026-01", "2026-04"]);
        assert_eq!(times.place(1), 0.5);
        let uneven = Times::read(["2025-Q1", "2025-Q2", "2026-Q1"].into_iter());
        assert_eq!(uneven.place(1), 0.25);
    }

    #[test]
    fn what_is_no_time_keeps_its_order() {
        let times = Times::read(["before", "after", "before"].into_iter());
        assert_eq!((times.len(), times.label(0), times.position("after")), (2, "before", 1));
        assert_eq!(Times::read(["now"].into_iter()).place(0), 0.5);
    }
}
