//! A campaign of random SQL: statements that analysts might write, and oracles that know what they must give.
//!
//! Everything follows from one seed: `chance` draws, `schema` and `value` make tables, `storage` writes them in many formats,
//! `generate` writes statements in the syntax tree of `sql`. `session` executes them in the ways of `ways`, `duckdb` asks another
//! database, `oracle` compares, `reduce` and `shrink` make a finding small, `report` writes it down, `refusals` lists what may be
//! refused. `damage` changes files at random that must then give rows or a clear error. `work` goes through a range of statements, `supervise` does so in processes that may die.

pub mod chance;
pub mod damage;
pub mod duckdb;
pub mod generate;
pub mod oracle;
pub mod reduce;
pub mod refusals;
pub mod report;
pub mod rows;
pub mod schema;
pub mod session;
pub mod shrink;
pub mod sql;
pub mod storage;
pub mod supervise;
pub mod value;
pub mod ways;
pub mod work;
