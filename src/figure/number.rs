//! Numbers as people read them: units, digits that fit the precision, and the ticks of an axis.

/// More decimals than this nobody reads: smaller numbers are written with a power of ten.
const MOST_DECIMALS: usize = 8;

/// How plain numbers are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unit {
    /// A fraction, shown times a hundred with a sign.
    Percent,
    /// A difference of fractions.
    Points,
    /// As it is, perhaps with the unit's name on the axis.
    Plain(Option<String>),
}

impl Unit {
    /// Reads a figure's unit.
    pub(super) fn read(unit: Option<&str>) -> Self {
        match unit {
            Some("percent") => Self::Percent,
            Some("percentage points") => Self::Points,
            other => Self::Plain(other.map(str::to_owned)),
        }
    }

    /// Returns what a number is multiplied by to be shown.
    pub(super) const fn factor(&self) -> f64 {
        match self {
            Self::Percent | Self::Points => 100.0,
            Self::Plain(_) => 1.0,
        }
    }

    const fn suffix(&self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Points => " pp",
            Self::Plain(_) => "",
        }
    }

    /// Returns the unit's name for an axis.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Percent => Some("percent"),
            Self::Points => Some("percentage points"),
            Self::Plain(name) => name.as_deref(),
        }
    }

    /// Shows a plain number with its unit.
    pub(super) fn show(&self, value: f64, decimals: usize) -> String {
        format!("{}{}", digits(value * self.factor(), decimals), self.suffix())
    }

    /// Shows the ends of an interval, the unit only once.
    pub(super) fn range(&self, ends: [f64; 2], decimals: usize) -> String {
        let [low, high] = ends.map(|end| digits(end * self.factor(), decimals));
        format!("{low} to {high}")
    }

    /// Returns how many decimals show a value so that it can be held against the printed one and its own
    /// uncertainty: one digit more than the printed number, two digits of the interval's width, or else
    /// three of the value.
    pub(super) fn decimals(&self, value: f64, ci: Option<[f64; 2]>, printed: &[[f64; 2]]) -> usize {
        let factor = self.factor();
        let whole = |number: f64| (number * factor).fract() == 0.0;
        if matches!(self, Self::Plain(_))
            && ci.is_none_or(|ends| ends.into_iter().all(whole))
            && whole(value)
        {
            return 0;
        }
        let least = i32::from(!matches!(self, Self::Plain(_)));
        let own = match ci {
            Some([low, high]) if high > low => (1 - exponent((high - low) * factor)).max(least),
            _ => 2 - exponent(value * factor),
        };
        let compared = printed
            .iter()
            .filter(|[low, high]| high > low && (high - low).is_finite())
            .map(|[low, high]| 1 - exponent((high - low) * factor));
        compared.chain([own]).max().unwrap_or(own).clamp(0, MOST_DECIMALS as i32) as usize
    }
}

/// Returns the power of ten of a number's first digit: 1 for 18.8. Zero has that of 1.
fn exponent(number: f64) -> i32 {
    let mut rest = number.abs();
    let mut exponent = 0;
    if rest == 0.0 || !rest.is_finite() {
        return 0;
    }
    // A hair of slack: an interval one unit wide is seldom exactly that in binary.
    while rest >= 10.0 * (1.0 - 1e-9) {
        rest /= 10.0;
        exponent += 1;
    }
    while rest < 1.0 - 1e-9 {
        rest *= 10.0;
        exponent -= 1;
    }
    exponent
}

/// Writes a number with a true minus sign and commas between thousands.
fn digits(number: f64, decimals: usize) -> String {
    let size = number.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-6 && decimals >= MOST_DECIMALS) {
        return format!("{number:.2e}").replace('-', "\u{2212}");
    }
    let plain = format!("{size:.decimals$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let zero = plain.chars().all(|sign| matches!(sign, '0' | '.'));
    let sign = if number < 0.0 && !zero { "\u{2212}" } else { "" };
    format!("{sign}{grouped}{rest}")
}

/// A stretch of numbers that is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The number at its start.
    pub(super) low: f64,
    /// The number at its end.
    pub(super) high: f64,
}

impl Scale {
    /// Returns the stretch that holds all numbers, with room at both ends; never of no width.
    pub(super) fn around(numbers: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for number in numbers.into_iter().filter(|number| number.is_finite()) {
            low = low.min(number);
            high = high.max(number);
        }
        if low > high {
            return Self { low: 0.0, high: 1.0 };
        }
        let size = low.abs().max(high.abs());
        let narrowest = if size == 0.0 { 1.0 } else { size * 1e-7 };
        if high - low < narrowest {
            let half = if size == 0.0 { 0.5 } else { size * 0.05 };
            return Self { low: low - half, high: high + half };
        }
        Self { low, high }
    }

    /// Includes zero where it is not farther off than a share of the width.
    pub(super) fn with_zero_within(self, share: f64) -> Self {
        let width = self.high - self.low;
        let gap = if self.low > 0.0 { self.low } else { -self.high };
        if gap > 0.0 && gap <= share * width { self.with_zero() } else { self }
    }

