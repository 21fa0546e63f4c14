//! A small part of the campaign: statements of fixed seeds, statements of a fresh one, and that faults would be found.

use std::{
    io::Write,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use marginql_campaign::{
    chance::{Chance, Subject},
    damage::{Damage, Outcome},
    expression,
    generate::Generator,
    oracle::{Case, Check, OUTPUT, Verdict, judge},
    schema::{self, Column, Table},
    session::{DataSet, Executor, Side, World},
    shrink::shrink,
    sql::{ColumnReference, Dialect, Distinct, Expression, FromClause, Item, Query, Select, Statement},
    storage::Storage,
    value::{Type, Value},
    ways::WAYS,
    work::{Event, Range, work},
};

const LIMIT: Duration = Duration::from_secs(60);

/// Goes through statements and fails with the files of what is found, or of those findings that count.
fn agree(seed: u64, statements: u64, counts: fn(&str) -> bool) {
    let mut executor = Executor::new(LIMIT, None).expect("threads can be started");
    let mut found = Vec::new();
    let range = Range { seed, first: 0, statements, rows_max: 200 };
    work(range, &mut executor, &mut |event| {
        if let Event::Found { fingerprint, file, .. } = event {
            let is_counted = counts(&fingerprint);
            let file = file.unwrap_or(fingerprint);
            match is_counted {
                true => found.push(file),
                // For whoever reads the log.
                false => drop(writeln!(std::io::stderr(), "{file}")),
            }
        }
    })
    .expect("the data set can be written");
    assert!(found.is_empty(), "seed {seed}:\n{}", found.join("\n"));
}

#[test]
fn statements_of_fixed_seeds_give_the_same_rows_in_all_ways() {
    agree(1, 15, |_| true);
}

#[test]
fn statements_of_a_fresh_seed_give_the_same_rows_in_all_ways() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970");
    let seed = now.as_secs();
    println!("seed {seed}");
    // Of the statements of the long run, one in 200 still meets an error of planning (docs/reliability.md), which a user
    // sees; what would be wrong in silence is a failure.
    agree(seed, 20, |fingerprint| fingerprint.starts_with("different rows"));
}

/// Reads damaged files and fails with what is a fault.
fn withstand(seed: u64, files: u64) {
    let mut damage = Damage::new(seed, LIMIT).expect("files can be written");
    let mut faults = Vec::new();
    let mut refused = 0;
    for number in 0..files {
        match damage.run(number) {
            Outcome::Rows => {}
            Outcome::Refused(_) => refused += 1,
            Outcome::Fault(message) => faults.push(format!("{number} {}: {message}", damage.file(number).0)),
        }
    }
    assert!(faults.is_empty(), "seed {seed}:\n{}", faults.join("\n"));
    assert!(refused > files / 10, "only {refused} of {files} files are damaged enough");
}

#[test]
fn damaged_files_of_a_fixed_seed_give_rows_or_a_clear_error() {
    withstand(1, 300);
}

#[test]
fn damaged_files_of_a_fresh_seed_give_rows_or_a_clear_error() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is after 1970");
    withstand(now.as_secs(), 60);
}

#[test]
fn the_same_seed_gives_the_same_statements() {
    let statements = |seed| -> Vec<String> {
        let tables = schema::tables(&mut Chance::new(seed, Subject::Data, 0), 50);
        (0..50)
            .map(|number| {
                let mut chance = Chance::new(seed, Subject::Statement, number);
                Generator::new(&mut chance, &tables).statement(&[], &[]).query.write(Dialect::Ours).sql
            })
            .collect()
    };
    assert_eq!(statements(7), statements(7));
    assert_ne!(statements(7), statements(8));
}

#[test]
fn a_fault_is_found_and_shrunk() {
    let mut executor = Executor::new(LIMIT, None).expect("threads can be started");
    let mut world = World::new(numbers(200)).expect("a directory can be made");
    let column = |name: &str| {
        let reference = ColumnReference { relation: Some("t1".to_owned()), name: name.to_owned() };
        Expression::column(&reference, Type::Integer)
    };
    let query = Query::of(Select {
        distinct: Distinct::No,
        items: vec![
            Item { expression: column("id"), name: "id".to_owned() },
            Item { expression: expression!(Type::Integer; "abs(", column("n"), ")"), name: "m".to_owned() },
        ],
        from: Some(FromClause::Named { name: "numbers".to_owned(), alias: "t1".to_owned() }),
        filter: Some(expression!(Type::Boolean; "(", column("n"), " >= 0)")),
        grouping: None,
        having: None,
    });
    // A condition that is decided anew each time keeps other rows than it says it does.
    let condition = expression!(Type::Boolean; "(random() < 0.5)");
    let case = Case { statement: Statement { views: Vec::new(), query }, condition: Some(condition) };
    let check = Check::Column(Side::Way(0));
    let Verdict::Finding(finding) = judge(&mut world, &mut executor, check, &case) else {
        panic!("the fault is not found")
    };
    assert!(finding.queries[0].write(Dialect::Ours).sql.contains(OUTPUT));
    let shrunk = shrink(&mut executor, &world, check, case, *finding, LIMIT);
    let sql = shrunk.case.statement.query.write(Dialect::Ours).sql;
    assert!(!sql.contains("abs") && !sql.contains("WHERE"), "{sql}");
    assert!(shrunk.data.tables[0].rows.len() < 30, "{} rows", shrunk.data.tables[0].rows.len());
}

fn numbers(rows: i64) -> DataSet {
    let column = |name: &str| Column { name: name.to_owned(), data_type: Type::Integer };
    let table = Table {
        name: "numbers".to_owned(),
        columns: vec![column("id"), column("n")],
        rows: (1..=rows).map(|number| vec![Value::Integer(number), Value::Integer(number % 10)]).collect(),
    };
    DataSet { tables: vec![table], storages: vec![vec![Storage::Memory]; WAYS.len()] }
}
