//! Many specifications on one table: the same answers as fitting each alone, whatever the order of rows and threads.

use rayon::prelude::*;
use secondlook::stats::linear::{
    Coded, Covariance, Design, Fit, LinearError, Panel, Preset, Regressor, Specification, Table,
    Term, fit,
};

const ROWS: u64 = 6000;

/// Columns made by a formula: three factors, a number, two outcomes, clusters.
struct Data {
    factors: [Vec<u32>; 3],
    number: Vec<f64>,
    success: Vec<f64>,
    amount: Vec<f64>,
    user: Vec<u32>,
}

/// SplitMix64 of a row and a column.
fn noise(row: u64, column: u64) -> u64 {
    let mut z = (row * 31 + column).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn data(order: &[u64]) -> Data {
    let level = |column: u64, levels: u64| -> Vec<u32> {
        order.iter().map(|row| (noise(*row, column) % levels) as u32).collect()
    };
    let share = |row: u64, column: u64| (noise(row, column) >> 11) as f64 / (1_u64 << 53) as f64;
    let factors = [level(1, 7), level(2, 12), level(3, 5)];
    let success = order
        .iter()
        .zip(&factors[2])
        .map(|(row, level)| f64::from(u8::from(share(*row, 4) < 0.2 + 0.1 * f64::from(*level))))
        .collect();
    let number: Vec<f64> = order.iter().map(|row| 3.0 + 40.0 * share(*row, 5)).collect();
    let amount = order.iter().zip(&number).map(|(row, x)| 0.3 * x + share(*row, 6)).collect();
    let user = order.iter().map(|row| (noise(row / 2, 7) % 2500) as u32).collect();
    Data { factors, number, success, amount, user }
}

fn rows() -> Vec<u64> {
    (0..ROWS).collect()
}

impl Data {
    fn table(&self) -> Table<'_> {
        Table {
            factors: self.factors.iter().map(Vec::as_slice).collect(),
            numbers: vec![&self.number],
            outcomes: vec![&self.success, &self.amount],
            clusters: Some(&self.user),
        }
    }

    /// The same model with every regressor written out as numbers.
    fn alone(&self, specification: &Specification, keep: &[bool]) -> Result<Fit, LinearError> {
        let kept: Vec<usize> = (0..keep.len()).filter(|row| keep[*row]).collect();
        let number = |values: &[f64]| -> Vec<f64> { kept.iter().map(|row| values[*row]).collect() };
        let code = |codes: &[u32]| -> Vec<u32> { kept.iter().map(|row| codes[*row]).collect() };
        let term = |term: &Regressor| {
            let values = match &term.values {
                Coded::Number(_) => number(&self.number),
                Coded::Levels { factor, values } => {
                    code(&self.factors[*factor]).iter().map(|code| values[*code as usize]).collect()
                }
            };
            Term::numbers(term.name.clone(), values)
        };
        let outcome = [&self.success, &self.amount][specification.outcome];
        let mut design =
            Design::new(number(outcome), specification.terms.iter().map(term).collect());
        design.absorb =
            specification.absorb.iter().map(|f| code(&self.factors[*f]).into()).collect();
        design.covariance = specification.covariance;
        design.preset = specification.preset;
        if specification.covariance == Covariance::Cluster {
            design.clusters = vec![code(&self.user).into()];
        }
        fit(&design)
    }
}

/// A slope over the levels of the last factor, a threshold, indicators; and the number beside them.
fn codings() -> Vec<Vec<Regressor>> {
    let coded = |name: &str, values: [f64; 5]| Regressor {
        name: name.to_owned(),
        values: Coded::Levels { factor: 2, values: values.to_vec() },
    };
    let number = Regressor { name: "number".to_owned(), values: Coded::Number(0) };
    let indicators = (1..5).map(|level| {
        let mut values = [0.0; 5];
        values[level] = 1.0;
        coded(&format!("level {level}"), values)
    });
    vec![
        vec![coded("slope", [1.0, 2.0, 3.0, 4.0, 5.0])],
        vec![coded("threshold", [0.0, 0.0, 1.0, 1.0, 1.0]), number.clone()],
        indicators.chain([number]).collect(),
    ]
}

