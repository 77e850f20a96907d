//! The engine behind the façade, made when a query first needs it: its planner and its hundreds of
//! functions are most of the memory of a small run, and many runs never ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::TableReference;
use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use super::arithmetic::Replace;
use super::lazy::LookOnlyWhereNeeded;
use super::provider::Plain;
use super::{Table, aggregate, scalar};

/// The memory a query may use beside the tables it reads.
const MEMORY: usize = 8 << 30;

/// Both ways in which a query is run.
#[derive(Clone)]
pub(super) struct Contexts {
    /// Where what has no finite value is an error.
    pub(super) strict: SessionContext,
    /// Where floats may be infinite, to find the row of an error.
    pub(super) lenient: SessionContext,
}

impl Contexts {
    /// Makes both, and hands over the tables that were registered.
    pub(super) fn new(tables: &BTreeMap<String, Arc<Table>>) -> Result<Self, DataFusionError> {
        let contexts = Self { strict: context(true)?, lenient: context(false)? };
        for (name, table) in tables {
            contexts.register(name, Arc::clone(table))?;
        }
        Ok(contexts)
    }

    /// Makes a table known under a name; a table of that name is replaced.
    pub(super) fn register(&self, name: &str, table: Arc<Table>) -> Result<(), DataFusionError> {
        let scanned = Arc::new(Plain::new(table));
        for context in [&self.strict, &self.lenient] {
            let reference = TableReference::bare(name);
            context.deregister_table(reference.clone())?;
            context.register_table(reference, Arc::clone(&scanned) as _)?;
        }
        Ok(())
    }
}

fn context(strict: bool) -> Result<SessionContext, DataFusionError> {
    let mut config = SessionConfig::new()
        .with_target_partitions(1)
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(true);
    config.options_mut().sql_parser.enable_ident_normalization = false;
    // One pass, so that the last rule is the last: see `lazy`.
    config.options_mut().optimizer.max_passes = 1;
    config.options_mut().execution.time_zone = Some("+00:00".to_owned());
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(MEMORY, 1.0)
        .with_disk_manager_builder(
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled),
        )
        .build_arc()?;
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_default_features()
        .with_table_functions(std::iter::empty().collect())
        .with_optimizer_rule(Arc::new(LookOnlyWhereNeeded(Replace::new(strict))))
        .build();
    let mut context = SessionContext::new_with_state(state);
    scalar::all(strict).for_each(|function| context.register_udf(function));
    aggregate::all().for_each(|function| context.register_udaf(function));
    context.register_function_rewrite(Arc::new(Replace::new(strict)))?;
    Ok(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::functions;

    #[test]
    fn every_function_of_the_list_exists_and_none_of_it_is_volatile() {
        use datafusion::logical_expr::Volatility;
        // These are syntax: the parser turns them into functions of other names.
        let syntax = ["position", "ifnull", "mod", "ceil", "floor", "trim"];
        let state = context(true).expect("a context").state();
        for name in functions::names().filter(|name| !syntax.contains(name)) {
            let scalar = state.scalar_functions().get(name).map(|f| f.signature().volatility);
            let aggregate = state.aggregate_functions().get(name).map(|f| f.signature().volatility);
            let window = state.window_functions().get(name).map(|f| f.signature().volatility);
            let found = scalar.or(aggregate).or(window);
            assert_eq!(found, Some(Volatility::Immutable), "{name}");
        }
    }
}
