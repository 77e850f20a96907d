//! Data manifests: which files a dataset has, what they must be, and where they are.
//!
//! Reads `manifest.toml` (strictly: every problem at once, with its place) and the data files it
//! names; writes only into the cache, and there only bytes whose size and SHA-256 are the declared
//! ones. Never follows a link, never leaves the dataset's folder, never trusts a file it has not
//! hashed.
//!
//! From the manifest to a table: [`read`] gives the [`Manifest`]; [`fetch`] brings what is missing;
//! [`verify`] says of each file whether it is what the manifest says. Between verifying and loading a
//! file can be swapped: whoever reads one must hash the bytes it reads and compare them with
//! [`File::sha256`], or compare [`Stamp`]s taken before and after.

mod fetch;
mod path;
mod read;
mod record;
mod shelves;
mod url;
mod verify;

pub use fetch::{Failure, FetchError, FetchPolicy, Fetched, fetch};
pub use path::{PathError, SafePath, collision_key};
pub use read::{LARGEST_MANIFEST, MOST_ENTRIES, read};
pub use record::{
    Access, Column, ColumnType, DerivedFrom, File, Format, Manifest, Table, is_kebab_case,
};
pub use shelves::{NotOpened, Opened, Shelves, Stamp};
pub use url::UrlError;
pub use verify::{Checked, Depth, State, verify, verify_each};
