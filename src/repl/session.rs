//! Runs statements and commands, and remembers what the commands set. Reads no input.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use datafusion::sql::sqlparser::dialect::Dialect;

use super::{
    Options,
    assemble::{Piece, split},
    commands::{self, Action, Call},
    completion::{TableNames, Vocabulary},
    describe,
    settings::Settings,
};
use crate::{
    console::{Destination, Interrupts, Ui, render, render_batch, warn},
    engine::Engine,
    error::{Error, ErrorKind, Result, file_error},
    output::Summary,
    query::{Header, Parameters, Statement, Text, parse_part},
};

/// How deeply files may include each other; a file that includes itself would never end.
const INCLUDES_MAX: usize = 16;

/// Whether the session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    Leave,
}

/// The engine, and what the commands set.
pub(super) struct Session {
    engine: Arc<Engine>,
    settings: Settings,
    interrupts: Interrupts,
    ui: Ui,
    is_interactive: bool,
    functions: Vec<String>,
    /// The query whose result was shown last, for `\all`.
    last: Option<(Statement, Parameters)>,
    /// How many files are being included.
    depth: usize,
}

impl Session {
    pub(super) fn new(engine: Arc<Engine>, options: &Options, is_interactive: bool, ui: Ui) -> Self {
        let mut functions: Vec<_> = engine.functions().into_iter().map(|function| function.name).collect();
        functions.dedup();
        let settings = Settings::new(options);
        let interrupts = Interrupts::listen();
        Self { engine, settings, interrupts, ui, is_interactive, functions, last: None, depth: 0 }
    }

    /// The SQL dialect, which a statement can change.
    pub(super) fn dialect(&self) -> Box<dyn Dialect> {
        self.engine.dialect()
    }

    /// The names that can be completed now.
    pub(super) async fn vocabulary(&self) -> Vocabulary {
        if !self.is_interactive {
            return Vocabulary::default();
        }
        let mut tables = Vec::new();
        for name in self.engine.table_names() {
            if self.engine.is_lazy(&name) {
                // To open it may take longer than anybody waits for a completion.
                let columns = self.engine.columns_known(&name);
                tables.push(TableNames { name, columns });
                continue;
            }
            // A table that cannot be opened still has a name.
            let columns = match self.engine.table(&format!("\"{}\"", name.replace('"', "\"\""))).await {
                Ok(table) => table.schema.fields().iter().map(|field| field.name().clone()).collect(),
                Err(_) => Vec::new(),
            };
            tables.push(TableNames { name, columns });
        }
        Vocabulary { tables, functions: self.functions.clone(), parameters: self.settings.parameter_names() }
    }

    /// Forgets a Ctrl-C that came after the last statement was done.
    pub(super) fn begin_line(&mut self) {
        self.interrupts.forget();
    }

    /// Runs a statement or a command.
    ///
    /// # Errors
    /// Whatever is wrong with it; `Interrupted` if the user cancelled it.
    pub(super) async fn execute(&mut self, text: &Text, piece: &Piece) -> Result<Flow> {
        match piece {
            Piece::Command(span) => {
                let call = commands::parse(text, span.clone())?;
                self.command(call).await
            }
            Piece::Statement(span) => {
                let given = Parameters::resolve(&[], self.settings.arguments())?;
                self.statements(text, span.clone(), &given).await
            }
        }
    }

    async fn command(&mut self, Call { action, argument }: Call<'_>) -> Result<Flow> {
        match action {
            Action::Describe => {
                if argument.is_none() && self.engine.table_names().is_empty() {
                    self.ui.note("no tables; read a file with `FROM 'PATH'`, or register one with `CREATE EXTERNAL TABLE`");
                }
                self.list(&describe::tables(&self.engine, argument).await?)?;
            }
            Action::Origin => {
                let name = argument.unwrap_or_default();
                self.list(&describe::tables(&self.engine, Some(name)).await?)?;
                self.ui.page(&describe::origin(&self.engine, name).await?)?;
            }
            Action::Functions => self.list(&describe::functions(&self.engine, argument)?)?,
            Action::Documentation => {
                self.ui.page(&describe::documentation(&self.engine, argument.unwrap_or_default())?)?;
            }
            Action::Format => {
                let message = self.settings.set_format(argument)?;
                self.ui.note(&message);
            }
            Action::Expanded => {
                let message = self.settings.set_expanded(argument)?;
                self.ui.note(&message);
            }
            Action::Timing => {
                let message = self.settings.set_timing(argument)?;
                self.ui.note(&message);
            }
            Action::Output => self.settings.set_output(argument.map(path).as_deref()),
            Action::Set => match argument {
                Some(argument) => self.settings.set_parameter(argument)?,
                None => self.list(&self.settings.parameters_batch()?)?,
            },
            Action::All => {
                let Some((statement, given)) = self.last.clone() else {
                    return Err(Error::usage("there is no query to show again").hint("run one first"));
                };
                self.run(statement, given, true).await?;
            }
            Action::Include => {
                // Boxed: a file may include another.
                return Box::pin(self.include(&path(argument.unwrap_or_default()))).await;
            }
            Action::Help => self.ui.page(&commands::help())?,
            Action::Quit => return Ok(Flow::Leave),
        }
        Ok(Flow::Continue)
    }

    fn list(&self, batch: &arrow::array::RecordBatch) -> Result<()> {
        render_batch(batch, &self.settings.screen(self.ui), self.ui)
    }

