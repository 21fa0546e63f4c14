//! The JSON Schema of the project file, for editors that complete and check it. Made from the list of keys.

use serde_json::{Map, Value, json};

use super::keys::{self, Key, Kind};

/// A source and a view are named like this.
const NAME_PATTERN: &str = "^[a-z_][a-z0-9_]*$";
const MONTH_PATTERN: &str = "^[0-9]{4}-(0[1-9]|1[0-2])$";
const AMOUNT_PATTERN: &str = "^[+-]?[0-9]+(\\.[0-9]+)?$";

/// The JSON Schema of `marginql.toml`, as the text of a file.
pub fn json_schema() -> String {
    let mut schema = section(keys::FILE);
    // Draft 7 is what editors of TOML understand.
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("marginql.toml");
    schema["description"] =
        json!("The project file of marginql: where exports are, and how they become one ledger.");
    format!("{schema:#}\n")
}

fn section(keys: &[Key]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        let mut schema = value(&key.kind);
        schema["description"] = json!(key.description);
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<_> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn value(kind: &Kind) -> Value {
    match kind {
        Kind::Text => text(),
        Kind::Currency => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        // TOML has dates of its own, which editors pass on as text.
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Month => json!({ "type": "string", "pattern": MONTH_PATTERN }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Amount => {
            json!({ "anyOf": [{ "type": "string", "pattern": AMOUNT_PATTERN }, { "type": "number" }] })
        }
        Kind::Choice(names) => json!({ "type": "string", "enum": names() }),
        Kind::Choices(names) => {
            json!({ "type": "array", "items": { "type": "string", "enum": names() }, "uniqueItems": true })
        }
        Kind::Paths => one_or_more(&text()),
        Kind::Capacity => json!({ "anyOf": [positive(), by_name(&positive(), MONTH_PATTERN)] }),
        Kind::Feeds => by_name(&positive(), "."),
        Kind::Options => {
            let simple = json!({ "type": ["string", "number", "boolean"] });
            let list = json!({ "type": "array", "items": &simple });
            json!({ "type": "object", "additionalProperties": { "anyOf": [simple, list] } })
        }
        Kind::Headers => by_name(&by_name(&text(), "."), NAME_PATTERN),
        Kind::Views => by_name(&text(), NAME_PATTERN),
        Kind::Section(keys) => section(keys),
        Kind::Sections(keys) => json!({ "type": "array", "items": section(keys) }),
        Kind::Sources(keys) => {
            let mut source = section(keys);
            source["additionalProperties"] = value(&Kind::Paths);
            by_name(&source, NAME_PATTERN)
        }
    }
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

/// A number may also be written as a text, which keeps it out of the hands of programs that round.
fn positive() -> Value {
    json!({ "anyOf": [{ "type": "number", "exclusiveMinimum": 0 }, { "type": "string", "pattern": AMOUNT_PATTERN }] })
}

fn one_or_more(item: &Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1, "uniqueItems": true }] })
}

/// A table with names of the user's own.
fn by_name(item: &Value, pattern: &str) -> Value {
    json!({ "type": "object", "additionalProperties": item, "propertyNames": { "pattern": pattern } })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that a schema describes below a place, with what leads to them.
    fn described(schema: &Value, path: &str, found: &mut Vec<String>) {
        match schema {
            Value::Object(map) => {
                for (name, inner) in map {
                    match (name.as_str(), inner) {
                        ("properties", Value::Object(properties)) => {
                            for (key, inner) in properties {
                                found.push(format!("{path}{key}"));
                                described(inner, &format!("{path}{key}."), found);
                            }
                        }
                        _ => described(inner, path, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| described(item, path, found)),
            _ => {}
        }
    }

    #[test]
    fn every_key_is_in_the_schema() {
        let mut found = Vec::new();
        described(&serde_json::from_str(&json_schema()).unwrap(), "", &mut found);
        for key in keys::FILE {
            assert!(found.contains(&key.name.to_owned()), "{}", key.name);
            if let Kind::Section(inner) | Kind::Sections(inner) | Kind::Sources(inner) = &key.kind {
                for inner in *inner {
                    assert!(found.contains(&format!("{}.{}", key.name, inner.name)), "{}", inner.name);
                }
            }
        }
    }

    #[test]
    fn every_key_is_explained_in_the_documentation() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/project.md");
        let page = std::fs::read_to_string(page).unwrap();
        for key in keys::FILE {
            assert!(page.contains(&format!("`[{}", key.name)) || page.contains(&format!("`[[{}", key.name)));
            if let Kind::Section(inner) | Kind::Sections(inner) | Kind::Sources(inner) = &key.kind {
                for inner in *inner {
                    assert!(page.contains(&format!("| `{}` |", inner.name)), "`{}` is missing", inner.name);
                }
            }
        }
    }

    #[test]
    fn the_schema_in_the_documentation_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/marginql.schema.json");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, json_schema()).unwrap();
        }
        let actual = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            actual == json_schema(),
            "docs/marginql.schema.json is out of date; run this test with UPDATE_DOCS=1"
        );
    }
}
