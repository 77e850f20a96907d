//! What happens while we work, as a stream of events. The library never prints: an [`Observer`] may.

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// A task began. `total` is in bytes for files, in rows or steps otherwise.
    Started {
        /// What, for people: `verify data_complete.csv`, `step slowdown`.
        task: &'a str,
        /// How much there is to do, where known.
        total: Option<u64>,
    },
    /// A task went on.
    Advanced {
        /// The same task.
        task: &'a str,
        /// How much is done.
        done: u64,
    },
    /// A task ended.
    Finished {
        /// The same task.
        task: &'a str,
    },
    /// Something a reader should know that stops nothing.
    Warned {
        /// What.
        message: &'a str,
    },
}

/// Watches the work. Called from any thread.
pub trait Observer: Sync {
    /// Takes one event.
    fn event(&self, event: Event<'_>);
}

/// An observer that does nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: Event<'_>) {}
}
