//! Talks to the user: messages to stderr, rows to stdout or a file. `ui` alone prints.
//!
//! Knows sessions only as sources of rows and of lists; which command or prompt wants them is no matter here.

mod documentation;
mod interrupt;
mod listing;
mod render;
mod ui;

pub use documentation::{documentation_page, function_reference};
pub(crate) use interrupt::{Interrupts, defect, terminated, until_interrupted};
pub use listing::{columns_batch, functions_batch, listing_batch, tables_batch};
pub use render::{
    Advice, Destination, Rendered, Writing, format_of, render, render_batch, render_tables, rows_text,
};
pub use ui::{ColorChoice, Ui};

use crate::engine::Engine;

/// Prints what the sources found worth a warning.
pub fn warn(engine: &Engine, ui: Ui) {
    for warning in engine.take_warnings() {
        ui.warning(&warning);
    }
}
