//! Statements that define, change or describe something.

use datafusion::sql::{
    parser::{CopyToStatement, CreateExternalTable},
    sqlparser::ast::{
        ColumnDef, ColumnOption, ColumnOptionDef, CreateTable, CreateView, Delete, DescribeAlias, Ident, Set,
        Spanned, Statement, TableConstraint, ViewColumnDef,
    },
    sqlparser::tokenizer::Location,
};

use super::{not_supported, types};
use crate::{
    error::{Error, Result},
    query::words::Words,
};

const START: Location = Location { line: 0, column: 0 };

/// The words behind STORED AS for which COPY has a writer; for others it would go by the name of the file.
const WRITTEN: [&str; 4] = ["ARROW", "CSV", "JSON", "PARQUET"];

/// Refuses what planning drops from a statement that is not a query.
pub(super) fn statement(statement: &Statement, words: &Words<'_>) -> Result<()> {
    let refused = |what: &str, hint: &str| Err(words.point(not_supported(what, hint), what, START));
    match statement {
        // The planner takes the definition of a table apart itself and refuses what it does not do, except for columns.
        Statement::CreateTable(CreateTable { columns, constraints, query, .. }) => {
            definition(columns, constraints, query.is_some(), words)
        }
        Statement::CreateView(view) => create_view(view, words),
        Statement::CreateSchema {
            schema_name: _,
            if_not_exists: _,
            with,
            options,
            default_collate_spec,
            clone,
        } => match with.is_some() || options.is_some() || default_collate_spec.is_some() || clone.is_some() {
            true => refused("CREATE SCHEMA … with options", "a schema has only a name"),
            false => Ok(()),
        },
        Statement::CreateDatabase { db_name, if_not_exists, .. } => {
            create_database(statement, db_name, *if_not_exists)
        }
        Statement::Drop {
            object_type: _,
            if_exists: _,
            names,
            cascade,
            restrict: _,
            purge,
            temporary: _,
            table: _,
        } => {
            if *cascade {
                refused("CASCADE", "drop what depends on it first, then this")?;
            }
            if names.len() > 1 {
                let error = Error::query("not supported: `DROP` of several").hint("drop them one by one");
                return Err(words.point(error, "DROP", START));
            }
            if *purge {
                refused("PURGE", "leave it out; the files of a table are never deleted")?;
            }
            Ok(())
        }
        Statement::Set(Set::SetTimeZone { local: _, value }) => {
            refused("SET TIME ZONE", &format!("write `SET datafusion.execution.time_zone = {value}`"))
        }
        Statement::Delete(Delete { limit: Some(_), .. }) => {
            refused("LIMIT", "choose the rows with `WHERE`; DELETE would take all of them")
        }
        Statement::Explain {
            describe_alias,
            analyze,
            verbose,
            query_plan,
            estimate,
            statement: _,
            format,
            options,
        } => {
            let describes = !matches!(describe_alias, DescribeAlias::Explain);
            let dropped = *query_plan
                || *estimate
                || options.is_some()
                || describes && (*analyze || *verbose || format.is_some());
            match dropped {
                true => refused(
                    &format!("{describe_alias} with options"),
                    "write `DESCRIBE SELECT …` for columns, `EXPLAIN [ANALYZE] [VERBOSE] SELECT …` for the plan",
                ),
                false => Ok(()),
            }
        }
        Statement::ExplainTable {
            describe_alias: _,
            hive_format: Some(format),
            has_table_keyword: _,
            table_name,
        } => refused(&format.to_string(), &format!("write `DESCRIBE {table_name}`")),
        // Planned as they stand, or refused by the planner.
        _ => Ok(()),
    }
}

fn create_view(view: &CreateView, words: &Words<'_>) -> Result<()> {
    // What is not looked at here, the planner looks at.
    let CreateView {
        or_alter,
        or_replace: _,
        materialized: _,
        secure,
        name: _,
        name_before_not_exists: _,
        columns,
        query: _,
        options: _,
        cluster_by: _,
        comment: _,
        with_no_schema_binding: _,
        if_not_exists: _,
        temporary: _,
        copy_grants: _,
        to: _,
        params,
    } = view;
    let refused = |what: &str, hint: &str| Err(words.point(not_supported(what, hint), what, START));
    if *or_alter {
        refused("OR ALTER", "write `CREATE OR REPLACE VIEW`")?;
    }
    if *secure {
        refused("SECURE", "leave it out; everyone who has the session sees its views")?;
    }
    if params.is_some() {
        refused("CREATE VIEW with ALGORITHM, DEFINER or SQL SECURITY", "leave these out")?;
    }
    for ViewColumnDef { name, data_type, options: _ } in columns {
        if let Some(data_type) = data_type {
            return Err(typed_name(name, &data_type.to_string(), words));
        }
    }
    Ok(())
}

