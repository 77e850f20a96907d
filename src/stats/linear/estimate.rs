//! Puts a fit together.

use super::columns::{Columns, Role};
use super::covariance::{clustered, heteroskedastic};
use super::gram::{Gram, LevelSums, gram};
use super::lanes::{Lanes, Vectors, lanes};
use super::rows::{Rows, prepare};
use super::solve::Factor;
use super::{
    Absorbed, Covariance, Design, Dropped, Fit, LinearError, Preset, RANK_TOLERANCE, Reference,
    Wald, Warning,
};
use crate::stats::distribution::f_sf;
use crate::stats::double_double::DoubleDouble;
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// Fits a linear model by least squares.
///
/// *Formula*: b = (X̃'WX̃)⁻¹X̃'Wỹ, tildes for the part that absorbed effects leave; R = L' of [`Factor`].
/// The effect with the most levels is eliminated exactly, A − Σ s_g s_g'/W_g; others enter as dummies.
/// *Source*: Frisch & Waugh 1933; Björck 1996. *Shapes*: columns of one length; covariance k × k.
/// *Units*: coefficients are outcome per term.
/// *Errors*: [`LinearError`]. *Checked against*: NIST StRD, Petersen, Grunfeld, fixest and pyfixest (tests/it/stats).
///
/// # Errors
/// Names what is wrong with the design.
pub fn fit(design: &Design<'_>) -> Result<Fit, LinearError> {
    let rows = prepare(design)?;
    check_outcome(design, &rows)?;
    let columns = Columns::of(design, &rows);
    let mut levels = LevelSums::new(&columns, &rows);
    let gram = gram(&columns, &rows, levels.as_mut());
    if gram.raw.iter().any(|sum| !sum.high.is_finite()) {
        return Err(LinearError::Overflow);
    }
    let factor = Factor::of(&gram, RANK_TOLERANCE);
    let dropped = dropped(design, &columns, &factor, &gram)?;
    let size = columns.size();
    let wanted: Vec<usize> =
        (0..size).filter(|j| factor.active[*j] && columns.roles[*j] != Role::Dummy).collect();
    let count = Count::of(design, &rows, &factor, wanted.len())?;
    let leverage = matches!(design.covariance, Covariance::Hc2 | Covariance::Hc3);
    let vectors = Vectors::of(&factor, &wanted, size, leverage);
    let lanes = lanes(&columns, &rows, levels.as_mut(), &vectors);
    let squares = Squares::of(&columns, &rows, &gram, &factor, &lanes);
    if squares.total == 0.0 || (!rows.effects.is_empty() && squares.within == 0.0) {
        return Err(LinearError::ConstantOutcome);
    }
    let spread = spread(design, &rows, &lanes, &vectors, &wanted, &squares, &count)?;
    Assembly {
        design,
        rows: &rows,
        columns: &columns,
        wanted: &wanted,
        vectors: &vectors,
        lanes: &lanes,
        squares: &squares,
        count: &count,
        spread,
    }
    .fit(dropped)
}

fn check_outcome(design: &Design<'_>, rows: &Rows) -> Result<(), LinearError> {
    let first = design.outcome[rows.kept[0]];
    let constant = rows.kept.iter().all(|row| design.outcome[*row] == first);
    let centred = design.intercept || !design.absorb.is_empty();
    if constant && (centred || first == 0.0) && rows.kept.len() > 1 {
        return Err(LinearError::ConstantOutcome);
    }
    Ok(())
}

/// Names a column of the small system.
fn name_of(design: &Design<'_>, role: Role) -> String {
    match role {
        Role::Constant => "intercept".to_owned(),
        Role::Dummy => "absorbed effects".to_owned(),
        Role::Outcome => "outcome".to_owned(),
        Role::Term(place) => design.terms[place].name.clone(),
    }
}

