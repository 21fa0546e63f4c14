//! The command that damages files: `--files 50000 --seed 1`. Files are read in processes, which may die.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the progress, the summary and the lines of a worker"
)]

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use clap::Parser;
use marginql_campaign::damage::{Damage, Outcome};

/// A file takes at most this long.
const LIMIT: Duration = Duration::from_secs(10);

/// Files of one process.
const FILES_PER_PROCESS: u64 = 2_000;

/// Characters of a message that tell causes apart.
const CAUSE_CHARACTERS: usize = 90;

/// Damages files at random and pulls them through marginql: rows or a clear error, or it is a fault
#[derive(Parser)]
struct Arguments {
    /// The seed from which the files follow
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of the first file
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// How many files
    #[arg(long, default_value_t = 10_000)]
    files: u64,
    /// The directory for files that show a fault
    #[arg(long, default_value = "target/damage")]
    findings: PathBuf,
    /// Goes through the range in this process and tells it line by line
    #[arg(long, hide = true)]
    worker: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = if arguments.worker { worker(&arguments) } else { supervisor(&arguments) };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn worker(arguments: &Arguments) -> io::Result<ExitCode> {
    // A panic is told as an outcome.
    std::panic::set_hook(Box::new(|_| ()));
    let mut damage = Damage::new(arguments.seed, LIMIT)?;
    let mut output = io::stdout().lock();
    for number in arguments.first..arguments.first + arguments.files {
        writeln!(output, "begin {number}")?;
        output.flush()?;
        match damage.run_alone(number) {
            Outcome::Rows => writeln!(output, "rows")?,
            Outcome::Refused(_) => writeln!(output, "refused")?,
            Outcome::Fault(message) => writeln!(output, "fault {}", message.replace('\n', " "))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn supervisor(arguments: &Arguments) -> io::Result<ExitCode> {
    std::fs::create_dir_all(&arguments.findings)?;
    let damage = Damage::new(arguments.seed, LIMIT)?;
    let (mut rows, mut refused) = (0_u64, 0_u64);
    let mut faults: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let end = arguments.first + arguments.files;
    let mut next = arguments.first;
    while next < end {
        let files = FILES_PER_PROCESS.min(end - next);
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--worker", "--seed", &arguments.seed.to_string()])
            .args(["--first", &next.to_string(), "--files", &files.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut at = next;
        let mut is_open = false;
        let mut found = |number: u64, message: &str| -> io::Result<()> {
            let cause: String =
                message.chars().filter(|c| !c.is_ascii_digit()).take(CAUSE_CHARACTERS).collect();
            let entry = faults.entry(cause).or_insert((0, number));
            entry.0 += 1;
            if entry.0 == 1 {
                let (name, bytes) = damage.file(number);
                std::fs::write(arguments.findings.join(format!("{number}-{name}")), bytes)?;
            }
            Ok(())
        };
        for line in BufReader::new(process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).lines() {
            let line = line?;
            match line.split_once(' ').unwrap_or((&line, "")) {
                ("begin", number) => (at, is_open) = (number.parse().unwrap_or(at), true),
                ("rows", _) => (rows, is_open) = (rows + 1, false),
                ("refused", _) => (refused, is_open) = (refused + 1, false),
                ("fault", message) => {
                    is_open = false;
                    found(at, message)?;
                }
                _ => {}
            }
        }
        let status = process.wait()?;
        if is_open {
            found(at, &format!("the process ended: {status}"))?;
        }
        next = if status.success() { next + files } else { at + 1 };
        eprintln!(
            "{} of {} files, {} causes of faults",
            next - arguments.first,
            arguments.files,
            faults.len()
        );
    }
    println!("seed {}, files {} to {end}: {rows} read, {refused} refused", arguments.seed, arguments.first);
    for (cause, (count, first)) in &faults {
        println!("{count:>7} first {first:>7} {cause}");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
