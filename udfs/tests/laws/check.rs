//! The laws of an aggregate: however the rows are ordered, batched, split and merged, the value is the same.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, BooleanArray, Decimal32Array, Decimal64Array, Decimal128Array, Decimal256Array,
        Float64Array,
    },
    compute::{cast, concat},
    datatypes::{DataType, Field, Schema, i256},
};
use datafusion::{
    common::ScalarValue,
    logical_expr::{Accumulator, AggregateUDF, EmitTo, GroupsAccumulator},
    physical_expr::{
        PhysicalExpr,
        aggregate::{AggregateExprBuilder, AggregateFunctionExpr},
        expressions::{Column, Literal},
    },
};

/// The rows of a test: units per argument, a group, and what the filter says.
#[derive(Debug, Clone)]
pub struct Row {
    pub values: Vec<Option<i128>>,
    pub group: usize,
    pub filter: Option<bool>,
}

/// An aggregate over arguments of certain types.
pub struct Call {
    pub types: Vec<DataType>,
    expr: AggregateFunctionExpr,
}

/// One value per group, or the error.
pub type Outcome = Result<Vec<ScalarValue>, String>;

/// The aggregate function of this name.
pub fn function(name: &str) -> Arc<AggregateUDF> {
    marginql_udfs::aggregate_functions().into_iter().find(|function| function.name() == name).unwrap()
}

impl Call {
    pub fn new(name: &str, types: &[DataType]) -> Self {
        Self::build(name, types, false, None)
    }

    pub fn distinct(name: &str, types: &[DataType]) -> Self {
        Self::build(name, types, true, None)
    }

    /// A call with a constant after its columns.
    pub fn with_constant(name: &str, types: &[DataType], distinct: bool, constant: ScalarValue) -> Self {
        Self::build(name, types, distinct, Some(constant))
    }

    fn build(name: &str, types: &[DataType], distinct: bool, constant: Option<ScalarValue>) -> Self {
        let fields: Vec<_> = types
            .iter()
            .enumerate()
            .map(|(index, t)| Field::new(format!("c{index}"), t.clone(), true))
            .collect();
        let columns = fields
            .iter()
            .enumerate()
            .map(|(index, field)| Arc::new(Column::new(field.name(), index)) as Arc<dyn PhysicalExpr>)
            .chain(constant.map(|value| Arc::new(Literal::new(value)) as Arc<dyn PhysicalExpr>))
            .collect();
        let expr = AggregateExprBuilder::new(function(name), columns)
            .schema(Arc::new(Schema::new(fields)))
            .alias(name)
            .with_distinct(distinct)
            .build()
            .unwrap();
        Self { types: types.to_vec(), expr }
    }

    fn accumulator(&self) -> Box<dyn Accumulator> {
        self.expr.create_accumulator().unwrap()
    }

    fn groups(&self) -> Box<dyn GroupsAccumulator> {
        self.expr.create_groups_accumulator().unwrap()
    }

    fn arrays(&self, rows: &[Row]) -> Vec<ArrayRef> {
        let column = |index: usize| rows.iter().map(|row| row.values[index]).collect::<Vec<_>>();
        self.types.iter().enumerate().map(|(index, data_type)| array(data_type, &column(index))).collect()
    }

    /// The value of these rows, from one accumulator and one batch.
    pub fn value(&self, rows: &[Row]) -> Result<ScalarValue, String> {
        let mut accumulator = self.accumulator();
        accumulator.update_batch(&self.arrays(rows)).unwrap();
        let value = accumulator.evaluate().map_err(text);
        assert_eq!(value, accumulator.evaluate().map_err(text), "a second evaluate gives the same");
        value
    }
}

fn text(error: datafusion::error::DataFusionError) -> String {
    error.strip_backtrace()
}

/// An array of this type; integers and decimals take the units, doubles are tenths.
pub fn array(data_type: &DataType, units: &[Option<i128>]) -> ArrayRef {
    match data_type {
        DataType::Decimal32(..) => {
            let values: Decimal32Array = units.iter().map(|u| u.map(|u| i32::try_from(u).unwrap())).collect();
            Arc::new(values.with_data_type(data_type.clone()))
        }
        DataType::Decimal64(..) => {
            let values: Decimal64Array = units.iter().map(|u| u.map(|u| i64::try_from(u).unwrap())).collect();
            Arc::new(values.with_data_type(data_type.clone()))
        }
        DataType::Decimal128(..) => {
            let values: Decimal128Array = units.iter().copied().collect();
            Arc::new(values.with_data_type(data_type.clone()))
        }
        DataType::Decimal256(..) => {
            let values: Decimal256Array = units.iter().map(|u| u.map(i256::from_i128)).collect();
            Arc::new(values.with_data_type(data_type.clone()))
        }
        DataType::Float64 => {
            Arc::new(units.iter().map(|u| u.map(|u| u as f64 / 10.0)).collect::<Float64Array>())
        }
        DataType::Boolean => Arc::new(units.iter().map(|u| u.map(|u| u != 0)).collect::<BooleanArray>()),
        _ => {
            let wide: Decimal128Array = units.iter().copied().collect();
            cast(&wide.with_data_type(DataType::Decimal128(38, 0)), data_type).unwrap()
        }
    }
}

