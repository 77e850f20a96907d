//! Adjusted rates: what the outcome's mean would be if every row had one level of a factor.
//!
//! *Formula*: for a linear model adjₖ = ȳ + (gₖ − x̄)'β, x̄ the (weighted) means of the terms and gₖ those with every
//! row at level k. For a factor alone that is ȳ + βₖ − Σⱼ pⱼβⱼ, pⱼ the share of level j and the base's β zero: the
//! coefficients plus one constant, chosen so that the weighted mean of the rates is ȳ.
//! Var(adjₖ) = Var(ȳ) + d'Vd + 2d'Cov(ȳ, β), d = gₖ − x̄, the rows held fixed.
//! For other models adjₖ is the mean of predictions, `stats::generalised::prediction`, its error by the delta method.
//! *Source*: predictive margins, Graubard & Korn 1999; for a linear model they are this shift.

use crate::diagnostic::Problem;
use crate::method::fragment::Fragment;
use crate::method::steps::{Joint, plain_estimate};
use crate::results::Estimate;
use crate::stats::distribution;
use crate::stats::generalised::{GeneralisedError, GeneralisedFit, effect_predictions, prediction};
use crate::stats::linear::{Design, Fit, Reference, Weights};
use crate::stats::math;
use crate::stats::matrix::Matrix;
use crate::stats::sum::ExactSum;

use super::columns::{Cell, Filled, FilledTerm};
use super::linear::reference_word;
use super::terms::Term;

/// An estimate of a regression, and how it moves with the outcome's mean and the coefficients.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) address: String,
    value: f64,
    /// The weight of the outcome's mean.
    mean: f64,
    /// The weight of each coefficient.
    weights: Vec<f64>,
}

/// The covariance of coefficients, and of the outcome's mean with them.
pub(super) struct Spread<'a> {
    covariance: &'a Matrix,
    mean_variance: f64,
    mean_covariance: &'a [f64],
}

impl<'a> Spread<'a> {
    pub(super) fn of(fitted: &'a Fit) -> Self {
        Self {
            covariance: &fitted.covariance,
            mean_variance: fitted.outcome_mean_variance,
            mean_covariance: &fitted.outcome_mean_covariance,
        }
    }

    pub(super) fn generalised(fitted: &'a GeneralisedFit) -> Self {
        Self::wide(&fitted.covariance)
    }

    /// The covariance of coefficients and, behind them, of rates.
    pub(super) fn wide(covariance: &'a Matrix) -> Self {
        Self { covariance, mean_variance: 0.0, mean_covariance: &[] }
    }

    /// The weights that a form has.
    pub(super) fn width(&self) -> usize {
        self.covariance.rows()
    }
}

impl Form {
    /// One coefficient.
    pub(super) fn coefficient(address: String, place: usize, value: f64, count: usize) -> Self {
        let weights = (0..count).map(|at| f64::from(u8::from(at == place))).collect();
        Self { address, value, mean: 0.0, weights }
    }

    fn covariance(&self, other: &Self, spread: &Spread<'_>) -> f64 {
        let with_mean = |form: &Self| -> f64 {
            let pairs = form.weights.iter().zip(spread.mean_covariance);
            pairs.map(|(weight, covariance)| weight * covariance).sum()
        };
        self.mean * other.mean * spread.mean_variance
            + spread.covariance.form(&self.weights, &other.weights)
            + self.mean * with_mean(other)
            + other.mean * with_mean(self)
    }

    /// The estimate itself.
    pub(super) fn estimate(
        &self,
        step: &str,
        spread: &Spread<'_>,
        reference: Reference,
        level: f64,
    ) -> Estimate {
        let mut estimate = plain_estimate(step, self.address.clone(), self.value);
        let variance = self.covariance(self, spread);
        if variance >= 0.0 {
            let se = math::sqrt(variance);
            let ends = distribution::interval(reference, estimate.value, se, level);
            estimate.se = Some(se);
            estimate.ci = Some([ends.low, ends.high]);
            estimate.level = Some(level);
            estimate.reference = Some(reference_word(reference).into());
            estimate.interval = Some("delta".into());
            if let Reference::T { df } = reference {
                estimate.df = Some(df);
            }
        }
        estimate
    }
}

