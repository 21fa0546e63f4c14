//! Tells text from numbers, booleans, dates and bytes, however they are stored.

use datafusion::arrow::datatypes::{DataType, Fields};

/// What values are for a user. Values of one kind may be compared whatever their types are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
    /// A date, a time, or both.
    Moment,
    Interval,
    Binary,
}

/// The kind of a type; none for NULL and for what holds other values.
pub(super) fn kind(data_type: &DataType) -> Option<Kind> {
    use DataType::*;
    match values(data_type) {
        Utf8 | LargeUtf8 | Utf8View => Some(Kind::Text),
        Boolean => Some(Kind::Boolean),
        Date32 | Date64 | Timestamp(..) | Time32(_) | Time64(_) => Some(Kind::Moment),
        Interval(_) | Duration(_) => Some(Kind::Interval),
        Binary | LargeBinary | BinaryView | FixedSizeBinary(_) => Some(Kind::Binary),
        number if number.is_numeric() => Some(Kind::Number),
        _ => None,
    }
}

/// The type of the values behind an encoding.
pub(super) fn values(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, inner) => values(inner),
        DataType::RunEndEncoded(_, field) => values(field.data_type()),
        plain => plain,
    }
}

/// Where two types are of different kinds: themselves, or what lies at the same place within them.
pub(super) fn clash<'a>(left: &'a DataType, right: &'a DataType) -> Option<(&'a DataType, &'a DataType)> {
    use DataType::*;
    match (values(left), values(right)) {
        (Struct(left), Struct(right)) => fields_clash(left, right),
        (Map(left, _), Map(right, _)) => clash(left.data_type(), right.data_type()),
        (left, right) => match (element(left), element(right)) {
            (Some(left), Some(right)) => clash(left, right),
            _ => match (kind(left), kind(right)) {
                (Some(one), Some(other)) if one != other => Some((left, right)),
                _ => None,
            },
        },
    }
}

fn element(data_type: &DataType) -> Option<&DataType> {
    use DataType::*;
    match data_type {
        List(field) | LargeList(field) | ListView(field) | LargeListView(field) | FixedSizeList(field, _) => {
            Some(field.data_type())
        }
        _ => None,
    }
}

/// Structures meet by the names of their fields, or, if these differ, in their order, as DataFusion lets them.
fn fields_clash<'a>(left: &'a Fields, right: &'a Fields) -> Option<(&'a DataType, &'a DataType)> {
    let named = |name: &str| right.iter().find(|field| field.name() == name);
    let by_name = left.iter().all(|field| named(field.name()).is_some());
    left.iter().zip(right).find_map(|(one, other)| {
        let other = named(one.name()).filter(|_| by_name).unwrap_or(other);
        clash(one.data_type(), other.data_type())
    })
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::Field;

    use super::*;

    #[test]
    fn encodings_and_containers_are_looked_through() {
        let encoded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8));
        assert_eq!(kind(&encoded), Some(Kind::Text));
        assert_eq!(clash(&encoded, &DataType::Utf8View), None);
        assert!(clash(&encoded, &DataType::Int64).is_some());
        let list = |of: DataType| DataType::new_list(of, true);
        assert_eq!(clash(&list(DataType::Int32), &list(DataType::Float64)), None);
        assert!(clash(&list(DataType::Utf8), &list(DataType::Int64)).is_some());
        let fields = |names: [&str; 2]| {
            DataType::Struct(Fields::from(vec![
                Field::new(names[0], DataType::Utf8, true),
                Field::new(names[1], DataType::Int64, true),
            ]))
        };
        assert_eq!(clash(&fields(["a", "b"]), &fields(["c", "d"])), None);
        assert!(clash(&fields(["a", "b"]), &fields(["b", "a"])).is_some());
    }

    #[test]
    fn null_goes_with_everything() {
        assert_eq!(clash(&DataType::Null, &DataType::Utf8), None);
        assert_eq!(clash(&DataType::Int64, &DataType::Null), None);
    }
}
