//! The conditional logit: effects of groups conditioned away, so that none is estimated.

use std::collections::BTreeMap;

use super::groups::{Group, Sums};
use super::separation::{Verdict, constant_levels, separation};
use super::{Family, GeneralisedError, GeneralisedFit, errors};
use crate::stats::linear::{Covariance, Design, Fit, LinearError, Preset, Reference, Weights, fit};
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

/// Iterations before giving up.
const ITERATIONS: usize = 60;
/// The iteration without rest at which it is asked whether there is a finite place of rest.
const SUSPICIOUS: usize = 8;
/// The change of a coefficient, on its column's scale, below which it stands still.
const STILL: f64 = 1e-10;

/// Fits a logit conditional on the number of ones in each level of the one absorbed effect.
///
/// *Formula*: maximises Σ_g [Σ_i y_i x_i'b − ln Σ_{d: Σd = Σy} exp(Σ_i d_i x_i'b)], the inner sum by the recursion
/// B(t, s) = B(t−1, s) + B(t−1, s−1) e^{x_t'b}, its derivatives alike. Errors: the inverse of the information, or the
/// sandwich of the groups' scores summed within clusters, with the preset's factors and K the number of coefficients.
/// *Source*: Chamberlain 1980; the recursion: Gail, Lubin & Rubinstein 1981. Groups without both outcomes say nothing
/// and are left out. *Shapes*: one absorbed effect, no weights, no robust errors by row. *Units*: log odds per term.
/// *Errors*: [`GeneralisedError`]; separation by name. *Checked against*: R's survival::clogit, exact (presets.R) 1e-8.
///
/// # Errors
/// See above.
pub fn fit_conditional(design: &Design<'_>) -> Result<GeneralisedFit, GeneralisedError> {
    Family::Logit.check(&design.outcome)?;
    refuse_options(design)?;
    let keep = constant_levels(design, Family::Logit, &vec![true; design.outcome.len()]);
    if !keep.contains(&true) {
        return Err(GeneralisedError::NoVariation);
    }
    let ranked = rank(design, &keep)?;
    let model = Model::of(design, &keep, &ranked);
    let dropped: Vec<usize> = ranked.dropped.iter().map(|dropped| dropped.index).collect();
    let solution = model.solve(|| separation(design, Family::Logit, &keep, &dropped))?;
    let spread = model.spread(design, &keep, &solution)?;
    Ok(model.assemble(design, &keep, ranked, &solution, spread))
}

fn refuse_options(design: &Design<'_>) -> Result<(), GeneralisedError> {
    let refuse = |what: &str| {
        Err(LinearError::NotSupported { what: format!("{what} of a conditional logit") }.into())
    };
    if design.absorb.len() != 1 {
        return refuse("other than one absorbed effect");
    }
    if !matches!(design.weights, Weights::None) {
        return refuse("a weight");
    }
    if !matches!(design.covariance, Covariance::Iid | Covariance::Cluster) {
        return refuse(
            "HC errors by row (cluster by the absorbed effect instead), or any but `iid` and `cluster`,",
        );
    }
    Ok(())
}

/// Finds out, by least squares within the groups, which terms are estimable.
fn rank(design: &Design<'_>, keep: &[bool]) -> Result<Fit, GeneralisedError> {
    let mut within = design.clone();
    let copies: Vec<f64> = keep.iter().map(|keep| f64::from(u8::from(*keep))).collect();
    within.weights = Weights::Frequency(copies.into());
    within.covariance = Covariance::Iid;
    within.clusters.clear();
    within.residuals = false;
    Ok(fit(&within)?)
}

/// The groups with the columns of the estimable terms.
struct Model {
    groups: Vec<Group>,
    /// The power of two on each column.
    scales: Vec<f64>,
}

/// Where the iterations came to rest, on the scale of the columns.
struct Solution {
    coefficients: Vec<f64>,
    likelihood: f64,
    inverse: Matrix,
    iterations: usize,
}

/// The covariance on the scale of the columns, and what made it.
struct Spread {
    covariance: Matrix,
    correction: f64,
    clusters: Vec<usize>,
}

impl Model {
    fn of(design: &Design<'_>, keep: &[bool], ranked: &Fit) -> Self {
        let dropped: Vec<usize> = ranked.dropped.iter().map(|dropped| dropped.index).collect();
        let terms: Vec<usize> =
            (0..design.terms.len()).filter(|term| !dropped.contains(term)).collect();
        let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (row, code) in design.absorb[0].iter().enumerate().filter(|(row, _)| keep[*row]) {
            members.entry(*code).or_default().push(row);
        }
        let mut groups: Vec<Group> =
            members.into_values().map(|rows| Group::of(design, &terms, rows)).collect();
        let scales = (0..terms.len())
            .map(|j| {
                let largest = groups.iter().map(|group| group.largest(j)).fold(0.0, f64::max);
                if largest > 0.0 { libm::scalbn(1.0, -libm::ilogb(largest)) } else { 1.0 }
            })
            .collect::<Vec<f64>>();
        for group in &mut groups {
            group.scale(&scales);
        }
        Self { groups, scales }
    }

