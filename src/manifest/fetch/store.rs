//! The content-addressed cache: a file gets its name after its checksum is right, or never.
//!
//! Writes only beneath the cache folder, through directory handles and over no link: `<name>.lock`
//! (kept, so that two processes agree on it), `<name>.part`, and the file itself.

use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::fs::{Dir, OpenOptions};

use crate::digest::Sha256;
use crate::event::{Event, Observer};

use super::super::shelves::cache_name;

/// The place of one file in the cache, held by this process alone.
pub(super) struct Slot {
    folder: Dir,
    name: String,
    at: PathBuf,
    _lock: std::fs::File,
}

impl Slot {
    /// Takes the place of a checksum, waiting while another process has it.
    pub(super) fn take(cache: &Path, sha256: &Sha256, observer: &dyn Observer) -> io::Result<Self> {
        Dir::create_ambient_dir_all(cache, cap_std::ambient_authority())?;
        let relative = cache_name(sha256);
        let mut folder = Dir::open_ambient_dir(cache, cap_std::ambient_authority())?;
        let (folders, name) = relative.rsplit_once('/').unwrap_or(("", &relative));
        for component in folders.split('/') {
            match folder.create_dir(component) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            folder = folder.open_dir_nofollow(component)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).follow(FollowSymlinks::No);
        let lock = folder.open_with(format!("{name}.lock"), &options)?.into_std();
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = "another process is fetching the same file: waiting for it";
                observer.event(Event::Warned { message });
                lock.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Self { name: name.to_owned(), at: cache.join(&relative), folder, _lock: lock })
    }

    /// Returns where the file is once it has its name.
    pub(super) fn at(&self) -> &Path {
        &self.at
    }

    /// Begins the file anew under its temporary name; what an interrupted process left is removed.
    pub(super) fn begin(&self) -> io::Result<Part<'_>> {
        let name = format!("{}.part", self.name);
        remove(&self.folder, &name)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).follow(FollowSymlinks::No);
        let file = self.folder.open_with(&name, &options)?.into_std();
        Ok(Part { slot: self, name, file, kept: false })
    }
}

fn remove(folder: &Dir, name: &str) -> io::Result<()> {
    match folder.remove_file(name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file that has not got its name yet; it vanishes unless it is kept.
pub(super) struct Part<'a> {
    slot: &'a Slot,
    name: String,
    /// Where its bytes go.
    pub(super) file: std::fs::File,
    kept: bool,
}

impl Part<'_> {
    /// Gives the file its name. Call it only after size and checksum were found right.
    pub(super) fn keep(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        let mut permissions = self.file.metadata()?.permissions();
        permissions.set_readonly(true);
        self.file.set_permissions(permissions)?;
        self.slot.folder.rename(&self.name, &self.slot.folder, &self.slot.name)?;
        self.kept = true;
        sync_folder(&self.slot.folder)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // Where removing fails, the next download removes it before it begins.
            drop(remove(&self.slot.folder, &self.name));
        }
    }
}

/// Makes the new name last through a power cut, where folders can be synced at all.
fn sync_folder(folder: &Dir) -> io::Result<()> {
    if cfg!(unix) { folder.open(".")?.into_std().sync_all() } else { Ok(()) }
}
