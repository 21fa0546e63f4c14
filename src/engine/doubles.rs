//! Keeps a DOUBLE a DOUBLE where it stands beside a DECIMAL: in comparisons, CASE, `coalesce`, IN, UNION, VALUES and lists.
//!
//! DataFusion would make both a DECIMAL(30,15) there: of 1e-20 that leaves 0, and 1e25 and NaN are errors. As in PostgreSQL,
//! the decimal becomes the nearest double instead; a literal does at once, so that a filter on a column of doubles
//! still reaches the file. Beside a REAL, a literal in a comparison becomes a REAL, because `x = 0.1` asks for what 0.1 is there.
//!
//! It comes before types are coerced, and from the leaves up, because an expression has the type of its parts.

use std::{cell::Cell, sync::Arc};

use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef, TimeUnit},
    common::{
        Column, DFSchema, ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult},
    },
    error::Result,
    logical_expr::{
        Between, Cast, Expr, ExprSchemable, Join, LogicalPlan, Operator, Projection, Subquery, Union, Values,
        expr::{InList, InSubquery, ScalarFunction, SetComparison},
        type_coercion::functions::{UDFCoercionExt, fields_with_udf},
    },
    optimizer::AnalyzerRule,
};

use super::{
    expressions::{rewrite_expressions, visible_columns},
    instants::{Purpose, align},
};

/// The rule.
#[derive(Debug)]
pub(super) struct DoublesStayDoubles;

impl AnalyzerRule for DoublesStayDoubles {
    fn name(&self) -> &str {
        "doubles_stay_doubles"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        // Only what stands above a change can have another schema.
        let changed = Cell::new(false);
        plan.transform_up_with_subqueries(|plan| {
            let plan = if changed.get() { plan.recompute_schema()? } else { plan };
            let schema = visible_columns(&plan)?;
            let rewritten =
                rewrite_expressions(plan, &schema, &rewrite)?.transform_data(|plan| match plan {
                    LogicalPlan::Union(union) => union_of_doubles(union),
                    LogicalPlan::Values(values) => values_of_doubles(values),
                    LogicalPlan::Join(join) => join_on_doubles(join),
                    other => Ok(Transformed::no(other)),
                })?;
            if !rewritten.transformed {
                return Ok(rewritten);
            }
            changed.set(true);
            rewritten.map_data(LogicalPlan::recompute_schema)
        })
        .data()
    }
}

fn rewrite(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let mut expr = expr;
    let changed = match &mut expr {
        Expr::BinaryExpr(binary) if is_comparison(binary.op) => {
            compare(vec![&mut *binary.left, &mut *binary.right], schema)
        }
        Expr::Between(Between { expr, low, high, .. }) => {
            compare(vec![&mut **expr, &mut **low, &mut **high], schema)
        }
        Expr::InList(InList { expr, list, .. }) => {
            compare(std::iter::once(&mut **expr).chain(list).collect(), schema)
        }
        Expr::Case(case) => {
            let mut compared: Vec<&mut Expr> = Vec::new();
            let mut results: Vec<&mut Expr> = Vec::new();
            for (when, then) in &mut case.when_then_expr {
                compared.push(when.as_mut());
                results.push(then.as_mut());
            }
            results.extend(case.else_expr.as_deref_mut());
            let compared = match case.expr.as_deref_mut() {
                Some(expr) => {
                    compared.push(expr);
                    compare(compared, schema)
                }
                None => false,
            };
            // DataFusion says that the type of a CASE is that of its first result until types are coerced.
            unify(results, schema, Beside { real_literals: false, integers: true }) || compared
        }
        Expr::ScalarFunction(ScalarFunction { func, args }) => arguments(func.as_ref(), args, schema),
        Expr::AggregateFunction(call) => arguments(call.func.as_ref(), &mut call.params.args, schema),
        Expr::InSubquery(InSubquery { expr, subquery, .. })
        | Expr::SetComparison(SetComparison { expr, subquery, .. }) => {
            compare_with_subquery(expr, subquery, schema)?
        }
        _ => false,
    };
    Ok(Transformed::new_transformed(expr, changed))
}

fn is_date(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date32 | DataType::Date64)
}

fn is_comparison(operator: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom)
}

/// What else becomes a double beside one.
#[derive(Clone, Copy)]
struct Beside {
    /// A literal becomes a REAL if there is no DOUBLE.
    real_literals: bool,
    integers: bool,
}

fn compare(operands: Vec<&mut Expr>, schema: &DFSchema) -> bool {
    unify(operands, schema, Beside { real_literals: true, integers: false })
}

