//! Keeps the values of a group or frame and finds the one at a fraction of them. `fraction` does the arithmetic.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array, ListArray},
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, i256},
};
use datafusion::{
    common::ScalarValue,
    error::{DataFusionError, Result},
    logical_expr::Accumulator,
};

use super::{
    argument::Argument, column::Column, distinct::DistinctUnits, exact::decimal_parts, fraction::Fraction,
};
use crate::{
    FunctionError,
    decimal::{PRECISION_256_MAX, PRECISION_MAX, fits_precision_256},
};

/// Makes the accumulator for the argument's bits.
pub(super) fn quantile_accumulator(
    quantile: QuantileOf,
    is_distinct: bool,
    slides: bool,
) -> Box<dyn Accumulator> {
    match (quantile.argument.wide, is_distinct, slides) {
        (false, false, false) => Box::new(QuantileAccumulator { quantile, values: Vec::<i128>::new() }),
        (true, false, false) => Box::new(QuantileAccumulator { quantile, values: Vec::<i256>::new() }),
        (false, _, _) => {
            Box::new(QuantileAccumulator { quantile, values: Counted::<i128>::new(is_distinct) })
        }
        (true, _, _) => Box::new(QuantileAccumulator { quantile, values: Counted::<i256>::new(is_distinct) }),
    }
}

/// What is asked for.
#[derive(Debug)]
pub(super) struct QuantileOf {
    pub(super) function: &'static str,
    /// The column, as messages name it.
    pub(super) label: String,
    pub(super) argument: Argument,
    pub(super) return_type: DataType,
    pub(super) fraction: Fraction,
}

impl QuantileOf {
    fn scalar(&self, units: Option<i256>) -> Result<ScalarValue> {
        let (precision, scale) = decimal_parts(&self.return_type);
        if units.is_some_and(|units| !fits_precision_256(units, precision)) {
            return Err(self.overflow());
        }
        Ok(match self.return_type {
            DataType::Decimal256(..) => ScalarValue::Decimal256(units, precision, scale),
            _ => ScalarValue::Decimal128(units.and_then(i256::to_i128), precision, scale),
        })
    }

    fn overflow(&self) -> DataFusionError {
        let Self { function, label, argument, .. } = self;
        let (precision, scale) = decimal_parts(&self.return_type);
        let error = FunctionError::new(format!(
            "`{function}` of `{label}` has more digits than DECIMAL({precision}, {scale}) can hold"
        ));
        match argument.wide {
            true => error.with_help("cast it to fewer decimals"),
            false => error.with_help(format!(
                "cast it to a wider type, for example `cast({label} as decimal(76, {}))`",
                argument.scale
            )),
        }
        .into()
    }
}

/// Units of either width, as an array.
trait ArrayUnits: DistinctUnits + Ord {
    fn array(values: Vec<Self>, argument: &Argument) -> ArrayRef;
    fn wide(self) -> i256;
}

impl ArrayUnits for i128 {
    fn array(values: Vec<Self>, argument: &Argument) -> ArrayRef {
        let data_type = DataType::Decimal128(PRECISION_MAX, argument.scale);
        Arc::new(Decimal128Array::from(values).with_data_type(data_type))
    }

    fn wide(self) -> i256 {
        i256::from_i128(self)
    }
}

impl ArrayUnits for i256 {
    fn array(values: Vec<Self>, argument: &Argument) -> ArrayRef {
        let data_type = DataType::Decimal256(PRECISION_256_MAX, argument.scale);
        Arc::new(Decimal256Array::from(values).with_data_type(data_type))
    }

    fn wide(self) -> i256 {
        self
    }
}

/// The values of a group or frame.
trait Collected: Debug + Send + Sync + 'static {
    type Units: ArrayUnits;
    /// Whether a value can leave again.
    const REMOVES: bool;

    fn add(&mut self, units: Self::Units);
    fn remove(&mut self, units: Self::Units);
    fn len(&self) -> usize;
    /// The value that so many are not above, and the one after it, if there is one.
    fn at(&mut self, index: usize) -> Option<(Self::Units, Option<Self::Units>)>;
    fn all(&self) -> Vec<Self::Units>;
    fn size(&self) -> usize;
}

