//! `secondlook seal STUDY`: fixes claims and method before results exist. Writes `methods/STUDY/seal.toml`.
//!
//! An existing seal is never overwritten unless `--again` is said; then its day and checksum are kept.

use std::io::Write as _;

use super::args::SealArguments;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::audit::house::{House, StudyFolder};
use crate::audit::seal::{self, Seal, Sealed};
use crate::audit::{self, open, outputs};
use crate::diagnostic::Problems;
use crate::diagnostic::text::Append as _;
use crate::error::Error;

/// Seals a study, or says what changed since it was sealed.
pub(super) fn seal(
    wanted: &SealArguments,
    house: &House,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let folder = house.study(&wanted.study)?;
    let engine = audit::engine(house)?;
    open::sealable(house, &wanted.study, &engine, terminal)?;
    let mut problems = Problems::default();
    let earlier = seal::read(&folder, &mut problems);
    if problems.has_errors() && !wanted.again {
        return Err(Error::Invalid(problems));
    }
    if wanted.check {
        return compare(&folder, earlier.as_ref(), terminal);
    }
    let path = folder.path.join("seal.toml");
    if path.exists() && !wanted.again {
        let on = earlier.map_or_else(String::new, |earlier| format!(" on {}", earlier.seal.on));
        return Err(Error::Usage {
            message: format!("`{}` was sealed{on} already", folder.id),
            help: Some(
                "--check says what changed since; --again makes a new seal that names the old one"
                    .to_owned(),
            ),
        });
    }
    let existed = outputs::recorded(&house.out, &folder.id, "results.json")?.is_some();
    let now = seal::fingerprints(&folder).map_err(Error::Invalid)?;
    let fresh = Seal::new(&folder.id, today(), existed, now, earlier.as_ref());
    write(&folder, &fresh)?;
    let when =
        if existed { "results existed already, and the seal says so" } else { "no results yet" };
    terminal.say(&format!(
        "{}/seal.toml  sha256 {}\n{}, {when}\nPublish the checksum where its date can be seen: a commit, a registry.",
        folder.shown,
        fresh.sha256(),
        fresh.on
    ))?;
    Ok(Exit::Done)
}

fn compare(
    folder: &StudyFolder,
    earlier: Option<&Sealed>,
    terminal: &Terminal,
) -> Result<Exit, Error> {
    let Some(Sealed { seal, changes }) = earlier else {
        let message = format!("`{}` has no seal", folder.id);
        let help = Some(format!("`secondlook seal {}` makes one", folder.id));
        return Err(Error::Usage { message, help });
    };
    if changes.is_empty() {
        terminal.say(&format!("{}: as sealed on {}", folder.id, seal.on))?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{}: changed since the seal of {}\n", folder.id, seal.on);
    for change in changes {
        writeln!(text, "  {change}");
    }
    terminal.say(&text)?;
    Ok(Exit::Differs)
}

/// Writes the seal whole or not at all.
fn write(folder: &StudyFolder, seal: &Seal) -> Result<(), Error> {
    let path = folder.path.join("seal.toml");
    let failed = |error: &dyn std::fmt::Display| Error::output(&path, error);
    let mut file = tempfile::NamedTempFile::new_in(&folder.path).map_err(|error| failed(&error))?;
    file.write_all(seal.text().as_bytes()).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    file.persist(&path).map_err(|error| failed(&error.error))?;
    outputs::readable(&path)
}

/// Today, in universal time: the clock is read in `cli` alone.
fn today() -> String {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
