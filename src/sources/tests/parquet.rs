//! Parquet files: damaged ones are named, different ones are merged or refused.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray},
    datatypes::DataType,
};

use super::*;

pub(super) fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("writes");
    writer.close().expect("writes");
    bytes
}

pub(super) fn ids(values: Vec<i64>) -> (&'static str, ArrayRef) {
    ("id", Arc::new(Int64Array::from(values)))
}

fn money(values: Vec<i128>, precision: u8, scale: i8) -> (&'static str, ArrayRef) {
    let array = Decimal128Array::from(values).with_precision_and_scale(precision, scale).expect("fits");
    ("amount", Arc::new(array))
}

#[tokio::test]
async fn decimals_keep_their_type_and_safe_differences_are_merged() {
    let files = Files::new()
        .with("p/a.parquet", parquet(vec![ids(vec![1]), money(vec![1050], 10, 2)]))
        .with(
            "p/b.parquet",
            parquet(vec![("id", Arc::new(Int32Array::from(vec![2]))), money(vec![31255], 8, 4)]),
        )
        .with("p/c.parquet", parquet(vec![ids(vec![3])]));
    let one = files.open("p/a.parquet").await;
    assert_eq!(columns(&one), ["id BIGINT", "amount DECIMAL(10,2)"]);
    let all = files.open("p").await;
    assert_eq!(columns(&all), ["id BIGINT", "amount DECIMAL(12,4)"]);
    assert_eq!(all.description.rows, Some(3));
    assert!(warnings(&all)[0].contains("is not in every file"), "{:?}", all.warnings);
    insta::assert_snapshot!(files.rows(&all).await, @r"
    +----+---------+
    | id | amount  |
    +----+---------+
    | 1  | 10.5000 |
    | 2  | 3.1255  |
    | 3  |         |
    +----+---------+
    ");
}

#[tokio::test]
async fn different_types_are_refused_with_both_files() {
    let files = Files::new()
        .with("q/a.parquet", parquet(vec![ids(vec![1])]))
        .with("q/b.parquet", parquet(vec![("id", Arc::new(StringArray::from(vec!["x"])))]));
    insta::assert_snapshot!(files.error("q").await, @r"
    column `id` has different types: BIGINT in `q/a.parquet`, TEXT in `q/b.parquet`
    make a table of each, and join them with UNION ALL and a CAST
    ");
}

#[tokio::test]
async fn damaged_files_are_told_apart() {
    let whole = parquet(vec![ids((0..1000).collect())]);
    let mut rotten = whole.clone();
    let footer = rotten.len() - 60;
    rotten[footer..footer + 40].fill(0xff);
    let files = Files::new()
        .with("cut.parquet", &whole[..whole.len() - 20])
        .with("void.parquet", "")
        .with("text.parquet", "id,amount\n1,2\n")
        .with("page.parquet", "<html>Not found</html>")
        .with("packed.parquet", gzip("x"))
        .with("rotten.parquet", rotten);
    let errors = [
        files.error("cut.parquet").await,
        files.error("void.parquet").await,
        files.error("text.parquet").await,
        files.error("page.parquet").await,
        files.error("packed.parquet").await,
        files.error("rotten.parquet").await,
        files.error("absent.parquet").await,
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    `cut.parquet` is truncated: it begins like Parquet, but its end, where the columns are described, is missing
    copy or export the file again; whoever writes it may not be finished
    `void.parquet` is empty: it has 0 bytes
    export the file again, or leave it out
    `text.parquet` is not a Parquet file: it looks like CSV
    rename it to .csv, or write STORED AS CSV
    `page.parquet` is an HTML page without a table
    it may be an error page that was saved as data; export the file again
    `packed.parquet` is not a Parquet file: it looks like a file compressed with gzip
    Parquet is compressed inside; unpack the file, or give it the name of what it holds, such as .csv.gz
    `rotten.parquet` is damaged: its end, where the columns are described, cannot be read
    Parquet error: External: invalid utf-8 sequence of 1 bytes from index 154
    copy or export the file again
    cannot read `absent.parquet`: no such file or directory
    check the path; relative paths start at the current directory
    ");
}

#[tokio::test]
async fn partitions_prune_files_and_filters_reach_the_reader() {
    let files = Files::new()
        .with("r/month=2025-01/a.parquet", parquet(vec![ids(vec![1, 2])]))
        .with("r/month=2025-02/a.parquet", parquet(vec![ids(vec![3])]));
    let source = files.open("r").await;
    assert_eq!(source.description.columns[1].data_type, DataType::Utf8View);
    files.context.register_table("r", source.provider.clone()).expect("registers");
    let plan = "EXPLAIN SELECT id FROM r WHERE month = '2025-02' AND id > 1";
    let batches = files.context.sql(plan).await.expect("plans").collect().await.expect("explains");
    let plan = pretty_format_batches(&batches).expect("formats").to_string();
    assert!(plan.contains("month=2025-02") && !plan.contains("month=2025-01"), "{plan}");
    assert!(plan.contains("pruning_predicate"), "{plan}");
}

#[tokio::test]
async fn a_partitioned_table_opened_again_has_the_files_of_now() {
    let count = async |files: &Files| {
        let source = files.open("n").await;
        let frame = files.context.read_table(source.provider).expect("a table");
        frame.count().await.expect("counts")
    };
    let files = Files::new().with("n/m=1/a.parquet", parquet(vec![ids(vec![1])]));
    assert_eq!(count(&files).await, 1);
    let files = files.with("n/m=2/a.parquet", parquet(vec![ids(vec![2, 3])]));
    assert_eq!(count(&files).await, 3);
}

#[tokio::test]
async fn two_columns_of_one_name_are_two_columns() {
    let bytes = parquet(vec![
        ("amount", Arc::new(Int64Array::from(vec![1, 2]))),
        ("amount", Arc::new(StringArray::from(vec!["x", "y"]))),
    ]);
    let files = Files::new().with("twice.parquet", bytes);
    let source = files.open("twice.parquet").await;
    assert_eq!(columns(&source), ["amount BIGINT", "amount_2 TEXT"]);
    assert_eq!(
        files.without_directory(&warnings(&source).join("")),
        "`twice.parquet`: the header has `amount` more than once; column 2 is called `amount_2` / "
    );
    assert!(files.rows(&source).await.contains("| 2      | y        |"));
}

/// A file as writers made them before lists had a form of their own: three rows, with 0, 1 and 2 numbers.
fn old_list() -> Vec<u8> {
    use ::parquet::{
        data_type::{Int32Type, Int64Type},
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };
    let schema = "message rows { required int32 id; optional group phones { repeated group phone { required int64 number; } } }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).expect("begins");
    let mut group = writer.next_row_group().expect("begins");
    let mut column = group.next_column().expect("begins").expect("a column");
    column.typed::<Int32Type>().write_batch(&[1, 2, 3], None, None).expect("writes");
    column.close().expect("ends");
    let mut column = group.next_column().expect("begins").expect("a column");
    column
        .typed::<Int64Type>()
        .write_batch(&[11, 21, 22], Some(&[0, 2, 2, 2]), Some(&[0, 0, 0, 1]))
        .expect("writes");
    column.close().expect("ends");
    group.close().expect("ends");
    writer.close().expect("ends");
    bytes
}

#[tokio::test]
async fn rows_of_old_lists_are_all_there_or_the_file_is_refused() {
    let files = Files::new().with("old.parquet", old_list());
    match files.open_with("old.parquet", &SourceOptions::default()).await {
        Ok(source) => {
            let frame = files.context.read_table(source.provider).expect("a table");
            assert_eq!(frame.count().await.expect("counts"), 3);
        }
        Err(error) => assert!(error.message().contains("counts 3 rows and gives 0"), "{error}"),
    }
}

#[tokio::test]
async fn a_file_with_damaged_pages_is_named_among_others() {
    let names = StringArray::from_iter_values((0..1000).map(|number| format!("customer number {number}")));
    let whole = parquet(vec![ids((0..1000).collect()), ("name", Arc::new(names))]);
    let mut rotten = whole.clone();
    let text = rotten.windows(8).position(|window| window == b"customer").expect("a text");
    // No letter of UTF-8, and no length that fits.
    rotten[text..text + 200].fill(0xff);
    let files = Files::new().with("p/a.parquet", &whole).with("p/b.parquet", rotten);
    assert_eq!(
        super::super::damaged_parquet(&files.path("p/a.parquet")).map(|error| error.to_string()),
        None
    );
    let error = super::super::damaged_parquet(&files.path("p/b.parquet")).expect("it is damaged");
    assert!(error.message().contains("b.parquet` is damaged"), "{error}");
}
