//! The command of the campaign: `--statements 500000 --seed 1`, with `--duckdb` another opinion.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the progress, the summary and the lines of a worker"
)]

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use marginql_campaign::{
    duckdb::DuckDb,
    session::Executor,
    supervise::{Campaign, Summary},
    work::{self, Event, Range, STATEMENT_SECONDS, short, work},
};

/// Runs random SQL against marginql and writes down what it finds
#[derive(Parser)]
struct Arguments {
    /// The seed from which tables and statements follow
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of the first statement
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// How many statements
    #[arg(long, default_value_t = 10_000)]
    statements: u64,
    /// How many processes at once
    #[arg(long, default_value_t = 1)]
    jobs: usize,
    /// The most rows of a table
    #[arg(long, default_value_t = 20_000)]
    rows: usize,
    /// Compare with DuckDB too
    #[arg(long)]
    duckdb: bool,
    /// The Python interpreter that has DuckDB
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The directory for findings
    #[arg(long, default_value = "target/campaign")]
    findings: PathBuf,
    /// Print the statements, one a line, and do not run them
    #[arg(long)]
    print: bool,
    /// Goes through the range in this process and tells it in lines of JSON
    #[arg(long, hide = true)]
    worker: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match (arguments.print, arguments.worker) {
        (true, _) => print_statements(&arguments).map(|()| ExitCode::SUCCESS),
        (false, true) => worker(&arguments).map(|()| ExitCode::SUCCESS),
        (false, false) => supervisor(&arguments),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

fn worker(arguments: &Arguments) -> io::Result<()> {
    // What dies is told as a finding; only the campaign's own faults are shown.
    std::panic::set_hook(Box::new(|panic| {
        if std::thread::current().name() == Some("main") {
            eprintln!("{panic}");
        }
    }));
    let duckdb = arguments.duckdb.then(|| DuckDb::start(&arguments.python)).transpose()?;
    let mut executor = Executor::new(Duration::from_secs(STATEMENT_SECONDS), duckdb)?;
    let mut output = io::stdout();
    work(range(arguments), &mut executor, &mut |event: Event| {
        // A supervisor that has gone needs no lines.
        if let Ok(line) = serde_json::to_string(&event) {
            let _ = writeln!(output, "{line}");
            let _ = output.flush();
        }
    })
}

fn range(arguments: &Arguments) -> Range {
    Range {
        seed: arguments.seed,
        first: arguments.first,
        statements: arguments.statements,
        rows_max: arguments.rows,
    }
}

fn print_statements(arguments: &Arguments) -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout());
    let mut failure = None;
    work::print(range(arguments), &mut |number, sql| {
        failure = failure.take().or(writeln!(output, "{number}: {sql}").err());
    })?;
    failure.map_or_else(|| output.flush(), Err)
}

fn supervisor(arguments: &Arguments) -> io::Result<ExitCode> {
    let mut passed_on = vec!["--rows".to_owned(), arguments.rows.to_string()];
    if arguments.duckdb {
        passed_on.extend([
            "--duckdb".to_owned(),
            "--python".to_owned(),
            arguments.python.display().to_string(),
        ]);
    }
    let campaign = Campaign {
        seed: arguments.seed,
        first: arguments.first,
        statements: arguments.statements,
        jobs: arguments.jobs,
        findings: arguments.findings.clone(),
        arguments: passed_on,
    };
    let is_terminal = io::stderr().is_terminal();
    let summary = campaign.run(&|summary, seconds| {
        let line = format!(
            "{} of {} statements, {} findings of {} causes, {:.0} a second",
            summary.statements,
            arguments.statements,
            summary.findings.values().map(|(count, _)| count).sum::<u64>(),
            summary.findings.len(),
            summary.statements as f64 / seconds.max(0.001)
        );
        if is_terminal {
            eprint!("\r{line}");
        } else if summary.statements % 5_000 == 0 {
            eprintln!("{line}");
        }
    })?;
    eprintln!();
    print(&summary, arguments);
    Ok(if summary.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(summary: &Summary, arguments: &Arguments) {
    println!(
        "seed {}, statements {} to {}",
        arguments.seed,
        arguments.first,
        arguments.first + arguments.statements
    );
    for (kind, count) in &summary.counts {
        println!("{count:>9} {kind}");
    }
    println!("{} causes in {}", summary.findings.len(), arguments.findings.display());
    let mut findings: Vec<_> = summary.findings.iter().collect();
    findings.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (fingerprint, (count, first)) in findings {
        println!("{count:>9} first {first:>7} {} {fingerprint}", short(fingerprint));
    }
}
