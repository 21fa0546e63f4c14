//! `clean_key(text [, nothing…])`: keys of customers, accounts and documents so that equal ones are equal.

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{
        Array, ArrayAccessor, ArrayIter, ArrayRef, AsArray, LargeStringArray, StringArray, StringViewArray,
    },
    compute::{cast, take},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature,
        Volatility,
    },
};
use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};

use crate::FunctionError;

use super::{
    blanks::trim,
    text_column::{is_text, map_values, text_type},
};

/// A text without the blanks around it, in one Unicode form. NULL if the text is NULL, if nothing remains, or if what
/// remains is a word for nothing.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CleanKey {
    signature: Signature,
}

impl CleanKey {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for CleanKey {
    fn name(&self) -> &str {
        "clean_key"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let [text, nothing @ ..] = arg_types else {
            let message = format!("`{}` takes a text, and words that stand for nothing", self.name());
            return Err(FunctionError::new(message).with_help("call `clean_key(text)`").into());
        };
        if let Some(other) = nothing.iter().find(|word| !is_text(word)) {
            let message = format!("`{}` takes words for nothing as text, not {other}", self.name());
            return Err(FunctionError::new(message).with_help(NOTHING).into());
        }
        let words = nothing.iter().map(|_| DataType::Utf8View);
        match is_text(text) {
            true => Ok(std::iter::once(text_type(text)).chain(words).collect()),
            false => Err(FunctionError::new(format!("`{}` takes text, not {text}", self.name()))
                .with_help("a number has no blanks to remove; `CAST(x AS TEXT)` makes a key of it")
                .into()),
        }
    }

    fn return_type(&self, arg_types: &[DataType]) -> Result<DataType> {
        Ok(arg_types.first().cloned().unwrap_or(DataType::Utf8View))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let data_type = args.arg_fields.first().map_or(DataType::Utf8View, |text| text.data_type().clone());
        Ok(Arc::new(Field::new(self.name(), data_type, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [texts, words @ ..] = args.args.as_slice() else {
            return Ok(ColumnarValue::Scalar(ScalarValue::Utf8View(None)));
        };
        let words: Vec<&str> = words
            .iter()
            .filter_map(|word| word_for_nothing(self.name(), word).transpose())
            .collect::<Result<_>>()?;
        map_values(texts, |texts| clean_array(texts, &words))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&DOCUMENTATION)
    }
}

const NOTHING: &str = "words for nothing are literals, as in `clean_key(x, 'NaN', 'null')`";

/// A literal; `None` if it is NULL, which no text equals.
fn word_for_nothing<'a>(function: &str, word: &'a ColumnarValue) -> Result<Option<&'a str>> {
    match word {
        ColumnarValue::Scalar(word) => Ok(word.try_as_str().flatten()),
        ColumnarValue::Array(_) => {
            let message = format!("`{function}` takes words for nothing as literals, not by row");
            Err(FunctionError::new(message).with_help(NOTHING).into())
        }
    }
}

/// The array itself if all its keys are clean, as those of most files are.
fn clean_array(texts: &ArrayRef, nothing: &[&str]) -> Result<ArrayRef> {
    Ok(match texts.data_type() {
        DataType::Utf8 => match clean_texts::<_, StringArray>(texts.as_string::<i32>(), nothing) {
            Some(cleaned) => Arc::new(cleaned),
            None => Arc::clone(texts),
        },
        DataType::LargeUtf8 => match clean_texts::<_, LargeStringArray>(texts.as_string::<i64>(), nothing) {
            Some(cleaned) => Arc::new(cleaned),
            None => Arc::clone(texts),
        },
        DataType::Dictionary(_, _) => {
            let dictionary = texts.as_any_dictionary();
            let cleaned = clean_array(dictionary.values(), nothing)?;
            match Arc::ptr_eq(&cleaned, dictionary.values()) {
                true => Arc::clone(texts),
                // Two keys may have become one, and one may have become NULL: the dictionary is made anew.
                false => cast(&take(&cleaned, dictionary.keys(), None)?, texts.data_type())?,
            }
        }
        _ => match clean_texts::<_, StringViewArray>(texts.as_string_view(), nothing) {
            Some(cleaned) => Arc::new(cleaned),
            None => Arc::clone(texts),
        },
    })
}

/// `None` if nothing changes.
fn clean_texts<'a, T, A>(texts: T, nothing: &[&str]) -> Option<A>
where
    T: ArrayAccessor<Item = &'a str> + Copy,
    A: FromIterator<Option<Cow<'a, str>>>,
{
    ArrayIter::new(texts)
        .flatten()
        .any(|text| !is_clean(text, nothing))
        .then(|| ArrayIter::new(texts).map(|text| text.and_then(|text| clean(text, nothing))).collect())
}

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();

fn is_clean(text: &str, nothing: &[&str]) -> bool {
    let trimmed = trim(text);
    trimmed.len() == text.len()
        && !text.is_empty()
        && (text.is_ascii() || NFC.is_normalized(text))
        && !nothing.contains(&text)
}

/// `None` if nothing remains. Allocates only where the Unicode form changes.
fn clean<'a>(text: &'a str, nothing: &[&str]) -> Option<Cow<'a, str>> {
    let trimmed = trim(text);
    let cleaned = match trimmed.is_empty() {
        true => None,
        false if trimmed.is_ascii() => Some(Cow::Borrowed(trimmed)),
        false => Some(NFC.normalize(trimmed)),
    };
    cleaned.filter(|cleaned| !nothing.contains(&cleaned.as_ref()))
}

