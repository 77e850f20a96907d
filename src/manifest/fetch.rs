//! Brings a dataset's missing files into the cache, where nothing is before its checksum is right.
//!
//! Reads the network; writes only into the cache folder: a `.part` file, which gets its final name
//! after its size and SHA-256 are the declared ones. Follows at most a few redirects, each checked
//! like the first address.

mod route;
mod store;
mod transfer;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::digest::Sha256;
use crate::event::{Event, Observer};

use self::store::Slot;
use self::transfer::Wanted;
use super::shelves::{cache_name, plain};
use super::verify::check;
use super::{Access, Depth, File, Manifest, Shelves, State};

/// How patient a download is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchPolicy {
    /// The longest wait for a connection, or for the next byte.
    pub stall: Duration,
    /// The slowest transfer allowed, in bytes a second, measured over [`FetchPolicy::rate_window`].
    pub minimum_rate: u64,
    /// How long a transfer is watched before it is called too slow.
    pub rate_window: Duration,
    /// How often a busy or failing server (429, 5xx) is asked in all.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each further one.
    pub back_off: Duration,
    /// The most redirects followed.
    pub redirects: u32,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            stall: Duration::from_secs(30),
            minimum_rate: 1_000,
            rate_window: Duration::from_secs(30),
            attempts: 4,
            back_off: Duration::from_secs(1),
            redirects: 5,
        }
    }
}

/// One file that is where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The path inside the dataset.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum.
    pub sha256: Sha256,
    /// Where it is.
    pub at: PathBuf,
    /// Where it came from just now; `None` where it was there already.
    pub downloaded_from: Option<String>,
}

/// What could not be fetched, and what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    /// Each file that could not be had, in the manifest's order; never empty.
    pub failures: Vec<Failure>,
    /// The files that are there.
    pub fetched: Vec<Fetched>,
}

/// One file that could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The path inside the dataset.
    pub path: String,
    /// The address in the manifest, where there is one.
    pub url: Option<String>,
    /// What happened: expected and found.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether the file is there and something else than declared (not merely missing).
    pub changed: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.escape_debug(), self.message)?;
        if let Some(url) = &self.url {
            write!(formatter, " [{url}]")?;
        }
        write!(formatter, " ({})", self.help)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, failure) in self.failures.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "{failure}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FetchError {}

/// What stopped a download: what happened, and what to do.
struct Trouble {
    message: String,
    help: String,
    changed: bool,
}

impl Trouble {
    fn new(message: impl Into<String>, help: &str) -> Self {
        Self { message: message.into(), help: help.to_owned(), changed: false }
    }

    fn network(message: String) -> Self {
        Self::new(message, "check the connection and the address, and fetch again")
    }

    fn refused(message: String) -> Self {
        Self::new(
            message,
            "look at the address in a browser; put one into the manifest that serves the file itself over https",
        )
    }

    fn busy(message: String) -> Self {
        Self::new(message, "fetch again later")
    }

    fn other_file(message: String) -> Self {
        let help = "this is not the file that the manifest pins: find that version, or see what changed before changing the manifest";
        Self { changed: true, ..Self::new(message, help) }
    }

    fn cut(received: u64, expected: u64) -> Self {
        let message = format!("the connection broke after {received} of {expected} bytes");
        Self::new(
            message,
            "fetch again; if it breaks at the same place, the file on the server is shorter than declared",
        )
    }

    fn cache(why: &str) -> Self {
        let message = format!("the download cannot be written into the cache: {why}");
        Self::new(message, "make room, or choose another cache folder")
    }

    fn status(status: u16, attempts: u32) -> Self {
        match status {
            401 | 403 => Self::new(
                format!("the server answered {status}: it does not give the file to everyone"),
                "get the file as the producer asks, and put it beside the manifest or in the data folder",
            ),
            404 | 410 => Self::new(
                format!("the server answered {status}: there is no such file"),
                "find where it moved to, and put that address into the manifest",
            ),
            429 | 500..600 => {
                Self::busy(format!("the server answered {status} to each of {attempts} attempts"))
            }
            _ => Self::refused(format!("the server answered {status}; 200 is expected")),
        }
    }
}