/// Makes doubles of the decimals among operands of which one is a double. Says whether there were any.
fn unify(mut operands: Vec<&mut Expr>, schema: &DFSchema, beside: Beside) -> bool {
    // What has no type yet is told so by those who come after.
    let types: Vec<_> = operands.iter().map(|operand| operand.get_type(schema).ok()).collect();
    let known = || types.iter().flatten();
    if !known().any(has_double) {
        let purpose = if beside.integers { Purpose::Return } else { Purpose::Compare };
        return align(&mut operands, &types, purpose);
    }
    let only_reals = beside.real_literals && known().all(|data_type| *data_type != DataType::Float64);
    let mut changed = false;
    for (operand, data_type) in operands.into_iter().zip(&types) {
        let Some(data_type) = data_type else { continue };
        if has_decimal(data_type) || (beside.integers && data_type.is_integer()) {
            make_double(operand, data_type, only_reals);
            changed = true;
        }
    }
    changed
}

/// The arguments of a function that would make decimals of its doubles.
fn arguments<F: UDFCoercionExt>(function: &F, args: &mut [Expr], schema: &DFSchema) -> bool {
    let fields: Option<Vec<FieldRef>> = args.iter().map(|arg| Some(arg.to_field(schema).ok()?.1)).collect();
    let Some(fields) = fields else { return false };
    let types = || fields.iter().map(|field| field.data_type());
    let has_dates = types().any(is_date) && types().any(|of| matches!(of, DataType::Timestamp(..)));
    if !has_dates && (!types().any(has_double) || !types().any(has_decimal)) {
        return false;
    }
    let Ok(coerced) = fields_with_udf(&fields, function) else { return false };
    if has_dates {
        let to_nanoseconds = types().zip(&coerced).any(|(from, to)| {
            is_date(from) && matches!(to.data_type(), DataType::Timestamp(TimeUnit::Nanosecond, _))
        });
        let types: Vec<_> = types().map(|data_type| Some(data_type.clone())).collect();
        return to_nanoseconds && align(&mut args.iter_mut().collect::<Vec<_>>(), &types, Purpose::Return);
    }
    let loses_doubles =
        types().zip(&coerced).any(|(from, to)| has_double(from) && has_decimal(to.data_type()));
    if loses_doubles {
        for (arg, field) in args.iter_mut().zip(&fields) {
            if has_decimal(field.data_type()) {
                make_double(arg, field.data_type(), false);
            }
        }
    }
    loses_doubles
}

fn compare_with_subquery(expr: &mut Expr, subquery: &mut Subquery, schema: &DFSchema) -> Result<bool> {
    let Ok(left) = expr.get_type(schema) else { return Ok(false) };
    let right = subquery.subquery.schema().field(0).data_type().clone();
    if has_double(&left) && has_decimal(&right) {
        subquery.subquery = Arc::new(project(&subquery.subquery, |_| true)?);
        return Ok(true);
    }
    let changed = has_decimal(&left) && has_double(&right);
    if changed {
        make_double(expr, &left, right != DataType::Float64);
    }
    Ok(changed)
}

/// The keys of `JOIN … USING`, INTERSECT and EXCEPT, which are not conditions yet.
fn join_on_doubles(mut join: Join) -> Result<Transformed<LogicalPlan>> {
    let mut changed = false;
    for (left, right) in &mut join.on {
        let types = (left.get_type(join.left.schema()), right.get_type(join.right.schema()));
        let (Ok(left_type), Ok(right_type)) = types else { continue };
        if has_double(&left_type) && has_decimal(&right_type) {
            make_double(right, &right_type, false);
            changed = true;
        } else if has_decimal(&left_type) && has_double(&right_type) {
            make_double(left, &left_type, false);
            changed = true;
        }
    }
    Ok(Transformed::new_transformed(LogicalPlan::Join(join), changed))
}

fn union_of_doubles(union: Union) -> Result<Transformed<LogicalPlan>> {
    let types = |column: usize| {
        union
            .inputs
            .iter()
            .filter_map(move |input| input.schema().fields().get(column))
            .map(|field| field.data_type())
    };
    let columns = union.schema.fields().len();
    // The schema still says what the first plan of the union had; one that says DECIMAL would win again.
    let doubles: Vec<Option<DataType>> = (0..columns)
        .map(|column| {
            let is_decimal =
                has_decimal(union.schema.field(column).data_type()) || types(column).any(has_decimal);
            types(column).find(|data_type| has_double(data_type)).filter(|_| is_decimal).map(doubled)
        })
        .collect();
    if doubles.iter().all(Option::is_none) {
        return Ok(Transformed::no(LogicalPlan::Union(union)));
    }
    let is_double = |column: usize| doubles[column].is_some();
    let inputs = union.inputs.iter().map(|input| Ok(Arc::new(project(input, is_double)?)));
    let inputs = inputs.collect::<Result<Vec<_>>>()?;
    let schema = Arc::new(with_types(&union.schema, &doubles)?);
    Ok(Transformed::yes(LogicalPlan::Union(Union { inputs, schema })))
}

