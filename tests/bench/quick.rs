//! The kernels on data made here, for whoever changes one: time and allocated bytes, before and after.
//!
//!     cargo bench --profile dev --bench quick [-- FILTER]
//!
//! The table beside the peers is `table.py`'s (CPU seconds, which divan does not measure: `kernels.rs`). Nothing in
//! the tests depends on a time.

#![expect(clippy::expect_used, reason = "a bench that cannot begin says so")]

use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher, black_box};
use secondlook::digest::Sha256;
use secondlook::stats::linear::{Covariance, Design, Term};
use secondlook::stats::summary::{Measure, Sample, summarise};

#[global_allocator]
static ALLOCATED: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const LEVELS: [&str; 5] = ["1", "2", "3", "4", "5"];
/// Levels of the absorbed effects: those of the study that this began with.
const EFFECTS: [u32; 6] = [9, 7, 3, 22, 12, 104];

/// A table like the study's: six effects, a level of expertise, users with few rows each, an outcome of zeros and ones.
struct Columns {
    effects: Vec<Vec<u32>>,
    expertise: Vec<u32>,
    user: Vec<u32>,
    turns: Vec<f64>,
    slope: Vec<f64>,
    success: Vec<f64>,
}

/// Numbers that look random, the same on every machine (a step of SplitMix64).
struct Draws(u64);

impl Draws {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((mixed >> 40) * u64::from(most)) >> 24) as u32
    }
}

impl Columns {
    fn of(rows: usize) -> Self {
        let mut draws = Draws(20_260_616);
        let mut codes = |most: u32| (0..rows).map(|_| draws.below(most)).collect::<Vec<u32>>();
        let effects = EFFECTS.map(&mut codes).to_vec();
        let (expertise, user) = (codes(5), codes(rows as u32 * 6 / 10));
        let slope = expertise.iter().map(|level| f64::from(*level)).collect();
        let mut chance = |level: &u32| u32::from(draws.below(100) < 15 + 5 * *level);
        let success = expertise.iter().map(|level| f64::from(chance(level))).collect();
        let turns = (0..rows).map(|_| f64::from(draws.below(1_000)) / 8.0).collect();
        Self { effects, expertise, user, turns, slope, success }
    }

    /// Terms on six absorbed effects, clustered by user.
    fn design<'a>(&'a self, terms: Vec<Term<'a>>) -> Design<'a> {
        let mut design = Design::new(&self.success, terms);
        design.absorb = self.effects.iter().map(Into::into).collect();
        design.covariance = Covariance::Cluster;
        design.clusters = vec![(&self.user).into()];
        design
    }

    fn levels(&self) -> Vec<Term<'_>> {
        let level = |l: usize| Term::indicator(LEVELS[l], &self.expertise, l as u32);
        (1..5).map(level).collect()
    }
}

mod regression {
    use secondlook::stats::linear::{
        Coded, Panel, Preset, Regressor, Singletons, Specification, Table, fit,
    };

    use super::{Bencher, Columns, Covariance, Design, ItemsCount, Term, black_box};

    const ROWS: [usize; 2] = [10_000, 100_000];

    fn timed(bencher: Bencher<'_, '_>, rows: usize, design: &Design<'_>) {
        bencher.counter(ItemsCount::new(rows)).bench_local(|| fit(black_box(design)));
    }

    #[divan::bench(args = ROWS)]
    fn slope(bencher: Bencher<'_, '_>, rows: usize) {
        let columns = Columns::of(rows);
        let terms = vec![Term::numbers("expertise", &columns.slope)];
        timed(bencher, rows, &columns.design(terms));
    }

    #[divan::bench(args = ROWS)]
    fn levels(bencher: Bencher<'_, '_>, rows: usize) {
        let columns = Columns::of(rows);
        timed(bencher, rows, &columns.design(columns.levels()));
    }

    #[divan::bench(args = ROWS)]
    fn numbers(bencher: Bencher<'_, '_>, rows: usize) {
        let columns = Columns::of(rows);
        let mut terms = columns.levels();
        terms.push(Term::numbers("turns", &columns.turns));
        timed(bencher, rows, &columns.design(terms));
    }

    #[divan::bench(args = ROWS)]
    fn user_effects(bencher: Bencher<'_, '_>, rows: usize) {
        let columns = Columns::of(rows);
        let mut design = columns.design(columns.levels());
        design.absorb.push((&columns.user).into());
        design.singletons = Singletons::Drop;
        timed(bencher, rows, &design);
    }

    /// One specification of many on a panel that is already there.
    #[divan::bench(args = ROWS)]
    fn specification(bencher: Bencher<'_, '_>, rows: usize) {
        let columns = Columns::of(rows);
        let mut factors: Vec<&[u32]> = columns.effects.iter().map(Vec::as_slice).collect();
        factors.push(&columns.expertise);
        let outcomes: Vec<&[f64]> = vec![&columns.success];
        let clusters = Some(&columns.user[..]);
        let table = Table { factors, numbers: Vec::new(), outcomes, clusters };
        let panel = Panel::of(table, None).expect("a panel");
        let values = Coded::Levels { factor: 6, values: (0..5).map(f64::from).collect() };
        let specification = Specification {
            outcome: 0,
            terms: vec![Regressor { name: "expertise".to_owned(), values }],
            absorb: (0..6).collect(),
            covariance: Covariance::Cluster,
            preset: Preset::Fixest,
        };
        bencher.bench_local(|| panel.fit(black_box(&specification)));
    }
}

#[divan::bench]
fn mean_of_100_000(bencher: Bencher<'_, '_>) {
    let columns = Columns::of(100_000);
    let sample = Sample::new(&columns.turns);
    bencher.bench_local(|| summarise(black_box(&sample), Measure::Mean));
}

mod forensic {
    use secondlook::claims::forensic::{Sample, grim, grimmer};
    use secondlook::claims::printed;
    use secondlook::claims::rounding::Rounding;
    use secondlook::expression::Interval;

    use super::{Bencher, black_box};

    fn stands_for(text: &str) -> Interval {
        let printed = printed::parse(text).expect("a number");
        printed.interval(Rounding::Unknown).expect("an interval")
    }

    #[divan::bench]
    fn printed_number() -> Interval {
        stands_for(black_box("33.41%"))
    }

    #[divan::bench]
    fn grim_of_a_mean(bencher: Bencher<'_, '_>) {
        let (mean, sample) = (stands_for("5.19"), Sample::of(28));
        bencher.bench_local(|| grim(black_box(&mean), &sample));
    }

    #[divan::bench]
    fn grimmer_without_a_scale(bencher: Bencher<'_, '_>) {
        let (mean, deviation) = (stands_for("5.21"), stands_for("1.60"));
        bencher.bench_local(|| grimmer(black_box(&mean), &deviation, &Sample::of(28)));
    }

    /// The exact form: every sum and every sum of squares that a hundred answers from 1 to 7 can have.
    #[divan::bench]
    fn grimmer_of_100_answers_on_seven_points(bencher: Bencher<'_, '_>) {
        let (mean, deviation) = (stands_for("3.41"), stands_for("1.87"));
        let sample = Sample::of(100).scale(1, 7);
        bencher.bench_local(|| grimmer(black_box(&mean), &deviation, &sample));
    }
}

#[divan::bench]
fn sha256_of_a_mebibyte(bencher: Bencher<'_, '_>) {
    let bytes = vec![7_u8; 1 << 20];
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| Sha256::of(black_box(&bytes)));
}
