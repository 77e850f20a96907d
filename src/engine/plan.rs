//! What a plan says before it runs: divisions of ints, and how much work it may be.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};

use super::{ColumnType, EngineError};

/// The most pairs of rows that a join without an equality may look at.
const MOST_PAIRS: f64 = 1e9;

/// The most nodes of a plan, each common table expression counted wherever it is used.
const MOST_NODES: usize = 20_000;
/// The most that a column may grow when the expressions it is made of are written out.
const MOST_GROWTH: f64 = 1e7;

/// Refuses a plan that a short text makes huge: names that stand for two names, again and again.
pub(super) fn check_size(plan: &LogicalPlan) -> Result<()> {
    let mut nodes = 0_usize;
    plan.apply_with_subqueries(|_| {
        nodes += 1;
        let enough = nodes > MOST_NODES;
        Ok(if enough { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    if nodes > MOST_NODES || growth(plan) > MOST_GROWTH {
        let message = "sub-queries that use one another too often".to_owned();
        return Err(DataFusionError::External(Box::new(EngineError::Limit { message })));
    }
    Ok(())
}

fn growth(plan: &LogicalPlan) -> f64 {
    let below = plan.inputs().into_iter().map(growth).fold(1.0, f64::max);
    let LogicalPlan::Projection(projection) = plan else {
        return below;
    };
    let references = |expr: &Expr| {
        let mut count = 0_u32;
        let walked = expr.apply(|part| {
            count += u32::from(matches!(part, Expr::Column(_)));
            Ok(TreeNodeRecursion::Continue)
        });
        if walked.is_ok() { f64::from(count) } else { f64::INFINITY }
    };
    below * projection.expr.iter().map(references).fold(1.0, f64::max)
}

/// Returns the divisions of two ints, as text.
pub(super) fn integer_divisions(plan: &LogicalPlan) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    plan.apply_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        node.apply_expressions(|expr| {
            expr.apply(|part| {
                if let Some(text) = integer_division(part, &schema)
                    && !found.contains(&text)
                {
                    found.push(text);
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}

fn integer_division(expr: &Expr, schema: &DFSchema) -> Option<String> {
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Divide, right }) = expr else {
        return None;
    };
    let int = |side: &Expr| side.get_type(schema).is_ok_and(|kind| DataType::is_integer(&kind));
    (int(left) && int(right)).then(|| format!("{} / {}", as_written(left), as_written(right)))
}

/// Refuses to compare text with numbers: the engine would read numbers out of the text, row by row.
pub(super) fn check_comparisons(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        node.apply_expressions(|expr| {
            expr.apply(|part| match mixed_comparison(part, &schema) {
                Some(message) => {
                    Err(DataFusionError::External(Box::new(EngineError::Type { message })))
                }
                None => Ok(TreeNodeRecursion::Continue),
            })
        })
    })?;
    Ok(())
}

fn compares(operator: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(operator, Eq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom | Lt | LtEq | NotEq)
}

fn mixed_comparison(expr: &Expr, schema: &DFSchema) -> Option<String> {
    let sides: Vec<(&Expr, &Expr)> = match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            vec![(left, right)]
        }
        Expr::Between(between) => {
            vec![(&between.expr, &between.low), (&between.expr, &between.high)]
        }
        Expr::InList(list) => list.list.iter().map(|item| (list.expr.as_ref(), item)).collect(),
        _ => return None,
    };
    let kind = |side: &Expr| {
        let kind = side.get_type(schema).ok()?;
        super::batch::plain_type(&kind)
    };
    sides.into_iter().find_map(|(left, right)| {
        let (left_kind, right_kind) = (kind(left)?, kind(right)?);
        let text = |kind| kind == ColumnType::Text;
        let number = |kind| matches!(kind, ColumnType::Int | ColumnType::Float | ColumnType::Bool);
        let mixed = text(left_kind) && number(right_kind) || number(left_kind) && text(right_kind);
        let said = |side, kind: ColumnType| {
            let article = if kind == ColumnType::Int { "an" } else { "a" };
            format!("`{}` is {article} {kind}", as_written(side))
        };
        mixed.then(|| format!("{} and {}", said(left, left_kind), said(right, right_kind)))
    })
}

/// An expression as a person writes it: columns without their tables.
fn as_written(expr: &Expr) -> String {
    let bare = expr.clone().transform_up(|part| {
        Ok(match part {
            Expr::Column(column) => {
                Transformed::yes(Expr::Column(Column::new_unqualified(column.name)))
            }
            other => Transformed::no(other),
        })
    });
    bare.map_or_else(
        |_| expr.human_display().to_string(),
        |bare| bare.data.human_display().to_string(),
    )
}

/// Refuses a join without an equality over too many pairs of rows; `rows` knows the tables.
pub(super) fn check_work(plan: &LogicalPlan, rows: &dyn Fn(&str) -> Option<usize>) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Join(join) = node
            && join.on.is_empty()
        {
            let pairs = bound(&join.left, rows) * bound(&join.right, rows);
            if pairs > MOST_PAIRS {
                let message = format!(
                    "a join without an equality would look at {pairs:.0e} pairs of rows; the limit is {MOST_PAIRS:.0e}"
                );
                return Err(DataFusionError::External(Box::new(EngineError::Limit { message })));
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

/// A rough upper bound of a plan's rows; joins on an equality count as their inputs together.
fn bound(plan: &LogicalPlan, rows: &dyn Fn(&str) -> Option<usize>) -> f64 {
    let inputs = || plan.inputs().into_iter().map(|input| bound(input, rows));
    match plan {
        LogicalPlan::TableScan(scan) => rows(scan.table_name.table()).unwrap_or(0) as f64,
        LogicalPlan::EmptyRelation(_) => 1.0,
        LogicalPlan::Values(values) => values.values.len() as f64,
        LogicalPlan::Join(join) if join.on.is_empty() => inputs().product(),
        LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() => 1.0,
        LogicalPlan::Limit(_) => {
            let most = plan.max_rows().map_or(f64::INFINITY, |most| most as f64);
            inputs().sum::<f64>().min(most)
        }
        _ => inputs().sum(),
    }
}