/// The collinear terms: reported, or an error where they may not be dropped.
fn dropped(
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

/// Ranks and degrees of freedom.
struct Count {
    rank: u64,
    k: u64,
    absorbed: Absorbed,
}

impl Count {
    fn of(
        design: &Design<'_>,
        rows: &Rows,
        factor: &Factor,
        kept: usize,
    ) -> Result<Self, LinearError> {
        let size = factor.active.len() - 1;
        let active = factor.active[..size].iter().filter(|active| **active).count();
        let eliminated = rows.effects.first().map_or(0, |effect| effect.count);
        let rank = active + eliminated;
        let effects = rows.effects.len();
        let mut absorbed = Absorbed {
            levels: vec![0; effects],
            nested: vec![false; effects],
            rank: rank - kept,
            singletons_dropped: rows.singletons,
        };
        let mut free = 0;
        for (effect, place) in rows.effects.iter().zip(&rows.effect_places) {
            absorbed.levels[*place] = effect.count;
            let nested = rows.clusters.iter().any(|way| effect.nested_in(way));
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
            Preset::StataXtreg if clustered => rank.saturating_sub(free).max(kept + 1),
            _ => rank,
        };
        if rows.n <= rank as u64 || rows.n <= k as u64 {
            return Err(LinearError::TooFewRows { rows: rows.n, coefficients: rank.max(k) as u64 });
        }
        Ok(Self { rank: rank as u64, k: k as u64, absorbed })
    }
}

/// Sums of squares, in the scaled units of the small system.
struct Squares {
    residual: f64,
    total: f64,
    within: f64,
    weight: f64,
    outcome_mean: DoubleDouble,
}

impl Squares {
    fn of(columns: &Columns<'_>, rows: &Rows, gram: &Gram, factor: &Factor, lanes: &Lanes) -> Self {
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

/// The covariance in scaled units, the outcome's mean last, with all corrections.
struct Spread {
    matrix: Matrix,
    correction: f64,
    reference: Reference,
    repaired: usize,
}

fn spread(
    design: &Design<'_>,
    rows: &Rows,
    lanes: &Lanes,
    vectors: &Vectors,
    wanted: &[usize],
    squares: &Squares,
    count: &Count,
) -> Result<Spread, LinearError> {
    let n = rows.n as f64;
    let free = n - count.k as f64;
    let mean = 1.0 / squares.weight;
    let plain = |matrix: Matrix, correction: f64| Spread {
        matrix: matrix.scaled(correction),
        correction,
        reference: Reference::T { df: free },
        repaired: 0,
    };
    match design.covariance {
        Covariance::Iid => {
            let width = wanted.len();
            let inverse =
                Matrix::from_fn(width + 1, width + 1, |i, j| match (i < width, j < width) {
                    (true, true) => vectors.inverse[i.max(j)][wanted[i.min(j)]].value(),
                    (false, false) => mean,
                    (lane, _) => mean_covariance(
                        wanted[if lane { i } else { j }],
                        vectors,
                        wanted,
                        mean,
                        rows,
                        lanes,
                    ),
                });
            Ok(plain(inverse, squares.residual / free))
        }
        Covariance::Hc1 => {
            Ok(plain(heteroskedastic(rows, lanes, Covariance::Hc1, mean)?, n / free))
        }
        estimator @ (Covariance::Hc0 | Covariance::Hc2 | Covariance::Hc3) => {
            Ok(plain(heteroskedastic(rows, lanes, estimator, mean)?, 1.0))
        }
        Covariance::Cluster => Ok(cluster_spread(design.preset, rows, lanes, mean, free)),
    }
}

/// The covariance, over σ², of a coefficient with the outcome's mean: Σ w x̃ / W.
fn mean_covariance(
    column: usize,
    vectors: &Vectors,
    wanted: &[usize],
    mean: f64,
    rows: &Rows,
    lanes: &Lanes,
) -> f64 {
    let Some(lane) = wanted.iter().position(|known| *known == column) else {
        return 0.0;
    };
    let mut sum = ExactSum::new();
    for (kept, weight) in rows.weight.iter().enumerate() {
        sum.add(weight * lanes.influence[kept * vectors.inverse.len() + lane]);
    }
    sum.value() * mean
}

fn cluster_spread(preset: Preset, rows: &Rows, lanes: &Lanes, mean: f64, free: f64) -> Spread {
    let clustered = clustered(rows, lanes, preset, mean);
    let row_factor = match preset {
        Preset::None => 1.0,
        _ => (rows.n as f64 - 1.0) / free,
    };
    let smallest = rows.clusters.iter().map(|way| way.count).min().unwrap_or(2);
    let df = match preset {
        Preset::None => free,
        _ => smallest as f64 - 1.0,
    };
    Spread {
        matrix: clustered.matrix.scaled(row_factor),
        correction: row_factor * clustered.group_factor,
        reference: Reference::T { df },
        repaired: clustered.repaired,
    }
}

/// Everything that a fit is made of.
struct Assembly<'a> {
    design: &'a Design<'a>,
    rows: &'a Rows,
    columns: &'a Columns<'a>,
    wanted: &'a [usize],
    vectors: &'a Vectors,
    lanes: &'a Lanes,
    squares: &'a Squares,
    count: &'a Count,
    spread: Spread,
}

impl Assembly<'_> {
    fn fit(self, dropped: Vec<Dropped>) -> Result<Fit, LinearError> {
        let outcome_scale = self.columns.scales[self.columns.size()];
        let scale: Vec<f64> =
            self.wanted.iter().map(|j| self.columns.scales[*j] / outcome_scale).collect();
        let width = self.wanted.len();
        let coefficients: Vec<f64> =
            (0..width).map(|j| self.vectors.fitted[self.wanted[j]].value() * scale[j]).collect();
        let spread = &self.spread.matrix;
        let covariance =
            Matrix::from_fn(width, width, |i, j| spread.get(i, j) * scale[i] * scale[j]);
        let names: Vec<String> =
            self.wanted.iter().map(|j| name_of(self.design, self.columns.roles[*j])).collect();
        let residual_sum_of_squares =
            self.squares.residual / outcome_scale / outcome_scale / self.rows.weight_scale;
        let finite = coefficients.iter().all(|b| b.is_finite())
            && (0..width).all(|j| covariance.get(j, j).is_finite())
            && residual_sum_of_squares.is_finite();
        if !finite {
            return Err(LinearError::Overflow);
        }
        let df_residual = self.rows.n - self.count.k;
        let r2 = 1.0 - self.squares.residual / self.squares.total;
        let centred = !self.rows.effects.is_empty() || self.columns.roles[0] == Role::Constant;
        let adjusted_r2 = 1.0
            - (1.0 - r2) * (self.rows.n as f64 - f64::from(u8::from(centred))) / df_residual as f64;
        Ok(Fit {
            standard_errors: (0..width).map(|j| covariance.get(j, j).max(0.0).sqrt()).collect(),
            f: self.wald(&coefficients, &covariance),
            estimator: self.design.covariance,
            preset: self.design.preset,
            reference: self.spread.reference,
            correction: match self.design.covariance {
                Covariance::Iid => 1.0,
                _ => self.spread.correction,
            },
            rows: self.rows.kept.len(),
            n: self.rows.n,
            rank: self.count.rank,
            k: self.count.k,
            df_residual,
            residual_variance: residual_sum_of_squares / df_residual as f64,
            residual_sum_of_squares,
            r2,
            within_r2: (!self.rows.effects.is_empty())
                .then(|| 1.0 - self.squares.residual / self.squares.within),
            adjusted_r2,
            clusters: self.rows.clusters.iter().map(|way| way.count).collect(),
            absorbed: self.count.absorbed.clone(),
            dropped,
            warnings: self.warnings(),
            outcome_mean: self.squares.outcome_mean.value() / outcome_scale,
            term_means: self.term_means(),
            outcome_mean_variance: spread.get(width, width) / outcome_scale / outcome_scale,
            outcome_mean_covariance: (0..width)
                .map(|j| spread.get(j, width) * scale[j] / outcome_scale)
                .collect(),
            residuals: self.residuals(outcome_scale),
            names,
            coefficients,
            covariance,
        })
    }

    /// The test that every slope is zero: b'V⁻¹b/q.
    fn wald(&self, coefficients: &[f64], covariance: &Matrix) -> Option<Wald> {
        let slopes: Vec<usize> = (0..self.wanted.len())
            .filter(|j| self.columns.roles[self.wanted[*j]] != Role::Constant)
            .collect();
        let b: Vec<f64> = slopes.iter().map(|j| coefficients[*j]).collect();
        let scale: Vec<f64> = slopes.iter().map(|j| covariance.get(*j, *j).sqrt()).collect();
        if b.is_empty() || scale.iter().any(|s| *s <= 0.0) {
            return None;
        }
        let unit = Matrix::from_fn(b.len(), b.len(), |i, j| {
            covariance.get(slopes[i], slopes[j]) / (scale[i] * scale[j])
        });
        let t: Vec<f64> = b.iter().zip(&scale).map(|(b, s)| b / s).collect();
        let solved = unit.solve_positive(&t)?;
        let form: f64 = t.iter().zip(&solved).map(|(x, y)| x * y).sum();
        let df1 = b.len() as f64;
        let Reference::T { df: df2 } = self.spread.reference else { return None };
        let statistic = form / df1;
        Some(Wald { statistic, df1, df2, p: f_sf(statistic, df1, df2) })
    }

    fn term_means(&self) -> Vec<f64> {
        let mut sums = vec![ExactSum::new(); self.columns.roles.len()];
        let mut row = Vec::new();
        for (kept, weight) in self.rows.weight.iter().enumerate() {
            self.columns.row(self.rows, kept, &mut row);
            for (column, value) in &row {
                sums[*column].add_product(*weight, *value);
            }
        }
        self.wanted
            .iter()
            .map(|j| sums[*j].value() / self.squares.weight / self.columns.scales[*j])
            .collect()
    }

    fn residuals(&self, outcome_scale: f64) -> Vec<Option<f64>> {
        let mut residuals = vec![None; self.design.outcome.len()];
        for (kept, row) in self.rows.kept.iter().enumerate() {
            residuals[*row] = Some(self.lanes.residual[kept] / outcome_scale);
        }
        residuals
    }

    fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for way in &self.rows.clusters {
            if way.count < 40 {
                warnings.push(Warning::FewClusters { clusters: way.count });
            }
            let mut size = vec![0_usize; way.count];
            way.level.iter().for_each(|level| size[*level as usize] += 1);
            let share = *size.iter().max().unwrap_or(&0) as f64 / self.rows.kept.len() as f64;
            if share > 0.25 && share * way.count as f64 > 2.0 {
                warnings.push(Warning::UnequalClusters { share });
            }
        }
        if self.spread.repaired > 0 {
            warnings.push(Warning::EigenvaluesRepaired { count: self.spread.repaired });
        }
        if self.rows.singletons > 0 {
            warnings.push(Warning::SingletonsDropped { rows: self.rows.singletons });
        }
        let nested = self.count.absorbed.nested.iter().any(|nested| *nested)
            && self.design.covariance == Covariance::Cluster;
        if self.count.k != self.count.rank && !nested {
            warnings.push(Warning::KIsNotRank { k: self.count.k, rank: self.count.rank });
        }
        warnings
    }
}
