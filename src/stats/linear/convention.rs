//! The conventions behind a standard error, each by name.

/// How the covariance of the coefficients is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covariance {
    /// Equal variances: σ²(X'X)⁻¹.
    Iid,
    /// White's, without a correction.
    Hc0,
    /// White's, times n/(n − K).
    Hc1,
    /// Residuals squared over 1 − h.
    Hc2,
    /// Residuals squared over (1 − h)².
    Hc3,
    /// Scores summed within the clusters of [`super::Design::clusters`] (one or more ways).
    Cluster,
}

/// A small-sample convention for clustered errors, by the name of the software that made it common.
///
/// *Source*: Cameron, Gelbach & Miller 2011; the packages' manuals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// (n−1)/(n−K), an effect nested in a cluster counted as one; G/(G−1) with the smallest G; t with G−1.
    /// K counts every effect's levels less one for each effect but the first.
    #[default]
    Fixest,
    /// (n−1)/(n−K) with all effects in K; G/(G−1); t with G−1.
    StataAreg,
    /// (n−1)/(n−K), nested effects not in K; G/(G−1); t with G−1.
    StataXtreg,
    /// (n−1)/(n−K) with all effects in K; G/(G−1) for each way on its own; t with the smallest G less one.
    Conventional,
    /// No correction; t with n−K.
    None,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 5] =
        [Self::Fixest, Self::StataAreg, Self::StataXtreg, Self::Conventional, Self::None];

    /// Returns the preset's name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixest => "fixest",
            Self::StataAreg => "stata-areg",
            Self::StataXtreg => "stata-xtreg",
            Self::Conventional => "conventional",
            Self::None => "none",
        }
    }

    /// Finds a preset by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

/// The distribution that intervals and p values refer to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reference {
    /// The standard normal.
    Normal,
    /// Student's t.
    T {
        /// Its degrees of freedom.
        df: f64,
    },
}
