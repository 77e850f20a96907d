//! Times a study's steps on tables in memory: one JSON line.
//!
//!     cargo bench --profile dev --bench steps -- ROOT STUDY [RUNS]
//!
//! The study's tables are loaded once. Each run gets a copy of their columns, which knows nothing of the run before, and
//! ends with the estimates; no file is written. CPU time is that of all threads, from Linux's scheduler.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and its arguments")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use secondlook::audit::evidence::{Evidence, gather};
use secondlook::audit::house::House;
use secondlook::audit::{engine, open};
use secondlook::dataset::Loaded;
use secondlook::engine::Table;
use secondlook::event::Silent;
use secondlook::method::{self, Binding, RunRequest};

mod clock;

use clock::{Outcome, Times};

/// The same tables in columns of their own.
fn copied(inputs: &BTreeMap<String, Binding>) -> Outcome<BTreeMap<String, Binding>> {
    let mut copies = BTreeMap::new();
    for (name, binding) in inputs {
        let Binding::Table(loaded) = binding else { return Err("a table is withheld".into()) };
        let columns =
            loaded.table.columns().map(|(name, column)| (name.to_owned(), column.clone()));
        let table = Arc::new(Table::from_columns(columns.collect())?);
        copies.insert(name.clone(), Binding::Table(Loaded { table, ..loaded.clone() }));
    }
    Ok(copies)
}

fn main() -> Outcome<()> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [root, study, rest @ ..] = &given[..] else {
        println!("cargo bench --profile dev --bench steps -- ROOT STUDY [RUNS]");
        return Ok(());
    };
    let runs: usize = rest.first().map_or(Ok(7), |runs| runs.parse())?;
    let root = PathBuf::from(root);
    let house = House {
        out: root.join("out"),
        cache: root.join("cache"),
        root,
        data_dir: None,
        threads: 1,
        runs: Vec::new(),
        bind: Vec::new(),
    };
    let engine = engine(&house)?;
    let opened = open::open(&house, study, &engine, &Silent)?;
    let plan = opened.plan.as_ref().ok_or("the study has no method")?;
    let Evidence { run, basis, inputs, .. } =
        gather(&house, &opened, &Silent)?.pop().ok_or("the study has no run")?;
    let mut times = Times::default();
    for _ in 0..runs {
        let inputs = copied(&inputs)?;
        let request = RunRequest { id: &run.id, basis, inputs, descriptions: Vec::new() };
        times.take(1, || {
            black_box(method::run(plan, request, &engine, &Silent).map_err(|p| format!("{p:?}"))?);
            Ok(())
        })?;
    }
    println!("{{\"steps\":\"{study}\",{}}}", times.members());
    Ok(())
}
