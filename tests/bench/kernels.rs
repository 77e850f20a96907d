//! Times the regression kernels on columns in memory: one JSON line a row of the table.
//!
//!     cargo bench --profile dev --bench kernels -- COLUMNS [RUNS [NAMES [COPIES]]]
//!
//! COLUMNS is a folder that `peers/regression_columns.py` wrote; NAMES are those of kernels (`R1,panel`; all if left out);
//! COPIES repeats the table so often, with users of their own. A plain harness: rows stand beside peers' CPU seconds, which
//! criterion and divan do not measure. Nothing in the tests depends on a time.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and its arguments")]

use std::fs;
use std::path::Path;

use secondlook::stats::linear::{
    Coded, Covariance, Design, Panel, Preset, Regressor, Singletons, Specification, Table, Term,
    fit,
};

mod clock;

use clock::{Outcome, Times};

const EFFECTS: [&str; 6] = ["mode", "month", "subj", "occ", "model", "band"];
const NUMBERS: [&str; 3] = ["task_value", "turns", "app"];
const LEVELS: [&str; 6] = ["0", "1", "2", "3", "4", "5"];

struct Columns {
    effects: Vec<Vec<u32>>,
    expertise: Vec<u32>,
    user: Vec<u32>,
    numbers: Vec<Vec<f64>>,
    success: Vec<f64>,
    failure: Vec<f64>,
    slope: Vec<f64>,
}

fn codes(folder: &Path, name: &str) -> Outcome<Vec<u32>> {
    let bytes = fs::read(folder.join(format!("{name}.u32")))?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
}

fn numbers(folder: &Path, name: &str) -> Outcome<Vec<f64>> {
    let bytes = fs::read(folder.join(format!("{name}.f64")))?;
    Ok(bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

fn read(folder: &Path) -> Outcome<Columns> {
    let expertise = codes(folder, "expertise")?;
    Ok(Columns {
        effects: EFFECTS.iter().map(|name| codes(folder, name)).collect::<Outcome<_>>()?,
        slope: expertise.iter().map(|code| f64::from(*code)).collect(),
        expertise,
        user: codes(folder, "user")?,
        numbers: NUMBERS.iter().map(|name| numbers(folder, name)).collect::<Outcome<_>>()?,
        success: numbers(folder, "succ")?,
        failure: numbers(folder, "fail")?,
    })
}

impl Columns {
    /// The table so many times over, each time with other users.
    fn repeated(self, copies: usize) -> Outcome<Self> {
        let users = self.user.iter().copied().max().map_or(0, |most| most as usize + 1);
        u32::try_from(users * copies)?;
        let others = |copy: usize| self.user.iter().map(move |user| user + (users * copy) as u32);
        Ok(Self {
            effects: self.effects.iter().map(|codes| codes.repeat(copies)).collect(),
            expertise: self.expertise.repeat(copies),
            user: (0..copies).flat_map(others).collect(),
            numbers: self.numbers.iter().map(|values| values.repeat(copies)).collect(),
            success: self.success.repeat(copies),
            failure: self.failure.repeat(copies),
            slope: self.slope.repeat(copies),
        })
    }

    /// R1 a slope, R2 five levels, R3 with three columns of numbers, R4 with user effects; all clustered by user.
    fn design(&self, name: &str) -> Design<'_> {
        let by_level = || (2..6).map(|l| Term::indicator(LEVELS[l], &self.expertise, l as u32));
        let measured = NUMBERS.iter().zip(&self.numbers);
        let terms: Vec<Term<'_>> = match name {
            "R1" => vec![Term::numbers("expertise", &self.slope)],
            "R3" => by_level().chain(measured.map(|(n, v)| Term::numbers(*n, v))).collect(),
            _ => by_level().collect(),
        };
        let mut design = Design::new(&self.success, terms);
        design.absorb = self.effects.iter().map(Into::into).collect();
        if name == "R3" {
            design.absorb.truncate(5);
        }
        if name == "R4" {
            design.absorb.push((&self.user).into());
            design.singletons = Singletons::Drop;
        }
        design.covariance = Covariance::Cluster;
        design.clusters = vec![(&self.user).into()];
        design
    }
}