/// Brings every missing file of a manifest; the answers are in the manifest's order.
///
/// # Errors
/// When a file cannot be had, or is there and changed; the other files are fetched all the same.
pub fn fetch(
    manifest: &Manifest,
    shelves: &Shelves,
    policy: &FetchPolicy,
    observer: &dyn Observer,
) -> Result<Vec<Fetched>, FetchError> {
    let mut answer = FetchError { failures: Vec::new(), fetched: Vec::new() };
    for file in &manifest.files {
        let fetching = Fetching { manifest, file, shelves, policy, observer };
        match fetching.bring() {
            Ok(fetched) => answer.fetched.push(fetched),
            Err(trouble) => answer.failures.push(Failure {
                path: file.path.value.clone(),
                url: file.url.as_ref().map(|url| url.value.clone()),
                message: trouble.message,
                help: trouble.help,
                changed: trouble.changed,
            }),
        }
    }
    if answer.failures.is_empty() { Ok(answer.fetched) } else { Err(answer) }
}

/// One file on its way.
struct Fetching<'a> {
    manifest: &'a Manifest,
    file: &'a File,
    shelves: &'a Shelves,
    policy: &'a FetchPolicy,
    observer: &'a dyn Observer,
}

impl Fetching<'_> {
    fn bring(&self) -> Result<Fetched, Trouble> {
        if let Some(at) = self.present()? {
            return Ok(self.fetched(at, None));
        }
        let Some(url) = &self.file.url else { return Err(self.no_address()) };
        let slot = Slot::take(&self.shelves.cache, &self.file.sha256, self.observer)
            .map_err(|error| Trouble::cache(&plain(&error)))?;
        // Another process may have fetched it while this one waited.
        if let Some(at) = self.present()? {
            return Ok(self.fetched(at, None));
        }
        let wanted =
            Wanted { path: &self.file.path.value, url: &url.value, bytes: self.file.bytes };
        let (response, from) = transfer::ask(&wanted, self.policy)?;
        let part = slot.begin().map_err(|error| Trouble::cache(&plain(&error)))?;
        let expected = self.file.sha256;
        transfer::receive(response, &part.file, &wanted, expected, self.policy, self.observer)?;
        part.keep().map_err(|error| Trouble::cache(&plain(&error)))?;
        Ok(self.fetched(slot.at().to_owned(), Some(from.to_string())))
    }

    /// Returns where the file is, if it is there and right. A broken one in the cache counts as missing.
    fn present(&self) -> Result<Option<PathBuf>, Trouble> {
        let id = &self.manifest.id.value;
        let checked = check(id, self.file, self.shelves, Depth::Full, self.observer);
        match checked.state {
            State::Verified { at } => Ok(Some(at)),
            State::Missing { .. } => Ok(None),
            State::Changed { at, .. } if at == self.cached() => {
                let message = "a file in the cache is not what its name says: it is fetched again";
                self.observer.event(Event::Warned { message });
                Ok(None)
            }
            State::Changed { expected_bytes, found_bytes, expected, found, .. } => {
                let found = found.map_or_else(String::new, |found| format!(", SHA-256 {found}"));
                let message = format!(
                    "the file is here and changed: {found_bytes} bytes{found}; {expected_bytes} bytes, SHA-256 {expected} are expected"
                );
                let help = "move it away, so that the right one is fetched";
                Err(Trouble { changed: true, ..Trouble::new(message, help) })
            }
            State::Unreadable { why, .. } => Err(Trouble::new(
                format!("the file is here and cannot be read: {why}"),
                "move it away, so that the right one is fetched",
            )),
        }
    }

    fn cached(&self) -> PathBuf {
        self.shelves.cache.join(cache_name(&self.file.sha256))
    }

    fn fetched(&self, at: PathBuf, downloaded_from: Option<String>) -> Fetched {
        let (bytes, sha256) = (self.file.bytes, self.file.sha256);
        Fetched { path: self.file.path.value.clone(), bytes, sha256, at, downloaded_from }
    }

    fn no_address(&self) -> Trouble {
        let producer = &self.manifest.producer;
        let get = match self.manifest.access {
            Access::Registration => format!("register with {producer}, and put the file"),
            _ => "put the file".to_owned(),
        };
        let help = format!("{get} beside the manifest or in the data folder, or add its `url`");
        Trouble::new("the file is not here, and the manifest gives no address for it", &help)
    }
}
