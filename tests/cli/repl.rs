//! The prompt in a real pseudo-terminal, and without a terminal.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
    time::Duration,
};

use expectrl::{
    ControlCode, Eof, Expect, Needle, Regex,
    process::unix::WaitStatus,
    session::{OsSession, Session},
};

use crate::env::Environment;

/// For the slowest machine, when it is busy, and yet shorter than [`LONG_QUERY`]; nothing waits that long unless it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Two tables to work with.
const TABLES: &str = "CREATE VIEW sales AS SELECT * FROM (VALUES ('ACME', 120.50), ('Bolt', 80.00)) \
                      AS t(customer, revenue); \
                      CREATE VIEW regions AS SELECT 'north' AS region;";

/// Minutes of work on any machine.
const LONG_QUERY: &str = "SELECT sum(a.value * b.value) FROM generate_series(1, 200000) a(value) \
                          CROSS JOIN generate_series(1, 200000) b(value);";

/// A session at the prompt of a terminal of 100 columns.
struct Prompt(OsSession);

impl Prompt {
    fn open(environment: &Environment) -> Self {
        Self::open_with(environment.command())
    }

    fn open_with(mut command: Command) -> Self {
        command.arg("--color=never");
        let mut session = Session::spawn(command).unwrap();
        session.get_process_mut().set_window_size(100, 30).unwrap();
        session.set_expect_timeout(Some(PATIENCE));
        let mut prompt = Self(session);
        prompt.sees("\\? for help");
        prompt.is_ready();
        prompt
    }

    /// With the tables of [`TABLES`].
    fn with_tables(environment: &Environment) -> Self {
        let mut prompt = Self::open(environment);
        prompt.enters(TABLES);
        prompt.sees("done");
        prompt.sees("done");
        prompt.is_ready();
        prompt
    }

    fn types(&mut self, text: &str) {
        self.0.send(text).unwrap();
    }

    /// Types a line; what it then shows is matched after the line itself, which the terminal echoes.
    fn enters(&mut self, line: &str) {
        self.types(line);
        self.types("\r");
        self.sees("\r\n");
    }

    /// Waits for something and returns what came before it.
    #[track_caller]
    fn sees(&mut self, needle: impl Needle + std::fmt::Debug) -> String {
        let wanted = format!("{needle:?}");
        match self.0.expect(needle) {
            Ok(found) => String::from_utf8_lossy(found.before()).into_owned(),
            Err(error) => {
                let mut rest = [0; 4096];
                let length = self.0.try_read(&mut rest).unwrap_or(0);
                panic!("{wanted} not seen: {error}; seen {:?}", String::from_utf8_lossy(&rest[..length]))
            }
        }
    }

    /// Waits for the prompt and returns what came before it.
    #[track_caller]
    fn is_ready(&mut self) -> String {
        self.sees("marginql> ")
    }

    /// Waits for the end and returns the exit code.
    #[track_caller]
    fn ends(mut self) -> i32 {
        self.sees(Eof);
        match self.0.get_process().wait().unwrap() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{other:?}"),
        }
    }
}

/// Gives the REPL a script on stdin.
fn piped(environment: &Environment, script: &str) -> Output {
    let mut command = environment.command();
    command.arg("repl").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_statement_goes_on_until_its_semicolon() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("SELECT 'a;b' AS text, -- not the end;");
    prompt.sees("      -> ");
    prompt.enters("6 * 7 AS answer");
    prompt.sees("      -> ");
    prompt.enters(";");
    let shown = prompt.is_ready();
    assert!(shown.contains("│ a;b ") && shown.contains(" 42 │"), "{shown}");
}

#[test]
fn statements_on_one_line_run_one_after_the_other() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("SELECT 'one' AS a; SELECT 'two' AS b; SELECT");
    prompt.sees("│ one");
    prompt.sees("│ two");
    prompt.sees("      -> ");
    prompt.enters("'three' AS c;");
    prompt.sees("│ three");
    prompt.is_ready();
}