/// The rows that pass the filter.
pub fn passing(rows: &[Row]) -> Vec<Row> {
    rows.iter().filter(|row| row.filter == Some(true)).cloned().collect()
}

/// Checks every law on these rows, and returns the value of each group.
///
/// `batch` is the number of rows per batch, `seed` shuffles.
pub fn check_laws(call: &Call, rows: &[Row], batch: usize, seed: usize) -> Outcome {
    let rows = &dense_groups(rows);
    let groups = rows.iter().map(|row| row.group + 1).max().unwrap_or(0);
    let of_group = |group| passing(rows).into_iter().filter(|row| row.group == group).collect::<Vec<_>>();
    let per_group: Vec<_> = (0..groups).map(of_group).collect();
    let direct: Outcome = per_group.iter().map(|rows| call.value(rows)).collect();

    for rows in &per_group {
        let value = call.value(rows);
        assert_eq!(value, call.value(&shuffled(rows, seed)), "any order");
        assert_eq!(value, batched(call, rows, batch), "any batching");
        assert_eq!(value, partial_and_merge(call, rows, seed), "partial + merge = direct");
        assert_eq!(value, retracted(call, rows, &shuffled(&passing(self::padding(rows)), seed)), "retract");
    }
    if call.expr.groups_accumulator_supported() {
        let filtered = rows.iter().any(|row| row.filter != Some(true));
        assert_eq!(direct, grouped(call, rows, batch, filtered), "groups accumulator");
        assert_eq!(direct, grouped(call, rows, batch, true), "groups accumulator with a filter");
        assert_eq!(direct, merged_groups(call, rows, batch, seed, filtered), "state + merge_batch");
        assert_eq!(direct, converted(call, rows, batch, filtered), "convert_to_state + merge_batch");
        assert_emit_first(call, rows, &direct);
    }
    direct
}

/// Some rows to add and take away again.
fn padding(rows: &[Row]) -> &[Row] {
    &rows[..rows.len() / 2]
}

/// Groups as the engine numbers them: by first appearance, without gaps.
fn dense_groups(rows: &[Row]) -> Vec<Row> {
    let mut numbers = BTreeMap::new();
    rows.iter()
        .map(|row| {
            let next = numbers.len();
            Row { group: *numbers.entry(row.group).or_insert(next), ..row.clone() }
        })
        .collect()
}

fn shuffled(rows: &[Row], seed: usize) -> Vec<Row> {
    let mut rows = rows.to_vec();
    let len = rows.len();
    for index in 1..len {
        rows.swap(index, (seed.wrapping_mul(31).wrapping_add(index * 7919)) % (index + 1));
    }
    rows
}

fn batched(call: &Call, rows: &[Row], batch: usize) -> Result<ScalarValue, String> {
    let mut accumulator = call.accumulator();
    for rows in rows.chunks(batch) {
        accumulator.update_batch(&call.arrays(rows)).unwrap();
    }
    accumulator.evaluate().map_err(text)
}

fn partial_and_merge(call: &Call, rows: &[Row], seed: usize) -> Result<ScalarValue, String> {
    let mut total = call.accumulator();
    let fields = call.expr.state_fields().unwrap();
    let mut states: Vec<Vec<ArrayRef>> = vec![Vec::new(); fields.len()];
    for part in 0..3 {
        let part: Vec<_> = rows.iter().skip((part + seed) % 3).step_by(3).cloned().collect();
        let mut partial = call.accumulator();
        partial.update_batch(&call.arrays(&part)).unwrap();
        for (states, value) in states.iter_mut().zip(partial.state().unwrap()) {
            states.push(value.to_array().unwrap());
        }
    }
    let states: Vec<_> = states.iter().map(|states| concatenated(states)).collect();
    for (field, state) in fields.iter().zip(&states) {
        assert_eq!(field.data_type(), state.data_type(), "the state has the type of its field");
    }
    total.merge_batch(&states).unwrap();
    total.evaluate().map_err(text)
}

fn concatenated(arrays: &[ArrayRef]) -> ArrayRef {
    concat(&arrays.iter().map(|array| array.as_ref()).collect::<Vec<_>>()).unwrap()
}

fn retracted(call: &Call, rows: &[Row], more: &[Row]) -> Result<ScalarValue, String> {
    let mut frame = call.expr.create_sliding_accumulator().unwrap();
    frame.update_batch(&call.arrays(more)).unwrap();
    frame.update_batch(&call.arrays(rows)).unwrap();
    frame.retract_batch(&call.arrays(more)).unwrap();
    let value = frame.evaluate().map_err(text);
    frame.retract_batch(&call.arrays(rows)).unwrap();
    assert!(frame.evaluate().unwrap().is_null(), "an empty frame is NULL");
    value
}

fn filter_of(rows: &[Row]) -> BooleanArray {
    rows.iter().map(|row| row.filter).collect()
}

fn indices(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| row.group).collect()
}

