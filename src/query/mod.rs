//! A statement with its origin, its header and its typed parameters.
//!
//! A leaf: it opens no files and needs no session. `text` knows where a statement stands, `comment` reads the TOML at the
//! top of a file, `header` what it says of a saved query, `parameter` turns text into typed values, `script`
//! parses, `refusals` stops what planning would drop or misread, with the places that `words` finds; `distinct_from`,
//! `exponents`, `timestamps`, `headings`, `own_casts`, `rewrites` and `binding` prepare the syntax tree for the engine.

mod binding;
mod comment;
mod distinct_from;
mod exponents;
mod header;
mod headings;
mod own_casts;
mod parameter;
mod refusals;
mod rewrites;
mod script;
mod syntax_error;
mod text;
mod timestamps;
mod words;

pub use comment::{default_texts, parse_comment};
pub use header::{Expectation, Header, ParameterDeclaration, TableDeclaration};
pub use parameter::{Argument, ParameterType, ParameterValue, Parameters};
pub use refusals::{FunctionKind, Functions};
pub use script::{
    BoundStatement, SavedQuery, Statement, parse_expectation, parse_part, parse_statements,
    prepare_expression, unknown_parameter,
};
pub use text::Text;