impl<U: ArrayUnits> Collected for Vec<U> {
    type Units = U;
    const REMOVES: bool = false;

    fn add(&mut self, units: U) {
        self.push(units);
    }

    fn remove(&mut self, _: U) {}

    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn at(&mut self, index: usize) -> Option<(U, Option<U>)> {
        if index >= self.as_slice().len() {
            return None;
        }
        let (_, value, above) = self.select_nth_unstable(index);
        Some((*value, above.iter().min().copied()))
    }

    fn all(&self) -> Vec<U> {
        self.clone()
    }

    fn size(&self) -> usize {
        self.capacity() * size_of::<U>()
    }
}

/// Each value, and how often it occurs: for frames that slide, and for DISTINCT.
#[derive(Debug)]
struct Counted<U> {
    times: BTreeMap<U, usize>,
    is_distinct: bool,
    values: usize,
}

impl<U> Counted<U> {
    fn new(is_distinct: bool) -> Self {
        Self { times: BTreeMap::new(), is_distinct, values: 0 }
    }

    fn weight(&self, times: usize) -> usize {
        if self.is_distinct { 1 } else { times }
    }
}

impl<U: ArrayUnits> Collected for Counted<U> {
    type Units = U;
    const REMOVES: bool = true;

    fn add(&mut self, units: U) {
        let times = self.times.entry(units).or_insert(0);
        *times += 1;
        if *times == 1 || !self.is_distinct {
            self.values += 1;
        }
    }

    fn remove(&mut self, units: U) {
        let Some(times) = self.times.get_mut(&units) else { return };
        *times -= 1;
        let gone = *times == 0;
        if gone {
            self.times.remove(&units);
        }
        if gone || !self.is_distinct {
            self.values -= 1;
        }
    }

    fn len(&self) -> usize {
        self.values
    }

    fn at(&mut self, index: usize) -> Option<(U, Option<U>)> {
        let mut before = 0;
        let mut rest = self.times.iter();
        while let Some((units, times)) = rest.next() {
            before += self.weight(*times);
            if before > index {
                let next = if before > index + 1 { Some(units) } else { rest.next().map(|(units, _)| units) };
                return Some((*units, next.copied()));
            }
        }
        None
    }

    fn all(&self) -> Vec<U> {
        let repeated = |(units, times): (&U, &usize)| std::iter::repeat_n(*units, self.weight(*times));
        self.times.iter().flat_map(repeated).collect()
    }

    fn size(&self) -> usize {
        self.times.len() * size_of::<(U, usize)>()
    }
}

#[derive(Debug)]
struct QuantileAccumulator<C> {
    quantile: QuantileOf,
    values: C,
}

impl<C: Collected> QuantileAccumulator<C> {
    fn visit(&mut self, array: &ArrayRef, visit: impl Fn(&mut C, C::Units)) -> Result<()> {
        let column = Column::new(array, None, self.quantile.function)?;
        C::Units::visit(&column, |units| visit(&mut self.values, units));
        Ok(())
    }
}

impl<C: Collected> Accumulator for QuantileAccumulator<C> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |array| self.visit(array, C::add))
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |array| self.visit(array, C::remove))
    }

    fn supports_retract_batch(&self) -> bool {
        C::REMOVES
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(lists) = states.first() else { return Ok(()) };
        lists.as_list::<i32>().iter().flatten().try_for_each(|values| self.visit(&values, C::add))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = C::Units::array(self.values.all(), &self.quantile.argument);
        let item = Arc::new(Field::new_list_field(values.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        Ok(vec![ScalarValue::List(Arc::new(ListArray::try_new(item, offsets, values, None)?))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let Self { quantile, values } = self;
        let place = quantile.fraction.place(values.len());
        let Some((place, (low, high))) = place.and_then(|place| Some((place, values.at(place.index)?)))
        else {
            return quantile.scalar(None);
        };
        let (_, scale) = decimal_parts(&quantile.return_type);
        let more = u8::try_from(scale - quantile.argument.scale).unwrap_or(0);
        let high = if place.is_whole() { low } else { high.unwrap_or(low) };
        let units = place.between(low.wide(), high.wide(), more).ok_or_else(|| quantile.overflow())?;
        quantile.scalar(Some(units))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.size()
    }
}
