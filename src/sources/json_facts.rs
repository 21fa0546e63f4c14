//! What the whole file says about one value of JSON objects, however deep, and the type that follows from it.
//!
//! The counterpart of `facts`, which it uses for numbers and strings.

use std::{collections::HashMap, sync::Arc};

use arrow::datatypes::{DataType, Field, Fields};
use serde::{Deserialize, Serialize};

use super::{
    dates::WrittenDates,
    facts::{Decision, Facts, text},
    type_name, type_names,
};

/// An object with more different keys than this is a map, and kept as text.
pub(super) const KEYS_MAX: usize = 1000;

/// Everything seen at one place of the objects.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct JsonFacts {
    pub(super) numbers: Facts,
    pub(super) strings: Facts,
    pub(super) booleans: Facts,
    /// Whether a number has an exponent, which the reader does not read exactly.
    pub(super) exponents: bool,
    pub(super) objects: Option<Keys>,
    pub(super) arrays: Option<Box<JsonFacts>>,
    /// Line of the first object or array.
    pub(super) nested_line: Option<u64>,
    /// The file of that line, when it matters.
    nested_file: Option<String>,
}

/// The keys of objects, in the order in which they were first seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Keys {
    pub(super) fields: Vec<(String, JsonFacts)>,
    #[serde(skip)]
    index: HashMap<String, usize>,
    /// Objects begun so far, and for each key the last one that has it.
    #[serde(skip)]
    objects: u64,
    #[serde(skip)]
    last_objects: Vec<u64>,
}

impl Keys {
    /// The facts of a key. `expected` is where the key would be if objects had the same keys in the same order.
    pub(super) fn entry(&mut self, key: &[u8], expected: usize) -> usize {
        if self.fields.get(expected).is_some_and(|(name, _)| name.as_bytes() == key) {
            return expected;
        }
        if self.index.len() != self.fields.len() {
            self.index = self.fields.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
        }
        let name = String::from_utf8_lossy(key).into_owned();
        let fields = &mut self.fields;
        *self.index.entry(name).or_insert_with_key(|name| {
            fields.push((name.clone(), JsonFacts::default()));
            fields.len() - 1
        })
    }

    /// Says that the keys that follow are those of another object.
    pub(super) fn begin_object(&mut self) {
        self.objects += 1;
    }

    /// Whether the object that was begun has this key for the first time.
    pub(super) fn is_first_in_object(&mut self, key: usize) -> bool {
        if self.last_objects.len() <= key {
            self.last_objects.resize(key + 1, 0);
        }
        std::mem::replace(&mut self.last_objects[key], self.objects) != self.objects
    }

    /// Adds what another file says.
    pub(super) fn merge(&mut self, other: &Self) {
        for (at, (name, facts)) in other.fields.iter().enumerate() {
            let mine = self.entry(name.as_bytes(), at);
            self.fields[mine].1.merge(facts);
        }
    }

    /// Says in which file the examples stand.
    pub(super) fn name_file(&mut self, file: &str) {
        self.fields.iter_mut().for_each(|(_, facts)| facts.name_file(file));
    }
}

impl JsonFacts {
    fn merge(&mut self, other: &Self) {
        self.numbers.merge(&other.numbers);
        self.strings.merge(&other.strings);
        self.booleans.merge(&other.booleans);
        self.exponents |= other.exponents;
        if self.nested_line.is_none() {
            (self.nested_line, self.nested_file) = (other.nested_line, other.nested_file.clone());
        }
        if let Some(theirs) = &other.objects {
            self.objects.get_or_insert_default().merge(theirs);
        }
        if let Some(theirs) = &other.arrays {
            self.arrays.get_or_insert_default().merge(theirs);
        }
    }

    fn name_file(&mut self, file: &str) {
        self.numbers.name_file(file);
        self.strings.name_file(file);
        self.booleans.name_file(file);
        self.nested_file = self.nested_line.map(|_| file.to_owned());
        if let Some(keys) = &mut self.objects {
            keys.name_file(file);
        }
        if let Some(items) = &mut self.arrays {
            items.name_file(file);
        }
    }

    /// How often each sort of value occurs, as far as it matters: with its name and where it was first seen.
    fn sorts(&self) -> Vec<(&'static str, Option<String>)> {
        let nested = || self.nested_line.map(|line| format!("line {line}"));
        let mut sorts = Vec::new();
        for (name, facts) in
            [("a number", &self.numbers), ("a string", &self.strings), ("a boolean", &self.booleans)]
        {
            if facts.values > 0 {
                sorts.push((name, facts.first_place()));
            }
        }
        if self.objects.is_some() {
            sorts.push(("an object", nested()));
        }
        if self.arrays.is_some() {
            sorts.push(("an array", nested()));
        }
        sorts
    }

    /// The type that holds every value, and why.
    pub(super) fn decide(&self) -> Decision {
        match self.sorts().as_slice() {
            [] => text("no value in any row".to_owned()),
            [(_, _)] => self.decide_one(),
            [(a, place_a), (b, place_b), ..] => {
                let place = |place: &Option<String>| place.clone().unwrap_or_else(|| "one row".to_owned());
                text(format!("{}, {a}, but {}, {b}", place(place_a), place(place_b)))
            }
        }
    }

