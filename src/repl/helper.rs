//! What rustyline asks for while a line is edited: candidates and colours. Holds no logic of its own.

use std::{borrow::Cow, sync::Arc};

use rustyline::{
    Context, Helper, Hinter, Validator,
    completion::{Completer, Pair},
    highlight::{CmdKind, Highlighter},
};

use super::completion::{Vocabulary, complete};
use crate::engine::Engine;

/// Knows the session, the names in it, and the lines entered before.
#[derive(Helper, Hinter, Validator)]
pub(super) struct SqlHelper {
    pub(super) engine: Arc<Engine>,
    pub(super) vocabulary: Vocabulary,
    pub(super) pending: String,
    pub(super) color: bool,
}

impl Completer for SqlHelper {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let dialect = self.engine.dialect();
        let (start, found) = complete(&self.pending, line, pos, &self.vocabulary, dialect.as_ref());
        let pairs = found.into_iter().map(|found| Pair { display: found.shown, replacement: found.text });
        Ok((start, pairs.collect()))
    }
}

impl Highlighter for SqlHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.color {
            true => super::highlight::highlight(&self.pending, line, self.engine.dialect().as_ref()).into(),
            false => line.into(),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        // A typed character can change the colour of everything after it; a moved cursor changes nothing.
        self.color && kind != CmdKind::MoveCursor
    }
}
