//! Preconditioned conjugate gradients.

/// Iterations before a solution is taken as it is: what is left is measured, and solved for again.
const ITERATIONS: usize = 4000;
/// The size of the residual, as a share of the first one, at which a solution is good enough to be refined.
const ENOUGH: f64 = 1e-11;

/// Solves A x = b, approximately, for a positive semidefinite A and a b in its range.
///
/// *Formula*: x ← x + αp, r ← r − αAp, p ← M⁻¹r + βp, α = r'M⁻¹r / p'Ap. *Source*: Hestenes & Stiefel 1952; Saad
/// 2003, algorithm 9.1. *Shapes*: `multiply` writes A p, `precondition` M⁻¹ r. One order of operations: the same bits
/// at any number of threads. *Errors*: none; the caller measures what is left and asks again.
pub(super) fn conjugate(
    b: &[f64],
    mut multiply: impl FnMut(&[f64], &mut [f64]),
    mut precondition: impl FnMut(&[f64], &mut [f64]),
) -> Vec<f64> {
    let mut x = vec![0.0; b.len()];
    let mut r = b.to_vec();
    let (mut z, mut product) = (vec![0.0; b.len()], vec![0.0; b.len()]);
    precondition(&r, &mut z);
    let mut p = z.clone();
    let mut size = dot(&r, &z);
    let enough = size * ENOUGH * ENOUGH;
    for _ in 0..ITERATIONS {
        if !size.is_finite() || size <= enough || size <= 0.0 {
            break;
        }
        multiply(&p, &mut product);
        let curvature = dot(&p, &product);
        if !curvature.is_finite() || curvature <= 0.0 {
            break;
        }
        let step = size / curvature;
        for ((x, r), (p, product)) in x.iter_mut().zip(&mut r).zip(p.iter().zip(&product)) {
            *x += step * p;
            *r -= step * product;
        }
        precondition(&r, &mut z);
        let before = std::mem::replace(&mut size, dot(&r, &z));
        let turn = size / before;
        for (p, z) in p.iter_mut().zip(&z) {
            *p = z + turn * *p;
        }
    }
    x
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
