//! What is left of a graph when its nodes of few neighbours are eliminated.

use std::collections::BTreeMap;

use super::conjugate::conjugate;

/// The Laplacian of the nodes that are left, one node of each component held at zero.
pub(super) struct Core {
    /// The nodes, in their order.
    nodes: Vec<u32>,
    starts: Vec<usize>,
    columns: Vec<u32>,
    weights: Vec<f64>,
    diagonal: Vec<f64>,
    /// The pivots of the incomplete factorisation: L D⁻¹ L' with the off-diagonal of the Laplacian itself.
    pivots: Vec<f64>,
    /// The nodes held at zero.
    held: Vec<u32>,
}

impl Core {
    /// Lays out the nodes that have neighbours.
    pub(super) fn of(edges: &[BTreeMap<u32, f64>]) -> Self {
        let held = held(edges);
        let mut place = vec![u32::MAX; edges.len()];
        let mut nodes = Vec::new();
        for (node, own) in edges.iter().enumerate() {
            if !own.is_empty() && held.binary_search(&(node as u32)).is_err() {
                place[node] = nodes.len() as u32;
                nodes.push(node as u32);
            }
        }
        let mut core = Self {
            starts: vec![0],
            columns: Vec::new(),
            weights: Vec::new(),
            diagonal: Vec::new(),
            pivots: Vec::new(),
            nodes,
            held,
        };
        for node in &core.nodes {
            let own = &edges[*node as usize];
            core.diagonal.push(own.values().sum());
            for (other, weight) in own {
                if place[*other as usize] != u32::MAX {
                    core.columns.push(place[*other as usize]);
                    core.weights.push(*weight);
                }
            }
            core.starts.push(core.columns.len());
        }
        core.factor();
        core
    }

    fn row(&self, node: usize) -> impl Iterator<Item = (usize, f64)> {
        let bounds = self.starts[node]..self.starts[node + 1];
        let weights = self.weights[bounds.clone()].iter();
        self.columns[bounds].iter().zip(weights).map(|(column, weight)| (*column as usize, *weight))
    }

    /// *Formula*: d_v = l_vv − Σ_{u<v} w_uv²/d_u. *Source*: Meijerink & van der Vorst 1977: it exists, and is positive.
    fn factor(&mut self) {
        for node in 0..self.nodes.len() {
            let before = self.row(node).filter(|(other, _)| *other < node);
            let taken: f64 =
                before.map(|(other, weight)| weight * (weight / self.pivots[other])).sum();
            let own = self.diagonal[node];
            self.pivots.push((own - taken).max(own * 1e-12));
        }
    }

    /// Solves for these right-hand sides, in place, and puts the held nodes at zero.
    pub(super) fn solve(&self, sums: &mut [f64]) {
        let b: Vec<f64> = self.nodes.iter().map(|node| sums[*node as usize]).collect();
        let x = conjugate(&b, |x, out| self.multiply(x, out), |r, out| self.precondition(r, out));
        for (node, value) in self.nodes.iter().zip(x) {
            sums[*node as usize] = value;
        }
        for node in &self.held {
            sums[*node as usize] = 0.0;
        }
    }

    fn multiply(&self, x: &[f64], out: &mut [f64]) {
        for (node, slot) in out.iter_mut().enumerate() {
            let others: f64 = self.row(node).map(|(other, weight)| weight * x[other]).sum();
            *slot = self.diagonal[node] * x[node] - others;
        }
    }

    fn precondition(&self, r: &[f64], out: &mut [f64]) {
        for (node, own) in r.iter().enumerate() {
            let before = self.row(node).take_while(|(other, _)| *other < node);
            let sum: f64 = before.map(|(other, weight)| weight * out[other]).sum();
            out[node] = (own + sum) / self.pivots[node];
        }
        for node in (0..r.len()).rev() {
            let after = self.row(node).skip_while(|(other, _)| *other < node);
            let sum: f64 = after.map(|(other, weight)| weight * out[other]).sum();
            out[node] += sum / self.pivots[node];
        }
    }
}

/// One node of each component: of most neighbours, the first of those.
fn held(edges: &[BTreeMap<u32, f64>]) -> Vec<u32> {
    let mut seen = vec![false; edges.len()];
    let mut held = Vec::new();
    for start in 0..edges.len() {
        if edges[start].is_empty() || seen[start] {
            continue;
        }
        let (mut open, mut best) = (vec![start], start);
        seen[start] = true;
        while let Some(node) = open.pop() {
            let size = |node: usize| (edges[node].len(), std::cmp::Reverse(node));
            if size(node) > size(best) {
                best = node;
            }
            for other in edges[node].keys() {
                let other = *other as usize;
                if !std::mem::replace(&mut seen[other], true) {
                    open.push(other);
                }
            }
        }
        held.push(best as u32);
    }
    held.sort_unstable();
    held
}