#[test]
fn what_is_typed_while_a_query_runs_is_read_after_it() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters(
        "SELECT 'begun' AS state; SELECT sum(value) AS total FROM generate_series(1, 3000000) s(value);",
    );
    prompt.sees("│ begun");
    // Two lines and the beginning of a third.
    prompt.types("SELECT 'early' AS bird;\rSELECT 6 *\r7 AS");
    prompt.sees("4500001500000 │");
    prompt.sees("│ early");
    prompt.sees("      -> ");
    prompt.enters(" answer;");
    prompt.sees(" 42 │");
    prompt.is_ready();
}

#[test]
fn two_hundred_lines_pasted_at_once_are_all_read() {
    for is_bracketed in [false, true] {
        let mut prompt = Prompt::open(&Environment::new());
        prompt.enters("\\format csv");
        prompt.is_ready();
        let lines: String =
            (1..=200).map(|number| format!("SELECT 'line {number}' AS\r  a{number};\r")).collect();
        match is_bracketed {
            true => prompt.types(&format!("\x1b[200~{lines}\x1b[201~\r")),
            false => prompt.types(&lines),
        }
        for number in 1..=200 {
            prompt.sees(format!("a{number}\r\nline {number}\r\n"));
        }
        prompt.is_ready();
    }
}

#[test]
fn tab_completes_keywords_tables_columns_and_commands() {
    let mut prompt = Prompt::with_tables(&Environment::new());
    prompt.types("sel\t");
    prompt.sees("select ");
    prompt.types("rev\t");
    // No table is named yet: this is the function.
    prompt.sees("reverse(");
    prompt.types("\u{3}");
    prompt.is_ready();
    prompt.enters("SELECT sum(revenue) AS total FROM sa\t");
    prompt.sees("      -> ");
    prompt.types("WHERE cust\t");
    prompt.sees("WHERE customer");
    prompt.enters(" = 'ACME';");
    prompt.sees("120.50");
    prompt.is_ready();
    prompt.types("\\tim\t");
    prompt.sees("\\timing ");
    prompt.enters("");
    prompt.sees("timing is on");
}

#[test]
fn tab_completes_paths_after_from() {
    let environment = Environment::new();
    environment.write("november.csv", "customer,revenue\nACME,1\n");
    let mut prompt = Prompt::open(&environment);
    prompt.types("SELECT * FROM 'nov\t");
    prompt.sees("'november.csv'");
}

#[test]
fn tables_and_columns_are_described() {
    let mut prompt = Prompt::with_tables(&Environment::new());
    prompt.enters("\\d");
    let tables = prompt.is_ready();
    assert!(tables.contains("│ sales") && tables.contains("│ regions"), "{tables}");
    prompt.enters("\\d sales");
    let columns = prompt.is_ready();
    assert!(columns.contains("│ customer │ TEXT") && columns.contains("│ revenue  │ DECIMAL("), "{columns}");
    prompt.enters("\\d sale");
    let error = prompt.is_ready();
    assert!(
        error.contains("error: table `sale` not found") && error.contains("did you mean `sales`?"),
        "{error}"
    );
}

#[test]
fn an_error_points_at_what_was_typed_and_the_session_goes_on() {
    let mut prompt = Prompt::with_tables(&Environment::new());
    prompt.enters("SELECT 1 AS one; SELECT revenu FROM sales; SELECT 'not reached';");
    let shown = prompt.is_ready();
    let expected = "error: column `revenu` not found in `sales`\r\n \
                    --> <prompt>:1:25\r\n  \
                    |\r\n\
                    1 | SELECT 1 AS one; SELECT revenu FROM sales; SELECT 'not reached';\r\n  \
                    |                         ^^^^^^\r\n";
    assert!(shown.contains(expected), "{shown}");
    assert!(shown.contains("did you mean `revenue`?"), "{shown}");
    assert!(!shown.contains("│ not reached"), "{shown}");
    prompt.enters("SELECT sum(revenue) AS total FROM sales;");
    prompt.sees("200.50");
    prompt.is_ready();
}

