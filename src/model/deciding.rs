//! Options that the files decide: the queries of a connector for options that are `auto`, run once and remembered.

use serde::{Deserialize, Serialize};

use super::{connected::Connected, connector::ConnectorOption, inspection::text_at};
use crate::{
    error::{Error, Result},
    query::Parameters,
};

/// The value of an option that leaves the choice to a query.
pub(super) const AUTO: &str = "auto";

tokio::task_local! {
    /// Set while a query decides an option: a helper view that it reads cannot wait for that decision.
    static DECIDING: ();
}

/// Whether a query is deciding an option.
pub(super) fn is_deciding() -> bool {
    DECIDING.try_with(|()| ()).is_ok()
}

/// What a query decided about an option, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The option.
    pub option: String,
    /// Its value.
    pub value: String,
    /// Why.
    pub reason: String,
}

impl Connected {
    /// What queries decided about options.
    pub(super) async fn decisions(&self) -> Result<&[Decision]> {
        Ok(&self.decided().await?.1)
    }

    /// The parameters of the connector's SQL, and what was decided of them.
    pub(super) async fn decided(&self) -> Result<&(Parameters, Vec<Decision>)> {
        self.decided
            .get_or_try_init(|| async {
                let mut parameters = self.given.clone();
                let mut decisions = Vec::new();
                for option in &self.undecided {
                    let decision = self.decide_once(option).await?;
                    let value = option
                        .parameter_type
                        .parse_values(&option.name, std::slice::from_ref(&decision.value))?;
                    parameters.set(option.name.clone(), value);
                    decisions.push(decision);
                }
                Ok((parameters, decisions))
            })
            .await
    }

    /// A decision reads whole files; as long as they are the same, it stands.
    async fn decide_once(&self, option: &ConnectorOption) -> Result<Decision> {
        let key = self.key("decision", &option.name);
        let before = self.identity_of_all(option).await;
        let remembered = before.as_ref().and_then(|identity| self.sources.remembered(&key, identity));
        if let Some(decision) = remembered {
            return Ok(decision);
        }
        let decision = self.decide(option).await?;
        // Files that changed meanwhile, or were read before they changed, are not those of the decision.
        if let (Some(before), Some(after)) = (before, self.identity_of_all(option).await)
            && before == after
        {
            self.sources.remember(&key, &after, &decision);
        }
        Ok(decision)
    }

    /// What tells the files of all tables from others: as they were read, or as they are. None if some are not there, which
    /// is for the query to say that needs them.
    async fn identity_of_all(&self, option: &ConnectorOption) -> Option<String> {
        let mut all = format!("{option:?} {:?} {:?}", self.given, self.connector.views);
        for table in self.given_tables() {
            let read = self.tables.get(&table.name).and_then(|cell| cell.get());
            match read {
                Some(opened) => all += &opened.identity,
                None => {
                    let (paths, options) = self.opening(table).ok()?;
                    all += &self.identity(table, &self.sources.identity(&paths, &options).await.ok()?);
                }
            }
        }
        Some(all)
    }

    async fn decide(&self, option: &ConnectorOption) -> Result<Decision> {
        let Some(text) = &option.auto else {
            return Err(Error::config(format!("nothing decides the option `{}`", option.name)));
        };
        let namespace = self.namespace();
        let plan = DECIDING.scope((), self.planner.plan(text, &self.given, Some(&namespace))).await?;
        let batches = self.planner.collect(&plan, text).await?;
        let row = batches.iter().find(|batch| batch.num_rows() > 0 && batch.num_columns() == 2);
        let cell = |index: usize| -> Option<String> { text_at(row?.column(index), 0).ok()? };
        match (cell(0), cell(1)) {
            (Some(value), Some(reason))
                if value != AUTO && (option.values.is_empty() || option.values.contains(&value)) =>
            {
                Ok(Decision { option: option.name.clone(), value, reason })
            }
            (value, _) => Err(Error::config(format!(
                "`{}` decides `{}` for the option `{}`, which is not one of its values with a reason",
                text.origin(),
                value.unwrap_or_else(|| "nothing".to_owned()),
                option.name
            ))
            .hint(format!(
                "set the option in the project: `[sources.{}]` with `options = {{ {} = … }}`",
                self.name, option.name
            ))),
        }
    }
}
