//! Ranks, degrees of freedom and sums of squares.

use super::columns::{Columns, Role};
use super::gram::Gram;
use super::lanes::Lanes;
use super::rows::Rows;
use super::solve::Factor;
use super::{Absorbed, Covariance, Design, LinearError, Preset};
use crate::stats::double_double::DoubleDouble;
use crate::stats::sum::ExactSum;

/// Ranks and degrees of freedom.
pub(super) struct Count {
    pub(super) rank: u64,
    pub(super) k: u64,
    pub(super) absorbed: Absorbed,
}

impl Count {
    pub(super) fn of(
        design: &Design<'_>,
        rows: &Rows,
        rank: usize,
        kept: usize,
    ) -> Result<Self, LinearError> {
        let effects = rows.effects.len();
        let mut absorbed = Absorbed {
            levels: vec![0; effects],
            nested: vec![false; effects],
            rank: rank - kept,
            bound: false,
            singletons_dropped: rows.singletons,
        };
        let mut free = 0;
        for ((effect, place), nested) in
            rows.effects.iter().zip(&rows.effect_places).zip(rows.nested.iter().copied())
        {
            absorbed.levels[*place] = effect.count;
            absorbed.nested[*place] = nested;
            free += if nested { effect.count - 1 } else { 0 };
        }
        let by_levels = if effects == 0 {
            rank
        } else {
            kept + absorbed.levels.iter().sum::<usize>() - (effects - 1)
        };
        let clustered = design.covariance == Covariance::Cluster;
        let k = match design.preset {
            Preset::Fixest if clustered => by_levels - free,
            Preset::Fixest => by_levels,
            Preset::StataXtreg if clustered && effects > 0 => {
                rank.saturating_sub(free).max(kept + 1)
            }
            _ => rank,
        };
        if rows.n <= rank as u64 || rows.n <= k as u64 {
            return Err(LinearError::TooFewRows { rows: rows.n, coefficients: rank.max(k) as u64 });
        }
        Ok(Self { rank: rank as u64, k: k as u64, absorbed })
    }
}

/// The share of the outcome's squares below which what is left of it is rounding: some fifty units in the last of 53
/// binary digits, squared. R's `summary.lm` asks the same with a hundredth of it.
const PERFECT: f64 = 1e-28;

/// The same share for what absorbed effects leave, where the fit is perfect.
const WITHIN: f64 = 1e-16;

/// Sums of squares, in the scaled units of the small system.
pub(super) struct Squares {
    pub(super) residual: f64,
    pub(super) total: f64,
    pub(super) within: f64,
    pub(super) weight: f64,
    pub(super) outcome_mean: DoubleDouble,
}

impl Squares {
    /// Whether what the terms leave is no more than the rounding of the outcome's own numbers.
    pub(super) fn is_perfect(&self) -> bool {
        self.residual <= self.rounding()
    }

    /// The sum of squares below which what is left of the outcome is the rounding of its own numbers.
    fn rounding(&self) -> f64 {
        let mean = self.outcome_mean.value();
        PERFECT * (self.total + self.weight * mean * mean)
    }

    /// Refuses an outcome that does not vary, or not within absorbed effects.
    pub(super) fn vary(&self, absorbed: bool) -> Result<(), LinearError> {
        if self.total == 0.0 {
            return Err(LinearError::ConstantOutcome);
        }
        // What effects leave of an outcome is not known to the last digit where there are several of them.
        let little = self.within <= WITHIN * (self.rounding() / PERFECT);
        if absorbed && (self.within == 0.0 || little && self.is_perfect()) {
            return Err(LinearError::AbsorbedOutcome);
        }
        Ok(())
    }

    pub(super) fn of(
        columns: &Columns<'_>,
        rows: &Rows,
        gram: &Gram,
        factor: &Factor,
        lanes: &Lanes,
    ) -> Self {
        let (mut residual, mut weight, mut outcome) =
            (ExactSum::new(), ExactSum::new(), ExactSum::new());
        let mut row = Vec::new();
        for (kept, w) in rows.weight.iter().enumerate() {
            let e = lanes.residual[kept];
            residual.add(w * (e * e));
            weight.add(*w);
            columns.row(rows, kept, &mut row);
            outcome.add_product(*w, row.last().map_or(0.0, |(_, y)| *y));
        }
        let weight = weight.double_value();
        let size = columns.size();
        let centred = !rows.effects.is_empty() || columns.roles[0] == Role::Constant;
        let outcome_sum = outcome.double_value();
        let mean = outcome_sum / weight;
        let total = if centred { gram.raw[size] - mean * outcome_sum } else { gram.raw[size] };
        let first = columns.first_term();
        let within = (0..first)
            .filter(|j| factor.active[*j] && columns.roles[*j] == Role::Dummy)
            .fold(gram.lower[size][size], |rest, j| {
                rest - factor.outcome_row()[j] * factor.outcome_row()[j]
            });
        Self {
            residual: residual.value(),
            total: total.value().max(0.0),
            within: within.value().max(0.0),
            weight: weight.value(),
            outcome_mean: mean,
        }
    }
}
