//! What the statistical aggregates share: the distinct rows with their counts are collected, and all is computed from
//! them, in order, at the end. So a result does not depend on partitions, batches or the order of the rows.
//!
//! A row in which an argument is NULL is left out. A function is a [`Fit`]; the state holds one entry for each
//! distinct row, which for a million customers is some tens of megabytes.

use std::{fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray, StructArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DataType, Field, FieldRef, Fields, Float64Type, Int64Type},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, Expr, ReversedUDAF, Signature,
        Volatility,
        function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
};

use super::refuse_distinct;
use crate::{
    FunctionError,
    numeric::is_numeric,
    statistics::{
        likelihood::{Likelihood, NoMaximum, maximise},
        observations::{Observation, Observations},
    },
};

/// An argument of a statistical aggregate.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument {
    /// Any number, read as a double.
    Number(&'static str),
    /// A condition, read as 1 or 0.
    Condition(&'static str),
}

impl Argument {
    fn name(self) -> &'static str {
        match self {
            Self::Number(name) | Self::Condition(name) => name,
        }
    }

    fn data_type(self, function: &str, given: &DataType) -> Result<DataType> {
        match self {
            Self::Number(_) if is_numeric(given) => Ok(DataType::Float64),
            Self::Condition(_) if matches!(given, DataType::Boolean | DataType::Null) => {
                Ok(DataType::Boolean)
            }
            Self::Number(name) => Err(wrong_type(function, name, "a number", given)
                .with_help("cast it, as in `CAST(x AS DOUBLE)`; of two dates take the difference in days")
                .into()),
            Self::Condition(name) => Err(wrong_type(function, name, "a condition", given)
                .with_help(format!("compare, as in `{name} = 1`"))
                .into()),
        }
    }
}

fn wrong_type(function: &str, argument: &str, wanted: &str, given: &DataType) -> FunctionError {
    FunctionError::new(format!("`{argument}` of `{function}` is {wanted}, not {given}"))
}

/// One statistical aggregate of SQL, over rows of `N` arguments.
pub(super) trait Fit<const N: usize>: Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    const NAME: &'static str;
    const ARGUMENTS: [Argument; N];
    /// How many arguments a call needs at least; those that are not given are 0.
    const REQUIRED: usize = N;
    /// Why two equal rows are two, and what to do instead of DISTINCT.
    const DISTINCT_HELP: &'static str;

    fn return_type() -> DataType;

    /// The value of these rows, of which there is at least one; sorted.
    fn evaluate(observations: &[Observation<N>]) -> Result<ScalarValue, FunctionError>;

    fn documentation() -> &'static Documentation;
}

/// Makes the SQL function.
pub(super) fn fit_aggregate<F: Fit<N>, const N: usize>() -> AggregateUDF {
    FitAggregate::<F, N> { signature: Signature::user_defined(Volatility::Immutable), function: PhantomData }
        .into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct FitAggregate<F, const N: usize> {
    signature: Signature,
    function: PhantomData<F>,
}

impl<F: Fit<N>, const N: usize> AggregateUDFImpl for FitAggregate<F, N> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        if !(F::REQUIRED..=N).contains(&arg_types.len()) {
            let names = F::ARGUMENTS.map(Argument::name);
            let syntaxes: Vec<_> = (F::REQUIRED..=N)
                .map(|count| format!("`{}({})`", F::NAME, names[..count].join(", ")))
                .collect();
            let found = arg_types.len();
            return Err(FunctionError::new(format!("`{}` cannot be called with {found} arguments", F::NAME))
                .with_help(format!("call it as {}", syntaxes.join(" or ")))
                .into());
        }
        F::ARGUMENTS
            .iter()
            .zip(arg_types)
            .map(|(argument, given)| argument.data_type(F::NAME, given))
            .collect()
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(F::return_type())
    }

    /// Only refuses DISTINCT, which the planner would otherwise turn into a GROUP BY where it can.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|call, _| {
            refuse_distinct(F::NAME, F::DISTINCT_HELP, call.params.distinct)?;
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(F::NAME, F::DISTINCT_HELP, args.is_distinct)?;
        Ok(Box::new(FitAccumulator::<F, N> { observations: Observations::default(), function: PhantomData }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        refuse_distinct(F::NAME, F::DISTINCT_HELP, args.is_distinct)?;
        let list = |name: &str, item: DataType| {
            let item = Field::new_list_field(item, true);
            Arc::new(Field::new_list(format_state_name(args.name, name), item, true))
        };
        let values = F::ARGUMENTS.iter().map(|argument| list(argument.name(), DataType::Float64));
        Ok(values.chain([list("times", DataType::Int64)]).collect())
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(F::documentation())
    }
}

