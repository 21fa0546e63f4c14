//! The SQL functions behind `CAST` and `TRY_CAST`: `exact_cast(x, 'Int32')`.
//!
//! The type is an argument, so that a plan can be written down and read again by the names of its functions.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, ArrayRef, AsArray, FixedSizeListArray, GenericListArray, OffsetSizeTrait},
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, FieldRef},
};
use datafusion::{
    common::{ScalarValue, format::DEFAULT_FORMAT_OPTIONS, plan_err, utils::take_function_args},
    error::Result,
    logical_expr::{
        ColumnarValue, DocSection, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
        ScalarUDFImpl, Signature, Volatility,
    },
};

use super::number::convert_numbers;

const SECTION: DocSection = DocSection {
    include: true,
    label: "Conversion",
    description: Some("What `CAST` and `TRY_CAST` between numbers call where digits are lost."),
};

static FUNCTIONS: LazyLock<[Arc<ScalarUDF>; 2]> =
    LazyLock::new(|| [false, true].map(|tries| Arc::new(ScalarUDF::from(ExactCast::new(tries)))));

/// `exact_cast`, or `try_exact_cast`.
pub(super) fn function(tries: bool) -> Arc<ScalarUDF> {
    Arc::clone(&FUNCTIONS[usize::from(tries)])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ExactCast {
    tries: bool,
    signature: Signature,
}

impl ExactCast {
    fn new(tries: bool) -> Self {
        Self { tries, signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for ExactCast {
    fn name(&self) -> &str {
        if self.tries { "try_exact_cast" } else { "exact_cast" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        plan_err!("the type of `{}` is its second argument", self.name())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let [field, _] = take_function_args(self.name(), args.arg_fields)?;
        let [_, data_type] = take_function_args(self.name(), args.scalar_arguments)?;
        let Some(data_type) = data_type.and_then(|value| value.try_as_str().flatten()) else {
            return plan_err!("`{}` takes a type, as in `{0}(x, 'Int32')`", self.name());
        };
        let nullable = self.tries || field.is_nullable();
        let field = field.as_ref().clone().with_data_type(data_type.parse()?).with_nullable(nullable);
        Ok(Arc::new(field))
    }

    fn is_strict(&self) -> bool {
        true
    }

    /// Not named as what is cast, as DataFusion names a cast: where it is the key of a join, a column stands beside it.
    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let [expr, data_type] = take_function_args(self.name(), args)?;
        let data_type = data_type.as_literal().and_then(|value| value.try_as_str().flatten()).unwrap_or("?");
        let cast = if self.tries { "TRY_CAST" } else { "CAST" };
        Ok(format!("{cast}({} AS {data_type})", expr.schema_name()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [value, _] = take_function_args(self.name(), args.args)?;
        let to = args.return_field.data_type();
        Ok(match value {
            ColumnarValue::Array(array) => ColumnarValue::Array(convert(&array, to, self.tries)?),
            ColumnarValue::Scalar(scalar) => {
                let array = convert(&scalar.to_array()?, to, self.tries)?;
                ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?)
            }
        })
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION[usize::from(self.tries)])
    }
}

fn convert(array: &ArrayRef, to: &DataType, tries: bool) -> Result<ArrayRef> {
    if let Some(numbers) = convert_numbers(array, to, tries)? {
        return Ok(numbers);
    }
    match (array.data_type(), to) {
        (DataType::Dictionary(_, values), _) => convert(&arrow::compute::cast(array, values)?, to, tries),
        (DataType::RunEndEncoded(_, values), _) => {
            convert(&arrow::compute::cast(array, values.data_type())?, to, tries)
        }
        (_, DataType::Dictionary(_, values)) => {
            Ok(arrow::compute::cast(&convert(array, values, tries)?, to)?)
        }
        (DataType::List(_), DataType::List(item)) => convert_list::<i32>(array, item, tries),
        (DataType::LargeList(_), DataType::LargeList(item)) => convert_list::<i64>(array, item, tries),
        (DataType::FixedSizeList(_, _), DataType::FixedSizeList(item, length)) => {
            let lists = array.as_fixed_size_list();
            let values = convert(lists.values(), item.data_type(), tries)?;
            let nulls = lists.nulls().cloned();
            Ok(Arc::new(FixedSizeListArray::try_new(Arc::clone(item), *length, values, nulls)?))
        }
        // A list of another kind: first of this one, then of that.
        (DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _), _) if is_list(to) => {
            let item = |data_type: &DataType| match data_type {
                DataType::List(item)
                | DataType::LargeList(item)
                | DataType::FixedSizeList(item, _)
                | DataType::ListView(item)
                | DataType::LargeListView(item) => Some(Arc::clone(item)),
                _ => None,
            };
            let same_kind = match (array.data_type(), item(to)) {
                (DataType::List(_), Some(item)) => DataType::List(item),
                (DataType::LargeList(_), Some(item)) => DataType::LargeList(item),
                (DataType::FixedSizeList(_, length), Some(item)) => DataType::FixedSizeList(item, *length),
                (other, _) => other.clone(),
            };
            native(&convert(array, &same_kind, tries)?, to, tries)
        }
        _ => native(array, to, tries),
    }
}

fn is_list(data_type: &DataType) -> bool {
    matches!(data_type, DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _))
}

fn native(array: &ArrayRef, to: &DataType, tries: bool) -> Result<ArrayRef> {
    let options = CastOptions { safe: tries, format_options: DEFAULT_FORMAT_OPTIONS };
    Ok(cast_with_options(array, to, &options)?)
}

fn convert_list<O: OffsetSizeTrait>(array: &ArrayRef, item: &FieldRef, tries: bool) -> Result<ArrayRef> {
    let lists = array.as_list::<O>();
    let values = convert(lists.values(), item.data_type(), tries)?;
    let (offsets, nulls) = (lists.offsets().clone(), lists.nulls().cloned());
    Ok(Arc::new(GenericListArray::<O>::try_new(Arc::clone(item), offsets, values, nulls)?))
}

static DOCUMENTATION: LazyLock<[Documentation; 2]> = LazyLock::new(|| {
    [(false, "CAST", "an error"), (true, "TRY_CAST", "NULL")].map(|(tries, sql, failure)| {
        let description = format!(
            "Converts a number to a type with fewer digits, rounded half away from zero. A DOUBLE is rounded by its \
             shortest digits: 1.005 is that, and not 1.00499999999999989. What does not fit is {failure}. NULL if the \
             number is."
        );
        let name = if tries { "try_exact_cast" } else { "exact_cast" };
        Documentation::builder(SECTION, description, format!("{name}(expression, type)"))
            .with_alternative_syntax(format!("{sql}(expression AS type)"))
            .with_sql_example(format!("```sql\nSELECT {name}(2.5, 'Int32');\n-- 3\n```"))
            .with_argument("expression", "A number, or a list of numbers.")
            .with_argument("type", "The name of an Arrow type, as `arrow_typeof` gives it.")
            .build()
    })
});
