//! Puts a fit together.

use super::assembly::Assembly;
use super::columns::{Columns, Role};
use super::count::{Count, Squares};
use super::counts;
use super::gram::{Gram, LevelSums, gram};
use super::lanes::{Lanes, Vectors, lanes};
use super::meat::{Meat, is_worthwhile};
use super::rows::{Rows, prepare};
use super::solve::Factor;
use super::spread::{column_sums, spread};
use super::within;
use super::{Covariance, Design, Dropped, Fit, LinearError, RANK_TOLERANCE};

/// The most columns of the small system: terms, and levels of all absorbed effects but the largest.
const LARGEST_SYSTEM: usize = 3000;
/// The most dummies, of all absorbed effects but the largest, that are columns: beyond, effects are taken out first.
const MANY_DUMMIES: usize = 250;

/// Fits a linear model by least squares.
///
/// *Formula*: b = (X̃'WX̃)⁻¹X̃'Wỹ, tildes for the part that absorbed effects leave; R = L' of the Cholesky factor L.
/// The effect with the most levels is eliminated exactly, A − Σ s_g s_g'/W_g; others enter as dummies.
/// *Source*: Frisch & Waugh 1933; Björck 1996. *Shapes*: columns of one length; covariance k × k.
/// *Units*: coefficients are outcome per term.
/// *Errors*: [`LinearError`]. *Checked against*: Householder QR (1e-11), NIST StRD, Petersen, Grunfeld, fixest and pyfixest (tests/it/stats).
///
/// # Errors
/// Names what is wrong with the design.
pub fn fit(design: &Design<'_>) -> Result<Fit, LinearError> {
    fit_with(design, &[])
}

/// A term that stands in for an endogenous one, and what has to be added to it to give that one back.
pub(super) struct Instrumented<'a> {
    /// The term's place in the design.
    pub(super) place: usize,
    /// The first stage's residuals.
    pub(super) residual: &'a [Option<f64>],
}

/// Fits by least squares; residuals are those of the endogenous terms themselves.
pub(super) fn fit_with(
    design: &Design<'_>,
    instrumented: &[Instrumented<'_>],
) -> Result<Fit, LinearError> {
    let rows = prepare(design)?;
    check_outcome(design, &rows)?;
    check_rows(design, &rows)?;
    if instrumented.is_empty()
        && let Some(fit) = counts::fit(design, &rows)
    {
        return fit;
    }
    fit_exactly(design, rows, instrumented)
}

/// Fits from exact sums over every pair of columns.
pub(super) fn fit_exactly(
    design: &Design<'_>,
    mut rows: Rows,
    instrumented: &[Instrumented<'_>],
) -> Result<Fit, LinearError> {
    rows.spell_out();
    let rows = &rows;
    let leverage = matches!(design.covariance, Covariance::Hc2 | Covariance::Hc3);
    let dummies: usize = rows.effects.iter().skip(1).map(|effect| effect.count).sum();
    if dummies > MANY_DUMMIES && !leverage {
        return within::fit(design, rows, instrumented);
    }
    let columns = Columns::of(design, rows);
    if columns.size() > LARGEST_SYSTEM {
        let size = columns.size();
        let whose = if leverage { "the leverages of " } else { "" };
        let what = format!(
            "{whose}a system of {size} columns (at most {LARGEST_SYSTEM}, the largest absorbed effect aside)"
        );
        return Err(LinearError::NotSupported { what });
    }
    let mut levels = LevelSums::new(&columns, rows);
    let gram = gram(&columns, rows, levels.as_mut());
    if gram.raw.iter().any(|sum| !sum.high.is_finite()) {
        return Err(LinearError::Overflow);
    }
    let factor = Factor::of(&gram, RANK_TOLERANCE);
    let dropped = dropped(design, &columns, &factor, &gram)?;
    let size = columns.size();
    let wanted: Vec<usize> =
        (0..size).filter(|j| factor.active[*j] && columns.roles[*j] != Role::Dummy).collect();
    let eliminated = rows.effects.first().map_or(0, |effect| effect.count);
    let active = factor.active[..size].iter().filter(|active| **active).count();
    let count = Count::of(design, rows, active + eliminated, wanted.len())?;
    let vectors = Vectors::of(&factor, &wanted, size, leverage);
    let influence = by_influence(design, wanted.len());
    let mut lanes = lanes(&columns, rows, levels.as_mut(), &vectors, influence);
    restore(&mut lanes, &columns, rows, &vectors, instrumented);
    let squares = Squares::of(&columns, rows, &gram, &factor, &lanes);
    squares.vary(!rows.effects.is_empty())?;
    let solved = Solved { design, rows, columns: &columns, wanted, vectors, lanes };
    solved.fit(&columns, &squares, &count, dropped)
}

/// Says whether errors are made from the influence of every row on every coefficient.
pub(super) fn by_influence(design: &Design<'_>, coefficients: usize) -> bool {
    design.covariance != Covariance::Iid && !is_worthwhile(design, coefficients)
}

/// A small system solved: what is left of the rows, and what each coefficient owes to them.
pub(super) struct Solved<'a> {
    pub(super) design: &'a Design<'a>,
    pub(super) rows: &'a Rows<'a>,
    /// The columns of the system.
    pub(super) columns: &'a Columns<'a>,
    /// Those with a coefficient that is told.
    pub(super) wanted: Vec<usize>,
    pub(super) vectors: Vectors,
    pub(super) lanes: Lanes,
}

impl Solved<'_> {
    /// Adds standard errors, and puts the fit together; `own` are the columns whose means are the terms' own.
    pub(super) fn fit(
        &self,
        own: &Columns<'_>,
        squares: &Squares,
        count: &Count,
        dropped: Vec<Dropped>,
    ) -> Result<Fit, LinearError> {
        let Self { design, rows, columns, wanted, vectors, lanes } = self;
        let meat = Meat { columns, rows, lanes };
        let spread = spread(design, &meat, vectors, wanted, squares, count)?;
        Assembly {
            design,
            rows,
            roles: wanted.iter().map(|j| columns.roles[*j]).collect(),
            scales: wanted.iter().map(|j| columns.scales[*j]).collect(),
            outcome_scale: columns.scales[columns.size()],
            scaled: wanted.iter().map(|j| vectors.fitted[*j].value()).collect(),
            term_means: term_means(own, rows, wanted, squares.weight),
            residuals: design.residuals.then_some(&lanes.residual[..]),
            squares,
            count,
            spread,
        }
        .fit(dropped)
    }
}