/// The rows of a group or frame.
#[derive(Debug)]
struct FitAccumulator<F, const N: usize> {
    observations: Observations<N>,
    function: PhantomData<F>,
}

impl<F: Fit<N>, const N: usize> FitAccumulator<F, N> {
    fn add(&mut self, columns: &[ArrayRef], times: i64) {
        let rows = columns.first().map_or(0, |column| column.len());
        let nulls = columns.iter().fold(None, |nulls: Option<NullBuffer>, column| {
            NullBuffer::union(nulls.as_ref(), column.logical_nulls().as_ref())
        });
        let read = |column: &ArrayRef, row: usize| match column.as_boolean_opt() {
            Some(conditions) => f64::from(u8::from(conditions.value(row))),
            None => column.as_primitive::<Float64Type>().value(row),
        };
        for row in 0..rows {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                continue;
            }
            let values =
                std::array::from_fn(|index| columns.get(index).map_or(0.0, |column| read(column, row)));
            self.observations.add(values, times);
        }
    }
}

impl<F: Fit<N>, const N: usize> Accumulator for FitAccumulator<F, N> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, 1);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, -1);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [values @ .., times] = states else { return Ok(()) };
        let lists: Vec<_> = values.iter().map(|column| column.as_list::<i32>()).collect();
        let times = times.as_list::<i32>();
        for row in 0..times.len() {
            let columns: Vec<_> = lists.iter().map(|list| list.value(row)).collect();
            let columns: Vec<_> =
                columns.iter().map(|column| column.as_primitive::<Float64Type>().values()).collect();
            let times = times.value(row);
            for (entry, times) in times.as_primitive::<Int64Type>().values().iter().enumerate() {
                self.observations.add(std::array::from_fn(|index| columns[index][entry]), *times);
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let observations = self.observations.sorted();
        let column = |index: usize| -> ArrayRef {
            Arc::new(observations.iter().map(|entry| entry.values[index]).collect::<Float64Array>())
        };
        let times: Int64Array = observations.iter().map(|entry| entry.times).collect();
        let columns = (0..N).map(column).chain([Arc::new(times) as ArrayRef]);
        Ok(columns.map(list).collect())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let observations = self.observations.sorted();
        if observations.is_empty() {
            return ScalarValue::try_from(&F::return_type());
        }
        Ok(F::evaluate(observations)?)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.observations.allocated()
    }
}

/// A list of these values.
pub(super) fn list(values: ArrayRef) -> ScalarValue {
    let item = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    ScalarValue::List(Arc::new(ListArray::new(item, offsets, values, None)))
}

/// The type of a model: its parameters, the logarithm of its likelihood, and how many customers it was fitted to.
pub(super) fn model_type(parameters: &[&str]) -> DataType {
    DataType::Struct(model_fields(parameters))
}

fn model_fields(parameters: &[&str]) -> Fields {
    let doubles = parameters.iter().chain(&["log_likelihood"]);
    doubles
        .map(|name| Field::new(*name, DataType::Float64, true))
        .chain([Field::new("customers", DataType::Int64, true)])
        .collect()
}

/// Fits a model, or says why there is none.
pub(super) fn fit<const N: usize, L: Likelihood<N>>(
    function: &str,
    likelihood: &L,
    customers: i64,
) -> Result<ScalarValue, FunctionError> {
    let maximum = maximise(likelihood).map_err(|reason| no_estimate(function, reason))?;
    let doubles = maximum.parameters.into_iter().chain([maximum.log_likelihood]);
    let columns = doubles
        .map(|value| Arc::new(Float64Array::from(vec![value])) as ArrayRef)
        .chain([Arc::new(Int64Array::from(vec![customers])) as ArrayRef]);
    let model = StructArray::new(model_fields(&L::PARAMETERS), columns.collect(), None);
    Ok(ScalarValue::Struct(Arc::new(model)))
}

fn no_estimate(function: &str, reason: NoMaximum) -> FunctionError {
    let direction = match reason {
        NoMaximum::NotConverged => {
            return FunctionError::new(format!(
                "`{function}` found no parameters: the search did not converge"
            ))
            .with_help("fit more customers together, and look for values of another unit among them");
        }
        NoMaximum::RunsToInfinity(parameter) => format!("`{parameter}` runs to infinity"),
        NoMaximum::RunsToZero(parameter) => format!("`{parameter}` runs to zero"),
    };
    let help = match reason {
        NoMaximum::RunsToZero(_) => {
            "some of these customers leave at once and the others never, or nobody leaves, which is beyond this model; fit \
             more of them together"
        }
        _ => {
            "the customers differ too little for this model, or too few of them were observed; fit more of them together"
        }
    };
    FunctionError::new(format!(
        "`{function}` found no parameters: the likelihood has no maximum, {direction}"
    ))
    .with_help(help)
}
