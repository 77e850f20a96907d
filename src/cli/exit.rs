//! The exit codes, decided in one place: a claim that fails and an audit
//! that could not run never share a status.

use std::process::ExitCode;

use crate::error::Error;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, and no claim fails; with `--check`: nothing changed.
    Done = 0,
    /// Done, and a claim fails.
    ClaimFails = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A manifest, study, method or claims file is invalid.
    Invalid = 3,
    /// Data are missing.
    Missing = 4,
    /// Data changed: size or checksum differs.
    Changed = 5,
    /// A step could not be computed.
    Step = 6,
    /// An output could not be read or written.
    Output = 7,
    /// Results differ from the recorded ones.
    Differs = 8,
    /// Nothing was checked.
    Nothing = 9,
    /// Our bug.
    Bug = 70,
}

impl Exit {
    /// Over several studies, the first of these that occurred is the exit code.
    const ORDER: [Self; 11] = [
        Self::Bug,
        Self::Usage,
        Self::Invalid,
        Self::Changed,
        Self::Missing,
        Self::Step,
        Self::Output,
        Self::Differs,
        Self::Nothing,
        Self::ClaimFails,
        Self::Done,
    ];

    /// Returns the exit code of several studies together.
    #[must_use]
    pub fn of_all(exits: &[Self]) -> Self {
        Self::ORDER.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Self::Nothing)
    }

    /// What the code means, as `secondlook --help` and the README say it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, and no claim fails; with --check: nothing changed",
            Self::ClaimFails => "done, and a claim fails (see --fail-on; accepted ones aside)",
            Self::Usage => "wrong command line",
            Self::Invalid => {
                "a manifest, study, method or claims file is invalid, or does not fit its data"
            }
            Self::Missing => "data missing (with --all only under --require-data)",
            Self::Changed => "data changed: size or checksum differs",
            Self::Step => "a step could not be computed",
            Self::Output => "an output could not be read or written",
            Self::Differs => "--check: results differ from the recorded ones",
            Self::Nothing => "nothing was checked",
            Self::Bug => "a bug in secondlook",
        }
    }

    /// Every code, in numerical order.
    pub const ALL: [Self; 11] = [
        Self::Done,
        Self::ClaimFails,
        Self::Usage,
        Self::Invalid,
        Self::Missing,
        Self::Changed,
        Self::Step,
        Self::Output,
        Self::Differs,
        Self::Nothing,
        Self::Bug,
    ];
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        match error {
            Error::Usage { .. } => Self::Usage,
            Error::Invalid(_) => Self::Invalid,
            Error::Missing(_) | Error::Fetch(_) => Self::Missing,
            Error::Changed(_) => Self::Changed,
            Error::Step(_) => Self::Step,
            Error::Output { .. } => Self::Output,
            Error::Bug(_) => Self::Bug,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_several_studies_the_gravest_code_wins() {
        assert_eq!(Exit::of_all(&[Exit::Done, Exit::ClaimFails, Exit::Changed]), Exit::Changed);
        assert_eq!(Exit::of_all(&[Exit::ClaimFails, Exit::Differs]), Exit::Differs);
        assert_eq!(Exit::of_all(&[Exit::Done]), Exit::Done);
        assert_eq!(Exit::of_all(&[]), Exit::Nothing);
    }
}