#[test]
fn an_unknown_command_is_answered_with_the_nearest() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("\\fromat csv");
    let shown = prompt.is_ready();
    assert!(shown.contains("error: unknown command `\\fromat`"), "{shown}");
    assert!(shown.contains("did you mean `\\format`?"), "{shown}");
}

#[test]
fn ctrl_c_cancels_the_query_and_keeps_the_session() {
    let mut prompt = Prompt::open(&Environment::new());
    // The terminal answers Ctrl-C itself only after the line editor has let go of it, which it has once the
    // first statement's rows are shown.
    prompt.enters(&format!("SELECT 'begun' AS state; {LONG_QUERY}"));
    prompt.sees("│ begun");
    prompt.0.send(ControlCode::EndOfText).unwrap();
    prompt.sees("error: the query was cancelled");
    prompt.is_ready();
    prompt.enters("SELECT 6 * 7 AS answer;");
    prompt.sees(" 42 │");
    prompt.is_ready();
    prompt.enters("\\q");
    assert_eq!(prompt.ends(), 0);
}

#[test]
fn ctrl_c_at_the_prompt_gives_up_what_was_typed() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("SELECT 'unfinished");
    prompt.sees("      -> ");
    prompt.types("more");
    prompt.0.send(ControlCode::EndOfText).unwrap();
    prompt.is_ready();
    prompt.enters("SELECT 6 * 7 AS answer;");
    prompt.sees(" 42 │");
}

#[test]
fn a_command_amid_a_statement_leaves_the_statement_waiting() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("SELECT 6 * 7");
    prompt.sees("      -> ");
    prompt.enters("\\x");
    prompt.sees("results are shown as expanded");
    prompt.sees("      -> ");
    prompt.enters("AS answer;");
    prompt.sees(Regex("answer *│ *42"));
}

#[cfg(unix)]
#[test]
fn the_history_is_private_and_outlives_the_session() {
    use std::os::unix::fs::PermissionsExt;

    let environment = Environment::new();
    let mut prompt = Prompt::open(&environment);
    prompt.enters("SELECT 6 * 7");
    prompt.sees("      -> ");
    prompt.enters("AS answer;");
    prompt.is_ready();
    let mode =
        |name: &str| std::fs::metadata(environment.state().join(name)).unwrap().permissions().mode() & 0o777;
    // It is there before the session ends.
    assert_eq!(format!("{:o}", mode("history")), "600");
    assert_eq!(format!("{:o}", mode("")), "700");
    prompt.enters("\\q");
    assert_eq!(prompt.ends(), 0);

    let mut prompt = Prompt::open(&environment);
    // The last was `\q`, before it the statement, as a whole.
    prompt.types("\u{1b}[A\u{1b}[A");
    prompt.sees("AS answer;");
    prompt.types("\r");
    prompt.sees(" 42 │");
    prompt.is_ready();
}

#[test]
fn a_history_that_cannot_be_written_is_no_reason_to_fail() {
    let environment = Environment::new();
    std::fs::write(environment.state(), "a file where a directory should be").unwrap();
    let mut prompt = Prompt::open(&environment);
    prompt.enters("SELECT 6 * 7 AS answer;");
    prompt.sees("what you type is not kept");
    prompt.sees(" 42 │");
    prompt.is_ready();
    prompt.enters("SELECT 'again' AS word;");
    let shown = prompt.is_ready();
    assert!(!shown.contains("not kept"), "{shown}");
}

#[test]
fn ctrl_d_leaves_with_exit_code_0_even_after_an_error() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("SELEC 1;");
    prompt.sees("error: syntax error");
    prompt.is_ready();
    prompt.0.send(ControlCode::EndOfTransmission).unwrap();
    assert_eq!(prompt.ends(), 0);
}

