//! Fisher's exact test of a table of any size: the tables with its margins, walked as a network.

use std::collections::BTreeMap;

use super::{Alternative, CompareError, Comparison, How, chi_square, exact};
use crate::stats::math;
use crate::stats::sum::sum;

const TEST: &str = "Fisher's exact";
/// Observations above which logarithms would leave their fixed point.
const LARGEST: u64 = 100_000;
/// Divisions of a column, and paths carried over one, that are walked at most: some seconds.
const BUDGET: u64 = 6_000_000;
/// Logarithms are whole multiples of 2⁻⁴²: sums of them are exact, and equal paths are equal.
const ONE: f64 = (1_u64 << 42) as f64;

/// Tests the independence of rows and columns exactly.
///
/// *Formula*: p = Σ P(T) over the tables T with the margins of the one seen whose P(T) is not above its own (by a factor
/// 1 + 1e-7, as in R, so that equal ones count), P(T) = ∏rᵢ! ∏cⱼ! / (n! ∏tᵢⱼ!). Columns are filled one after another; a state is what is
/// left of the rows, in order of size, and the products that lead there. A state whose likeliest way on keeps a path
/// below the limit counts whole, by the multinomial theorem; one whose least likely way lies above it counts nothing.
/// A table with two rows and two columns goes to [`super::fisher_two_by_two`]. Effects: Cramér's V.
/// *Source*: Freeman & Halton 1951; the network of Mehta & Patel 1983. *Shapes*: any; empty rows and columns are left out.
/// *Errors*: fewer than two rows or columns with counts; rows of unlike lengths; a side of p for more than two by two; a table
/// whose network is above the budget. *Checked against*: R 4.2 `fisher.test` (tests/reference/fisher.R).
///
/// # Errors
/// See above.
pub fn fisher(table: &[Vec<u64>], how: &How) -> Result<Comparison, CompareError> {
    let width = table.first().map_or(0, Vec::len);
    if table.iter().any(|row| row.len() != width) {
        return Err(CompareError::Length);
    }
    let n: u64 = table.iter().flatten().sum();
    let table = filled(table, width);
    if table.len() < 2 || table[0].len() < 2 {
        return Err(CompareError::Table);
    }
    if let [one, two] = table.as_slice()
        && let ([a, b], [c, d]) = (one.as_slice(), two.as_slice())
    {
        return exact::fisher([[*a, *b], [*c, *d]], how);
    }
    if how.alternative != Alternative::TwoSided {
        return Err(CompareError::NoSides);
    }
    if n > LARGEST {
        return Err(CompareError::TooLarge { test: TEST });
    }
    Ok(Comparison {
        test: TEST,
        method: "exact, over all tables with these margins (Freeman and Halton)".to_owned(),
        statistic: None,
        df: None,
        p: Network::of(&table).p(&table)?.min(1.0),
        estimate: None,
        effects: chi_square(&table, false, how.level)?.effects,
        n: vec![n],
        warnings: Vec::new(),
    })
}

/// The rows and columns that have counts.
fn filled(table: &[Vec<u64>], width: usize) -> Vec<Vec<u64>> {
    let counts = |place: &usize| table.iter().any(|row| row[*place] > 0);
    let kept: Vec<usize> = (0..width).filter(counts).collect();
    let rows = table.iter().filter(|row| row.iter().any(|count| *count > 0));
    rows.map(|row| kept.iter().map(|place| row[*place]).collect()).collect()
}

/// What is left of the rows, from the largest.
type State = Vec<u32>;

/// The tables with given margins.
struct Network {
    rows: State,
    columns: Vec<u32>,
    /// ln k! for every k, in units of 2⁻⁴².
    factorials: Vec<i64>,
    /// For each column and state the largest and smallest Σ −ln tᵢⱼ! of the ways on.
    ends: BTreeMap<(usize, State), (i64, i64)>,
    left: u64,
}

impl Network {
    /// Walks along the longer side, so that states are short.
    fn of(table: &[Vec<u64>]) -> Self {
        let width = table.first().map_or(0, Vec::len);
        let rows = table.iter().map(|row| row.iter().sum::<u64>() as u32);
        let columns = (0..width).map(|at| table.iter().map(|row| row[at]).sum::<u64>() as u32);
        let (rows, columns): (Vec<u32>, Vec<u32>) = (rows.collect(), columns.collect());
        let turned = rows.len() > columns.len();
        let (mut rows, mut columns) = if turned { (columns, rows) } else { (rows, columns) };
        rows.sort_unstable_by(|one, other| other.cmp(one));
        columns.sort_unstable_by(|one, other| other.cmp(one));
        let n: u32 = rows.iter().sum();
        let logarithm = |k: u32| (math::ln_gamma(f64::from(k) + 1.0) * ONE).round() as i64;
        let factorials = (0..=n).map(logarithm).collect();
        Self { rows, columns, factorials, ends: BTreeMap::new(), left: BUDGET }
    }

    fn factorial(&self, k: u32) -> i64 {
        self.factorials[k as usize]
    }

    fn spend(&mut self, steps: usize) -> Result<(), CompareError> {
        let left = self.left.checked_sub(steps as u64);
        self.left = left.ok_or(CompareError::TooLarge { test: TEST })?;
        Ok(())
    }

