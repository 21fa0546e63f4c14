//! What the functions cost, next to the engine's own `sum` over the same columns in the same run.
//!
//! Each benchmark is named by its data: `update/support_margin/groups=200k/nulls=30%`. The line to compare it with
//! has `builtin` in its name: two built-in sums, or means, for a function of two arguments; scores go beside `avg of scores`. 1,000,000 rows in batches of 8,192.

// A benchmark that cannot be set up may panic.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{hint::black_box, sync::Arc};

use arrow::{
    array::{ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use datafusion::{
    datasource::MemTable,
    execution::context::SessionContext,
    functions_aggregate::{average::avg_udaf, sum::sum_udaf},
    logical_expr::{AggregateUDF, EmitTo, GroupsAccumulator},
    physical_expr::{
        PhysicalExpr,
        aggregate::{AggregateExprBuilder, AggregateFunctionExpr},
        expressions::Column,
    },
};

const ROWS: usize = 1_000_000;
const BATCH: usize = 8192;
const MONEY: DataType = DataType::Decimal128(18, 4);

/// Two columns of money and one of scores.
const TYPES: [DataType; 3] = [MONEY, MONEY, DataType::Int64];

/// Two columns of money and one of scores, the group of each row, and a filter, in batches.
struct Data {
    name: String,
    groups: usize,
    filtered: bool,
    batches: Vec<Batch>,
}

struct Batch {
    columns: Vec<ArrayRef>,
    groups: Vec<usize>,
    filter: BooleanArray,
    /// One more than the greatest group so far.
    total: usize,
}

/// Numbers without a pattern that a processor could learn; the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

impl Data {
    fn new(name: &str, groups: usize, nulls_pct: u64, filtered: bool) -> Self {
        let mut random = Random(42);
        let mut numbers = vec![usize::MAX; groups];
        let mut known = 0;
        let mut batches = Vec::new();
        for _ in 0..ROWS.div_ceil(BATCH) {
            let mut column = || {
                let values = (0..BATCH).map(|_| {
                    let value = random.below(100_000_000) as i128 - 1_000_000;
                    (random.below(100) >= nulls_pct).then_some(value)
                });
                let values: Decimal128Array = values.collect();
                // Without NULLs there is no mask either, as in a column read from a file.
                let values =
                    if nulls_pct == 0 { Decimal128Array::new(values.values().clone(), None) } else { values };
                Arc::new(values.with_data_type(MONEY)) as ArrayRef
            };
            let mut columns = vec![column(), column()];
            let scores = (0..BATCH).map(|_| {
                let score = random.below(5) as i64 + 1;
                (random.below(100) >= nulls_pct).then_some(score)
            });
            let scores: Int64Array = scores.collect();
            let scores = if nulls_pct == 0 { Int64Array::new(scores.values().clone(), None) } else { scores };
            columns.push(Arc::new(scores));
            let indices = (0..BATCH)
                .map(|_| {
                    let number = &mut numbers[random.below(groups as u64) as usize];
                    if *number == usize::MAX {
                        *number = known;
                        known += 1;
                    }
                    *number
                })
                .collect();
            let filter = (0..BATCH).map(|_| Some(random.below(4) > 0)).collect();
            batches.push(Batch { columns, groups: indices, filter, total: known });
        }
        let filter_name = if filtered { "/filter" } else { "" };
        Self { name: format!("groups={name}/nulls={nulls_pct}%{filter_name}"), groups, filtered, batches }
    }
}

/// One call of a function on the first columns.
struct Call {
    expr: AggregateFunctionExpr,
    columns: std::ops::Range<usize>,
}

impl Call {
    fn new(function: Arc<AggregateUDF>, columns: std::ops::Range<usize>) -> Self {
        let fields: Vec<_> = columns
            .clone()
            .map(|index| Field::new(format!("c{index}"), TYPES[index].clone(), true))
            .collect();
        let exprs = fields
            .iter()
            .enumerate()
            .map(|(index, field)| Arc::new(Column::new(field.name(), index)) as Arc<dyn PhysicalExpr>)
            .collect();
        let expr = AggregateExprBuilder::new(function, exprs)
            .schema(Arc::new(Schema::new(fields)))
            .alias("benchmark")
            .build()
            .unwrap();
        Self { expr, columns }
    }

    fn groups(&self) -> Box<dyn GroupsAccumulator> {
        self.expr.create_groups_accumulator().unwrap()
    }

    fn updated(&self, data: &Data) -> Box<dyn GroupsAccumulator> {
        let mut groups = self.groups();
        for batch in &data.batches {
            let filter = data.filtered.then_some(&batch.filter);
            groups
                .update_batch(&batch.columns[self.columns.clone()], &batch.groups, filter, batch.total)
                .unwrap();
        }
        groups
    }
}

fn ours(name: &str) -> Arc<AggregateUDF> {
    marginql_udfs::aggregate_functions().into_iter().find(|function| function.name() == name).unwrap()
}

/// What is compared: a function, and the built-in calls that read the same columns.
fn contenders() -> Vec<(&'static str, Vec<Call>)> {
    let sum = |column: usize| Call::new(sum_udaf(), column..column + 1);
    vec![
        ("builtin sum", vec![sum(0)]),
        ("sum", vec![Call::new(ours("sum"), 0..1)]),
        ("builtin avg", vec![Call::new(avg_udaf(), 0..1)]),
        ("avg", vec![Call::new(ours("avg"), 0..1)]),
        ("builtin sum, sum", vec![sum(0), sum(1)]),
        ("support_margin", vec![Call::new(ours("support_margin"), 0..2)]),
        ("support_margin_pct", vec![Call::new(ours("support_margin_pct"), 0..2)]),
        ("customer_success_margin", vec![Call::new(ours("customer_success_margin"), 0..2)]),
        ("whale_peak_pct", vec![Call::new(ours("whale_peak_pct"), 0..1)]),
        ("avg of scores", vec![Call::new(ours("avg"), 2..3)]),
        ("nps", vec![Call::new(ours("nps"), 2..3)]),
        ("csat", vec![Call::new(ours("csat"), 2..3)]),
        ("ces", vec![Call::new(ours("ces"), 2..3)]),
        ("builtin avg, avg", vec![Call::new(avg_udaf(), 0..1), Call::new(avg_udaf(), 1..2)]),
        ("avg, avg", vec![Call::new(ours("avg"), 0..1), Call::new(ours("avg"), 1..2)]),
        ("logo_churn_rate", vec![Call::new(ours("logo_churn_rate"), 0..2)]),
        ("gross_revenue_retention", vec![Call::new(ours("gross_revenue_retention"), 0..2)]),
        ("net_revenue_retention", vec![Call::new(ours("net_revenue_retention"), 0..2)]),
        ("quick_ratio", vec![Call::new(ours("quick_ratio"), 0..2)]),
    ]
}

fn data() -> Vec<Data> {
    let mut shapes = Vec::new();
    for (name, groups) in [("1", 1), ("1k", 1000), ("200k", 200_000)] {
        shapes.push(Data::new(name, groups, 0, false));
        shapes.push(Data::new(name, groups, 30, false));
        shapes.push(Data::new(name, groups, 0, true));
    }
    shapes
}

fn groups_accumulators(criterion: &mut Criterion) {
    for data in data() {
        let mut update = criterion.benchmark_group("update");
        update.sample_size(10);
        for (name, calls) in contenders() {
            update.bench_function(BenchmarkId::new(name, &data.name), |bencher| {
                bencher.iter(|| {
                    for call in &calls {
                        black_box(call.updated(&data).evaluate(EmitTo::All).unwrap());
                    }
                });
            });
        }
        update.finish();
        let mut merge = criterion.benchmark_group("merge");
        merge.sample_size(10);
        for (name, calls) in contenders() {
            let states: Vec<_> =
                calls.iter().map(|call| call.updated(&data).state(EmitTo::All).unwrap()).collect();
            let indices: Vec<usize> = (0..states[0][0].len()).collect();
            merge.bench_function(BenchmarkId::new(name, &data.name), |bencher| {
                bencher.iter(|| {
                    for (call, state) in calls.iter().zip(&states) {
                        let mut groups = call.groups();
                        for _ in 0..2 {
                            groups.merge_batch(state, &indices, data.groups.min(indices.len())).unwrap();
                        }
                        black_box(groups.evaluate(EmitTo::All).unwrap());
                    }
                });
            });
        }
        merge.finish();
        let mut convert = criterion.benchmark_group("convert_to_state");
        convert.sample_size(10);
        for (name, calls) in contenders() {
            convert.bench_function(BenchmarkId::new(name, &data.name), |bencher| {
                bencher.iter(|| {
                    for call in &calls {
                        let groups = call.groups();
                        for batch in &data.batches {
                            let filter = data.filtered.then_some(&batch.filter);
                            let columns = &batch.columns[call.columns.clone()];
                            black_box(groups.convert_to_state(columns, filter).unwrap());
                        }
                    }
                });
            });
        }
        convert.finish();
    }
}

/// One group, without GROUP BY.
fn accumulators(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ungrouped");
    group.sample_size(10);
    for data in [Data::new("none", 1, 0, false), Data::new("none", 1, 30, false)] {
        for (name, calls) in contenders() {
            group.bench_function(BenchmarkId::new(name, &data.name), |bencher| {
                bencher.iter(|| {
                    for call in &calls {
                        let mut accumulator = call.expr.create_accumulator().unwrap();
                        for batch in &data.batches {
                            accumulator.update_batch(&batch.columns[call.columns.clone()]).unwrap();
                        }
                        black_box(accumulator.evaluate().unwrap());
                    }
                });
            });
        }
    }
    group.finish();
}

/// 10,000,000 rows in twelve months: a pool per month, and minutes as the driver.
fn handling() -> Arc<MemTable> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("month", DataType::Int64, false),
        Field::new("pool", DataType::Decimal128(18, 2), false),
        Field::new("minutes", MONEY, false),
    ]));
    let mut random = Random(7);
    let batches = (0..10_000_000 / BATCH)
        .map(|_| {
            let months: Vec<i64> = (0..BATCH).map(|_| random.below(12) as i64).collect();
            let pools = months.iter().map(|month| 123_456_789 + i128::from(*month)).collect::<Vec<_>>();
            let minutes = (0..BATCH).map(|_| random.below(5_000_000) as i128).collect::<Vec<_>>();
            let columns: Vec<ArrayRef> = vec![
                Arc::new(Int64Array::from(months)),
                Arc::new(Decimal128Array::from(pools).with_data_type(DataType::Decimal128(18, 2))),
                Arc::new(Decimal128Array::from(minutes).with_data_type(MONEY)),
            ];
            RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()
        })
        .collect();
    Arc::new(MemTable::try_new(schema, vec![batches]).unwrap())
}

fn windows(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let table = handling();
    let builtin = SessionContext::new();
    let exact = SessionContext::new();
    marginql_udfs::register_all(&mut *exact.state_ref().write()).unwrap();
    let mut group = criterion.benchmark_group("window");
    group.sample_size(10);
    for (name, ctx, call) in [
        ("builtin sum", &builtin, "sum(minutes)"),
        ("sum", &exact, "sum(minutes)"),
        ("allocate", &exact, "allocate(pool, minutes)"),
        ("pct_of_total", &exact, "pct_of_total(minutes)"),
    ] {
        if !ctx.table_exist("handling").unwrap() {
            ctx.register_table("handling", Arc::clone(&table) as _).unwrap();
        }
        let query = format!("SELECT {call} OVER (PARTITION BY month) FROM handling");
        group.bench_function(BenchmarkId::new(name, "rows=10m/partitions=12"), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async { black_box(ctx.sql(&query).await.unwrap().collect().await.unwrap()) })
            });
        });
    }
    group.finish();
}

criterion_group!(benches, groups_accumulators, accumulators, windows);
criterion_main!(benches);
