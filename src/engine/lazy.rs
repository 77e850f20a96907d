//! `a and b` does not look at `b` where `a` is false, as its reader expects: `y <> 0 and x / y > 1`.
//!
//! The engine evaluates both sides on all rows. Where the right side can fail, the plan's last rule
//! writes `case when a is false then false else a and b end`, whose branches are evaluated on their
//! own rows only; the same for `or`. The value is that of SQL's three-valued logic.

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator, lit};
use datafusion::optimizer::utils::NamePreserver;
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::arithmetic::{self, Replace};

/// The deepest alternation of `and` and `or` that is rewritten; each level writes its sides twice.
const DEEPEST: usize = 4;

/// The rule; it must be the last, for others would undo it. It also puts in the arithmetic that
/// says where it has no answer, which the other rules would be slow to see through.
#[derive(Debug)]
pub(super) struct LookOnlyWhereNeeded(pub(super) Replace);

impl OptimizerRule for LookOnlyWhereNeeded {
    fn name(&self) -> &'static str {
        "look_only_where_needed"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        let names = NamePreserver::new(&plan);
        let mut schema = merge_schema(&plan.inputs());
        if let LogicalPlan::TableScan(scan) = &plan {
            let source = DFSchema::try_from_qualified_schema(
                scan.table_name.clone(),
                &scan.source.schema(),
            )?;
            schema.merge(&source);
        }
        plan.map_expressions(|expr| {
            if !needs_rewriting(&expr)? {
                return Ok(Transformed::no(expr));
            }
            let name = names.save(&expr);
            let expr = self.0.everywhere(expr, &schema)?.data;
            let rewritten = expr.transform_down(|expr| Ok(connected(expr, DEEPEST)))?;
            Ok(Transformed::yes(name.restore(rewritten.data)))
        })
    }
}

fn needs_rewriting(expr: &Expr) -> Result<bool> {
    expr.exists(|part| Ok(matches!(part, Expr::BinaryExpr(_))))
}

fn can_fail(expr: &Expr) -> Result<bool> {
    expr.exists(|part| {
        Ok(match part {
            Expr::ScalarFunction(call) => arithmetic::can_fail(&call.func),
            Expr::Cast(_) => true,
            _ => false,
        })
    })
}

fn connected(expr: Expr, depth: usize) -> Transformed<Expr> {
    let operator = match &expr {
        Expr::BinaryExpr(BinaryExpr { op: op @ (Operator::And | Operator::Or), .. }) => *op,
        _ => return Transformed::no(expr),
    };
    let mut sides = Vec::new();
    flatten(&expr, operator, &mut sides);
    // The first side is always looked at.
    let later_fails = sides.iter().skip(1).any(|side| can_fail(side).unwrap_or(true));
    if !later_fails || depth == 0 {
        return Transformed::new(expr, false, TreeNodeRecursion::Jump);
    }
    let decided = operator == Operator::Or;
    let sides: Vec<Expr> = sides.into_iter().map(|side| inner(side.clone(), depth - 1)).collect();
    let last = sides.len() - 1;
    let whens = sides.iter().take(last).map(|side| {
        let known = Box::new(side.clone());
        let when = if decided { Expr::IsTrue(known) } else { Expr::IsFalse(known) };
        (Box::new(when), Box::new(lit(decided)))
    });
    let whens = whens.collect();
    let Some(all) = sides.into_iter().reduce(|left, right| {
        Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right)))
    }) else {
        return Transformed::no(expr);
    };
    let case = Expr::Case(Case::new(None, whens, Some(Box::new(all))));
    Transformed::new(case, true, TreeNodeRecursion::Jump)
}

/// Rewrites what is connected within one side.
fn inner(expr: Expr, depth: usize) -> Expr {
    let rewritten = expr.clone().transform_down(|part| Ok(connected(part, depth)));
    rewritten.map_or(expr, |rewritten| rewritten.data)
}

fn flatten<'a>(expr: &'a Expr, operator: Operator, sides: &mut Vec<&'a Expr>) {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if *op == operator => {
            flatten(left, operator, sides);
            flatten(right, operator, sides);
        }
        other => sides.push(other),
    }
}
