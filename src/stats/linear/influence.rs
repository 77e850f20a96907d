//! The covariance of sums of residuals: of anything that is linear in the outcome.

use super::covariance::{clustered, heteroskedastic};
use super::lanes::Lanes;
use super::rows::{Rows, prepare};
use super::{Covariance, Design, LinearError, Preset};
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// Computes the covariance of Σᵢ wᵢ cᵢ eᵢ for several columns c of influences, with a design's convention.
///
/// `k` is the number of coefficients that the convention counts. For `Iid` the variance of eᵢ is one over its weight.
///
/// *Formula*: Σ_g s_g s_g', s_g = Σ_{i∈g} w c e, and its kin of [`super::fit`]; `Iid` Σ w c c'. *Source*: Liang & Zeger
/// 1986. *Shapes*: `residuals` and each column by row of the design. *Units*: those of c times those of e.
/// *Errors*: those of the design; HC2 and HC3. *Checked against*: the covariance of coefficients, whose influences
/// are X̃(X̃'WX̃)⁻¹ (unit test of `generalised::effects`).
///
/// # Errors
/// See above.
pub fn influence_covariance(
    design: &Design<'_>,
    k: u64,
    residuals: &[f64],
    columns: &[Vec<f64>],
) -> Result<Matrix, LinearError> {
    let mut rows = prepare(design)?;
    rows.spell_out();
    let scale = rows.weight_scale;
    let kept = || rows.kept.iter();
    let lanes = Lanes {
        residual: kept().map(|row| residuals[row]).collect(),
        influence: kept()
            .flat_map(|row| columns.iter().map(move |column| column[row] / scale))
            .collect(),
        width: columns.len(),
        leverage: Vec::new(),
    };
    let (n, free) = (rows.n as f64, rows.n as f64 - k as f64);
    let whole = match design.covariance {
        Covariance::Iid => return Ok(unit_variance(&rows, columns)),
        Covariance::Hc0 => heteroskedastic(&rows, &lanes, Covariance::Hc0, 0.0)?,
        Covariance::Hc1 => heteroskedastic(&rows, &lanes, Covariance::Hc1, 0.0)?.scaled(n / free),
        Covariance::Hc2 | Covariance::Hc3 => {
            return Err(LinearError::NotSupported {
                what: "HC2 or HC3 of a prediction".to_owned(),
            });
        }
        Covariance::Cluster => {
            let factor = if design.preset == Preset::None { 1.0 } else { (n - 1.0) / free };
            clustered(&rows, &lanes, design.preset, 0.0).matrix.scaled(factor)
        }
    };
    let mut matrix = Matrix::from_fn(columns.len(), columns.len(), |a, b| whole.get(a, b));
    if rows.clusters.len() > 1 {
        matrix.clip_negative_eigenvalues();
    }
    Ok(matrix)
}

/// Σ w c c' of every pair of columns.
fn unit_variance(rows: &Rows<'_>, columns: &[Vec<f64>]) -> Matrix {
    Matrix::from_fn(columns.len(), columns.len(), |a, b| {
        let mut sum = ExactSum::new();
        for (row, weight) in rows.kept.iter().zip(&rows.weight) {
            sum.add(weight / rows.weight_scale * columns[a][row] * columns[b][row]);
        }
        sum.value()
    })
}
