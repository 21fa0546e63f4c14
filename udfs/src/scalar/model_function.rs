//! What the functions of a fitted model share: the model is a STRUCT, as a column or a single value, and the other
//! arguments are numbers. NULL if the model, one of its parameters or an argument is NULL.
//!
//! Fields are found by name, so a model may also be written down: `named_struct('alpha', 0.668, 'beta', 3.806)`.

use std::{fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    buffer::NullBuffer,
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use crate::{FunctionError, numeric::is_numeric, observed::Place};

/// One function of a model with `P` parameters, and of up to `A` numbers.
pub(super) trait ModelFunction<const P: usize, const A: usize>:
    Debug + PartialEq + Eq + Hash + Send + Sync + 'static
{
    const NAME: &'static str;
    /// The aggregate that makes the model.
    const FIT: &'static str;
    /// The fields of the model, all positive.
    const PARAMETERS: [&'static str; P];
    /// The arguments after the model.
    const ARGUMENTS: [&'static str; A];
    /// How many of them a call needs; those that are not given are 0.
    const REQUIRED: usize = A;

    /// The value, or `None` where it is infinite.
    fn compute(parameters: [f64; P], arguments: [f64; A]) -> Result<Option<f64>, FunctionError>;

    fn documentation() -> &'static Documentation;
}

/// Makes the SQL function.
pub(super) fn model_function<F: ModelFunction<P, A>, const P: usize, const A: usize>() -> ScalarUDF {
    Function::<F, P, A> { signature: Signature::user_defined(Volatility::Immutable), function: PhantomData }
        .into()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Function<F, const P: usize, const A: usize> {
    signature: Signature,
    function: PhantomData<F>,
}

impl<F: ModelFunction<P, A>, const P: usize, const A: usize> Function<F, P, A> {
    fn syntax(arguments: usize) -> String {
        let names: Vec<_> = ["model"].iter().chain(&F::ARGUMENTS[..arguments]).copied().collect();
        format!("`{}({})`", F::NAME, names.join(", "))
    }

    fn check_model(model: &DataType) -> Result<()> {
        let fits = match model {
            DataType::Null => true,
            DataType::Struct(fields) => F::PARAMETERS.iter().all(|parameter| {
                fields.find(parameter).is_some_and(|(_, field)| is_numeric(field.data_type()))
            }),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(FunctionError::new(format!(
            "the first argument of `{}` is a model with the fields {}, not {model}",
            F::NAME,
            F::PARAMETERS.map(|parameter| format!("`{parameter}`")).join(", ")
        ))
        .with_help(format!("take it from `{}`", F::FIT))
        .into())
    }

    fn compute(parameters: [f64; P], arguments: [f64; A]) -> Result<Option<f64>, FunctionError> {
        for (argument, value) in F::PARAMETERS.into_iter().zip(parameters) {
            Place { function: F::NAME, argument }.positive(value)?;
        }
        F::compute(parameters, arguments)
    }
}

impl<F: ModelFunction<P, A>, const P: usize, const A: usize> ScalarUDFImpl for Function<F, P, A> {
    fn name(&self) -> &str {
        F::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let given = arg_types.len().saturating_sub(1);
        let (Some(model), true) = (arg_types.first(), (F::REQUIRED..=A).contains(&given)) else {
            let syntaxes: Vec<_> = (F::REQUIRED..=A).map(Self::syntax).collect();
            let found = arg_types.len();
            return Err(FunctionError::new(format!("`{}` cannot be called with {found} arguments", F::NAME))
                .with_help(format!("call it as {}", syntaxes.join(" or ")))
                .into());
        };
        Self::check_model(model)?;
        let mut types = vec![model.clone()];
        for (name, given) in F::ARGUMENTS.iter().zip(&arg_types[1..]) {
            if !is_numeric(given) {
                return Err(FunctionError::new(format!(
                    "`{name}` of `{}` is a number, not {given}",
                    F::NAME
                ))
                .with_help("cast it, as in `CAST(x AS DOUBLE)`; of two dates take the difference in days")
                .into());
            }
            types.push(DataType::Float64);
        }
        Ok(types)
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let single = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if single { 1 } else { args.number_rows };
        let Some((model, arguments)) = args.args.split_first() else { return Ok(null()) };
        if model.data_type() == DataType::Null {
            return Ok(null());
        }
        let parameters = parameters::<P>(model, F::PARAMETERS, rows)?;
        let arguments = columns::<A>(arguments, rows)?;
        let value = |row: usize| {
            let (Some(parameters), Some(arguments)) = (parameters.row(row), arguments.row(row)) else {
                return Ok(None);
            };
            Self::compute(parameters, arguments)
        };
        if single {
            return Ok(ColumnarValue::Scalar(ScalarValue::Float64(value(0)?)));
        }
        let values = (0..rows).map(value).collect::<Result<Float64Array, FunctionError>>()?;
        Ok(ColumnarValue::Array(Arc::new(values)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(F::documentation())
    }
}

fn null() -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Float64(None))
}

/// `N` columns of numbers, of which a single value stands for every row. Columns that were not given are 0.
struct Columns<const N: usize> {
    values: Vec<Float64Array>,
    /// Of a value around the columns.
    nulls: Option<NullBuffer>,
    rows: usize,
}

impl<const N: usize> Columns<N> {
    fn row(&self, row: usize) -> Option<[f64; N]> {
        let place = |len: usize| if len == self.rows { row } else { 0 };
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(place(nulls.len()))) {
            return None;
        }
        let mut values = [0.0; N];
        for (value, column) in values.iter_mut().zip(&self.values) {
            let row = place(column.len());
            if column.is_null(row) {
                return None;
            }
            *value = column.value(row);
        }
        Some(values)
    }
}

fn array(value: &ColumnarValue) -> Result<ArrayRef> {
    match value {
        ColumnarValue::Array(array) => Ok(Arc::clone(array)),
        ColumnarValue::Scalar(scalar) => scalar.to_array(),
    }
}

fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

fn columns<const N: usize>(values: &[ColumnarValue], rows: usize) -> Result<Columns<N>> {
    let values = values.iter().map(|value| doubles(&array(value)?)).collect::<Result<Vec<_>>>()?;
    Ok(Columns { values, nulls: None, rows })
}

fn parameters<const N: usize>(model: &ColumnarValue, names: [&str; N], rows: usize) -> Result<Columns<N>> {
    let model = array(model)?;
    let model = model.as_struct();
    let column = |name: &str| {
        // The planner has seen the type, and refused a model without this field.
        let missing =
            || DataFusionError::from(FunctionError::new(format!("the model has no field `{name}`")));
        doubles(model.column_by_name(name).ok_or_else(missing)?)
    };
    let values = names.into_iter().map(column).collect::<Result<Vec<_>>>()?;
    Ok(Columns { values, nulls: model.nulls().cloned(), rows })
}