/// Takes the first stages' residuals, times their coefficients, out of the residuals.
pub(super) fn restore(
    lanes: &mut Lanes,
    columns: &Columns<'_>,
    rows: &Rows,
    vectors: &Vectors,
    instrumented: &[Instrumented<'_>],
) {
    for term in instrumented {
        let Some(column) = columns.roles.iter().position(|role| *role == Role::Term(term.place))
        else {
            continue;
        };
        let coefficient = vectors.fitted[column].value() * columns.scales[column];
        for (residual, row) in lanes.residual.iter_mut().zip(rows.kept.iter()) {
            *residual -= coefficient * term.residual[row].unwrap_or(0.0);
        }
    }
}

fn check_outcome(design: &Design<'_>, rows: &Rows) -> Result<(), LinearError> {
    let first = design.outcome[rows.kept.place(0)];
    let constant = rows.kept.iter().all(|row| design.outcome[row] == first);
    let centred = design.intercept || !design.absorb.is_empty();
    if constant && (centred || first == 0.0) && rows.count > 1 {
        return Err(LinearError::ConstantOutcome);
    }
    Ok(())
}

/// Says that the rows are too few before it looks like collinearity.
fn check_rows(design: &Design<'_>, rows: &Rows) -> Result<(), LinearError> {
    let levels = rows.effects.iter().map(|effect| effect.count).max();
    let beside = levels.unwrap_or(usize::from(design.intercept));
    let coefficients = (design.terms.len() + beside) as u64;
    if (rows.count as u64) < coefficients && !design.drop_collinear {
        return Err(LinearError::TooFewRows { rows: rows.count as u64, coefficients });
    }
    Ok(())
}

/// The weighted means of the estimated terms.
fn term_means(columns: &Columns<'_>, rows: &Rows, wanted: &[usize], weight: f64) -> Vec<f64> {
    let sums = column_sums(columns, rows);
    wanted.iter().map(|j| sums[*j].value() / weight / columns.scales[*j]).collect()
}

/// Names a column of the small system.
pub(super) fn name_of(design: &Design<'_>, role: Role) -> String {
    match role {
        Role::Constant => "intercept".to_owned(),
        Role::Dummy => "absorbed effects".to_owned(),
        Role::Outcome => "outcome".to_owned(),
        Role::Term(place) => design.terms[place].name.clone(),
    }
}

/// The collinear terms: reported, or an error where they may not be dropped.
pub(super) fn dropped(
    design: &Design<'_>,
    columns: &Columns<'_>,
    factor: &Factor,
    gram: &Gram,
) -> Result<Vec<Dropped>, LinearError> {
    let mut found = Vec::new();
    for j in 0..columns.size() {
        let Role::Term(index) = columns.roles[j] else { continue };
        if factor.active[j] {
            continue;
        }
        let name = design.terms[index].name.clone();
        let with = explained_by(design, columns, factor, gram, j);
        if !design.drop_collinear {
            return Err(LinearError::Collinear { index, name, with });
        }
        found.push(Dropped { index, name, with });
    }
    Ok(found)
}

/// Names the columns that a collinear one depends on.
fn explained_by(
    design: &Design<'_>,
    columns: &Columns<'_>,
    factor: &Factor,
    gram: &Gram,
    j: usize,
) -> Vec<String> {
    let length = |k: usize| gram.raw[k].high.sqrt();
    let mut with = Vec::new();
    if !design.absorb.is_empty() && gram.lower[j][j].high < gram.raw[j].high * 1e-12 {
        with.push("absorbed effects".to_owned());
        return with;
    }
    for (k, weight) in factor.dependence(j).iter().enumerate() {
        if weight.high.abs() * length(k) > 1e-7 * length(j) {
            let name = name_of(design, columns.roles[k]);
            if !with.contains(&name) {
                with.push(name);
            }
        }
    }
    with
}
