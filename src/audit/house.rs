//! Where things stand: the folders of studies, datasets and outputs. Reads folder listings only.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::document::LARGEST_FILE;
use crate::diagnostic::names::instead;
use crate::diagnostic::{Problem, Source};
use crate::error::Error;
use crate::manifest::Shelves;

/// The folders that a command works on, and what it was asked to take of them.
#[derive(Debug, Clone)]
pub struct House {
    /// Holds `methods/` and `data-manifests/`.
    pub root: PathBuf,
    /// Holds one folder per study.
    pub out: PathBuf,
    /// Where data are that are not beside their manifest.
    pub data_dir: Option<PathBuf>,
    /// The content-addressed cache.
    pub cache: PathBuf,
    /// Threads of the engine.
    pub threads: usize,
    /// Only these runs; all where empty.
    pub runs: Vec<String>,
    /// Inputs bound on the command line: input and `dataset/table`.
    pub bind: Vec<(String, String)>,
}

/// A study's folder and the id that its files go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyFolder {
    /// The folder's name, which is the study's id.
    pub id: String,
    /// The folder.
    pub path: PathBuf,
    /// The folder as messages show it.
    pub shown: String,
}

impl House {
    /// Lists the ids of all studies, sorted.
    ///
    /// # Errors
    /// When `methods/` cannot be read.
    pub fn studies(&self) -> Result<Vec<String>, Error> {
        listing(&self.root.join("methods"), "study.toml")
    }

    /// Lists the ids of all datasets, sorted.
    ///
    /// # Errors
    /// When `data-manifests/` cannot be read.
    pub fn datasets(&self) -> Result<Vec<String>, Error> {
        listing(&self.root.join("data-manifests"), "manifest.toml")
    }

    /// Finds a study by its id, or by the path of its folder.
    ///
    /// # Errors
    /// When there is no such study; says the nearest name.
    pub fn study(&self, name: &str) -> Result<StudyFolder, Error> {
        let by_id = self.root.join("methods").join(name);
        if is_plain(name) && by_id.join("study.toml").is_file() {
            return Ok(StudyFolder {
                id: name.to_owned(),
                path: by_id,
                shown: format!("methods/{name}"),
            });
        }
        let by_path = Path::new(name);
        if by_path.join("study.toml").is_file() {
            let whole = by_path.canonicalize().map_err(|error| Error::output(by_path, error))?;
            let id = whole.file_name().and_then(|id| id.to_str()).unwrap_or_default().to_owned();
            let shown = format!("methods/{id}");
            return Ok(StudyFolder { id, path: by_path.to_owned(), shown });
        }
        let known = self.studies().unwrap_or_default();
        let help = instead(name, known.iter().map(String::as_str)).unwrap_or_else(|| {
            format!("there is no study under {}; give --root", self.root.join("methods").display())
        });
        Err(Error::Usage { message: format!("no study `{name}`"), help: Some(help) })
    }

    /// Says where a dataset's manifest is, if it exists.
    #[must_use]
    pub fn manifest(&self, dataset: &str) -> Option<PathBuf> {
        let path = self.root.join("data-manifests").join(dataset).join("manifest.toml");
        (is_plain(dataset) && path.is_file()).then_some(path)
    }

    /// Says where a dataset's files are looked for.
    #[must_use]
    pub fn shelves(&self, dataset: &str) -> Shelves {
        Shelves {
            beside: self.root.join("data-manifests").join(dataset),
            data_dir: self.data_dir.clone(),
            cache: self.cache.clone(),
        }
    }
}

/// Reads a text file that a person wrote, under the name by which messages show it.
///
/// # Errors
/// When it cannot be read, is too large, or is not UTF-8: a problem that names it.
pub fn read_text(path: &Path, shown: &str) -> Result<Arc<Source>, Problem> {
    let cannot = |why: String| Problem::error(why).in_file(shown, 0, 0);
    let size =
        std::fs::metadata(path).map_err(|error| cannot(format!("cannot be read: {error}")))?.len();
    if size > LARGEST_FILE {
        return Err(cannot(format!(
            "{size} bytes are more than the {LARGEST_FILE} that such a file may have"
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot(format!("cannot be read: {error}")))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(shown, text)),
        Err(error) => {
            let sound = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..sound).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            Err(Problem::error("is not UTF-8 text")
                .in_file(shown, line, 0)
                .help("save the file as UTF-8"))
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != ".."
}

fn listing(folder: &Path, file: &str) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::output(folder, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::output(folder, error))?;
        if let Ok(name) = entry.file_name().into_string()
            && entry.path().join(file).is_file()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