static DOCUMENTATION: LazyLock<Documentation> = LazyLock::new(|| {
    Documentation::builder(
        super::KEYS,
        "Makes keys of different files comparable: white space of any kind, no-break spaces and invisible marks are \
         removed from both ends, and accented letters take their composed Unicode form (NFC). Case, leading zeros and \
         blanks inside stay. NULL if nothing remains, if what remains is one of the words that stand for nothing, or if \
         the text is NULL.",
        "clean_key(text [, nothing, …])",
    )
    .with_sql_example(
        "```sql\nSELECT clean_key(' 000A17  '), clean_key('   '), clean_key(' NaN', 'NaN', 'null');\n-- 000A17, NULL, NULL\n```",
    )
    .with_argument("text", "The key as a file has it.")
    .with_argument("nothing", "Literals: what the file writes where it has no key. Compared as they are, case and all.")
    .build()
});

#[cfg(test)]
mod tests {
    use arrow::{array::DictionaryArray, datatypes::Int32Type};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clean_array_is_given_back_as_it_is() {
        let arrays: [ArrayRef; 4] = [
            Arc::new(StringArray::from(vec![Some("A 1"), None, Some("\u{e9}")])),
            Arc::new(LargeStringArray::from(vec![Some("007"), None])),
            Arc::new(StringViewArray::from(vec![Some("a key of more than twelve bytes"), None])),
            Arc::new(vec![Some("a"), None, Some("b")].into_iter().collect::<DictionaryArray<Int32Type>>()),
        ];
        for texts in arrays {
            assert!(Arc::ptr_eq(&clean_array(&texts, &["NaN"]).unwrap(), &texts), "{texts:?}");
        }
    }

    #[test]
    fn every_layout_is_cleaned_alike() {
        let texts = [
            Some(" a\u{a0}"),
            None,
            Some(" "),
            Some("e\u{301}"),
            Some("\u{feff}a"),
            Some("A b\t"),
            Some("NaN"),
            Some(" null "),
            Some("nan"),
        ];
        let expected =
            vec![Some("a"), None, None, Some("\u{e9}"), Some("a"), Some("A b"), None, None, Some("nan")];
        let plain: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
        for data_type in [
            DataType::Utf8,
            DataType::LargeUtf8,
            DataType::Utf8View,
            DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8View)),
        ] {
            let cleaned = clean_array(&cast(&plain, &data_type).unwrap(), &["NaN", "null"]).unwrap();
            assert_eq!(cleaned.data_type(), &data_type);
            let cleaned = cast(&cleaned, &DataType::Utf8).unwrap();
            assert_eq!(cleaned.as_string::<i32>().iter().collect::<Vec<_>>(), expected, "{data_type}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_clean_key_stays_as_it_is(text in any::<String>()) {
            match clean(&text, &[]) {
                Some(cleaned) => {
                    prop_assert!(is_clean(&cleaned, &[]));
                    prop_assert_eq!(clean(&cleaned, &[]), Some(cleaned.clone()));
                    prop_assert_eq!(is_clean(&text, &[]), cleaned == text);
                }
                None => prop_assert!(!is_clean(&text, &[]) && text.chars().all(super::super::blanks::is_blank)),
            }
        }
    }
}
