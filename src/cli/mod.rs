//! The command line: one file per command, all printing in `terminal`, all exit codes in `exit`.

pub mod args;
mod audit;
mod check;
pub mod exit;
mod explain;
mod fetch;
mod list;
mod report;
mod run;
mod seal;
mod statistics;
mod table;
pub mod terminal;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory as _, Parser as _};

use crate::audit::house::House;
use crate::error::Error;
use args::{Arguments, Command, Common};
use exit::Exit;
use terminal::Terminal;

/// Does what the command line asks and says how it ended.
#[must_use]
pub fn main(arguments: Vec<OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let asked = !error.use_stderr();
            drop(error.print());
            return if asked { Exit::Done } else { Exit::Usage };
        }
    };
    let terminal = Terminal::new(&arguments.common);
    let outcome =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&arguments, &terminal)));
    match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            terminal.error(&error);
            Exit::from(&error)
        }
        Err(_panic) => {
            let error = Error::Bug("an unexpected state was reached".to_owned());
            terminal.error(&error);
            Exit::Bug
        }
    }
}

fn dispatch(arguments: &Arguments, terminal: &Terminal) -> Result<Exit, Error> {
    let house = house(&arguments.common)?;
    match &arguments.command {
        Command::Audit(wanted) => audit::audit(wanted, &house, &arguments.common, terminal),
        Command::Verify(wanted) => verify::verify(wanted, &house, terminal),
        Command::Fetch(wanted) => fetch::fetch(wanted, &house, terminal),
        Command::Run(wanted) => run::run(wanted, &house, &arguments.common, terminal),
        Command::Check(wanted) => check::check(wanted, &house, terminal),
        Command::Report(wanted) => report::report(wanted, &house, terminal),
        Command::Explain(wanted) => explain::explain(wanted, &house, terminal),
        Command::Seal(wanted) => seal::seal(wanted, &house, terminal),
        Command::List(wanted) => match &wanted.study {
            Some(study) => list::claims(study, &house, terminal),
            None => list::list(&house, terminal),
        },
        Command::Completions(wanted) => {
            let mut script = Vec::new();
            clap_complete::generate(
                wanted.shell,
                &mut Arguments::command(),
                "secondlook",
                &mut script,
            );
            terminal.document(&String::from_utf8_lossy(&script))?;
            Ok(Exit::Done)
        }
    }
}

/// The table of exit codes, as `--help` shows it.
fn exit_table() -> String {
    let rows: Vec<String> =
        Exit::ALL.iter().map(|exit| format!("  {:>2}  {}", *exit as u8, exit.meaning())).collect();
    format!("Exit codes:\n{}", rows.join("\n"))
}

fn house(common: &Common) -> Result<House, Error> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut bind = Vec::new();
    for entry in &common.bind {
        match entry.split_once('=') {
            Some((input, table)) if table.contains('/') => {
                bind.push((input.to_owned(), table.to_owned()));
            }
            _ => {
                let message = format!("--bind {entry}: not of the form INPUT=DATASET/TABLE");
                return Err(Error::Usage {
                    message,
                    help: Some("for example --bind issues=my-data/issues".to_owned()),
                });
            }
        }
    }
    Ok(House {
        root: common.root.clone(),
        out: common.out.clone().unwrap_or_else(|| common.root.join("outputs")),
        data_dir: common.data_dir.clone(),
        cache: common.cache.clone().unwrap_or_else(user_cache),
        threads: common.threads.map_or(cores, usize::from),
        runs: common.runs.clone(),
        bind,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read here, in cli, and nowhere else"
)]
fn user_cache() -> PathBuf {
    let folder =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("XDG_CACHE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .or_else(|| folder("LOCALAPPDATA"))
        .unwrap_or_else(std::env::temp_dir)
        .join("secondlook")
}
