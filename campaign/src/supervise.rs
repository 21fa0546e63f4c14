//! Runs a campaign in processes, which may die: what a process was at when it died is a finding, and another one goes on behind it.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use crate::work::{Event, STATEMENTS_PER_DATA_SET, keep};

/// A process ends after so many data sets, so that its memory stays bounded.
const DATA_SETS_PER_PROCESS: u64 = 10;

/// A whole campaign.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// The seed from which everything follows.
    pub seed: u64,
    /// The first statement.
    pub first: u64,
    /// How many statements.
    pub statements: u64,
    /// How many processes at once.
    pub jobs: usize,
    /// Where findings are written.
    pub findings: PathBuf,
    /// The arguments of a worker that say nothing of its range.
    pub arguments: Vec<String>,
}

/// What came out of a campaign.
#[derive(Debug, Default)]
pub struct Summary {
    /// Statements that were begun.
    pub statements: u64,
    /// Statements by what they have in them, and what was skipped.
    pub counts: BTreeMap<String, u64>,
    /// Findings by fingerprint: how many, and the first statement.
    pub findings: BTreeMap<String, (u64, u64)>,
}

impl Campaign {
    /// Runs the campaign; `progress` is told the state now and then.
    ///
    /// # Errors
    /// Processes that cannot be started, a directory that cannot be written to.
    pub fn run(&self, progress: &(dyn Fn(&Summary, f64) + Sync)) -> io::Result<Summary> {
        std::fs::create_dir_all(&self.findings)?;
        let started = Instant::now();
        let summary = Mutex::new(Summary::default());
        let next = AtomicU64::new(self.first);
        let size = DATA_SETS_PER_PROCESS * STATEMENTS_PER_DATA_SET;
        let end = self.first + self.statements;
        std::thread::scope(|scope| {
            let job = || -> io::Result<()> {
                loop {
                    let mut first = next.fetch_add(size, Ordering::Relaxed);
                    let last = (first + size).min(end);
                    if first >= end {
                        return Ok(());
                    }
                    // A process that dies leaves the rest of its range to another one.
                    while first < last {
                        first = self.worker(first, last, &summary, &|summary| {
                            progress(summary, started.elapsed().as_secs_f64());
                        })?;
                    }
                }
            };
            let jobs: Vec<_> = (0..self.jobs).map(|_| scope.spawn(job)).collect();
            jobs.into_iter().try_for_each(|job| match job.join() {
                Ok(result) => result,
                Err(_) => Err(io::Error::other("a supervisor died")),
            })
        })?;
        Ok(summary.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs one process and returns where to go on.
    fn worker(
        &self,
        first: u64,
        last: u64,
        summary: &Mutex<Summary>,
        progress: &dyn Fn(&Summary),
    ) -> io::Result<u64> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--worker", "--seed", &self.seed.to_string(), "--first", &first.to_string()])
            .args(["--statements", &(last - first).to_string()])
            .args(&self.arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(output) = child.stdout.take() else {
            return Err(io::Error::other("the worker has no output"));
        };
        let mut at = first;
        let mut is_complete = false;
        for line in BufReader::new(output).lines() {
            let line = line?;
            let Ok(event) = serde_json::from_str::<Event>(&line) else { continue };
            let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::At(number) => {
                    at = number;
                    summary.statements += 1;
                    if summary.statements.is_multiple_of(100) {
                        progress(&summary);
                    }
                }
                Event::Found { number, fingerprint, file } => {
                    self.found(&mut summary, number, fingerprint, file)?
                }
                Event::Counted(counts) => {
                    is_complete = true;
                    for (kind, count) in counts {
                        *summary.counts.entry(kind).or_insert(0) += count;
                    }
                }
            }
        }
        let status = child.wait()?;
        if is_complete {
            return Ok(last);
        }
        let text = format!(
            "-- the process ended with {status}\n-- again: --seed {} --first {at} --statements 1\n",
            self.seed
        );
        let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
        self.found(&mut summary, at, format!("the process ended with {status}"), Some(text))?;
        Ok(at + 1)
    }

    fn found(
        &self,
        summary: &mut Summary,
        number: u64,
        fingerprint: String,
        file: Option<String>,
    ) -> io::Result<()> {
        if let Some(text) = file {
            keep(&self.findings, &fingerprint, &text)?;
        }
        let entry = summary.findings.entry(fingerprint).or_insert((0, number));
        entry.0 += 1;
        entry.1 = entry.1.min(number);
        Ok(())
    }
}