    async fn statements(&mut self, text: &Text, span: Range<usize>, given: &Parameters) -> Result<Flow> {
        let statements = parse_part(text, span, self.dialect().as_ref())?;
        for statement in statements {
            self.settings.check(&statement, given)?;
            self.run(statement, given.clone(), false).await?;
        }
        Ok(Flow::Continue)
    }

    /// Runs a statement until it is done or the user cancels it, and tells how long it took.
    async fn run(&mut self, statement: Statement, given: Parameters, all_rows: bool) -> Result<()> {
        let destination = self.settings.destination(all_rows, self.ui);
        let job = Job { engine: Arc::clone(&self.engine), statement, given, ui: self.ui };
        let (statement, given) = (job.statement.clone(), job.given.clone());
        let started = Instant::now();
        let result = self.interrupts.until_pressed(job.run(destination)).await;
        if self.settings.timing {
            self.ui.note(&elapsed_text(started.elapsed()));
        }
        match result {
            Ok(Some(_)) => {
                self.settings.result_written();
                self.last = Some((statement, given));
                Ok(())
            }
            // Without a result there is nothing to see; a person wants to know that it worked all the same.
            Ok(None) => {
                if self.is_interactive && self.depth == 0 {
                    self.ui.note("done");
                }
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Interrupted && self.is_interactive => {
                // The terminal has shown `^C`; the message gets a line of its own.
                self.ui.note("");
                Err(Error::new(ErrorKind::Interrupted, "the query was cancelled"))
            }
            Err(error) => Err(error),
        }
    }

    /// Runs the statements and commands of a file, up to the first that fails.
    async fn include(&mut self, path: &Path) -> Result<Flow> {
        if self.depth == INCLUDES_MAX {
            return Err(Error::usage(format!("files include each other more than {INCLUDES_MAX} deep"))
                .hint(format!("does `{}` include itself?", path.display())));
        }
        let content = std::fs::read_to_string(path).map_err(|error| file_error("read", path, error))?;
        let text = Text::new(path.display().to_string(), content);
        let given = self.of_header(&Header::parse(&text)?, &text, path).await?;
        let split = split(text.content(), self.dialect().as_ref());
        let last = split.rest.map(|start| Piece::Statement(start..text.content().len()));
        self.depth += 1;
        let mut result = Ok(Flow::Continue);
        for piece in split.pieces.iter().chain(&last) {
            result = match (piece, &given) {
                (Piece::Statement(span), Some(given)) => self.statements(&text, span.clone(), given).await,
                _ => self.execute(&text, piece).await,
            };
            if !matches!(result, Ok(Flow::Continue)) {
                break;
            }
        }
        self.depth -= 1;
        result
    }

    /// What a saved query's header declares: tables that are not there yet are registered, parameters get their defaults.
    ///
    /// None if there are no declared parameters, so that the session's, which `\set` may change on the way, hold.
    async fn of_header(&self, header: &Header, text: &Text, path: &Path) -> Result<Option<Parameters>> {
        let directory = path.parent().unwrap_or(Path::new(""));
        let names = self.engine.table_names();
        for declared in &header.tables {
            if names.contains(&declared.name) {
                continue;
            }
            let file = directory.join(&declared.path);
            let added = self.engine.add_table(&declared.name, &file.to_string_lossy()).await;
            warn(&self.engine, self.ui);
            added.map_err(|error| error.at(text.place(declared.span.clone())))?;
        }
        if header.parameters.is_empty() {
            return Ok(None);
        }
        Parameters::resolve(&header.parameters, self.settings.arguments()).map(Some)
    }
}

/// A statement on its way, with all it needs, so that it can be given up as a whole.
struct Job {
    engine: Arc<Engine>,
    statement: Statement,
    given: Parameters,
    ui: Ui,
}

impl Job {
    /// Nothing if the statement has no result, such as `CREATE VIEW`.
    async fn run(self, destination: Result<Destination>) -> Result<Option<Summary>> {
        let rows = self.engine.run(&self.statement, &self.given).await;
        warn(&self.engine, self.ui);
        let rows = rows?;
        if !rows.has_columns() {
            return Ok(None);
        }
        let rendered = render(rows, &destination?, self.ui, None).await?;
        rendered.publish(self.ui).map(Some)
    }
}

/// A path as it was typed: perhaps in quotes, perhaps from the home directory.
fn path(typed: &str) -> PathBuf {
    let typed = typed.strip_prefix('\'').and_then(|typed| typed.strip_suffix('\'')).unwrap_or(typed);
    match (typed.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    }
}

/// `0.8 ms`, `12 ms`, `1.234 s`, `2 min 3 s`.
fn elapsed_text(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    match seconds {
        ..0.01 => format!("{:.1} ms", seconds * 1000.0),
        ..1.0 => format!("{:.0} ms", seconds * 1000.0),
        ..60.0 => format!("{seconds:.3} s"),
        _ => format!("{} min {} s", elapsed.as_secs() / 60, elapsed.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_a_unit_that_people_read() {
        let text = |micros| elapsed_text(Duration::from_micros(micros));
        assert_eq!(text(810), "0.8 ms");
        assert_eq!(text(12_400), "12 ms");
        assert_eq!(text(1_234_000), "1.234 s");
        assert_eq!(text(123_000_000), "2 min 3 s");
    }
}
