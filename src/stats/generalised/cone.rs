//! Decides whether some direction holds the rows of every group apart, those that must lie high from those that must lie low.

/// Points in a space, one a row.
pub(super) struct Points {
    width: usize,
    values: Vec<f64>,
}

/// Rows that share a level of the eliminated effect (or the constant).
#[derive(Clone)]
pub(super) struct Group {
    /// The rows that must lie no lower than any in `lows`.
    pub(super) highs: Vec<usize>,
    /// The rows that must lie no higher than any in `highs`; a row in both is at the border.
    pub(super) lows: Vec<usize>,
}

/// The cosine below which a pair of rows lies the wrong way round.
const AGAINST: f64 = 1e-9;
/// The cosine above which a pair of rows is held apart.
const APART: f64 = 1e-8;
/// The share of its parts at which a sum of them is rounding.
const NOTHING: f64 = 1e-12;
/// The shortest part of a pair, of length one, that is not in the space of those before it.
const DEPENDENT: f64 = 1e-11;

impl Points {
    pub(super) fn of(columns: &[Vec<f64>], rows: usize) -> Self {
        let values = (0..rows).flat_map(|row| columns.iter().map(move |column| column[row]));
        Self { width: columns.len(), values: values.collect() }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// The direction from a low row to a high one, of length one; none where they are the same point.
    fn pair(&self, high: usize, low: usize) -> Option<Vec<f64>> {
        let (high, low) = (self.row(high), self.row(low));
        let mut pair: Vec<f64> = high.iter().zip(low).map(|(a, b)| a - b).collect();
        let length = length(&pair);
        if length <= 1e-14 * (self::length(high) + self::length(low)) {
            return None;
        }
        for value in &mut pair {
            *value /= length;
        }
        Some(pair)
    }

    /// The cosine between a direction of length one and that from a low row to a high one.
    fn cosine(&self, high: usize, low: usize, direction: &[f64]) -> f64 {
        self.pair(high, low).map_or(0.0, |pair| product(&pair, direction))
    }

    fn along(&self, row: usize, direction: &[f64]) -> f64 {
        product(self.row(row), direction)
    }

    /// The lowest of the rows that must lie high, and the highest of those that must lie low.
    fn border(&self, group: &Group, direction: &[f64]) -> (usize, usize) {
        let along = |row: usize| self.along(row, direction);
        let lowest = extreme(&group.highs, along);
        (lowest, extreme(&group.lows, |row| -along(row)))
    }
}

/// The rows that some direction holds apart, each by more than rounding, while it puts none on the wrong side; none where
/// no direction does.
///
/// *Formula*: with generators a = high − low of every group, and b a sum of them with positive weights, the p ≥ 0 that makes
/// r = b + Σ p a shortest has a'r ≥ 0 for all a, and r'r = b'r. Either r = 0, and then a positive combination of all generators
/// is zero, so that no direction separates (Stiemke's lemma), or r itself separates. Again among the rows that r leaves at
/// the border, until r = 0: the rows found are all that any direction holds apart.
/// *Source*: Stiemke 1915; Lawson & Hanson 1974, chapter 23 (the p). *Shapes*: one value a row and column.
/// *Checked against*: linear programmes (separation.py: scipy's `linprog`), the same verdict and the same count.
pub(super) fn apart(points: &Points, groups: &[Group]) -> Option<Vec<bool>> {
    let mut found = vec![false; points.values.len().checked_div(points.width).unwrap_or(0)];
    let mut open: Vec<Group> = groups.to_vec();
    for _ in 0..=points.width {
        let Some(direction) = shortest(points, &open) else { break };
        let mut any = false;
        open = open
            .iter()
            .filter_map(|group| {
                let (kept, moved) = leave(points, group, &direction, &mut found);
                any |= moved;
                kept
            })
            .collect();
        if !any {
            break;
        }
    }
    found.contains(&true).then_some(found)
}

/// Marks the rows of a group that a direction holds apart; returns those at the border, and whether any were marked.
fn leave(
    points: &Points,
    group: &Group,
    direction: &[f64],
    found: &mut [bool],
) -> (Option<Group>, bool) {
    let (lowest, highest) = points.border(group, direction);
    if points.cosine(lowest, highest, direction) > APART {
        group.highs.iter().chain(&group.lows).for_each(|row| found[*row] = true);
        return (None, true);
    }
    let high = |row: &usize| points.cosine(*row, highest, direction) > APART;
    let low = |row: &usize| points.cosine(lowest, *row, direction) > APART;
    let (above, highs): (Vec<usize>, Vec<usize>) = group.highs.iter().partition(|row| high(row));
    let (below, lows): (Vec<usize>, Vec<usize>) = group.lows.iter().partition(|row| low(row));
    above.iter().chain(&below).for_each(|row| found[*row] = true);
    let any = !above.is_empty() || !below.is_empty();
    let both = !highs.is_empty() && !lows.is_empty();
    (both.then_some(Group { highs, lows }), any)
}

/// The direction, of length one, of the shortest r; none where it is zero.
fn shortest(points: &Points, groups: &[Group]) -> Option<Vec<f64>> {
    let centres: Vec<(usize, usize)> = groups
        .iter()
        .map(|group| {
            let near = |row: usize| length(points.row(row));
            (extreme(&group.highs, near), extreme(&group.lows, near))
        })
        .collect();
    let mut base = vec![0.0; points.width];
    for (group, (high, low)) in groups.iter().zip(&centres) {
        let highs = group.highs.iter().filter_map(|row| points.pair(*row, *low));
        let lows = group.lows.iter().filter_map(|row| points.pair(*high, *row));
        highs.chain(lows).for_each(|pair| add(&mut base, 1.0, &pair));
    }
    let mut pairs: Vec<Vec<f64>> = Vec::new();
    let mut weights: Vec<f64> = Vec::new();
    for _ in 0..20 * points.width + 200 {
        let mut rest = base.clone();
        pairs.iter().zip(&weights).for_each(|(pair, weight)| add(&mut rest, *weight, pair));
        let long = length(&rest);
        if long <= NOTHING * (length(&base) + weights.iter().sum::<f64>()) {
            return None;
        }
        for value in &mut rest {
            *value /= long;
        }
        let Some(pair) = worst(points, groups, &centres, &rest) else { return Some(rest) };
        pairs.push(pair);
        weights.push(0.0);
        fill(&mut pairs, &mut weights, &base)?;
    }
    None
}

/// The pair that lies furthest the wrong way round along a direction: of each row, that with the border of its group and
/// that with its centre are looked at.
fn worst(
    points: &Points,
    groups: &[Group],
    centres: &[(usize, usize)],
    direction: &[f64],
) -> Option<Vec<f64>> {
    let mut least = -AGAINST;
    let mut found = None;
    for (group, centre) in groups.iter().zip(centres) {
        for (high, low) in [points.border(group, direction), *centre] {
            let highs = group.highs.iter().map(|row| (*row, low));
            for (one, other) in highs.chain(group.lows.iter().map(|row| (high, *row))) {
                let cosine = points.cosine(one, other, direction);
                if cosine < least {
                    (least, found) = (cosine, Some((one, other)));
                }
            }
        }
    }
    found.and_then(|(high, low)| points.pair(high, low))
}

/// Finds the positive weights of pairs that make the sum shortest, leaving pairs out (Lawson and Hanson's inner loop); none
/// where the pairs depend on each other.
fn fill(pairs: &mut Vec<Vec<f64>>, weights: &mut Vec<f64>, base: &[f64]) -> Option<()> {
    loop {
        let wanted = least_squares(pairs, base)?;
        let share = weights
            .iter()
            .zip(&wanted)
            .filter(|(_, wanted)| **wanted <= 0.0)
            .map(|(weight, wanted)| if *weight > 0.0 { weight / (weight - wanted) } else { 0.0 })
            .fold(f64::INFINITY, f64::min);
        if share.is_infinite() {
            *weights = wanted;
            return Some(());
        }
        let moved = weights.iter().zip(&wanted).map(|(from, to)| from + share * (to - from));
        let moved: Vec<f64> = moved.collect();
        let largest = moved.iter().copied().fold(0.0, f64::max);
        let stays: Vec<bool> = moved
            .iter()
            .zip(&wanted)
            .map(|(weight, wanted)| *wanted > 0.0 || *weight > 1e-14 * largest)
            .collect();
        if stays.iter().all(|stays| *stays) {
            return None;
        }
        let mut keep = stays.iter();
        pairs.retain(|_| *keep.next().unwrap_or(&true));
        let kept =
            moved.into_iter().zip(stays).filter_map(|(weight, stays)| stays.then_some(weight));
        *weights = kept.collect();
    }
}

/// The weights, of any sign, that make base + Σ weight · pair shortest, by orthogonalising twice.
fn least_squares(pairs: &[Vec<f64>], base: &[f64]) -> Option<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(pairs.len());
    let mut upper: Vec<Vec<f64>> = Vec::with_capacity(pairs.len());
    let mut rest = base.to_vec();
    let mut sides = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let mut left = pair.clone();
        let mut column = vec![0.0; basis.len()];
        for _ in 0..2 {
            for (one, slot) in basis.iter().zip(&mut column) {
                let part = product(one, &left);
                add(&mut left, -part, one);
                *slot += part;
            }
        }
        let long = length(&left);
        if long < DEPENDENT {
            return None;
        }
        for value in &mut left {
            *value /= long;
        }
        column.push(long);
        let side = -product(&left, &rest);
        add(&mut rest, side, &left);
        sides.push(side);
        basis.push(left);
        upper.push(column);
    }
    for j in (0..sides.len()).rev() {
        sides[j] /= upper[j][j];
        for i in 0..j {
            sides[i] -= upper[j][i] * sides[j];
        }
    }
    Some(sides)
}

/// The first row at which a measure is least.
fn extreme(rows: &[usize], of: impl Fn(usize) -> f64) -> usize {
    let least =
        rows.iter().map(|row| (of(*row), *row)).reduce(|a, b| if b.0 < a.0 { b } else { a });
    least.map_or(0, |(_, row)| row)
}

pub(super) fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn length(a: &[f64]) -> f64 {
    product(a, a).sqrt()
}

pub(super) fn add(to: &mut [f64], factor: f64, by: &[f64]) {
    to.iter_mut().zip(by).for_each(|(slot, value)| *slot += factor * value);
}
