//! The operators and scalar functions beside the kernels of Arrow that they take the place of.
//!
//! Names say the shape of the data: rows, types, the share of NULLs, and whether an operand is one value for all rows.

use std::{hint::black_box, sync::Arc};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use datafusion::{
    arrow::{
        array::{ArrayRef, Date32Array, Datum, Decimal128Array, Float64Array, Int64Array, StringViewArray},
        compute::kernels::numeric::{add, add_wrapping, div, mul, mul_wrapping, sub},
        datatypes::{DataType, Field},
        error::ArrowError,
    },
    common::{ScalarValue, config::ConfigOptions},
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF},
};

const ROWS: usize = 8192;

/// Numbers that look random and are the same in every run.
fn numbers(seed: u64, most: i64) -> impl Iterator<Item = i64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % most + 1
    })
    .take(ROWS)
}

fn with_nulls<T>(values: impl Iterator<Item = T>, nulls_pct: usize) -> impl Iterator<Item = Option<T>> {
    values.enumerate().map(move |(row, value)| (row * 37 % 100 >= nulls_pct).then_some(value))
}

fn money(seed: u64, nulls_pct: usize) -> ArrayRef {
    let units = with_nulls(numbers(seed, 1_000_000_000).map(i128::from), nulls_pct);
    Arc::new(Decimal128Array::from_iter(units).with_data_type(DataType::Decimal128(18, 4)))
}

fn integers(seed: u64, nulls_pct: usize) -> ArrayRef {
    Arc::new(Int64Array::from_iter(with_nulls(numbers(seed, 1_000_000), nulls_pct)))
}

fn function(name: &str) -> Arc<ScalarUDF> {
    marginql_udfs::scalar_functions()
        .into_iter()
        .find(|function| function.name() == name)
        .expect("the benchmark names a function that exists")
}

fn call(function: &ScalarUDF, args: &[ColumnarValue]) -> ColumnarValue {
    let arg_fields: Vec<_> =
        args.iter().map(|arg| Arc::new(Field::new("x", arg.data_type(), true))).collect();
    let scalar_arguments = vec![None; args.len()];
    let return_field = function
        .return_field_from_args(ReturnFieldArgs {
            arg_fields: &arg_fields,
            scalar_arguments: &scalar_arguments,
        })
        .expect("the arguments have the function's types");
    let args = ScalarFunctionArgs {
        args: args.to_vec(),
        arg_fields,
        number_rows: ROWS,
        return_field,
        config_options: Arc::new(ConfigOptions::default()),
    };
    function.invoke_with_args(args).expect("the data has a result")
}

type Kernel = fn(&dyn Datum, &dyn Datum) -> Result<ArrayRef, ArrowError>;

fn operators(c: &mut Criterion) {
    for nulls_pct in [0, 30] {
        let cases: [(&str, ArrayRef, ArrayRef, &str, Kernel); 7] = [
            ("checked_add", integers(1, nulls_pct), integers(2, nulls_pct), "bigint", add_wrapping),
            ("checked_multiply", integers(1, nulls_pct), integers(2, nulls_pct), "bigint", mul_wrapping),
            ("checked_add", money(1, nulls_pct), money(2, nulls_pct), "money", add),
            ("checked_subtract", money(1, nulls_pct), money(2, nulls_pct), "money", sub),
            ("checked_multiply", money(1, nulls_pct), money(2, nulls_pct), "money", mul),
            ("divide", money(1, nulls_pct), money(2, nulls_pct), "money", div),
            ("margin", money(1, nulls_pct), money(2, nulls_pct), "money", sub),
        ];
        for (name, left, right, types, kernel) in cases {
            let mut group = c.benchmark_group(format!("{name}/{types}/rows={ROWS}/nulls={nulls_pct}%"));
            group.throughput(Throughput::Elements(ROWS as u64));
            let function = function(name);
            let args = [Arc::clone(&left), Arc::clone(&right)].map(ColumnarValue::Array);
            group.bench_function(BenchmarkId::from_parameter("ours"), |b| {
                b.iter(|| black_box(call(&function, black_box(&args))));
            });
            group.bench_function(BenchmarkId::from_parameter("built-in"), |b| {
                b.iter(|| black_box(kernel(black_box(&left), black_box(&right))));
            });
            group.finish();
        }
    }
}

fn functions(c: &mut Criterion) {
    let rate = ColumnarValue::Scalar(ScalarValue::Decimal128(Some(15), 2, 2));
    let seven = ColumnarValue::Scalar(ScalarValue::Int64(Some(7)));
    let array = |array: ArrayRef| ColumnarValue::Array(array);
    let doubles = array(Arc::new(Float64Array::from_iter_values(
        numbers(3, 1_000_000).map(|units| units as f64 / 100.0),
    )));
    let days: ArrayRef = Arc::new(Date32Array::from_iter_values(numbers(4, 20_000).map(|day| day as i32)));
    let day = |days| ColumnarValue::Scalar(ScalarValue::Date32(Some(days)));
    let texts = StringViewArray::from_iter_values(
        numbers(5, 10_000_000)
            .map(|units| format!("${},{:03}.{:02}", units / 100_000 + 1, units / 100 % 1000, units % 100)),
    );
    let cases: [(&str, &str, Vec<ColumnarValue>); 8] = [
        ("checked_multiply", "money*literal", vec![array(money(1, 0)), rate]),
        ("divide", "bigint/literal", vec![array(integers(1, 0)), seven.clone()]),
        ("margin_pct", "money", vec![array(money(1, 0)), array(money(2, 0))]),
        ("margin_pct", "money/nulls=30%", vec![array(money(1, 30)), array(money(2, 30))]),
        ("margin_pct", "double", vec![doubles.clone(), doubles]),
        (
            "prorate",
            "money/one period",
            vec![array(money(1, 0)), day(0), day(20_000), array(Arc::clone(&days)), day(20_000)],
        ),
        ("fiscal_year", "date", vec![array(days), seven]),
        ("money", "$1,234.56", vec![array(Arc::new(texts))]),
    ];
    for (name, shape, args) in cases {
        let mut group = c.benchmark_group(format!("{name}/{shape}/rows={ROWS}"));
        group.throughput(Throughput::Elements(ROWS as u64));
        let function = function(name);
        group.bench_function(BenchmarkId::from_parameter("ours"), |b| {
            b.iter(|| black_box(call(&function, black_box(&args))))
        });
        group.finish();
    }
}

criterion_group!(benches, operators, functions);
criterion_main!(benches);
