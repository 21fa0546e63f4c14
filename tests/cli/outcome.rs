//! One run of the binary: what it printed and how it ended, as a text that a snapshot can hold.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::env::Environment;

/// The folder with `sample_data`.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Outcome {
    fn of(output: Output, environment: &Environment) -> Self {
        Self {
            stdout: output.stdout,
            stderr: stable(&String::from_utf8(output.stderr).expect("messages are UTF-8"), environment),
            code: output.status.code(),
        }
    }

    /// stdout as text.
    pub(crate) fn stdout(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("this output is text")
    }

    /// The same, of a run that must be done.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }
}

/// The directories of this test under one name, and the version of this build.
fn stable(text: &str, environment: &Environment) -> String {
    let work = environment.work();
    let root = work.parent().expect("the directory to work in has a parent");
    text.replace(&work.display().to_string(), "[WORK]").replace(&root.display().to_string(), "[TEMP]")
}

impl Environment {
    /// The binary, away from terminals, with temporary files inside the environment.
    pub(crate) fn marginql(&self, arguments: &[&str]) -> Command {
        let mut command = self.command();
        command.env_remove("TERM").env("TMPDIR", self.temporary()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Where spilled rows and other temporary files go.
    pub(crate) fn temporary(&self) -> std::path::PathBuf {
        let directory = self.work().with_file_name("temporary");
        std::fs::create_dir_all(&directory).expect("the environment can be written");
        directory
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.marginql(arguments).output().expect("the binary starts"), self)
    }

    /// The same in the repository, where `sample_data` is.
    pub(crate) fn run_in_repository(&self, arguments: &[&str]) -> Outcome {
        let output = self.marginql(arguments).current_dir(repository()).output();
        Outcome::of(output.expect("the binary starts"), self)
    }

    /// The same with a text on stdin.
    pub(crate) fn run_with_stdin(&self, arguments: &[&str], stdin: &[u8]) -> Outcome {
        let mut command = self.marginql(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        child.stdin.take().expect("stdin is a pipe").write_all(stdin).expect("the binary reads stdin");
        Outcome::of(child.wait_with_output().expect("the binary ends"), self)
    }

    /// Runs, and tells the command with all that it printed.
    pub(crate) fn transcript(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        self.tell(arguments, &outcome)
    }

    /// What a run printed and how it ended.
    pub(crate) fn tell(&self, arguments: &[&str], outcome: &Outcome) -> String {
        let mut text = String::from("$ marginql");
        for argument in arguments {
            let argument = stable(argument, self);
            match argument.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=:,[]".contains(c)) {
                true => write!(text, " {argument}"),
                false => write!(text, " '{}'", argument.replace('\'', "'\\''")),
            }
            .expect("a text can be extended");
        }
        text.push('\n');
        let stdout = stable(&String::from_utf8_lossy(&outcome.stdout), self);
        for (name, content) in [("stdout", &stdout), ("stderr", &outcome.stderr)] {
            if !content.is_empty() {
                let end = if content.ends_with('\n') { "" } else { "\u{21b5}\n" };
                write!(text, "[{name}]\n{content}{end}").expect("a text can be extended");
            }
        }
        match outcome.code {
            Some(code) => writeln!(text, "[exit code {code}]"),
            None => writeln!(text, "[killed]"),
        }
        .expect("a text can be extended");
        text
    }

    /// The transcripts of several queries over the tables of [`Environment::with_tables`].
    pub(crate) fn queries(&self, queries: &[&str]) -> String {
        let transcripts = queries.iter().map(|query| {
            let arguments =
                ["--table", "sales=sales.csv", "--table", "customers=customers.csv", "query", query];
            let outcome = self.run(&arguments);
            // The options are the same for all; only the query matters.
            self.tell(&arguments[4..], &outcome)
        });
        transcripts.collect::<Vec<_>>().join("\n")
    }

    /// An environment with two small tables, `sales.csv` and `customers.csv`.
    pub(crate) fn with_tables() -> Self {
        let environment = Self::new();
        environment.write(
            "sales.csv",
            "customer,amount,cost,quantity,sold_on\n\
             C1,100.00,20.00,1,2026-01-05\n\
             C1,50.50,30.25,2,2026-01-17\n\
             C2,80.00,90.00,3,2026-02-01\n\
             C3,0.00,5.00,4,2026-02-03\n",
        );
        environment.write(
            "customers.csv",
            "customer,segment,Region\nC1,enterprise,EU\nC2,mid-market,US\nC3,small,EU\n",
        );
        environment
    }

    /// The names in the directory to work in, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.work())
    }
}

/// The names in a directory, sorted.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("the directory is there");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