    fn width(&self) -> usize {
        self.scales.len()
    }

    /// The log likelihood with its derivatives, exact over the groups.
    fn sums(&self, coefficients: &[f64]) -> (f64, Vec<f64>, Matrix) {
        let width = self.width();
        let mut likelihood = ExactSum::new();
        let mut gradient = vec![ExactSum::new(); width];
        let mut information = vec![ExactSum::new(); width * width];
        for group in &self.groups {
            let sums: Sums = group.sums(coefficients);
            likelihood.add(sums.likelihood);
            gradient.iter_mut().zip(&sums.score).for_each(|(sum, part)| sum.add(*part));
            information.iter_mut().zip(&sums.information).for_each(|(sum, part)| sum.add(*part));
        }
        let matrix =
            Matrix::from_fn(width, width, |i, j| information[i.max(j) * width + i.min(j)].value());
        (likelihood.value(), gradient.iter().map(ExactSum::value).collect(), matrix)
    }

    /// Climbs to the maximum; asks whether there is one where it is not soon reached.
    fn solve(&self, separated: impl Fn() -> Verdict) -> Result<Solution, GeneralisedError> {
        let mut coefficients = vec![0.0; self.width()];
        let mut still = false;
        let mut finite = false;
        for iterations in 1..=ITERATIONS {
            let (likelihood, gradient, information) = self.sums(&coefficients);
            let step = information.solve_positive(&gradient);
            if !finite && (iterations == SUSPICIOUS || step.is_none()) {
                match separated() {
                    Verdict::Separated(error) => return Err(error),
                    Verdict::Finite => finite = true,
                    Verdict::Unknown => {}
                }
            }
            let Some(step) = step else {
                return Err(GeneralisedError::NotConverged { iterations });
            };
            if still && likelihood.is_finite() {
                let inverse =
                    inverse(&information).ok_or(GeneralisedError::NotConverged { iterations })?;
                return Ok(Solution { coefficients, likelihood, inverse, iterations });
            }
            still = step.iter().zip(&coefficients).all(|(s, b)| s.abs() <= STILL * (1.0 + b.abs()));
            self.advance(&mut coefficients, &step, likelihood);
        }
        Err(GeneralisedError::NotConverged { iterations: ITERATIONS })
    }

    /// Takes a Newton step, halved until the likelihood does not fall.
    fn advance(&self, coefficients: &mut Vec<f64>, step: &[f64], likelihood: f64) {
        let mut share = 1.0;
        for _ in 0..30 {
            let next: Vec<f64> =
                coefficients.iter().zip(step).map(|(b, s)| b + share * s).collect();
            let (found, ..) = self.sums(&next);
            if found >= likelihood - 1e-9 * likelihood.abs() {
                *coefficients = next;
                return;
            }
            share *= 0.5;
        }
    }

    fn spread(
        &self,
        design: &Design<'_>,
        keep: &[bool],
        solution: &Solution,
    ) -> Result<Spread, GeneralisedError> {
        if design.covariance == Covariance::Iid {
            let covariance = solution.inverse.clone();
            return Ok(Spread { covariance, correction: 1.0, clusters: Vec::new() });
        }
        let ways = design.clusters.len();
        let n = keep.iter().filter(|keep| **keep).count() as f64;
        let scores: Vec<Vec<f64>> =
            self.groups.iter().map(|group| group.sums(&solution.coefficients).score).collect();
        let mut parts = Vec::new();
        for subset in 1_usize..1 << ways {
            parts.push((subset, self.meat(design, subset, &scores)?));
        }
        let clusters: Vec<usize> = (0..ways).map(|way| parts[(1 << way) - 1].1.1).collect();
        if let Some(way) = clusters.iter().position(|count| *count < 2) {
            return Err(LinearError::OneCluster { way }.into());
        }
        let smallest = clusters.iter().copied().min().unwrap_or(2);
        let preset = design.preset;
        let factor = |count: usize| match preset {
            Preset::None => 1.0,
            Preset::Conventional => count as f64 / (count as f64 - 1.0),
            _ => smallest as f64 / (smallest as f64 - 1.0),
        };
        let rows = if preset == Preset::None { 1.0 } else { (n - 1.0) / (n - self.width() as f64) };
        let width = self.width();
        let mut total = Matrix::zeros(width, width);
        for (subset, (part, count)) in &parts {
            let sign = if subset.count_ones() % 2 == 1 { 1.0 } else { -1.0 };
            let weight = sign * rows * factor(*count);
            total = Matrix::from_fn(width, width, |i, j| total.get(i, j) + weight * part.get(i, j));
        }
        let bread: Vec<&[f64]> = (0..width).map(|i| solution.inverse.row(i)).collect();
        let covariance = Matrix::from_fn(width, width, |i, j| total.form(bread[i], bread[j]));
        Ok(Spread { covariance, correction: rows * factor(clusters[0]), clusters })
    }

