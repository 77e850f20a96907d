//! Large crossed effects: taken out of every column first, so that the system is as small as the terms.

mod absorber;
mod cells;
mod conjugate;
mod core;
mod graph;
mod products;
mod rank;
mod sweeps;

use super::columns::{Columns, Role};
use super::count::{Count, Squares};
use super::estimate::{Instrumented, Solved, by_influence, dropped, restore};
use super::gram::Gram;
use super::lanes::{Vectors, lanes};
use super::rows::Rows;
use super::solve::Factor;
use super::{Design, Fit, LinearError, RANK_TOLERANCE, Term, Values};
use crate::stats::double_double::DoubleDouble;
use crate::stats::sum::ExactSum;
use absorber::Absorber;
use products::products;

/// Fits a linear model whose absorbed effects are too many for dummies.
///
/// *Formula*: b = (X̃'WX̃)⁻¹X̃'Wỹ, tildes for what the effects leave ([`Absorber`]). An error Dδ of x̃ and Dγ of ỹ moves
/// b by δ'D'WDγ only, since x̃ and ỹ are orthogonal to D: the square of what is left of them.
/// *Source*: Frisch & Waugh 1933; Correia 2016. *Shapes, Units*: those of [`super::fit`].
/// *Errors*: those of [`super::fit`]; a column that does not settle, with what is left.
/// *Checked against*: the exact path, 1e-11 (unit tests, tests/it/stats/crossed.rs), scipy's sparse factorisation.
pub(super) fn fit(
    design: &Design<'_>,
    rows: &Rows<'_>,
    instrumented: &[Instrumented<'_>],
) -> Result<Fit, LinearError> {
    let absorber = Absorber::of(rows);
    let within = residuals(design, rows, &absorber)?;
    let columns = Columns::without_effects(&within, rows);
    let gram = gram(design, &within, rows, &columns);
    let factor = Factor::of(&gram, RANK_TOLERANCE);
    let dropped = dropped(design, &columns, &factor, &gram)?;
    let size = columns.size();
    let wanted: Vec<usize> = (0..size).filter(|j| factor.active[*j]).collect();
    let rank = wanted.len() + absorber.rank.rank;
    let mut count = Count::of(design, rows, rank, wanted.len())?;
    count.absorbed.bound = absorber.rank.bound;
    let vectors = Vectors::of(&factor, &wanted, size, false);
    let mut lanes = lanes(&columns, rows, None, &vectors, by_influence(design, wanted.len()));
    restore(&mut lanes, &columns, rows, &vectors, instrumented);
    let squares = squares(design, rows, &lanes.residual, columns.scales[size], &gram);
    squares.vary(true)?;
    let own = Columns::without_effects(design, rows);
    let solved = Solved { design, rows, columns: &columns, wanted, vectors, lanes };
    solved.fit(&own, &squares, &count, dropped)
}

/// The design with what the effects leave of its outcome and terms.
fn residuals<'a>(
    design: &Design<'a>,
    rows: &Rows<'_>,
    absorber: &Absorber<'_>,
) -> Result<Design<'a>, LinearError> {
    let spread_out = |left: Vec<f64>| {
        let mut values = vec![0.0; design.outcome.len()];
        for (value, row) in left.iter().zip(rows.kept.iter()) {
            values[row] = *value;
        }
        values
    };
    let mut within = design.clone();
    let outcome = rows.kept.iter().map(|row| design.outcome[row]).collect();
    within.outcome = spread_out(absorber.residual("the outcome", outcome)?).into();
    for term in &mut within.terms {
        let values = rows.kept.iter().map(|row| term.values.at(row)).collect();
        let left = spread_out(absorber.residual(&format!("`{}`", term.name), values)?);
        *term = Term { name: std::mem::take(&mut term.name), values: Values::Numbers(left.into()) };
    }
    Ok(within)
}

/// The cross-products of what the effects leave, beside the squares of the columns themselves.
fn gram(design: &Design<'_>, within: &Design<'_>, rows: &Rows<'_>, columns: &Columns<'_>) -> Gram {
    let left = |row: usize, j: usize| match columns.roles[j] {
        Role::Term(place) => {
            (design.terms[place].values.at(row), within.terms[place].values.at(row))
        }
        _ => (design.outcome[row], within.outcome[row]),
    };
    let dense: Vec<(Vec<f64>, f64)> = (0..columns.roles.len())
        .map(|j| (rows.kept.iter().map(|row| left(row, j).1).collect(), columns.scales[j]))
        .collect();
    let raw = |j: usize| {
        let mut sum = ExactSum::new();
        for (row, weight) in rows.kept.iter().zip(&rows.weight) {
            let value = left(row, j).0 * columns.scales[j];
            sum.add(weight * (value * value));
        }
        DoubleDouble::from(sum.value())
    };
    let raw = (0..columns.roles.len()).map(raw).collect();
    Gram { lower: products(&dense, &rows.weight), raw, rounding: 0.0 }
}

/// Sums of squares in the scale of what the effects leave of the outcome.
fn squares(
    design: &Design<'_>,
    rows: &Rows<'_>,
    residual: &[f64],
    scale: f64,
    gram: &Gram,
) -> Squares {
    let mut sums = [const { ExactSum::new() }; 4];
    for ((row, w), e) in rows.kept.iter().zip(&rows.weight).zip(residual) {
        let y = design.outcome[row] * scale;
        sums[0].add(w * (e * e));
        sums[1].add(*w);
        sums[2].add_product(*w, y);
        let product = DoubleDouble::from(*w) * y * y;
        sums[3].add_double(product);
    }
    let [_, weight, outcome, raw] = sums.each_ref().map(ExactSum::double_value);
    let mean = outcome / weight;
    let last = gram.lower.len() - 1;
    Squares {
        residual: sums[0].value(),
        total: (raw - mean * outcome).value().max(0.0),
        within: gram.lower[last][last].value().max(0.0),
        weight: weight.value(),
        outcome_mean: mean,
    }
}

#[cfg(test)]
mod tests;
