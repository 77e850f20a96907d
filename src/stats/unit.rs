//! Powers of two as units: numbers divided by one keep all their digits, and their squares stay in range.

use super::whole::largest;

/// The largest power of two not above `x`; one for zero.
#[must_use]
pub fn power_below(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return 1.0;
    }
    libm::scalbn(1.0, libm::ilogb(x))
}

/// A power of two near the largest size of some values: in this unit neither their squares nor those of their differences
/// leave the range of numbers.
#[must_use]
pub fn unit_of(values: &[f64]) -> f64 {
    power_below(largest(values))
}

/// Returns values in a unit.
#[must_use]
pub fn in_unit(values: &[f64], unit: f64) -> Vec<f64> {
    values.iter().map(|value| value / unit).collect()
}