    /// Sums outer products of scores within the crossing of some ways, and counts its clusters.
    fn meat(
        &self,
        design: &Design<'_>,
        subset: usize,
        scores: &[Vec<f64>],
    ) -> Result<(Matrix, usize), GeneralisedError> {
        let width = self.width();
        let mut sums: BTreeMap<Vec<u32>, Vec<ExactSum>> = BTreeMap::new();
        for (group, score) in self.groups.iter().zip(scores) {
            let key = |row: usize| -> Vec<u32> {
                let ways = design.clusters.iter().enumerate();
                ways.filter(|(way, _)| subset >> way & 1 == 1).map(|(_, way)| way[row]).collect()
            };
            let cluster = key(group.rows[0]);
            if group.rows.iter().any(|row| key(*row) != cluster) {
                return Err(GeneralisedError::Straddles);
            }
            let slots = sums.entry(cluster).or_insert_with(|| vec![ExactSum::new(); width]);
            slots.iter_mut().zip(score).for_each(|(slot, part)| slot.add(*part));
        }
        let mut products = vec![ExactSum::new(); width * width];
        for score in sums.values() {
            let score: Vec<f64> = score.iter().map(ExactSum::value).collect();
            for (i, a) in score.iter().enumerate() {
                for (j, b) in score.iter().enumerate() {
                    products[i * width + j].add(a * b);
                }
            }
        }
        Ok((Matrix::from_fn(width, width, |i, j| products[i * width + j].value()), sums.len()))
    }

    fn assemble(
        &self,
        design: &Design<'_>,
        keep: &[bool],
        ranked: Fit,
        solution: &Solution,
        spread: Spread,
    ) -> GeneralisedFit {
        let width = self.width();
        let scaled = |i: usize, j: usize| self.scales[i] * self.scales[j];
        let mut covariance = spread.covariance;
        covariance = Matrix::from_fn(width, width, |i, j| covariance.get(i, j) * scaled(i, j));
        if spread.clusters.len() > 1 {
            covariance.clip_negative_eigenvalues();
        }
        let null = self.sums(&vec![0.0; width]).0;
        let rows = keep.iter().filter(|keep| **keep).count();
        GeneralisedFit {
            family: Family::Logit,
            coefficients: (0..width).map(|j| solution.coefficients[j] * self.scales[j]).collect(),
            standard_errors: errors(&covariance),
            covariance,
            names: ranked.names,
            estimator: design.covariance,
            preset: design.preset,
            reference: Reference::Normal,
            correction: spread.correction,
            rows,
            n: rows as u64,
            rank: width as u64,
            k: width as u64,
            deviance: -2.0 * solution.likelihood,
            log_likelihood: solution.likelihood,
            pseudo_r2: 1.0 - solution.likelihood / null,
            iterations: solution.iterations,
            warnings: few(&spread.clusters),
            clusters: spread.clusters,
            absorbed: ranked.absorbed,
            conditional: true,
            separated_rows: keep.len() - rows,
            dropped: ranked.dropped,
            extreme_rows: 0,
            fitted: vec![None; keep.len()],
        }
    }
}

fn few(clusters: &[usize]) -> Vec<crate::stats::linear::Warning> {
    let few = clusters.iter().filter(|count| **count < 40);
    few.map(|count| crate::stats::linear::Warning::FewClusters { clusters: *count }).collect()
}

fn inverse(information: &Matrix) -> Option<Matrix> {
    let width = information.rows();
    let unit = |j: usize| -> Vec<f64> { (0..width).map(|i| f64::from(u8::from(i == j))).collect() };
    let columns: Vec<Vec<f64>> =
        (0..width).map(|j| information.solve_positive(&unit(j))).collect::<Option<_>>()?;
    Some(Matrix::from_fn(width, width, |i, j| columns[i.min(j)][i.max(j)]))
}