/// The covariance of the forms that later contrasts need.
pub(super) fn joint(forms: &[Form], wanted: &[String], spread: &Spread<'_>) -> Joint {
    let known: Vec<&Form> = forms.iter().filter(|form| wanted.contains(&form.address)).collect();
    let mut matrix = Vec::with_capacity(known.len() * known.len());
    for row in &known {
        matrix.extend(known.iter().map(|column| row.covariance(column, spread)));
    }
    Joint { addresses: known.iter().map(|form| form.address.clone()).collect(), matrix }
}

/// Says whether a factor stands in an interaction.
pub(super) fn crossed(terms: &[Term], name: &str) -> bool {
    terms.iter().any(|term| term.parts.len() > 1 && term.parts.iter().any(|p| p.is_factor(name)))
}

/// What adjusted rates are made from.
pub(super) struct Adjusting<'a> {
    pub(super) terms: &'a [Term],
    pub(super) filled: &'a [FilledTerm<'a>],
    pub(super) cells: &'a [Cell],
}

impl Adjusting<'_> {
    /// The levels of a factor that stands alone.
    fn levels(&self, name: &str) -> &[String] {
        let alone = self.terms.iter().zip(self.filled).find_map(|(term, filled)| {
            match (term.parts.as_slice(), filled.parts.as_slice()) {
                ([part], [Filled::Levels { levels, .. }]) if part.is_factor(name) => Some(levels),
                _ => None,
            }
        });
        alone.map_or(&[], Vec::as_slice)
    }

    /// For the parts of a cell's term, the level that each is put at.
    fn set(&self, cell: &Cell, name: &str, level: u32) -> Vec<Option<u32>> {
        let parts = self.terms.get(cell.term).map_or(&[][..], |term| &term.parts);
        parts.iter().map(|part| part.is_factor(name).then_some(level)).collect()
    }

    fn touches(&self, cell: &Cell, name: &str) -> bool {
        self.set(cell, name, 0).iter().any(Option::is_some)
    }

    /// Refuses where a column of the factor was dropped: its levels cannot be told apart.
    fn all_estimated(&self, name: &Fragment, names: &[String]) -> Result<(), Problem> {
        let lost = self
            .cells
            .iter()
            .find(|cell| self.touches(cell, &name.text) && !names.contains(&cell.name));
        let Some(lost) = lost else { return Ok(()) };
        let message = format!(
            "adjusted rates of `{}` are not known: the term `{}` was dropped",
            name.text, lost.name
        );
        Err(Problem::error(message).at(&name.span()))
    }

    fn addresses<'s>(
        &'s self,
        step: &'s str,
        name: &'s str,
    ) -> impl Iterator<Item = (u32, String)> + 's {
        let levels = self.levels(name).iter().enumerate();
        levels.map(move |(at, level)| (at as u32, format!("{step}/adjusted{{{name}={level}}}")))
    }

    /// The rates of a factor in a linear model: one for each level.
    pub(super) fn linear(
        &self,
        step: &str,
        name: &Fragment,
        design: &Design<'_>,
        fitted: &Fit,
    ) -> Result<Vec<Form>, Problem> {
        self.all_estimated(name, &fitted.names)?;
        let touched = self.cells.iter().filter(|cell| self.touches(cell, &name.text));
        let touched: Vec<(&Cell, usize)> =
            touched.filter_map(|cell| Some((cell, fitted.index(&cell.name)?))).collect();
        let form = |(level, address): (u32, String)| {
            let mut weights = vec![0.0; fitted.names.len()];
            for (cell, at) in touched.iter().copied() {
                let there = self.mean(cell, &name.text, level, design, fitted);
                if let (Some(slot), Some(mean)) = (weights.get_mut(at), fitted.term_means.get(at)) {
                    *slot = there - mean;
                }
            }
            let shift: f64 = weights.iter().zip(&fitted.coefficients).map(|(w, b)| w * b).sum();
            Form { address, value: fitted.outcome_mean + shift, mean: 1.0, weights }
        };
        Ok(self.addresses(step, &name.text).map(form).collect())
    }

    /// The mean of a cell with every row at a level.
    fn mean(&self, cell: &Cell, name: &str, level: u32, design: &Design<'_>, fitted: &Fit) -> f64 {
        let Some(FilledTerm { parts, .. }) = self.filled.get(cell.term) else { return 0.0 };
        let set = self.set(cell, name, level);
        if set.len() == 1 {
            return cell.value(parts, &set, 0);
        }
        if !cell.may_be(&set) {
            return 0.0;
        }
        let weights = row_weights(design);
        let (mut total, mut sum) = (ExactSum::new(), ExactSum::new());
        for (row, weight) in weights.iter().enumerate() {
            if fitted.residuals.get(row).is_some_and(Option::is_some) {
                total.add(*weight);
                sum.add(weight * cell.value(parts, &set, row));
            }
        }
        sum.value() / total.value()
    }

    /// The rates of factors in a model with estimated effects: forms over the coefficients and all the rates, whose
    /// covariance is returned.
    pub(super) fn with_effects(
        &self,
        step: &str,
        names: &[Fragment],
        design: &Design<'_>,
        fitted: &GeneralisedFit,
    ) -> Result<Result<(Vec<Form>, Matrix), GeneralisedError>, Problem> {
        let cell = |named: &String| self.cells.iter().find(|cell| cell.name == *named);
        let cells: Vec<Option<&Cell>> = fitted.names.iter().map(cell).collect();
        let (mut addresses, mut sets) = (Vec::new(), Vec::new());
        for name in names {
            self.all_estimated(name, &fitted.names)?;
            for (level, address) in self.addresses(step, &name.text) {
                let set = |cell: Option<&Cell>| {
                    cell.map_or_else(Vec::new, |one| self.set(one, &name.text, level))
                };
                addresses.push(address);
                sets.push(cells.iter().copied().map(set).collect::<Vec<Vec<Option<u32>>>>());
            }
        }
        let value = |sets: &[Vec<Option<u32>>], j: usize, row: usize| {
            let known = cells.get(j).copied().flatten().zip(sets.get(j));
            known.map_or(1.0, |(cell, set)| {
                self.filled.get(cell.term).map_or(0.0, |term| cell.value(&term.parts, set, row))
            })
        };
        let settings: Vec<Box<dyn Fn(usize, usize) -> f64 + '_>> = sets
            .iter()
            .map(|sets| Box::new(move |j, row| value(sets, j, row)) as Box<dyn Fn(_, _) -> _>)
            .collect();
        let settings: Vec<&dyn Fn(usize, usize) -> f64> =
            settings.iter().map(AsRef::as_ref).collect();
        Ok(effect_predictions(design, fitted, &settings).map(|found| {
            let width = found.covariance.rows();
            let forms = addresses.into_iter().zip(&found.values).enumerate();
            let forms = forms
                .map(|(at, (address, value))| {
                    Form::coefficient(address, fitted.names.len() + at, *value, width)
                })
                .collect();
            (forms, found.covariance)
        }))
    }

    /// The rates of a factor in a model other than linear.
    pub(super) fn generalised(
        &self,
        step: &str,
        name: &Fragment,
        design: &Design<'_>,
        fitted: &GeneralisedFit,
    ) -> Result<Vec<Form>, Problem> {
        self.all_estimated(name, &fitted.names)?;
        let weights = row_weights(design);
        let cell = |named: &String| self.cells.iter().find(|cell| cell.name == *named);
        let cells: Vec<Option<&Cell>> = fitted.names.iter().map(cell).collect();
        let form = |(level, address): (u32, String)| {
            let sets: Vec<Vec<Option<u32>>> = cells
                .iter()
                .map(|cell| cell.map_or_else(Vec::new, |one| self.set(one, &name.text, level)))
                .collect();
            let value = |j: usize, row: usize| {
                let known = cells.get(j).copied().flatten().zip(sets.get(j));
                known.map_or(1.0, |(cell, set)| {
                    self.filled.get(cell.term).map_or(0.0, |term| cell.value(&term.parts, set, row))
                })
            };
            let found = prediction(fitted, &weights, value);
            Form { address, value: found.value, mean: 0.0, weights: found.gradient }
        };
        Ok(self.addresses(step, &name.text).map(form).collect())
    }
}

/// Each row's weight in a mean.
fn row_weights(design: &Design<'_>) -> Vec<f64> {
    match &design.weights {
        Weights::None => vec![1.0; design.outcome.len()],
        Weights::Frequency(weights) | Weights::Analytic(weights) => weights.to_vec(),
        Weights::Both { copies, weight } => {
            copies.iter().zip(weight.iter()).map(|(copies, weight)| copies * weight).collect()
        }
    }
}
