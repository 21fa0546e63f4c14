//! The house rules, as tests: layers, documentation, banned words, sizes, and that every test is reached.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use marginql::engine::{Engine, EngineOptions};

/// Which modules a module of the library may use; see `docs/architecture.md`.
const LAYERS: [(&str, &[&str]); 13] = [
    ("error", &[]),
    ("leftovers", &[]),
    ("suggest", &[]),
    ("output", &["error", "leftovers"]),
    ("project", &["error", "query", "suggest"]),
    ("query", &["error", "suggest"]),
    ("sample", &["error", "output"]),
    ("sources", &["error", "suggest"]),
    ("engine", &["error", "leftovers", "query", "sources", "suggest"]),
    ("model", &["engine", "error", "project", "query", "sources", "suggest"]),
    ("console", &["engine", "error", "output", "sources", "suggest"]),
    ("repl", &["console", "engine", "error", "model", "output", "query", "sources", "suggest"]),
    (
        "cli",
        &[
            "console",
            "engine",
            "error",
            "leftovers",
            "model",
            "output",
            "project",
            "query",
            "repl",
            "sample",
            "sources",
            "suggest",
        ],
    ),
];

/// Words that must not stand in the sources, and why.
const BANNED: [(&str, &str); 7] = [
    (".unwrap()", "an error says what, where, what now; a proven invariant says why with `expect`"),
    ("internal_err!", "data and user input are never an internal error"),
    ("todo!(", "nothing is half done"),
    ("unimplemented!(", "nothing is half done"),
    ("println!(", "stdout is data, and only console/ui.rs prints"),
    ("dbg!(", "left over from debugging"),
    ("Runtime::new(", "there is one runtime, made in main"),
];

/// The only files of the functions in which a double may appear: statistics, and the way in for DOUBLE columns.
const FLOAT_FILES: [&str; 29] = [
    "aggregate/argument.rs",
    "aggregate/avg.rs",
    "aggregate/column.rs",
    "aggregate/double.rs",
    "aggregate/double_distinct.rs",
    "aggregate/double_groups.rs",
    "aggregate/fit.rs",
    "aggregate/gini.rs",
    "aggregate/kaplan_meier.rs",
    "aggregate/sbg_fit.rs",
    "aggregate/sum.rs",
    "arithmetic/literal.rs",
    "conversion/number.rs",
    "decimal.rs",
    "kernel.rs",
    "numeric.rs",
    "observed.rs",
    "scalar/argument.rs",
    "scalar/bgnbd_expected_purchases.rs",
    "scalar/bgnbd_probability_alive.rs",
    "scalar/bgnbd_purchases_probability.rs",
    "scalar/gamma_gamma_expected_value.rs",
    "scalar/median_survival.rs",
    "scalar/model_function.rs",
    "scalar/sbg_expected_lifetime.rs",
    "scalar/sbg_retention_rate.rs",
    "scalar/sbg_survival.rs",
    "window/amounts.rs",
    "arithmetic/rewrite.rs",
];

/// The folder of mathematics that is all statistics; it knows no amounts.
const FLOAT_FOLDER: &str = "statistics/";

/// Longer files would hold more than one idea.
const LINES_MAX: usize = 500;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for entry in entries {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(PathBuf, String)> {
    [root().join("src"), root().join("udfs/src")]
        .iter()
        .flat_map(|directory| files(directory, "rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source file is text");
            (path, text)
        })
        .collect()
}

/// The text without its tests: they stand last in a file, and may be direct.
fn without_tests(text: &str) -> &str {
    let end = [text.find("#[cfg(test)]"), text.find("#[cfg(all(test")].into_iter().flatten().min();
    &text[..end.unwrap_or(text.len())]
}

fn is_test_file(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

#[test]
fn arrows_between_layers_point_down() {
    let allowed: BTreeMap<_, _> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let relative = path.strip_prefix(root().join("src")).unwrap_or(Path::new(""));
        let Some(first) = relative.components().next() else { continue };
        let layer = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["lib", "main"].contains(&layer.as_str()) || is_test_file(&path) {
            continue;
        }
        let Some(uses) = allowed.get(layer.as_str()) else {
            wrong.push(format!("{layer} is not in the list of layers"));
            continue;
        };
        for target in allowed.keys().filter(|target| **target != layer) {
            let used = used_modules(without_tests(&text)).contains(*target);
            if used && !uses.contains(target) {
                wrong.push(format!("{} uses {target}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up:\n{}", wrong.join("\n"));
}

/// The modules named directly after `crate::`, in paths and in grouped imports.
fn used_modules(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (start, _) in text.match_indices("crate::") {
        let rest = &text[start + "crate::".len()..];
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    c if depth == 0 && is_name(c) => word.push(c),
                    _ if depth == 0 => {
                        used.insert(std::mem::take(&mut word));
                    }
                    _ => {}
                }
            }
            used.insert(word);
        } else {
            used.insert(rest.chars().take_while(|c| is_name(*c)).collect());
        }
    }
    used
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| !text.starts_with("//!") && !is_test_file(path))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "without a module doc:\n{}", silent.join("\n"));
}