/// Every set of six controls, two outcomes, a slope and five levels: 256 specifications.
fn specifications() -> Vec<Specification> {
    let coded = |name: &str, value: &dyn Fn(usize) -> f64| Regressor {
        name: name.to_owned(),
        values: Coded::Levels { factor: 6, values: (0..6).map(value).collect() },
    };
    let slope = vec![coded("expertise", &|code| code as f64)];
    let level = |l: usize| coded(LEVELS[l], &|code| f64::from(u8::from(code == l)));
    let codings = [slope, (2..6).map(level).collect()];
    let mut all = Vec::new();
    for set in 0_usize..64 {
        for outcome in 0..2 {
            for terms in &codings {
                let absorb = (0..6).filter(|place| set >> place & 1 == 1).collect();
                let (terms, covariance) = (terms.clone(), Covariance::Cluster);
                let preset = Preset::Fixest;
                all.push(Specification { outcome, terms, absorb, covariance, preset });
            }
        }
    }
    all
}

/// A line of the process's memory figures, in bytes.
fn memory(line: &str) -> Outcome<f64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let found = text.lines().find(|known| known.starts_with(line)).ok_or("no such line")?;
    let kilobytes = found.split_whitespace().nth(1).ok_or("no figure")?;
    Ok(kilobytes.parse::<f64>()? * 1024.0)
}

/// Runs a kernel, and prints the medians and the peak of memory beyond what was there before.
fn time(
    name: &str,
    rows: usize,
    runs: usize,
    each: usize,
    mut run: impl FnMut() -> Outcome<()>,
) -> Outcome<()> {
    // What an earlier kernel freed and the allocator kept hides part of a later one's peak: a lower bound, but for the first.
    let reset = fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = memory("VmRSS")?;
    let mut times = Times::default();
    for _ in 0..runs {
        times.take(each, &mut run)?;
    }
    let beyond = (memory("VmHWM")? - before) / rows as f64;
    println!(
        "{{\"kernel\":\"{name}\",\"rows\":{rows},{},\"bytes_a_row\":{beyond:.1},\"peak_reset\":{reset}}}",
        times.members()
    );
    Ok(())
}

fn main() -> Outcome<()> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let Some(folder) = given.first() else {
        println!("cargo bench --profile dev --bench kernels -- COLUMNS [RUNS [NAMES [COPIES]]]");
        return Ok(());
    };
    let runs = given.get(1).map_or(Ok(7), |runs| runs.parse())?;
    let copies = given.get(3).map_or(Ok(1), |copies| copies.parse())?;
    let wanted = |name: &str| given.get(2).is_none_or(|names| names.split(',').any(|n| n == name));
    let mut columns = read(Path::new(folder))?;
    if copies > 1 {
        columns = columns.repeated(copies)?;
    }
    let rows = columns.success.len();
    for name in ["R1", "R2", "R3", "R4"].into_iter().filter(|name| wanted(name)) {
        let design = columns.design(name);
        time(name, rows, runs, 1, || Ok(fit(&design).map(drop)?))?;
    }
    many(&columns, runs, &wanted)
}

/// Many specifications: what they share, and one of them.
fn many(columns: &Columns, runs: usize, wanted: &dyn Fn(&str) -> bool) -> Outcome<()> {
    let rows = columns.success.len();
    let mut factors: Vec<&[u32]> = columns.effects.iter().map(Vec::as_slice).collect();
    factors.push(&columns.expertise);
    let outcomes: Vec<&[f64]> = vec![&columns.success, &columns.failure];
    let clusters = Some(&columns.user[..]);
    let table = Table { factors, numbers: Vec::new(), outcomes, clusters };
    if wanted("panel") {
        time("panel", rows, runs, 1, || Ok(Panel::of(table.clone(), None).map(drop)?))?;
    }
    if !wanted("specification") {
        return Ok(());
    }
    let panel = Panel::of(table, None)?;
    let all = specifications();
    time("specification", rows, runs.min(3), all.len(), || {
        all.iter().try_for_each(|specification| Ok(panel.fit(specification).map(drop)?))
    })
}
