//! A table as the engine scans it: only the columns that a query reads become the engine's, when it
//! reads them.

use std::pin::Pin;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

use super::{Table, batch};

/// A plain table, registered.
#[derive(Debug)]
pub(super) struct Plain {
    table: Arc<Table>,
    schema: SchemaRef,
}

impl Plain {
    /// Wraps a table.
    pub(super) fn new(table: Arc<Table>) -> Self {
        let schema = batch::engine_schema(&table);
        Self { table, schema }
    }

    fn plan(&self, projection: Option<&Vec<usize>>) -> Result<Arc<dyn ExecutionPlan>> {
        let places = match projection {
            Some(places) => places.clone(),
            None => (0..self.schema.fields().len()).collect(),
        };
        let ours = |error| DataFusionError::External(Box::new(error));
        let rows = batch::to_batch(&self.table, &places).map_err(ours)?;
        let schema = rows.schema();
        Ok(MemorySourceConfig::try_new_exec(&[vec![rows]], schema, None)?)
    }
}

impl TableProvider for Plain {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn scan<'a, 'b, 'c, 'd, 'async_trait>(
        &'a self,
        _: &'b dyn Session,
        projection: Option<&'c Vec<usize>>,
        _: &'d [Expr],
        _: Option<usize>,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>>> + Send + 'async_trait>>
    where
        'a: 'async_trait,
        'b: 'async_trait,
        'c: 'async_trait,
        'd: 'async_trait,
        Self: 'async_trait,
    {
        let plan = self.plan(projection);
        Box::pin(async move { plan })
    }
}
