//! No statement, however wrong, shows the user the library's own words, a trace or a panic.

use crate::env::Environment;

/// One wrong, odd or unsupported statement a line.
const STATEMENTS: &str = include_str!("nasty_statements.txt");

/// What is the library's and not the user's.
const FORBIDDEN: [&str; 30] = [
    "likely caused by a bug",
    "nternal error",
    "hits a defect",
    "panicked",
    "backtrace",
    "DataFusion error",
    "Error during planning",
    "Execution error",
    "Schema error",
    "Arrow error",
    "External error",
    "datafusion.public",
    "Utf8",
    "Int64",
    "Int32",
    "UInt",
    "Float64",
    "Decimal128",
    "Decimal256",
    "Date32",
    "Timestamp(",
    "MonthDayNano",
    "OneOf(",
    "Exact(",
    "Ident",
    "LogicalPlan",
    "ScalarFunction",
    "WindowFunction",
    "user-defined coercion",
    " { ",
];

#[test]
fn nasty_statements_are_answered_in_the_users_words() {
    let statements: Vec<_> = STATEMENTS.lines().filter(|line| !line.is_empty()).collect();
    assert!(statements.len() >= 60);
    let environment = Environment::with_tables();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let halves = statements.chunks(statements.len().div_ceil(2));
        let workers = halves
            .map(|half| scope.spawn(|| half.iter().filter_map(|sql| complaint(&environment, sql)).collect()));
        // All begin before the first is waited for.
        let workers: Vec<std::thread::ScopedJoinHandle<'_, Vec<String>>> = workers.collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("the worker ends")).collect()
    });
    assert!(wrong.is_empty(), "{} statements are answered badly:\n\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong with the answer to a statement, if something is.
fn complaint(environment: &Environment, sql: &str) -> Option<String> {
    let arguments = ["--table", "sales=sales.csv", "--table", "customers=customers.csv", "query", sql];
    let outcome = environment.run(&arguments);
    let complain = |why: &str| Some(format!("{why}: {sql}\n{}", outcome.stderr));
    if outcome.code == Some(0) {
        return None;
    }
    if !matches!(outcome.code, Some(1 | 2)) {
        return complain("ends with another code");
    }
    let Some(message) = outcome.stderr.lines().next().and_then(|line| line.strip_prefix("error: ")) else {
        return complain("does not begin with an error");
    };
    if message.starts_with(|c: char| c.is_uppercase())
        && message.chars().nth(1).is_some_and(char::is_lowercase)
    {
        return complain("begins with a capital");
    }
    if message.ends_with(['.', '!', ':']) || message.is_empty() {
        return complain("does not end as a message");
    }
    // The user's own text may say anything.
    let own_words: Vec<_> = outcome.stderr.lines().filter(|line| !is_quotation(line)).collect();
    let own_words = own_words.join("\n");
    FORBIDDEN
        .iter()
        .find(|word| own_words.contains(**word))
        .and_then(|word| complain(&format!("says `{word}`")))
}

/// A line such as `1 | SELECT …`.
fn is_quotation(line: &str) -> bool {
    line.trim_start().split_once(" | ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
}
