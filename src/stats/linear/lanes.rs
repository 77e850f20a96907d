//! Residuals and influence weights of every row.

use super::columns::Columns;
use super::gram::LevelSums;
use super::rows::Rows;
use super::solve::Factor;
use crate::stats::double_double::DoubleDouble;

/// What each row contributes, in the scaled units of the small system.
pub(super) struct Lanes {
    /// The residual of each kept row.
    pub(super) residual: Vec<f64>,
    /// `width` influence weights a row: row i of X̃(X̃'WX̃)⁻¹ for each coefficient; empty where they are not asked for.
    pub(super) influence: Vec<f64>,
    pub(super) width: usize,
    /// The leverage of each row (one copy of it, for frequency weights), where asked for.
    pub(super) leverage: Vec<f64>,
}

/// Sums `coefficient · value` over a row or level.
fn combine(row: &[(usize, f64)], coefficients: &[DoubleDouble]) -> DoubleDouble {
    row.iter()
        .filter(|(column, _)| *column < coefficients.len())
        .fold(DoubleDouble::ZERO, |sum, (column, value)| sum + coefficients[*column] * *value)
}

fn combine_means(means: &[(usize, DoubleDouble)], coefficients: &[DoubleDouble]) -> DoubleDouble {
    means
        .iter()
        .filter(|(column, _)| *column < coefficients.len())
        .fold(DoubleDouble::ZERO, |sum, (column, mean)| sum + coefficients[*column] * *mean)
}

/// The coefficient vectors that rows are combined with.
pub(super) struct Vectors {
    /// The fitted coefficients.
    pub(super) fitted: Vec<DoubleDouble>,
    /// Columns of (X̃'WX̃)⁻¹.
    pub(super) inverse: Vec<Vec<DoubleDouble>>,
    /// All columns of (X̃'WX̃)⁻¹, where leverages are asked for.
    pub(super) whole: Option<Vec<Vec<DoubleDouble>>>,
}

impl Vectors {
    /// Solves for what covariances need.
    pub(super) fn of(factor: &Factor, wanted: &[usize], size: usize, leverage: bool) -> Self {
        let all = || {
            (0..size)
                .map(|j| {
                    if factor.active[j] {
                        factor.inverse_column(j, size)
                    } else {
                        vec![DoubleDouble::ZERO; size]
                    }
                })
                .collect()
        };
        Self {
            fitted: factor.back(factor.outcome_row(), size),
            inverse: wanted.iter().map(|j| factor.inverse_column(*j, size)).collect(),
            whole: leverage.then(all),
        }
    }
}

/// Computes residuals, leverages and, where asked for, influence weights.
pub(super) fn lanes(
    columns: &Columns<'_>,
    rows: &Rows,
    mut levels: Option<&mut LevelSums<'_>>,
    vectors: &Vectors,
    influence: bool,
) -> Lanes {
    let n = rows.count;
    let width = if influence { vectors.inverse.len() } else { 0 };
    let mut out = Lanes {
        residual: vec![0.0; n],
        influence: vec![0.0; n * width],
        width,
        leverage: vec![0.0; if vectors.whole.is_some() { n } else { 0 }],
    };
    let mut row = Vec::new();
    let groups = levels.as_ref().map_or(1, |levels| levels.count());
    let everything: Vec<usize> = if levels.is_none() { (0..n).collect() } else { Vec::new() };
    for group in 0..groups {
        let centre = Centre::of(levels.as_deref_mut(), group, columns.size(), vectors, width);
        let members = levels.as_ref().map_or(&everything[..], |levels| levels.members(group));
        for kept in members {
            columns.row(rows, *kept, &mut row);
            centre.row(*kept, &row, rows, vectors, &mut out);
        }
    }
    out
}

/// What is taken away from every row of a level of the eliminated effect.
struct Centre {
    residual: DoubleDouble,
    influence: Vec<DoubleDouble>,
    /// Inverse times the level's means, their quadratic form, and one over the level's weight.
    leverage: Option<(Vec<DoubleDouble>, DoubleDouble, DoubleDouble)>,
}

impl Centre {
    fn of(
        levels: Option<&mut LevelSums<'_>>,
        group: usize,
        size: usize,
        vectors: &Vectors,
        width: usize,
    ) -> Self {
        let Some(levels) = levels else {
            return Self {
                residual: DoubleDouble::ZERO,
                influence: vec![DoubleDouble::ZERO; width],
                leverage: None,
            };
        };
        let level = levels.level(group);
        let means: Vec<(usize, DoubleDouble)> =
            level.sums.iter().map(|(column, sum)| (*column, *sum / level.weight)).collect();
        let outcome = means
            .iter()
            .find(|(column, _)| *column == size)
            .map_or(DoubleDouble::ZERO, |(_, mean)| *mean);
        let leverage = vectors.whole.as_ref().map(|whole| {
            let times: Vec<DoubleDouble> =
                whole.iter().map(|line| combine_means(&means, line)).collect();
            let form = combine_means(&means, &times);
            (times, form, DoubleDouble::ONE / level.weight)
        });
        Self {
            residual: outcome - combine_means(&means, &vectors.fitted),
            influence: vectors
                .inverse
                .iter()
                .take(width)
                .map(|column| combine_means(&means, column))
                .collect(),
            leverage,
        }
    }

    fn row(
        &self,
        kept: usize,
        row: &[(usize, f64)],
        rows: &Rows,
        vectors: &Vectors,
        out: &mut Lanes,
    ) {
        let outcome = row.last().map_or(0.0, |(_, value)| *value);
        let fitted = combine(row, &vectors.fitted);
        out.residual[kept] = (DoubleDouble::from(outcome) - fitted - self.residual).value();
        for (lane, column) in vectors.inverse.iter().take(out.width).enumerate() {
            out.influence[kept * out.width + lane] =
                (combine(row, column) - self.influence[lane]).value();
        }
        let Some(whole) = &vectors.whole else { return };
        let regressors = &row[..row.len() - 1];
        let mut form = DoubleDouble::ZERO;
        for (column, value) in regressors {
            form += combine(regressors, &whole[*column]) * *value;
        }
        if let Some((times, centre, share)) = &self.leverage {
            form = form - combine(regressors, times).scaled(2.0) + *centre + *share;
        }
        let share = rows.weight[kept] / rows.copies[kept];
        out.leverage[kept] = (form * share).value();
    }
}
