//! The roof: why an audit could not be done, one variant per stage.
//!
//! "The claim failed" is no error: it is a verdict. Each variant has its own exit code in `cli`.

use std::path::PathBuf;

use crate::diagnostic::Problems;

/// Why the work stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line names something that does not exist.
    #[error("{message}")]
    Usage {
        /// What.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// A manifest, study, method or claims file is invalid, or does not fit its data.
    #[error("{0}")]
    Invalid(Problems),
    /// Data are not on this machine.
    #[error("data missing: {}", .0.iter().map(|file| file.file.as_str()).collect::<Vec<_>>().join(", "))]
    Missing(Vec<MissingFile>),
    /// Data are not what the manifest pins.
    #[error("data changed: {}", .0.iter().map(|file| file.file.as_str()).collect::<Vec<_>>().join(", "))]
    Changed(Vec<ChangedFile>),
    /// A step could not be computed.
    #[error("{0}")]
    Step(Problems),
    /// An output could not be read or written.
    #[error("{path}: {why}")]
    Output {
        /// The output, as the person named it.
        path: String,
        /// Why.
        why: String,
    },
    /// A download failed.
    #[error("{0}")]
    Fetch(String),
    /// Our own mistake.
    #[error("{0}")]
    Bug(String),
}

impl Error {
    /// An output that could not be read or written.
    pub fn output(path: &std::path::Path, why: impl std::fmt::Display) -> Self {
        Self::Output { path: path.display().to_string(), why: why.to_string() }
    }
}

/// A file that is not on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFile {
    /// `dataset/path`.
    pub file: String,
    /// What is expected, in words.
    pub expected: String,
    /// Where it was looked for.
    pub looked: Vec<String>,
    /// What to do.
    pub help: String,
}

/// A file that is not what its manifest pins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// `dataset/path`.
    pub file: String,
    /// Where it was found.
    pub at: PathBuf,
    /// What is expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What to do.
    pub help: String,
}