    /// The probability of the tables that are no likelier than one of them.
    fn p(mut self, table: &[Vec<u64>]) -> Result<f64, CompareError> {
        let cells = table.iter().flatten();
        let seen: i64 = cells.map(|count| -self.factorial(*count as u32)).sum();
        let limit = seen + (math::ln_1p(1e-7) * ONE).ceil() as i64;
        let mut terms = Vec::new();
        let mut states = BTreeMap::from([(self.rows.clone(), BTreeMap::from([(0_i64, 1.0_f64)]))]);
        for column in 0..=self.columns.len() {
            let mut next: BTreeMap<State, BTreeMap<i64, f64>> = BTreeMap::new();
            for (state, paths) in states {
                let (most, least) = self.ends(column, &state)?;
                let whole = self.whole(column, &state);
                let mut open = Vec::new();
                for (path, count) in paths {
                    if path + most <= limit {
                        terms.push(count * math::exp((path + whole) as f64 / ONE));
                    } else if path + least <= limit {
                        open.push((path, count));
                    }
                }
                if !open.is_empty() {
                    let ways = self.ways(column, &state)?;
                    self.spend(open.len() * ways.len())?;
                    for (after, term, copies) in ways {
                        let paths = next.entry(after).or_default();
                        for (path, count) in &open {
                            *paths.entry(path + term).or_default() += copies * count;
                        }
                    }
                }
            }
            states = next;
        }
        Ok(sum(&terms))
    }

    /// ln of ∏rᵢ! ∏cⱼ! / n! times Σ ∏1/tᵢⱼ! over the ways on from a state: m! / (∏ left rows! ∏ left columns!).
    fn whole(&self, column: usize, state: &State) -> i64 {
        let product = |counts: &[u32]| counts.iter().map(|k| self.factorial(*k)).sum::<i64>();
        let all = product(&self.rows) + product(&self.columns)
            - self.factorial(self.rows.iter().sum::<u32>());
        let rest = self.columns.get(column..).unwrap_or_default();
        all + self.factorial(state.iter().sum()) - product(state) - product(rest)
    }

    /// The largest and smallest Σ −ln tᵢⱼ! of the ways on.
    fn ends(&mut self, column: usize, state: &State) -> Result<(i64, i64), CompareError> {
        if column == self.columns.len() {
            return Ok((0, 0));
        }
        let key = (column, state.clone());
        if let Some(known) = self.ends.get(&key) {
            return Ok(*known);
        }
        let (mut most, mut least) = (i64::MIN, i64::MAX);
        for (after, term, _) in self.ways(column, state)? {
            let (high, low) = self.ends(column + 1, &after)?;
            (most, least) = (most.max(term + high), least.min(term + low));
        }
        self.ends.insert(key, (most, least));
        Ok((most, least))
    }

    /// The ways to fill a column: what they leave, their Σ −ln tᵢⱼ!, and how many are alike.
    fn ways(
        &mut self,
        column: usize,
        state: &State,
    ) -> Result<Vec<(State, i64, f64)>, CompareError> {
        let mut divisions = Vec::new();
        let total = self.columns[column];
        let mut room: Vec<u32> = vec![0; state.len() + 1];
        for row in (0..state.len()).rev() {
            room[row] = room[row + 1] + state[row];
        }
        divide(state, &room, total, &mut Vec::new(), &mut divisions, self.left as usize)
            .then_some(())
            .ok_or(CompareError::TooLarge { test: TEST })?;
        self.spend(divisions.len())?;
        Ok(divisions
            .into_iter()
            .map(|division| {
                let mut after: State =
                    state.iter().zip(&division).map(|(left, taken)| left - taken).collect();
                after.sort_unstable_by(|one, other| other.cmp(one));
                let term = division.iter().map(|taken| -self.factorial(*taken)).sum();
                (after, term, copies(state, &division))
            })
            .collect())
    }
}

/// Divides a total among rows of some room: those of equal room in falling order only. False where there are too many.
fn divide(
    state: &[u32],
    room: &[u32],
    total: u32,
    taken: &mut Vec<u32>,
    found: &mut Vec<Vec<u32>>,
    most: usize,
) -> bool {
    let row = taken.len();
    if row == state.len() {
        found.push(taken.clone());
        return found.len() <= most;
    }
    let alike = row > 0 && state[row] == state[row - 1];
    let high = state[row].min(total).min(if alike { taken[row - 1] } else { u32::MAX });
    let low = total.saturating_sub(room[row + 1]);
    for count in low..=high {
        taken.push(count);
        let sound = divide(state, room, total - count, taken, found, most);
        taken.pop();
        if !sound {
            return false;
        }
    }
    true
}

/// In how many orders rows of equal room can take what a division gives them.
fn copies(state: &[u32], division: &[u32]) -> f64 {
    let (mut copies, mut alike, mut same) = (1.0_f64, 0.0, 0.0);
    for row in 0..state.len() {
        let one_room = row > 0 && state[row] == state[row - 1];
        alike = if one_room { alike + 1.0 } else { 1.0 };
        same = if one_room && division[row] == division[row - 1] { same + 1.0 } else { 1.0 };
        copies *= alike / same;
    }
    copies.round()
}