fn typed_name(name: &Ident, data_type: &str, words: &Words<'_>) -> Error {
    Error::query(format!("the type `{data_type}` of the column `{name}` would be ignored"))
        .at(words.place(name.span))
        .hint(format!("leave the type out, and convert in the query with `CAST(… AS {data_type})`"))
}

/// Refuses options of CREATE DATABASE: only the name is planned, so the statement must print as a name.
fn create_database(
    statement: &Statement,
    name: &datafusion::sql::sqlparser::ast::ObjectName,
    if_not_exists: bool,
) -> Result<()> {
    let unless = if if_not_exists { "IF NOT EXISTS " } else { "" };
    match statement.to_string() == format!("CREATE DATABASE {unless}{name}") {
        true => Ok(()),
        false => Err(not_supported(
            "CREATE DATABASE … with options",
            format!("write `CREATE DATABASE {unless}{name}`"),
        )),
    }
}

fn definition(
    columns: &[ColumnDef],
    constraints: &[TableConstraint],
    with_rows: bool,
    words: &Words<'_>,
) -> Result<()> {
    for ColumnDef { name, data_type, options } in columns {
        if let Some(error) = types::ignored(data_type) {
            return Err(error.at(words.place(name.span)));
        }
        for ColumnOptionDef { name: _, option } in options {
            let hint = match option {
                // What is inserted is checked, and gets the default.
                ColumnOption::Null | ColumnOption::Default(_) => continue,
                ColumnOption::NotNull if !with_rows => continue,
                ColumnOption::NotNull => "it would not be checked; filter with `WHERE column IS NOT NULL`",
                ColumnOption::PrimaryKey(_) | ColumnOption::Unique(_) => NOT_CHECKED,
                ColumnOption::Check(_) => {
                    "it would not be checked; filter with `WHERE`, or expect it in a saved query"
                }
                _ => "leave it out; a column has a name, a type, NOT NULL and DEFAULT",
            };
            return Err(not_supported(&option.to_string(), hint).at(words.place(name.span)));
        }
    }
    match constraints.first() {
        Some(constraint) => {
            Err(words.point_at(not_supported(&constraint.to_string(), NOT_CHECKED), constraint.span()))
        }
        None => Ok(()),
    }
}

const NOT_CHECKED: &str = "it would not be checked; look for repeated keys with `GROUP BY … HAVING count(*) > 1`, or expect none in a saved query";

/// Refuses what planning drops from CREATE EXTERNAL TABLE.
pub(super) fn external_table(table: &CreateExternalTable, words: &Words<'_>) -> Result<()> {
    // Options, orders, partitions and locations are for the factory of tables to judge.
    let CreateExternalTable {
        name: _,
        columns,
        file_type: _,
        locations: _,
        table_partition_cols: _,
        order_exprs: _,
        if_not_exists: _,
        or_replace: _,
        temporary: _,
        unbounded: _,
        options: _,
        constraints,
    } = table;
    definition(columns, constraints, true, words)
}

/// Refuses what planning drops from COPY.
pub(super) fn copy(copy: &CopyToStatement, words: &Words<'_>) -> Result<()> {
    let CopyToStatement { source: _, target: _, partitioned_by: _, stored_as, options } = copy;
    if let Some(format) = stored_as
        && !WRITTEN.contains(&format.as_str())
    {
        let hint = "write `STORED AS` with `CSV`, `PARQUET`, `JSON` or `ARROW`, or write other formats with `-o FILE`";
        return Err(words.point(
            Error::query(format!("unknown format `{format}`")).hint(hint),
            format,
            START,
        ));
    }
    for (number, (key, _)) in options.iter().enumerate() {
        if options[..number].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(key)) {
            return Err(Error::query(format!("option `{key}` is given twice")).hint("leave one of them out"));
        }
    }
    Ok(())
}