    /// Includes zero.
    pub(super) const fn with_zero(self) -> Self {
        Self { low: self.low.min(0.0), high: self.high.max(0.0) }
    }

    /// Adds room at both ends, but not beyond a zero that is an end.
    pub(super) fn padded(self, share: f64) -> Self {
        let room = (self.high - self.low) * share;
        let low = if self.low == 0.0 { 0.0 } else { self.low - room };
        let high = if self.high == 0.0 { 0.0 } else { self.high + room };
        Self { low, high }
    }

    /// Returns where a number stands: 0 at the start, 1 at the end.
    pub(super) fn place(self, number: f64) -> f64 {
        ((number - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Says whether a number is on the stretch.
    pub(super) fn holds(self, number: f64) -> bool {
        (self.low..=self.high).contains(&number)
    }

    /// Returns at most `count` round numbers on the stretch (at least two where they fit), each as it is
    /// shown with its unit.
    pub(super) fn ticks(self, unit: &Unit, count: usize) -> Vec<(f64, String)> {
        let factor = unit.factor();
        let (low, high) = (self.low * factor, self.high * factor);
        let mut step = power_of_ten(exponent(high - low) - 1);
        let mut grow = [2.0, 2.5, 2.0].into_iter().cycle();
        let crowd = |step: f64| (high / step).floor() - (low / step).ceil() + 1.0;
        while crowd(step) > count as f64 {
            step *= grow.next().unwrap_or(2.0);
        }
        let decimals = (-exponent(step)).clamp(0, 12) as usize;
        let first = (low / step).ceil();
        (0..crowd(step).max(0.0) as usize)
            .map(|index| (first + index as f64) * step)
            .map(|tick| (tick / factor, tick_words(unit, tick, decimals)))
            .collect()
    }
}

/// Writes a tick, times its unit's factor already.
fn tick_words(unit: &Unit, tick: f64, decimals: usize) -> String {
    let sign = if matches!(unit, Unit::Percent) { "%" } else { "" };
    let text = if tick == 0.0 { digits(0.0, 0) } else { digits(tick, decimals) };
    format!("{text}{sign}")
}

fn power_of_ten(exponent: i32) -> f64 {
    let mut power = 1.0;
    for _ in 0..exponent.unsigned_abs() {
        power *= 10.0;
    }
    if exponent < 0 { 1.0 / power } else { power }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Unit = Unit::Plain(None);

    #[test]
    fn digits_follow_the_printed_number_and_the_interval() {
        let percent = Unit::Percent;
        let shown = |value, ci, printed: &[[f64; 2]]| {
            percent.show(value, percent.decimals(value, ci, printed))
        };
        assert_eq!(shown(0.188_4, Some([0.012_56, 0.394_8]), &[[0.185, 0.195]]), "18.8%");
        assert_eq!(shown(0.573_2, None, &[]), "57.3%");
        let slope = PLAIN.decimals(0.042_467, Some([0.042_02, 0.042_91]), &[[0.042_55, 0.042_65]]);
        assert_eq!(PLAIN.show(0.042_467, slope), "0.04247");
        assert_eq!(PLAIN.show(359_586.0, PLAIN.decimals(359_586.0, None, &[])), "359,586");
        let nsw = PLAIN.decimals(1794.342, Some([550.6, 3038.1]), &[[1793.5, 1794.5]]);
        assert_eq!(PLAIN.show(1794.342, nsw), "1,794.3");
        assert_eq!(Unit::Points.show(-0.0361, 1), "\u{2212}3.6 pp");
        assert_eq!(PLAIN.show(-0.000_1, 1), "0.0");
        assert_eq!(PLAIN.show(1.5e-9, 8), "1.50e\u{2212}9");
    }

    #[test]
    fn ticks_are_round_and_few() {
        let words = |low, high, unit: &Unit| -> Vec<String> {
            Scale { low, high }.ticks(unit, 5).into_iter().map(|(_, words)| words).collect()
        };
        assert_eq!(words(0.0, 0.41, &Unit::Percent), ["0%", "10%", "20%", "30%", "40%"]);
        assert_eq!(words(-0.06, 0.05, &PLAIN), ["\u{2212}0.05", "0", "0.05"]);
        assert_eq!(words(0.0, 1.0, &PLAIN), ["0", "0.5", "1.0"]);
        assert_eq!(words(5_000.0, 13_000.0, &PLAIN), ["6,000", "8,000", "10,000", "12,000"]);
    }

    #[test]
    fn no_scale_is_empty() {
        for numbers in [vec![], vec![0.0], vec![7.0, 7.0], vec![1e9, 1e9 + 1e-6], vec![-3e-12]] {
            let scale = Scale::around(numbers).with_zero_within(0.5).padded(0.05);
            assert!(scale.high > scale.low, "{scale:?}");
            assert!(!scale.ticks(&PLAIN, 5).is_empty(), "{scale:?}");
        }
    }
}
