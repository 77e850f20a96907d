//! Paths in manifests: relative, inside the dataset, the same file on every system.
//!
//! Pure: looks at the text only. What the text cannot tell (links, devices) is checked when the file
//! is opened, through a directory handle, in `shelves`.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// The longest path, in bytes.
const LONGEST_PATH: usize = 1024;
/// The longest component of a path, in bytes.
const LONGEST_COMPONENT: usize = 255;

/// A relative path that names the same file inside its folder on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SafePath(String);

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct PathError {
    reason: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl PathError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl SafePath {
    /// Checks a path.
    ///
    /// # Errors
    /// When it is empty, absolute, too long, leaves its folder, or means something else on some system.
    pub fn new(path: &str) -> Result<Self, PathError> {
        if path.is_empty() {
            return Err(PathError::new("a path must not be empty"));
        }
        if path.len() > LONGEST_PATH {
            let length = path.len();
            return Err(PathError::new(format!(
                "a path has at most {LONGEST_PATH} bytes; this one has {length}"
            )));
        }
        check_characters(path)?;
        if path.starts_with('/') {
            return Err(PathError::new("a path must be relative, not absolute")
                .help("write it from the dataset's folder, without the leading `/`"));
        }
        path.split('/').try_for_each(check_component)?;
        Ok(Self(path.to_owned()))
    }

    /// Returns the path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the folders on the way and the file's own name.
    #[must_use]
    pub fn split(&self) -> (Vec<&str>, &str) {
        match self.0.rsplit_once('/') {
            Some((folders, name)) => (folders.split('/').collect(), name),
            None => (Vec::new(), &self.0),
        }
    }
}

impl fmt::Display for SafePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn check_characters(path: &str) -> Result<(), PathError> {
    for character in path.chars() {
        let shown = character.escape_default();
        if character == '\\' {
            return Err(
                PathError::new("a path must not contain `\\`").help("write `/` between folders")
            );
        }
        if character == ':' || "<>\"|?*".contains(character) {
            return Err(PathError::new(format!("a path must not contain `{character}`"))
                .help("Windows has no such file names; rename the file"));
        }
        if character.is_control() || is_invisible(character) {
            return Err(PathError::new(format!(
                "a path must not contain the invisible character {shown}"
            )));
        }
    }
    Ok(())
}

/// Zero-width, joining and bidirectional-formatting characters, which make two names look alike.
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn check_component(component: &str) -> Result<(), PathError> {
    if component.is_empty() {
        return Err(PathError::new("a path must not contain an empty component")
            .help("write single `/` between folders and none at the end"));
    }
    if component == ".." {
        return Err(PathError::new("a path must not leave the dataset's folder: `..`")
            .help("put the file into the dataset's folder"));
    }
    if component == "." {
        return Err(PathError::new("a path must not contain `.` as a folder").help("leave it out"));
    }
    if component.len() > LONGEST_COMPONENT {
        let length = component.len();
        return Err(PathError::new(format!(
            "a component of a path has at most {LONGEST_COMPONENT} bytes; this one has {length}"
        )));
    }
    if component.starts_with('~') {
        return Err(PathError::new("a component of a path must not begin with `~`"));
    }
    if component.ends_with(['.', ' ']) || component.starts_with(' ') {
        return Err(PathError::new(format!(
            "a component of a path must not begin with a space, or end with a space or a dot: `{component}`"
        )));
    }
    if is_reserved(component) {
        return Err(PathError::new(format!("`{component}` names a device on Windows"))
            .help("rename the file"));
    }
    Ok(())
}

/// `CON`, `nul.csv`, `COM1`, `lpt³.txt`, …: devices whatever their ending.
fn is_reserved(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) {
        return true;
    }
    let mut rest = stem.chars().skip(3);
    let port = matches!(rest.next(), Some('0'..='9' | '¹' | '²' | '³')) && rest.next().is_none();
    port && (stem.starts_with("COM") || stem.starts_with("LPT"))
}

/// Returns what two paths share when some file system takes them for one: their NFC form, case folded.
#[must_use]
pub fn collision_key(path: &str) -> String {
    // Upper- then lower-casing folds what lower-casing alone leaves apart (ß and ss, ſ and s).
    let folded: String = path.nfc().collect::<String>().to_uppercase().to_lowercase();
    folded.nfc().collect()
}