#[test]
fn banned_words_are_absent() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        if is_test_file(&path) {
            continue;
        }
        for (number, line) in without_tests(&text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            for (word, why) in BANNED {
                if code.contains(word) {
                    found.push(format!("{}:{}: {word}: {why}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_double_touches_money() {
    let directory = root().join("udfs/src");
    let mut found = Vec::new();
    for path in files(&directory, "rs") {
        let name = path.strip_prefix(&directory).expect("below the directory").to_string_lossy().into_owned();
        if FLOAT_FILES.contains(&name.as_str()) || name.starts_with(FLOAT_FOLDER) || is_test_file(&path) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file is text");
        let mentions = |line: &&str| {
            let code = line.split("//").next().unwrap_or(line);
            code.contains("f64") || code.contains("Float64Array")
        };
        if let Some(line) = without_tests(&text).lines().find(mentions) {
            found.push(format!("{name}: {}", line.trim()));
        }
    }
    assert!(found.is_empty(), "a double outside the listed files:\n{}", found.join("\n"));
}

#[test]
fn files_hold_one_idea() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > LINES_MAX)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "longer than {LINES_MAX} lines:\n{}", long.join("\n"));
}

#[test]
fn main_stays_small() {
    let text = fs::read_to_string(root().join("src/main.rs")).expect("main is there");
    assert!(
        text.lines().count() <= 60,
        "main parses, makes the runtime, returns the exit code; nothing else"
    );
}

#[test]
fn every_function_is_documented_and_tested_in_sql() {
    let tests: String = files(&root().join("tests/slt"), "slt")
        .iter()
        .map(|path| fs::read_to_string(path).expect("text"))
        .collect();
    let engine = Engine::new(&EngineOptions::default()).expect("an engine without options opens");
    let mut wrong = Vec::new();
    for function in engine.functions().into_iter().filter(|function| function.own) {
        let name = &function.name;
        match &function.documentation {
            None => wrong.push(format!("{name} has no documentation")),
            Some(documentation) if documentation.sql_example.is_none() => {
                wrong.push(format!("{name} has no example"));
            }
            Some(_) => {}
        }
        // The functions behind the operators are tested through the operators.
        let is_operator = marginql_udfs::OPERATOR_FUNCTIONS.contains(&name.as_str());
        if !is_operator && !tests.contains(&format!("{name}(")) {
            wrong.push(format!("{name} is called in no .slt file"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_function_reference_is_up_to_date() {
    let engine = Engine::new(&EngineOptions::default()).expect("an engine without options opens");
    let expected = marginql::console::function_reference(&engine.functions());
    let path = root().join("docs/functions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &expected).expect("the page can be written");
    }
    let actual = fs::read_to_string(&path).unwrap_or_default();
    assert!(actual == expected, "docs/functions.md is out of date; run this test with UPDATE_DOCS=1");
}

#[test]
fn the_schema_of_the_project_file_is_up_to_date() {
    let expected = marginql::project::json_schema();
    let path = root().join("docs/marginql.schema.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &expected).expect("the schema can be written");
    }
    let actual = fs::read_to_string(&path).unwrap_or_default();
    assert!(actual == expected, "docs/marginql.schema.json is out of date; run this test with UPDATE_DOCS=1");
}

#[test]
fn every_command_line_test_is_reached() {
    let main = fs::read_to_string(root().join("tests/cli/main.rs")).expect("the test binary is there");
    let lost: Vec<_> = files(&root().join("tests/cli"), "rs")
        .into_iter()
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .filter(|stem| stem != "main" && !main.contains(&format!("mod {stem};")))
        .collect();
    assert!(lost.is_empty(), "not reached from tests/cli/main.rs: {}", lost.join(", "));
}

#[test]
fn no_test_is_switched_off() {
    let mut found = Vec::new();
    for directory in ["tests", "src", "udfs"] {
        for path in files(&root().join(directory), "rs") {
            let text = fs::read_to_string(&path).expect("text");
            let word = concat!("#[", "ignore");
            if text.contains(word) {
                found.push(path.display().to_string());
            }
        }
    }
    assert!(found.is_empty(), "switched off in {}", found.join(", "));
}
