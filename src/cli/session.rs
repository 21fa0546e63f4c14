//! Opens the session that the common options describe.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, NaiveDate};

use super::args::Common;
use crate::{
    console::{Destination, Ui, warn},
    engine::{Engine, EngineOptions},
    error::{Error, Result},
    model::Model,
    project::{Lock, Project},
};

/// A session with the tables of the project, if there is one, and those of `--table`.
pub(super) async fn engine(common: &Common, ui: Ui) -> Result<Engine> {
    with_project(common, project(common)?, ui).await
}

/// The same for a saved query: it belongs to the project that it lies in, from wherever it is run.
pub(super) async fn engine_of(common: &Common, query: &Path, ui: Ui) -> Result<Engine> {
    let directory = query.parent().filter(|parent| !parent.as_os_str().is_empty());
    let beside = match (&common.project, directory) {
        (None, Some(directory)) if directory.is_dir() => Project::find(directory)?,
        _ => None,
    };
    let project = match beside {
        Some(project) => Some(project),
        None => project(common)?,
    };
    with_project(common, project, ui).await
}

async fn with_project(common: &Common, project: Option<Project>, ui: Ui) -> Result<Engine> {
    let engine = Engine::new(&options(common))?;
    if let Some(project) = project {
        let today = today(&project);
        Model::attach(&engine, project, today)?;
    }
    add_tables(&engine, common, ui).await?;
    Ok(engine)
}

/// A session with the tables of a project, which must be there. Without `locked`, types are decided anew.
pub(super) async fn project_engine(common: &Common, locked: bool, ui: Ui) -> Result<(Engine, Model)> {
    let project = project(common)?.ok_or_else(|| {
        Error::config("there is no `marginql.toml` here or in a directory above")
            .hint("`marginql init` writes one, `--project PATH` names one")
    })?;
    let lock = match locked {
        true => Lock::read(&project.directory)?,
        false => None,
    };
    let engine = Engine::new(&options(common))?;
    let today = today(&project);
    let model = Model::attach_with_lock(&engine, project, today, lock)?;
    add_tables(&engine, common, ui).await?;
    Ok((engine, model))
}

async fn add_tables(engine: &Engine, common: &Common, ui: Ui) -> Result<()> {
    for table in &common.table {
        engine
            .add_table(&table.name, &table.path)
            .await
            .map_err(|error| error.note(format!("it is the table `{}` of `--table`", table.name)))?;
    }
    warn(engine, ui);
    Ok(())
}

/// The project that is named, else the one of the current directory.
pub(super) fn project(common: &Common) -> Result<Option<Project>> {
    match &common.project {
        Some(path) => Project::load(path).map(Some),
        None => Project::find(Path::new(".")),
    }
}

/// The day it is where the project is.
pub(super) fn today(project: &Project) -> NaiveDate {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or_default();
    project.day_of(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
}

/// Where the common options send rows.
pub(super) fn destination(common: &Common, ui: Ui) -> Result<Destination> {
    Destination::chosen(common.format, common.output.as_deref(), common.rows_max, ui)
}

pub(super) fn options(common: &Common) -> EngineOptions {
    EngineOptions {
        memory_limit: common.memory_limit,
        threads: common.threads.map(std::num::NonZeroUsize::get),
        temp_directory: common.temp_dir.clone(),
        temp_limit: common.temp_limit,
        settings: common.set.iter().map(|setting| (setting.key.clone(), setting.value.clone())).collect(),
        state_directory: state_directory(),
        verify: common.verify,
        lasting_after: None,
    }
}

/// Where history and typing results are kept: `$MARGINQL_STATE_DIR`, else the user's directory for such things.
pub(super) fn state_directory() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    if let Some(directory) = std::env::var_os("MARGINQL_STATE_DIR").filter(|value| !value.is_empty()) {
        return Some(directory.into());
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("marginql"))
}
