//! The session: registered tables, and queries that only read them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SQLOptions, SessionContext};
use datafusion::sql::parser::Statement;
use tokio::runtime::Runtime;

use super::context::Contexts;
use super::direct::Direct;
use super::sql::{self, Admitted, Words};
use super::{ColumnType, EngineError, Schema, Table, Values, batch, failure, parquet, plan};

/// The stack of each worker: a plan of a thousand operators needs a few MiB in an unoptimised build.
const STACK: usize = 32 << 20;
/// The most rows of one result, or four times the largest table where that is more.
const MOST_ROWS: usize = 5_000_000;
/// The longest time for one query.
const LONGEST: Duration = Duration::from_hours(1);

/// A query engine of its own: tables that were registered, on threads of its own.
///
/// A plan always has one partition, whatever the number of threads: the rows of a result then have
/// one order, and every value has one order of evaluation.
pub struct Engine {
    runtime: Option<Runtime>,
    known: Mutex<Known>,
    threads: usize,
}

/// What an engine has.
#[derive(Default)]
struct Known {
    /// The tables by name.
    tables: BTreeMap<String, Arc<Table>>,
    /// What answers; none before the first query that needs it.
    contexts: Option<Contexts>,
    /// Tables whose rows are counted before it answers again.
    uncounted: BTreeMap<String, usize>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Engine").field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A query that was given up may still run: do not wait for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Engine {
    /// Starts an engine on `threads` threads. The number changes no value.
    ///
    /// # Errors
    /// When the threads cannot be started.
    pub fn new(threads: usize) -> Result<Self, EngineError> {
        let threads = threads.max(1);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .max_blocking_threads(threads)
            .thread_name("secondlook-engine")
            .thread_stack_size(STACK)
            .build()
            .map_err(|error| failed(format!("its threads do not start: {error}")))?;
        Ok(Self { runtime: Some(runtime), known: Mutex::default(), threads })
    }

    /// Returns the number of threads.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Makes a table known under a name; a table of that name is replaced.
    ///
    /// # Errors
    /// When the engine refuses the table.
    pub fn register(&self, name: &str, table: Arc<Table>) -> Result<(), EngineError> {
        let mut known = self.known();
        if let Some(contexts) = &known.contexts {
            let registered = contexts.register(name, Arc::clone(&table));
            registered.map_err(|error| failure::plain(&error, &Words::default()))?;
        }
        known.uncounted.remove(name);
        known.tables.insert(name.to_owned(), table);
        Ok(())
    }

    /// Has the rows of a table counted before the next answer in which the engine itself has a part:
    /// that is then an error where it does not see `rows` of them.
    pub fn expect_rows(&self, name: &str, rows: usize) {
        self.known().uncounted.insert(name.to_owned(), rows);
    }

