//! The parts of an estimate that an address can name.

/// A part of an estimate that an address can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `.se`
    StandardError,
    /// `.ci_low`
    Low,
    /// `.ci_high`
    High,
    /// `.p`
    P,
    /// `.df`
    DegreesOfFreedom,
    /// `.n`
    Rows,
}

/// Splits `fit/grant.se` into the estimate's address and the part that is named.
#[must_use]
pub fn split_part(address: &str) -> (&str, Option<Part>) {
    let parts = [
        (".se", Part::StandardError),
        (".ci_low", Part::Low),
        (".ci_high", Part::High),
        (".p", Part::P),
        (".df", Part::DegreesOfFreedom),
        (".n", Part::Rows),
    ];
    parts
        .into_iter()
        .find_map(|(suffix, part)| address.strip_suffix(suffix).map(|id| (id, Some(part))))
        .unwrap_or((address, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_a_part() {
        assert_eq!(split_part("fit/grant.se"), ("fit/grant", Some(Part::StandardError)));
        assert_eq!(split_part("fit/grant"), ("fit/grant", None));
        assert_eq!(split_part("effect.ci_high"), ("effect", Some(Part::High)));
    }
}
