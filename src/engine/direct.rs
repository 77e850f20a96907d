//! A `SELECT` of expressions over the rows of one table: its bare columns need no engine.
//!
//! `SELECT a AS x, ln(b) AS y FROM t` gives one row for each of `t`, in the order of `t`: `x` *is* the
//! column `a`, shared and not copied, and only `y` is asked of the engine. Windows and sub-queries may
//! put rows in another order: with them the engine answers the whole.

use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Query, Select, SelectItem, SetExpr, Statement, TableFactor, Visit, Visitor,
};

use super::{Column, ColumnType, Schema, Table, TableError, simple};

/// A `SELECT` over the rows of one table, item by item.
#[derive(Debug)]
pub(super) struct Direct {
    pub(super) table: String,
    items: Vec<Item>,
    /// The computed items that need no engine.
    done: Vec<Option<Arc<Column>>>,
}

/// What one column of the result is.
#[derive(Debug, PartialEq, Eq)]
enum Item {
    /// A bare column, and its name in the result.
    Column { name: String, from: String },
    /// An expression, and its name in the result.
    Computed { name: String, expr: Box<Expr> },
}

impl Direct {
    /// Recognises such a statement; none where it is anything more.
    pub(super) fn of(statement: &Statement) -> Option<Self> {
        let Statement::Query(query) = statement else { return None };
        let select = select_of(query)?;
        let [from] = select.from.as_slice() else { return None };
        let TableFactor::Table { name, .. } = &from.relation else { return None };
        let [part] = name.0.as_slice() else { return None };
        let table = part.as_ident()?;
        // Nothing but items and a table: every other clause would show.
        let list: Vec<String> = select.projection.iter().map(ToString::to_string).collect();
        if statement.to_string() != format!("SELECT {} FROM {table}", list.join(", ")) {
            return None;
        }
        let items = select.projection.iter().map(item).collect::<Option<Vec<_>>>()?;
        let done = items.iter().map(|_| None).collect();
        Some(Self { table: table.value.clone(), items, done })
    }

    /// The columns of the result where all are bare columns of the table, or need no engine: what
    /// [`Self::applies`] has evaluated tells their types.
    pub(super) fn schema(&self, table: &Table) -> Option<Schema> {
        let kind = |(item, done): (&Item, &Option<Arc<Column>>)| -> Option<(String, ColumnType)> {
            Some(match item {
                Item::Column { name, from } => (name.clone(), table.column(from)?.kind()),
                Item::Computed { name, .. } => (name.clone(), done.as_ref()?.kind()),
            })
        };
        let columns = self.items.iter().zip(&self.done).map(kind).collect::<Option<Vec<_>>>()?;
        self.distinct().then_some(Schema { columns })
    }

    /// Evaluates the expressions that need no engine. Says whether what is left can be asked alone:
    /// there is a bare column, or nothing is left; all such columns exist, and no name comes twice.
    pub(super) fn applies(&mut self, table: &Table) -> bool {
        let exists = |item: &Item| match item {
            Item::Column { from, .. } => table.column(from).is_some(),
            Item::Computed { .. } => true,
        };
        if !self.items.iter().all(exists) || !self.distinct() {
            return false;
        }
        let evaluated = |item: &Item| match item {
            Item::Column { .. } => None,
            Item::Computed { expr, .. } => simple::evaluate(expr, table).map(Arc::new),
        };
        self.done = self.items.iter().map(evaluated).collect();
        let bare = self.items.iter().any(|item| matches!(item, Item::Column { .. }));
        bare || self.done.iter().all(Option::is_some)
    }

    fn distinct(&self) -> bool {
        let name = |item: &Item| match item {
            Item::Column { name, .. } | Item::Computed { name, .. } => name.clone(),
        };
        let mut names: Vec<String> = self.items.iter().map(name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        names.len() == count
    }

    /// The statement that asks for the expressions only, beside one bare column (of numbers if there
    /// is one): an aggregate beside a column stays the error that it is. None where all are bare.
    pub(super) fn rest(&self, statement: &Statement, table: &Table) -> Option<Statement> {
        let mut statement = statement.clone();
        let Statement::Query(query) = &mut statement else { return None };
        let SetExpr::Select(select) = query.body.as_mut() else { return None };
        let beside = self.beside(table);
        let mut place = 0;
        let mut computed = 0;
        select.projection.retain(|_| {
            let is_computed = self.is_left(place);
            let keep = is_computed || Some(place) == beside;
            computed += usize::from(is_computed);
            place += 1;
            keep
        });
        (computed > 0).then_some(statement)
    }

    fn is_left(&self, place: usize) -> bool {
        matches!(self.items.get(place), Some(Item::Computed { .. }))
            && self.done.get(place).is_none_or(Option::is_none)
    }

    fn beside(&self, table: &Table) -> Option<usize> {
        let numeric = |item: &Item| match item {
            Item::Column { from, .. } => {
                table.column(from).is_some_and(|column| column.kind().is_numeric())
            }
            Item::Computed { .. } => false,
        };
        let any = |item: &Item| matches!(item, Item::Column { .. });
        self.items.iter().position(numeric).or_else(|| self.items.iter().position(any))
    }

    /// Puts the result together: shared columns of the table, and the columns of the rest in order.
    /// None where the rest has not one row for each of the table.
    pub(super) fn assembled(
        &self,
        table: &Table,
        rest: Option<&Table>,
    ) -> Option<Result<Table, TableError>> {
        if rest.is_some_and(|rest| rest.rows() != table.rows()) {
            return None;
        }
        let beside = self.beside(table);
        let mut computed: Vec<(String, Arc<Column>)> = Vec::new();
        for name in rest.iter().flat_map(|rest| rest.names()) {
            computed.push((name.to_owned(), Arc::clone(rest?.shared(name)?)));
        }
        let mut computed = computed.into_iter();
        let mut columns = Vec::with_capacity(self.items.len());
        for (place, item) in self.items.iter().enumerate() {
            if rest.is_some() && Some(place) == beside {
                computed.next();
            }
            columns.push(match item {
                Item::Column { name, from } => (name.clone(), Arc::clone(table.shared(from)?)),
                Item::Computed { name, .. } => match self.done.get(place) {
                    Some(Some(column)) => (name.clone(), Arc::clone(column)),
                    _ => computed.next()?,
                },
            });
        }
        Some(Table::from_shared(columns))
    }
}

fn select_of(query: &Query) -> Option<&Select> {
    match query.body.as_ref() {
        SetExpr::Select(select) => Some(select),
        _ => None,
    }
}

fn item(item: &SelectItem) -> Option<Item> {
    match item {
        SelectItem::ExprWithAlias { expr, alias } => match bare(expr) {
            Some(from) => {
                Some(Item::Column { name: alias.value.clone(), from: from.value.clone() })
            }
            None => expr.visit(&mut ByRow).is_continue().then(|| Item::Computed {
                name: alias.value.clone(),
                expr: Box::new(expr.clone()),
            }),
        },
        SelectItem::UnnamedExpr(expr) => bare(expr)
            .map(|from| Item::Column { name: from.value.clone(), from: from.value.clone() }),
        _ => None,
    }
}

fn bare(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Identifier(ident) => Some(ident),
        Expr::Nested(inner) => bare(inner),
        _ => None,
    }
}

/// Breaks at what looks at other rows and may order them.
struct ByRow;

impl Visitor for ByRow {
    type Break = ();

    fn pre_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(call) if call.over.is_some() => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}