fn update(groups: &mut Box<dyn GroupsAccumulator>, call: &Call, rows: &[Row], filtered: bool, total: usize) {
    let filter = filter_of(rows);
    groups.update_batch(&call.arrays(rows), &indices(rows), filtered.then_some(&filter), total).unwrap();
}

/// Updates in batches, growing the number of groups as the engine does; returns it.
fn update_all(
    groups: &mut Box<dyn GroupsAccumulator>,
    call: &Call,
    rows: &[Row],
    batch: usize,
    filtered: bool,
) -> usize {
    let mut total = 0;
    for rows in rows.chunks(batch) {
        total = rows.iter().map(|row| row.group + 1).max().unwrap_or(0).max(total);
        update(groups, call, rows, filtered, total);
    }
    total
}

fn evaluated(groups: &mut Box<dyn GroupsAccumulator>, emit_to: EmitTo) -> Outcome {
    let array = groups.evaluate(emit_to).map_err(text)?;
    Ok((0..array.len()).map(|row| ScalarValue::try_from_array(&array, row).unwrap()).collect())
}

fn grouped(call: &Call, rows: &[Row], batch: usize, filtered: bool) -> Outcome {
    let mut groups = call.groups();
    update_all(&mut groups, call, rows, batch, filtered);
    let values = evaluated(&mut groups, EmitTo::All);
    // After everything is emitted, the accumulator is as new.
    update_all(&mut groups, call, rows, batch, filtered);
    assert_eq!(values, evaluated(&mut groups, EmitTo::All), "fresh after EmitTo::All");
    values
}

fn merged_groups(call: &Call, rows: &[Row], batch: usize, seed: usize, filtered: bool) -> Outcome {
    let mut total = call.groups();
    // The number of each group in `total`, which sees the groups in the order in which their states arrive.
    let mut numbers = BTreeMap::new();
    for part in 0..2 {
        let original: Vec<_> = rows.iter().skip((part + seed) % 2).step_by(2).cloned().collect();
        let local = dense_groups(&original);
        let mut partial = call.groups();
        let locals = update_all(&mut partial, call, &local, batch, filtered);
        // In two pieces, as under memory pressure.
        let first = locals / 2;
        for (emit_to, emitted) in [(EmitTo::First(first), 0..first), (EmitTo::All, first..locals)] {
            let to_total: Vec<usize> = emitted
                .map(|group| {
                    let row = local.iter().position(|row| row.group == group).unwrap();
                    let next = numbers.len();
                    *numbers.entry(original[row].group).or_insert(next)
                })
                .collect();
            let state = partial.state(emit_to).unwrap();
            assert!(state.iter().all(|state| state.len() == to_total.len()));
            total.merge_batch(&state, &to_total, numbers.len()).unwrap();
        }
    }
    let values = evaluated(&mut total, EmitTo::All)?;
    Ok(numbers.values().map(|number| values[*number].clone()).collect())
}

fn converted(call: &Call, rows: &[Row], batch: usize, filtered: bool) -> Outcome {
    let mut total = call.groups();
    let fields = call.expr.state_fields().unwrap();
    let mut groups = 0;
    for rows in rows.chunks(batch) {
        let filter = filter_of(rows);
        let state = call.groups().convert_to_state(&call.arrays(rows), filtered.then_some(&filter)).unwrap();
        for (field, state) in fields.iter().zip(&state) {
            assert_eq!((field.data_type(), rows.len()), (state.data_type(), state.len()));
        }
        groups = rows.iter().map(|row| row.group + 1).max().unwrap_or(0).max(groups);
        total.merge_batch(&state, &indices(rows), groups).unwrap();
    }
    evaluated(&mut total, EmitTo::All)
}

/// The first groups are emitted, the others move up and go on.
fn assert_emit_first(call: &Call, rows: &[Row], direct: &Outcome) {
    let Ok(direct) = direct else { return };
    for first in 0..direct.len() {
        let mut groups = call.groups();
        update(&mut groups, call, rows, true, direct.len());
        assert_eq!(evaluated(&mut groups, EmitTo::First(first)).unwrap(), direct[..first], "EmitTo::First");
        let late: Vec<_> = rows.iter().filter(|row| row.group >= first).cloned().collect();
        let rest = evaluated_rest(call, &mut groups, &late, first, direct.len());
        assert_eq!(rest, call_twice(call, &late, first, direct.len()), "after EmitTo::First");
    }
}

fn evaluated_rest(
    call: &Call,
    groups: &mut Box<dyn GroupsAccumulator>,
    late: &[Row],
    first: usize,
    total: usize,
) -> Outcome {
    let moved: Vec<_> = late.iter().map(|row| Row { group: row.group - first, ..row.clone() }).collect();
    update(groups, call, &moved, true, total - first);
    evaluated(groups, EmitTo::All)
}

/// What the groups from `first` on are if their rows come twice.
fn call_twice(call: &Call, late: &[Row], first: usize, total: usize) -> Outcome {
    let late = passing(late);
    (first..total)
        .map(|group| {
            let rows: Vec<_> = late.iter().filter(|row| row.group == group).cloned().collect();
            call.value(&[rows.clone(), rows].concat())
        })
        .collect()
}
