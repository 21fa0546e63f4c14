//! Types that are known beforehand: what fits, and what is said about what does not.

use std::sync::Arc;

use arrow::{array::Int32Array, datatypes::DataType};

use super::{
    parquet::{ids, parquet},
    *,
};
use crate::sources::parse_type_name;

fn locked(columns: &[(&str, &str)]) -> SourceOptions {
    let known = columns
        .iter()
        .map(|(name, data_type)| ((*name).to_owned(), parse_type_name(data_type).expect("a type")));
    SourceOptions { known: Some(known.collect()), missing_is_error: true, ..SourceOptions::default() }
}

impl Files {
    async fn stray(&self, name: &str, columns: &[(&str, &str)]) -> String {
        match self.open_with(name, &locked(columns)).await {
            Ok(source) => format!("opened with {}", super::columns(&source).join(", ")),
            Err(error) => self.shown(&error).lines().next().unwrap_or_default().to_owned(),
        }
    }
}

#[tokio::test]
async fn what_fits_keeps_the_locked_type() {
    let files = Files::new()
        .with("a.csv", "id,amount,day,note,more\n1,2.5,2025-01-01,,7\n")
        .with("a.json", "[{\"id\":1,\"amount\":1e1,\"note\":3}]");
    let lock =
        [("id", "DECIMAL(10,0)"), ("amount", "DECIMAL(18,4)"), ("day", "TIMESTAMP(6)"), ("note", "BIGINT")];
    let source = files.open_with("a.csv", &locked(&lock)).await.expect("opens");
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+--------+---------------------+------+------+
    | id | amount | day                 | note | more |
    +----+--------+---------------------+------+------+
    | 1  | 2.5000 | 2025-01-01T00:00:00 |      | 7    |
    +----+--------+---------------------+------+------+
    ");
    assert_eq!(columns(&source)[4], "more BIGINT");
    assert_eq!(source.description.columns[1].reason, "as in the lock");
    let lock = [("id", "BIGINT"), ("amount", "DECIMAL(18,4)"), ("note", "TEXT")];
    let source = files.open_with("a.json", &locked(&lock)).await.expect("opens");
    insta::assert_snapshot!(files.rows(&source).await, @r"
    +----+---------+------+
    | id | amount  | note |
    +----+---------+------+
    | 1  | 10.0000 | 3    |
    +----+---------+------+
    ");
}

#[tokio::test]
async fn what_does_not_fit_is_named_with_its_place() {
    let csv = "id,amount,day,at,flag\n1,10.50,2025-01-01,2025-01-01T10:00:00,true\n2,1234.125,2025-01-02,2025-01-02T10:00:00.1234567,false\n";
    let files = Files::new()
        .with("a.csv", csv)
        .with("b.csv", "code\n12\n00123\n")
        .with("c/1.csv", "amount\n1\n")
        .with("c/2.csv", "amount\n2\n35\n")
        .with("d.json", "{\"id\":1,\"in\":{\"a\":1}}\n{\"id\":\"x\",\"in\":{\"b\":2}}\n");
    let mut shown = Vec::new();
    for (column, data_type) in [
        ("amount", "DECIMAL(10,2)"),
        ("amount", "DECIMAL(6,3)"),
        ("amount", "BIGINT"),
        ("day", "BOOLEAN"),
        ("at", "TIMESTAMP(6)"),
        ("at", "TIMESTAMP(9) WITH TIME ZONE"),
        ("flag", "DATE"),
        ("region", "TEXT"),
    ] {
        shown.push(files.stray("a.csv", &[(column, data_type)]).await);
    }
    shown.push(files.stray("b.csv", &[("code", "BIGINT")]).await);
    shown.push(files.stray("c", &[("amount", "DECIMAL(1,0)")]).await);
    shown.push(files.stray("d.json", &[("id", "BIGINT")]).await);
    shown.push(files.stray("d.json", &[("in", "STRUCT(a BIGINT)")]).await);
    insta::assert_snapshot!(shown.join("\n"), @r"
    column `amount`: `a.csv` line 3 has `1234.125`, which does not fit DECIMAL(10,2), its type in the lock
    column `amount`: `a.csv` line 3 has `1234.125`, which does not fit DECIMAL(6,3), its type in the lock
    column `amount`: `a.csv` line 2 has `10.50`, which does not fit BIGINT, its type in the lock
    column `day`: `a.csv` line 2 has `2025-01-01`, which does not fit BOOLEAN, its type in the lock
    column `at`: `a.csv` line 3 has `2025-01-02T10:00:00.1234567`, which does not fit TIMESTAMP(6), its type in the lock
    column `at`: `a.csv` line 2 has `2025-01-01T10:00:00`, which does not fit TIMESTAMP(9) WITH TIME ZONE, its type in the lock
    column `flag`: `a.csv` line 2 has `true`, which does not fit DATE, its type in the lock
    `a.csv` has no column `region`, which is in the lock
    column `code`: `b.csv` line 3 has `00123`, which does not fit BIGINT, its type in the lock
    column `amount`: `c/2.csv` line 3 has `35`, which does not fit DECIMAL(1,0), its type in the lock
    column `id`: `d.json` line 2 has `x`, which does not fit BIGINT, its type in the lock
    column `in`: `d.json` line 1 has an object or an array, and the values are STRUCT(a BIGINT, b BIGINT), which does not fit STRUCT(a BIGINT), its type in the lock
    ");
}

#[tokio::test]
async fn parquet_says_its_type_itself() {
    let files = Files::new()
        .with("p.parquet", parquet(vec![ids(vec![1]), ("n", Arc::new(Int32Array::from(vec![2])))]));
    let fits = files.open_with("p.parquet", &locked(&[("id", "BIGINT")])).await.expect("opens");
    assert_eq!(fits.description.columns[0].data_type, DataType::Int64);
    let differs = files.open_with("p.parquet", &locked(&[("n", "BIGINT")])).await.expect_err("must fail");
    let missing = files.open_with("p.parquet", &locked(&[("region", "TEXT")])).await.expect_err("must fail");
    insta::assert_snapshot!(format!("{}\n{}", files.shown(&differs), files.shown(&missing)), @r"
    column `n` is INT in `p.parquet`, but BIGINT in the lock
    if the file is wrong, mend it
    if the column is something else, change its type in `marginql.lock`; `TEXT` takes everything
    if the file is right, renew the lock: `marginql check --relock`
    `p.parquet` has no column `region`, which is in the lock
    it has: id, n
    if the column was lost or renamed, mend the file
    if the file is right, renew the lock: `marginql check --relock`
    ");
    let lenient = SourceOptions { missing_is_error: false, ..locked(&[("region", "TEXT")]) };
    assert!(files.open_with("p.parquet", &lenient).await.is_ok());
}

#[tokio::test]
async fn a_stray_value_has_three_ways_out() {
    let files = Files::new().with("a.csv", "id,amount\n1,n/a\n");
    let error =
        files.open_with("a.csv", &locked(&[("amount", "DECIMAL(10,2)")])).await.expect_err("must fail");
    insta::assert_snapshot!(files.shown(&error), @r"
    column `amount`: `a.csv` line 2 has `n/a`, which does not fit DECIMAL(10,2), its type in the lock
    if the file is wrong, mend it
    if the column is something else, change its type in `marginql.lock`; `TEXT` takes everything
    if the file is right, renew the lock: `marginql check --relock`
    ");
}