    fn decide_one(&self) -> Decision {
        if self.numbers.values > 0 {
            return self.numbers.decide();
        }
        if self.booleans.values > 0 {
            return self.booleans.decide();
        }
        if self.strings.values > 0 {
            let decision = self.strings.decide();
            return match decision.data_type {
                DataType::Date32 | DataType::Timestamp(..) if is_one_way(&decision.dates) => decision,
                DataType::Date32 | DataType::Timestamp(..) => text(decision.reason),
                DataType::Utf8View => decision,
                _ => text("the values are in quotes".to_owned()),
            };
        }
        if let Some(items) = &self.arrays {
            let item = items.decide();
            let data_type = DataType::List(Arc::new(Field::new_list_field(item.data_type, true)));
            return Decision {
                data_type,
                reason: format!("every value is an array; of its elements, {}", item.reason),
                dates: None,
            };
        }
        let keys = self.objects.as_ref().map_or(&[][..], |keys| &keys.fields);
        if keys.is_empty() || keys.len() > KEYS_MAX {
            let reason = format!(
                "every value is an object, with {} different keys",
                if keys.is_empty() { "no".to_owned() } else { format!("more than {KEYS_MAX}") }
            );
            return text(reason);
        }
        let fields: Fields =
            keys.iter().map(|(name, facts)| Field::new(name, facts.decide().data_type, true)).collect();
        let reason = "every value is an object".to_owned();
        Decision { data_type: DataType::Struct(fields), reason, dates: None }
    }

    /// Whether the reader reads every value as this type from the file as it is.
    pub(super) fn reads_as(&self, data_type: &DataType) -> bool {
        let no_scalar = || self.numbers.values == 0 && self.strings.values == 0 && self.booleans.values == 0;
        match data_type {
            DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => {
                self.numbers.values == 0
                    && self.booleans.values == 0
                    && self.objects.is_none()
                    && self.arrays.is_none()
            }
            DataType::List(item) => {
                no_scalar()
                    && self.objects.is_none()
                    && self.arrays.as_ref().is_none_or(|items| items.reads_as(item.data_type()))
            }
            DataType::Struct(fields) => {
                let known = |(name, facts): &(String, JsonFacts)| {
                    fields.find(name).is_none_or(|(_, field)| facts.reads_as(field.data_type()))
                };
                no_scalar()
                    && self.arrays.is_none()
                    && self.objects.as_ref().is_none_or(|keys| keys.fields.iter().all(known))
            }
            _ => {
                self.objects.is_none()
                    && self.arrays.is_none()
                    && !self.exponents
                    && self.strings.dates_read_as(data_type).is_none()
            }
        }
    }

    /// Where a value stands that does not fit a type that was known beforehand.
    pub(super) fn stray(&self, locked: &DataType) -> Option<String> {
        let file = self.nested_file.as_ref().map_or_else(String::new, |file| format!("`{file}` "));
        let nested = || self.nested_line.map(|line| format!("{file}line {line} has an object or an array"));
        if locked.is_nested() {
            // A new key would be lost, so the forms must be the same.
            let nothing = self.sorts().is_empty();
            let changed = !nothing && !type_names::same(&self.decide().data_type, locked);
            let scalar = || self.numbers.first_place().or_else(|| self.strings.first_place());
            return changed
                .then(|| scalar().or_else(|| self.booleans.first_place()).or_else(nested))
                .flatten()
                .map(|place| format!("{place}, and the values are {}", type_name(&self.decide().data_type)));
        }
        if matches!(locked, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8) {
            return None;
        }
        let (in_quotes, bare) = match locked {
            DataType::Date32 | DataType::Timestamp(..) => {
                (self.strings.stray(locked), self.numbers.first_place())
            }
            DataType::Boolean => (self.strings.first_place(), self.numbers.first_place()),
            _ => (self.strings.first_place(), self.numbers.stray(locked)),
        };
        let booleans = if *locked == DataType::Boolean { None } else { self.booleans.first_place() };
        nested().or(in_quotes).or(bare).or(booleans)
    }

    /// Why the values cannot be read as a declared type, if so.
    pub(super) fn misfit(&self, declared: &DataType) -> Option<String> {
        if declared.is_nested()
            || matches!(declared, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8)
        {
            return (declared.is_nested() && !self.reads_as(declared))
                .then(|| "the values have another form".to_owned());
        }
        if self.objects.is_some() || self.arrays.is_some() {
            return Some("a value is an object or an array".to_owned());
        }
        let other = |facts: &Facts| facts.first_place();
        match declared {
            DataType::Boolean => other(&self.numbers).or_else(|| other(&self.strings)),
            DataType::Date32 | DataType::Timestamp(..) => other(&self.numbers)
                .or_else(|| other(&self.booleans))
                .or_else(|| self.strings.misfit(declared)),
            _ => other(&self.booleans)
                .or_else(|| self.strings.misfit(declared))
                .or_else(|| self.numbers.misfit(declared)),
        }
    }
}

/// Whether dates can be read without an order of day and month, as the copy of a JSON file reads them.
fn is_one_way(dates: &Option<WrittenDates>) -> bool {
    dates.as_ref().is_none_or(|dates| dates.format.is_none())
}