fn specifications() -> Vec<Specification> {
    let mut all = Vec::new();
    for outcome in 0..2 {
        for terms in codings() {
            for absorb in [vec![], vec![0], vec![1], vec![0, 1]] {
                for covariance in [Covariance::Cluster, Covariance::Hc1, Covariance::Iid] {
                    let (terms, absorb) = (terms.clone(), absorb.clone());
                    let preset = Preset::Fixest;
                    all.push(Specification { outcome, terms, absorb, covariance, preset });
                }
            }
        }
    }
    all
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-11 * a.abs().max(b.abs()).max(1e-3)
}

fn agree(shared: &Fit, alone: &Fit) {
    assert_eq!((&shared.names, shared.n, shared.k), (&alone.names, alone.n, alone.k));
    assert_eq!((shared.rank, &shared.absorbed), (alone.rank, &alone.absorbed));
    assert_eq!((&shared.clusters, &shared.warnings), (&alone.clusters, &alone.warnings));
    for j in 0..shared.names.len() {
        assert!(near(shared.coefficients[j], alone.coefficients[j]), "{shared:?} {alone:?}");
        assert!(near(shared.standard_errors[j], alone.standard_errors[j]), "{shared:?} {alone:?}");
        assert!(near(shared.term_means[j], alone.term_means[j]), "{shared:?} {alone:?}");
    }
    assert!(near(shared.r2, alone.r2) && near(shared.outcome_mean, alone.outcome_mean));
    assert_eq!(shared.within_r2.is_some(), alone.within_r2.is_some());
}

/// Bits of what a fit says.
fn bits(fit: &Fit) -> Vec<u64> {
    let all = fit.coefficients.iter().chain(&fit.standard_errors).chain([&fit.r2]);
    all.map(|value| value.to_bits()).collect()
}

#[test]
fn a_specification_on_a_shared_table_is_the_same_as_alone() {
    let data = data(&rows());
    let everyone = vec![true; ROWS as usize];
    // Without the first two levels of the second factor: their dummies must not be looked for.
    let some: Vec<bool> = data.factors[1].iter().map(|level| *level > 1).collect();
    for keep in [everyone, some] {
        let panel = Panel::of(data.table(), Some(&keep)).expect("a panel");
        for specification in specifications() {
            let shared = panel.fit(&specification).expect("it fits");
            agree(&shared, &data.alone(&specification, &keep).expect("it fits"));
        }
    }
}

#[test]
fn neither_the_order_of_rows_nor_the_number_of_threads_changes_a_bit() {
    let mut mixed = rows();
    mixed.sort_by_key(|row| noise(*row, 99));
    let (ordered, mixed) = (data(&rows()), data(&mixed));
    let fits = |data: &Data, threads: usize| -> Vec<Vec<u64>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let panel = Panel::of(data.table(), None).expect("a panel");
        let all = specifications();
        pool.install(|| all.par_iter().map(|s| bits(&panel.fit(s).expect("it fits"))).collect())
    };
    let first = fits(&ordered, 1);
    assert_eq!(first, fits(&ordered, 2));
    assert_eq!(first, fits(&mixed, 2));
    let alone = |data: &Data| -> Vec<Vec<u64>> {
        let all = specifications();
        let keep = vec![true; ROWS as usize];
        all.iter().map(|s| bits(&data.alone(s, &keep).expect("it fits"))).collect()
    };
    assert_eq!(alone(&ordered), alone(&mixed));
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let data = data(&rows());
    let panel = Panel::of(data.table(), None).expect("a panel");
    let mut specification = specifications().remove(0);
    specification.absorb = vec![2];
    let collinear = panel.fit(&specification).expect_err("the slope lies in its own factor");
    assert!(matches!(collinear, LinearError::Collinear { ref name, .. } if name == "slope"));
    specification.absorb = vec![3];
    assert!(matches!(panel.fit(&specification), Err(LinearError::NotSupported { .. })));
    let mut table = data.table();
    let one = vec![1.0; ROWS as usize];
    table.outcomes.push(&one);
    specification.absorb = vec![0];
    specification.outcome = 2;
    let panel = Panel::of(table, None).expect("a panel");
    assert_eq!(panel.fit(&specification), Err(LinearError::ConstantOutcome));
    let mut table = data.table();
    let short = [0_u32; 3];
    table.factors.push(&short);
    assert!(matches!(Panel::of(table, None), Err(LinearError::Length { found: 3, .. })));
    let nobody = vec![false; ROWS as usize];
    assert!(matches!(Panel::of(data.table(), Some(&nobody)), Err(LinearError::NoRows)));
}