    /// Answers one read-only `SELECT`. Rows of filters and projections keep the order of their input.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn query(&self, sql: &str) -> Result<Table, EngineError> {
        let error = match self.run(true, sql) {
            Err(error @ (EngineError::DivideByZero | EngineError::Domain { .. })) => error,
            answer => return answer,
        };
        // The same query again, with infinite floats, may tell the column and the row.
        match self.run(false, sql) {
            Err(located @ EngineError::NotFinite { .. }) => Err(located),
            _ => Err(error),
        }
    }

    fn run(&self, strict: bool, sql: &str) -> Result<Table, EngineError> {
        let admitted = self.admit(sql)?;
        match self.direct(&admitted) {
            Some((direct, table)) => self.shared(strict, admitted, &direct, &table),
            None => self.whole(strict, admitted),
        }
    }

    /// Recognises a query over the rows of one table that has bare columns among its own.
    fn direct(&self, admitted: &Admitted) -> Option<(Direct, Arc<Table>)> {
        let mut direct = Direct::of(&admitted.statement)?;
        let table = self.known().tables.get(&direct.table).cloned()?;
        direct.applies(&table).then_some((direct, table))
    }

    /// Takes bare columns from the table itself and asks the engine for the rest.
    fn shared(
        &self,
        strict: bool,
        admitted: Admitted,
        direct: &Direct,
        table: &Table,
    ) -> Result<Table, EngineError> {
        let rest = match direct.rest(&admitted.statement, table) {
            Some(statement) => {
                let words = admitted.words.clone();
                Some(self.whole(strict, Admitted { statement, words })?)
            }
            None => None,
        };
        match direct.assembled(table, rest.as_ref()) {
            Some(Ok(assembled)) => Ok(assembled),
            _ => self.whole(strict, admitted),
        }
    }

    /// Runs the statement as it stands.
    fn whole(&self, strict: bool, admitted: Admitted) -> Result<Table, EngineError> {
        self.count_expected()?;
        self.answer(strict, admitted)
    }

    /// Trusts no silence: an engine that sees no rows of a table answers without an error.
    fn count_expected(&self) -> Result<(), EngineError> {
        let uncounted = std::mem::take(&mut self.known().uncounted);
        for (name, rows) in uncounted {
            let quoted = name.replace('"', "\"\"");
            let count = self.admit(&format!("SELECT count(*) AS \"rows\" FROM \"{quoted}\""))?;
            let counted = self.answer(true, count)?;
            let seen = match counted.column("rows").map(|column| &column.values) {
                Some(Values::Int(values)) => values.first().copied(),
                _ => None,
            };
            if seen != Some(rows as i64) {
                return Err(failed(format!("it does not see the {rows} rows of `{name}`")));
            }
        }
        Ok(())
    }

    fn answer(&self, strict: bool, admitted: Admitted) -> Result<Table, EngineError> {
        let contexts = self.contexts()?;
        let context = if strict { contexts.strict } else { contexts.lenient };
        let words = admitted.words.clone();
        let rows_of: BTreeMap<String, usize> =
            self.known().tables.iter().map(|(name, table)| (name.clone(), table.rows())).collect();
        let most = rows_of.values().fold(MOST_ROWS, |most, rows| most.max(rows.saturating_mul(4)));
        let (schema, batches) = self.blocking(&words, async move {
            let planned = planned(&context, admitted).await?;
            plan::check_work(&planned, &|name| rows_of.get(name).copied())?;
            let frame = DataFrame::new(context.state(), planned);
            collected(frame.limit(0, Some(most + 1))?).await
        })?;
        if batches.iter().map(RecordBatch::num_rows).sum::<usize>() > most {
            let message = format!("the result has more than {most} rows");
            return Err(EngineError::Limit { message });
        }
        batch::to_table(&schema, &batches)
    }

    /// Plans one read-only `SELECT` and returns the columns it would have.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn schema_of(&self, sql: &str) -> Result<Schema, EngineError> {
        let admitted = self.admit(sql)?;
        let bare = self.direct(&admitted);
        if let Some(schema) = bare.and_then(|(direct, table)| direct.schema(&table)) {
            return Ok(schema);
        }
        let plan = self.plan(admitted)?;
        let fields = plan.schema().fields().iter();
        batch::plain_schema(fields.map(|field| (field.name().as_str(), field.data_type())))
    }

    /// Returns the divisions of two ints in a query, as written: `5 / 2` is 2, which few expect.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn integer_divisions(&self, sql: &str) -> Result<Vec<String>, EngineError> {
        let admitted = self.admit(sql)?;
        if !sql.contains('/') {
            return Ok(Vec::new());
        }
        let words = admitted.words.clone();
        let context = self.contexts()?.strict;
        self.blocking(&words, async move {
            plan::integer_divisions(&planned(&context, admitted).await?)
        })
    }

    /// Reads the columns of a parquet file into a table.
    ///
    /// # Errors
    /// When the file is malformed, too large, lacks a column, or holds another type.
    pub fn read_parquet(path: &Path, columns: &Schema) -> Result<Table, EngineError> {
        parquet::read(path, columns)
    }

    /// Says whether a parquet file plainly has a column of a type, without nulls where none may be, as
    /// far as its footer and its marks of nulls tell. False says nothing: read the column.
    #[must_use]
    pub fn parquet_is_sound(path: &Path, column: &str, kind: ColumnType, not_null: bool) -> bool {
        parquet::is_sound(path, column, kind, not_null)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What answers, with all tables; made at the first call.
    fn contexts(&self) -> Result<Contexts, EngineError> {
        let mut known = self.known();
        if let Some(contexts) = &known.contexts {
            return Ok(contexts.clone());
        }
        let made = Contexts::new(&known.tables);
        let made = made.map_err(|error| failure::plain(&error, &Words::default()))?;
        known.contexts = Some(made.clone());
        Ok(made)
    }

    fn admit(&self, sql: &str) -> Result<Admitted, EngineError> {
        let tables: Vec<String> = self.known().tables.keys().cloned().collect();
        sql::admit(sql, &tables)
    }

    fn plan(&self, admitted: Admitted) -> Result<LogicalPlan, EngineError> {
        let words = admitted.words.clone();
        let context = self.contexts()?.strict;
        self.blocking(&words, async move {
            let plan = planned(&context, admitted).await?;
            let state = context.state();
            state.analyzer().execute_and_check(plan, state.config_options(), |_, _| {})
        })
    }

    /// Runs a task on the engine's own threads and waits for it; a panic there is an error here.
    fn blocking<T: Send + 'static>(
        &self,
        words: &Words,
        task: impl Future<Output = Result<T, DataFusionError>> + Send + 'static,
    ) -> Result<T, EngineError> {
        let Some(runtime) = &self.runtime else {
            return Err(failed("the engine has stopped"));
        };
        let (sender, receiver) = mpsc::sync_channel(1);
        let handle = runtime.spawn(async move {
            let answer = task.await;
            drop(sender.send(answer));
        });
        match receiver.recv_timeout(LONGEST) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(failure::plain(&error, words)),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                handle.abort();
                let message =
                    format!("the query takes longer than {} minutes", LONGEST.as_secs() / 60);
                Err(EngineError::Limit { message })
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(failed("the engine broke on this query"))
            }
        }
    }
}

fn failed(message: impl Into<String>) -> EngineError {
    EngineError::Failed { message: message.into() }
}

async fn planned(
    context: &SessionContext,
    admitted: Admitted,
) -> Result<LogicalPlan, DataFusionError> {
    let statement = Statement::Statement(Box::new(admitted.statement));
    let plan = context.state().statement_to_plan(statement).await?;
    plan::check_size(&plan)?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)?;
    plan::check_comparisons(&plan)?;
    Ok(plan)
}

async fn collected(frame: DataFrame) -> Result<(SchemaRef, Vec<RecordBatch>), DataFusionError> {
    let schema = Arc::clone(frame.schema().inner());
    let batches = frame.collect().await?;
    Ok((schema, batches))
}