#[test]
fn a_cut_result_is_noted_and_all_shows_the_rest() {
    let mut prompt = Prompt::open(&Environment::new());
    prompt.enters("SELECT * FROM generate_series(1, 1000) t(value);");
    let shown = prompt.is_ready();
    assert!(shown.contains("40 of 1,000 rows shown; \\all shows all"), "{shown}");
    assert!(!shown.contains(" 777 │"), "{shown}");
    prompt.enters("\\all");
    prompt.sees(" 777 │");
    prompt.is_ready();
}

#[test]
fn parameters_are_set_listed_and_asked_for() {
    let mut prompt = Prompt::with_tables(&Environment::new());
    prompt.enters("SELECT customer FROM sales WHERE revenue > $least;");
    let shown = prompt.is_ready();
    assert!(shown.contains("error: parameter `least` has no value"), "{shown}");
    assert!(shown.contains("set one with `\\set least VALUE`"), "{shown}");
    prompt.enters("\\set least 100");
    prompt.is_ready();
    prompt.enters("\\set");
    prompt.sees(Regex("least *│ *int *│ *100"));
    prompt.is_ready();
    prompt.enters("SELECT customer FROM sales WHERE revenue > $least;");
    let shown = prompt.is_ready();
    assert!(shown.contains("│ ACME") && !shown.contains("│ Bolt"), "{shown}");
}

#[test]
fn a_script_on_stdin_goes_on_after_an_error_and_ends_with_its_exit_code() {
    let output = piped(
        &Environment::new(),
        "SELECT 1 AS one;\nSELEC 2;\n\\format csv\nSELECT 'a;\nb' AS text, 3 AS three",
    );
    assert_eq!(output.status.code(), Some(1));
    let data = String::from_utf8(output.stdout).unwrap();
    assert!(data.contains("│ one") && data.ends_with("text,three\n\"a;\nb\",3\n"), "{data}");
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(messages.contains("error: syntax error") && messages.contains("<prompt>:1:1"), "{messages}");
    assert!(!messages.contains("marginql>"), "{messages}");
}

#[test]
fn a_script_on_stdin_stops_at_quit() {
    let output = piped(&Environment::new(), "\\format csv\nSELECT 1 AS one;\n\\q\nSELECT 2 AS two;");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "one\n1\n");
}

#[test]
fn a_file_takes_one_result_and_the_screen_is_found_again() {
    let environment = Environment::new();
    let output = piped(
        &environment,
        "\\o out.csv\nSELECT 1 AS one;\nSELECT 2 AS two;\n\\o\n\\format csv\nSELECT 3 AS three;\n",
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(environment.work().join("out.csv")).unwrap(), "one\n1\n");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "three\n3\n");
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(messages.contains("error: `out.csv` has its result already"), "{messages}");
}

#[test]
fn a_file_is_run_with_its_header_up_to_its_first_error() {
    let environment = Environment::new();
    environment.write(
        "least.sql",
        "/*---\n[params.least]\ntype = \"int\"\ndefault = 2\n---*/\nSELECT $least AS least;\n\nSELECT nothing;\nSELECT 9 AS nine;\n",
    );
    let output = piped(
        &environment,
        "\\format csv\n\\i least.sql\n\\set least 5\n\\i least.sql\n\\i none.sql\nSELECT 1 AS one;",
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "least\n2\nleast\n5\none\n1\n");
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(messages.contains("--> least.sql:8:8"), "{messages}");
    assert!(messages.contains("cannot read `none.sql`"), "{messages}");
}

#[test]
fn a_file_that_includes_itself_is_told_so() {
    let environment = Environment::new();
    environment.write("loop.sql", "\\i loop.sql\n");
    let output = piped(&environment, "\\i loop.sql\n");
    assert_eq!(output.status.code(), Some(2));
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(messages.contains("does `loop.sql` include itself?"), "{messages}");
}
