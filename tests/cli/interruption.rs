//! What is killed or interrupted leaves the previous file whole, and an interrupt leaves nothing else.
#![cfg(unix)]

use std::{
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use crate::{env::Environment, outcome::names};

/// For the slowest machine, when it is busy; nothing waits that long unless it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Streams rows for minutes.
const STREAMING: &str = "SELECT v, repeat('x', 100) AS x FROM generate_series(1, 100000000000) AS t(v)";

/// Computes for minutes before the first row.
const COMPUTING: &str = "SELECT sum(a.v * b.v) AS s FROM generate_series(1, 300000) AS a(v) \
    CROSS JOIN generate_series(1, 300000) AS b(v)";

/// Sorts and spills for minutes.
const SPILLING: &str =
    "SELECT v, repeat('x', 100) AS x FROM generate_series(1, 100000000000) AS t(v) ORDER BY 0 - v";

fn start(environment: &Environment, arguments: &[&str]) -> Child {
    let mut command = environment.marginql(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
}

/// Waits until something is so; the process must not end before.
fn until(child: &mut Child, what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what} never came");
        if let Some(status) = child.try_wait().expect("the child can be asked") {
            panic!("ended with {status} before {what}");
        }
        std::thread::yield_now();
    }
}

/// Whether the file under construction is there and holds something.
fn is_being_written(environment: &Environment) -> bool {
    environment.names().iter().any(|name| {
        let length = std::fs::metadata(environment.work().join(name)).map_or(0, |metadata| metadata.len());
        name.ends_with(".tmp") && length > 0
    })
}

fn interrupt(child: &mut Child, signal: &str) -> ExitStatus {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the child can be asked") {
            return status;
        }
        if begin.elapsed() > PATIENCE {
            child.kill().expect("it is ours");
            panic!("still running long after {signal}");
        }
        std::thread::yield_now();
    }
}

fn stderr(child: Child) -> String {
    let output = child.wait_with_output().expect("the child has ended");
    String::from_utf8(output.stderr).expect("messages are UTF-8")
}

#[test]
fn killing_leaves_the_previous_file_whole() {
    let environment = Environment::new();
    environment.run(&["query", "SELECT 42 AS answer", "-o", "out.parquet"]).done();
    let before = std::fs::read(environment.work().join("out.parquet")).expect("it is there");
    let mut child = start(&environment, &["query", STREAMING, "-o", "out.parquet"]);
    until(&mut child, "the new file", || is_being_written(&environment));
    child.kill().expect("it is ours");
    child.wait().expect("it ends");
    let after = std::fs::read(environment.work().join("out.parquet")).expect("it is there");
    assert!(before == after, "the previous file was touched");
    let read = environment.run(&["query", "SELECT * FROM 'out.parquet'", "--format", "csv"]).done();
    assert_eq!(read.stdout(), "answer\n42\n");
}

#[test]
fn an_interrupt_while_writing_ends_with_130_and_leaves_nothing() {
    for signal in ["-INT", "-TERM"] {
        let environment = Environment::new();
        environment.write("out.csv", "before\n");
        let mut child = start(&environment, &["query", STREAMING, "-o", "out.csv"]);
        until(&mut child, "the new file", || is_being_written(&environment));
        let status = interrupt(&mut child, signal);
        assert_eq!(status.code(), Some(130), "{status}");
        assert_eq!(stderr(child), "error: interrupted\n");
        assert_eq!(environment.names(), ["out.csv"]);
        assert_eq!(
            std::fs::read_to_string(environment.work().join("out.csv")).expect("it is there"),
            "before\n"
        );
    }
}

#[test]
fn an_interrupt_while_computing_ends_with_130() {
    let environment = Environment::new();
    let mut child = start(&environment, &["query", COMPUTING, "-o", "out.csv"]);
    // The new file is begun when the query is.
    until(&mut child, "the new file", || environment.names().iter().any(|name| name.ends_with(".tmp")));
    let status = interrupt(&mut child, "-INT");
    assert_eq!(status.code(), Some(130), "{status}");
    assert_eq!(environment.names(), [""; 0]);
}

#[test]
fn an_interrupt_while_spilling_leaves_no_spilled_rows() {
    let environment = Environment::new();
    let arguments = ["--memory-limit", "32MB", "--threads", "1", "query", SPILLING, "-o", "out.csv"];
    let mut child = start(&environment, &arguments);
    let temporary = environment.temporary();
    until(&mut child, "spilled rows", || {
        names(&temporary)
            .iter()
            .any(|name| temporary.join(name).is_dir() && !names(&temporary.join(name)).is_empty())
    });
    let status = interrupt(&mut child, "-INT");
    assert_eq!(status.code(), Some(130), "{status}");
    assert_eq!(names(&temporary), [""; 0]);
    assert_eq!(environment.names(), [""; 0]);
}

#[test]
fn an_interrupt_while_planning_ends_with_130() {
    let environment = Environment::new();
    let unions = format!("SELECT sum(x) FROM (SELECT 1 AS x {})", "UNION ALL SELECT 1 ".repeat(900));
    // The first statement shows that the second has begun.
    let script = format!("COPY (SELECT 1 AS x) TO 'begun.csv'; {unions}");
    let mut child = start(&environment, &["query", &script]);
    until(&mut child, "the second statement", || environment.work().join("begun.csv").exists());
    let status = interrupt(&mut child, "-INT");
    assert_eq!(status.code(), Some(130), "{status}");
    assert_eq!(stderr(child), "error: interrupted\n");
}

#[test]
fn an_interrupt_stops_a_whole_batch() {
    let environment = Environment::new();
    std::fs::create_dir(environment.work().join("queries")).expect("the environment can be written");
    environment.write("queries/a.sql", STREAMING);
    environment.write("queries/b.sql", "SELECT 1 AS x");
    let mut child = start(&environment, &["run", "queries", "-o", "."]);
    until(&mut child, "the new file", || is_being_written(&environment));
    let status = interrupt(&mut child, "-INT");
    assert_eq!(status.code(), Some(130), "{status}");
    assert_eq!(environment.names(), ["queries"]);
}
