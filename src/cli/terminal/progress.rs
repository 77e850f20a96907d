//! A bar on stderr for a task that takes more than a moment.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::clean;

/// How long a task may take before its progress is shown.
pub(super) const A_MOMENT: Duration = Duration::from_millis(400);

/// A task under way.
pub(super) struct Task {
    pub(super) name: String,
    began: Instant,
    pub(super) bar: ProgressBar,
    total: Option<u64>,
}

impl Task {
    pub(super) fn start(name: &str, total: Option<u64>) -> Self {
        Self { name: clean(name), began: now(), bar: ProgressBar::hidden(), total }
    }

    /// Shows the task's name, once the whole command has taken more than a moment.
    pub(super) fn name_it(&self) {
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            self.bar.set_style(style);
        }
        self.bar.set_message(self.name.clone());
        self.bar.tick();
    }

    pub(super) fn advance(&mut self, done: u64) {
        if self.bar.length().is_none() && self.total.is_some() && self.began.elapsed() > A_MOMENT {
            self.bar.finish_and_clear();
            self.bar = ProgressBar::with_draw_target(self.total, ProgressDrawTarget::stderr());
            let template = "{msg}  {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style);
            }
            self.bar.set_message(self.name.clone());
        }
        self.bar.set_position(done);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "progress is shown only after a moment, and never reaches an output"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
