//! Two crossed effects as a graph: levels are nodes, combinations of levels that occur are edges.
//!
//! The cross-products of the dummies of two effects, the signs of the second turned, are the Laplacian of this graph.
//! Nodes of few neighbours are eliminated exactly: sums of positive numbers only, so that long chains of levels, which
//! iterations cannot cross, cost no digit. What remains is solved by conjugate gradients.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Cells;
use super::core::Core;

/// The most neighbours of a node that is eliminated.
const FEW: usize = 12;
/// How many times the edges of the graph may grow by eliminating nodes.
const GROWTH: usize = 2;

/// The graph of two effects, its nodes of few neighbours eliminated.
///
/// *Formula*: eliminating node v joins each two neighbours a, b by w_va·w_vb/Σw_v (star to mesh). *Source*: Abowd,
/// Creecy & Kramarz 2002 (the graph and its components); Kyng & Sachdeva 2016 (elimination of Laplacians).
/// *Shapes*: nodes are the levels of the first effect, then those of the second.
/// *Checked against*: dummies by QR (tests/it/stats/crossed.rs), sparse factorisation by scipy (crossed.py).
pub(super) struct Graph {
    /// Levels of the first effect.
    first: usize,
    nodes: Vec<Node>,
    core: Core,
}

/// An eliminated node.
struct Node {
    place: u32,
    /// The sum of its edges' weights when it was eliminated; zero where it was the last of its component.
    total: f64,
    edges: Vec<(u32, f64)>,
}

impl Graph {
    /// Makes the graph of combinations of two effects with so many levels.
    pub(super) fn of(cells: &Cells, first: usize, second: usize) -> Self {
        let mut edges = vec![BTreeMap::new(); first + second];
        for (levels, weight) in cells.levels().zip(&cells.weights) {
            let (a, b) = (levels[0], first as u32 + levels[1]);
            edges[a as usize].insert(b, *weight);
            edges[b as usize].insert(a, *weight);
        }
        let nodes = eliminate(&mut edges, cells.weights.len());
        Self { first, nodes, core: Core::of(&edges) }
    }

    /// Solves the normal equations of the dummies for these sums over levels: an effect for every level, in place.
    pub(super) fn solve(&self, sums: &mut [f64]) {
        self.turn(sums);
        for node in &self.nodes {
            if node.total > 0.0 {
                let share = sums[node.place as usize] / node.total;
                for (other, weight) in &node.edges {
                    sums[*other as usize] += weight * share;
                }
            }
        }
        self.core.solve(sums);
        for node in self.nodes.iter().rev() {
            let mut value = 0.0;
            if node.total > 0.0 {
                let neighbours =
                    node.edges.iter().map(|(other, weight)| weight * sums[*other as usize]);
                value = (sums[node.place as usize] + neighbours.sum::<f64>()) / node.total;
            }
            sums[node.place as usize] = value;
        }
        self.turn(sums);
    }

    /// Turns the signs of the second effect: from dummies to the Laplacian, and back.
    fn turn(&self, values: &mut [f64]) {
        for value in &mut values[self.first..] {
            *value = -*value;
        }
    }
}

/// Eliminates nodes, those of fewest neighbours first, and empties them.
fn eliminate(edges: &mut [BTreeMap<u32, f64>], mut count: usize) -> Vec<Node> {
    let most = GROWTH * count + 1000;
    let mut nodes = Vec::new();
    let queued = |edges: &BTreeMap<u32, f64>| edges.len() <= FEW;
    let mut queue: BTreeSet<(usize, u32)> = (0..edges.len())
        .filter(|node| queued(&edges[*node]))
        .map(|node| (edges[node].len(), node as u32))
        .collect();
    while let Some((degree, place)) = queue.pop_first() {
        if degree > 3 && count + degree * (degree - 3) / 2 > most {
            break;
        }
        let own: Vec<(u32, f64)> = std::mem::take(&mut edges[place as usize]).into_iter().collect();
        let total: f64 = own.iter().map(|(_, weight)| weight).sum();
        let own = if total > 0.0 { own } else { Vec::new() };
        for (at, (a, x)) in own.iter().enumerate() {
            let there = &mut edges[*a as usize];
            queue.remove(&(there.len(), *a));
            there.remove(&place);
            count -= 1;
            for (b, y) in
                own.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, edge)| edge)
            {
                let fill = there.entry(*b).or_insert_with(|| {
                    count += usize::from(a < b);
                    0.0
                });
                *fill += x * (y / total);
            }
        }
        for (a, _) in &own {
            if queued(&edges[*a as usize]) {
                queue.insert((edges[*a as usize].len(), *a));
            }
        }
        nodes.push(Node { place, total: if own.is_empty() { 0.0 } else { total }, edges: own });
    }
    nodes
}