/// A plan in which the decimals of some columns are doubles.
fn project(input: &Arc<LogicalPlan>, is_double: impl Fn(usize) -> bool) -> Result<LogicalPlan> {
    let schema = input.schema();
    let loses = |column: usize| is_double(column) && has_decimal(schema.field(column).data_type());
    if !(0..schema.fields().len()).any(loses) {
        return Ok(input.as_ref().clone());
    }
    let columns = schema.iter().enumerate().map(|(column, (qualifier, field))| {
        let mut expr = Expr::Column(Column::from((qualifier, field)));
        if loses(column) {
            make_double(&mut expr, field.data_type(), false);
            expr = expr.alias_qualified(qualifier.cloned(), field.name());
        }
        expr
    });
    Ok(LogicalPlan::Projection(Projection::try_new(columns.collect(), Arc::clone(input))?))
}

/// The planner has already put casts to the common type around the values; those around doubles come off.
fn values_of_doubles(mut values: Values) -> Result<Transformed<LogicalPlan>> {
    let empty = DFSchema::empty();
    let mut doubles: Vec<Option<DataType>> = vec![None; values.schema.fields().len()];
    for (column, double) in doubles.iter_mut().enumerate() {
        let common = values.schema.field(column).data_type().clone();
        let of_double = |row: &Vec<Expr>| match &row[column] {
            Expr::Cast(Cast { expr, field }) => {
                *field.data_type() == common && expr.get_type(&empty).is_ok_and(|from| has_double(&from))
            }
            _ => false,
        };
        let is_mixed = values.values.iter().any(of_double) && !values.values.iter().all(of_double);
        if !has_decimal(&common) || !is_mixed {
            continue;
        }
        let wanted = doubled(&common);
        for row in &mut values.values {
            let value = std::mem::take(&mut row[column]);
            let mut value = match value {
                Expr::Cast(Cast { expr, field }) if *field.data_type() == common => *expr,
                other => other,
            };
            let data_type = value.get_type(&empty)?;
            if data_type != wanted {
                make_double(&mut value, &data_type, false);
            }
            row[column] = value;
        }
        *double = Some(wanted);
    }
    if doubles.iter().all(Option::is_none) {
        return Ok(Transformed::no(LogicalPlan::Values(values)));
    }
    let schema = Arc::new(with_types(&values.schema, &doubles)?);
    Ok(Transformed::yes(LogicalPlan::Values(Values { schema, values: values.values })))
}

fn with_types(schema: &DFSchema, types: &[Option<DataType>]) -> Result<DFSchema> {
    let fields = schema.iter().zip(types).map(|((qualifier, field), data_type)| {
        let field = match data_type {
            Some(data_type) => Arc::new(field.as_ref().clone().with_data_type(data_type.clone())),
            None => Arc::clone(field),
        };
        (qualifier.cloned(), field)
    });
    DFSchema::new_with_metadata(fields.collect(), schema.metadata().clone())?
        .with_functional_dependencies(schema.functional_dependencies().clone())
}

fn make_double(expr: &mut Expr, data_type: &DataType, real: bool) {
    let taken = std::mem::take(expr);
    *expr = match &taken {
        Expr::Literal(value, metadata) => match double_of(value, real) {
            Some(value) => Expr::Literal(value, metadata.clone()),
            None => Expr::Cast(Cast::new(Box::new(taken), doubled(data_type))),
        },
        _ => Expr::Cast(Cast::new(Box::new(taken), doubled(data_type))),
    };
}

/// The double, or the REAL, that is nearest to a number.
fn double_of(value: &ScalarValue, real: bool) -> Option<ScalarValue> {
    if !value.data_type().is_numeric() {
        return None;
    }
    let ScalarValue::Utf8(text) = value.cast_to(&DataType::Utf8).ok()? else { return None };
    Some(match (text, real) {
        (None, _) => ScalarValue::Float64(None),
        (Some(text), true) => ScalarValue::Float32(Some(text.parse().ok()?)),
        (Some(text), false) => ScalarValue::Float64(Some(text.parse().ok()?)),
    })
}

/// The type with doubles in the place of decimals and whole numbers.
fn doubled(data_type: &DataType) -> DataType {
    let item = |field: &FieldRef| -> FieldRef {
        Arc::new(Field::clone(field).with_data_type(doubled(field.data_type())))
    };
    match data_type {
        DataType::List(field) => DataType::List(item(field)),
        DataType::LargeList(field) => DataType::LargeList(item(field)),
        DataType::FixedSizeList(field, length) => DataType::FixedSizeList(item(field), *length),
        DataType::Dictionary(_, values) => doubled(values),
        other if other.is_numeric() || other.is_null() => DataType::Float64,
        other => other.clone(),
    }
}

fn has_double(data_type: &DataType) -> bool {
    innermost(data_type).is_floating()
}

fn has_decimal(data_type: &DataType) -> bool {
    innermost(data_type).is_decimal()
}

/// The type of the values in a list or dictionary.
fn innermost(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            innermost(field.data_type())
        }
        DataType::Dictionary(_, values) => innermost(values),
        other => other,
    }
}
