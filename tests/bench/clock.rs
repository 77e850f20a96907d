//! The clock of the benches that stand beside peers: CPU seconds of this process, and runs with their medians.

use std::error::Error;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Seconds that the threads of this process have run, from Linux's scheduler.
fn cpu() -> Outcome<f64> {
    // The scheduler counts a thread's time when the thread stops, and else at its own ticks of some milliseconds.
    thread::sleep(Duration::from_micros(1));
    let mut nanoseconds = 0.0;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let run = text.split_whitespace().next().ok_or("no figure in schedstat")?;
        nanoseconds += run.parse::<f64>()?;
    }
    Ok(nanoseconds / 1e9)
}

/// CPU and wall milliseconds of some runs.
#[derive(Default)]
pub(crate) struct Times {
    cpu: Vec<f64>,
    wall: Vec<f64>,
}

impl Times {
    /// Times a run of `each` equal pieces of work.
    pub(crate) fn take(&mut self, each: usize, run: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
        let (began, used) = (Instant::now(), cpu()?);
        run()?;
        self.cpu.push((cpu()? - used) * 1e3 / each as f64);
        self.wall.push(began.elapsed().as_secs_f64() * 1e3 / each as f64);
        Ok(())
    }

    /// The medians and the least, as members of a JSON object.
    pub(crate) fn members(mut self) -> String {
        self.cpu.sort_by(f64::total_cmp);
        self.wall.sort_by(f64::total_cmp);
        let median = |times: &[f64]| times.get(times.len() / 2).copied().unwrap_or_default();
        format!(
            "\"runs\":{},\"cpu_ms\":{:.3},\"wall_ms\":{:.3},\"cpu_ms_min\":{:.3}",
            self.cpu.len(),
            median(&self.cpu),
            median(&self.wall),
            self.cpu.first().copied().unwrap_or_default()
        )
    }
}
