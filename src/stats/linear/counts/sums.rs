//! Exact sums over rows: counts of pairs of levels, and sums of numbers as integers.

use super::merged::Merged;
use super::packed::Packed;
use super::plan::{Coding, Kind, Plan};
use crate::stats::double_double::DoubleDouble;

/// Exact sums over rows, whatever their order.
///
/// *Formula*: one table of counts for each pair of merged factors, summed to pairs of levels; Σx over levels and Σxz
/// as integers of 51 bits or fewer. *Shapes*: (levels + 1)² counts.
pub(super) struct Sums {
    pub(super) size: usize,
    pub(super) n: f64,
    /// Rows in both levels, for levels of an earlier and a later factor.
    counts: Vec<u32>,
    /// Rows of each level.
    pub(super) one_way: Vec<u32>,
    /// What the eliminated effect explains of the sums.
    pub(super) taken: Option<super::eliminated::Taken>,
    /// Sums of numbers over levels, in units of `unit`.
    of_levels: Vec<i128>,
    /// Sums of products of numbers, in units of `unit`².
    products: Vec<i128>,
    /// Sums of numbers.
    totals: Vec<i128>,
    pub(super) width: usize,
    pub(super) unit: f64,
    factor_of: Vec<usize>,
}

impl Sums {
    /// Sums over the rows; none where there are too many.
    pub(super) fn of<const N: usize>(plan: &Plan<'_>, packed: &Packed<N>) -> Option<Self> {
        let n = packed.rows.len();
        u32::try_from(n).ok()?;
        let bits = 126_u32.checked_sub(2 * (usize::BITS - n.leading_zeros()))? / 2;
        let size = plan.levels + 1;
        let mut factor_of = vec![usize::MAX; size];
        for (place, factor) in plan.factors.iter().enumerate() {
            factor_of[factor.levels.clone()].fill(place);
        }
        let mut sums = Self {
            size,
            n: n as f64,
            counts: vec![0; size * size],
            one_way: vec![0; size],
            taken: None,
            of_levels: vec![0; size * packed.width],
            products: vec![0; packed.width * packed.width],
            totals: vec![0; packed.width],
            width: packed.width,
            unit: libm::scalbn(1.0, bits.min(51) as i32),
            factor_of,
        };
        sums.count(packed);
        sums.sum(packed);
        if plan.eliminated > 0 {
            sums.taken = Some(super::eliminated::taken(&sums, packed));
        }
        Some(sums)
    }

    fn count<const N: usize>(&mut self, packed: &Packed<N>) {
        let last = packed.merged.len().saturating_sub(1);
        for (a, one) in packed.merged.iter().enumerate() {
            if last == 0 {
                let mut alone = vec![0_u32; one.count];
                packed.rows.iter().for_each(|row| alone[usize::from(row[a])] += 1);
                self.spread_alone(one, &alone);
            }
            for (b, other) in packed.merged.iter().enumerate().skip(a + 1) {
                let mut table = vec![0_u32; one.count * other.count];
                for row in &packed.rows {
                    // A count is at most the number of rows, which fits.
                    let cell = &mut table[usize::from(row[a]) * other.count + usize::from(row[b])];
                    *cell = cell.wrapping_add(1);
                }
                self.spread_pair(one, other, &table);
                if b == a + 1 {
                    let lines = table.chunks_exact(other.count);
                    self.spread_alone(
                        one,
                        &lines.map(|line| line.iter().sum()).collect::<Vec<_>>(),
                    );
                }
                if a == 0 && b == last {
                    let mut alone = vec![0_u32; other.count];
                    for line in table.chunks_exact(other.count) {
                        alone.iter_mut().zip(line).for_each(|(sum, count)| *sum += count);
                    }
                    self.spread_alone(other, &alone);
                }
            }
        }
    }

    /// Adds a merged factor's counts to its members' levels and pairs.
    fn spread_alone(&mut self, one: &Merged, alone: &[u32]) {
        for (code, count) in alone.iter().enumerate().filter(|(_, count)| **count > 0) {
            let places = one.places(code);
            for (at, a) in places.iter().enumerate() {
                self.one_way[usize::from(*a)] += count;
                for b in &places[..at] {
                    *self.cell(usize::from(*a), usize::from(*b)) += count;
                }
            }
        }
    }

    /// Sums a table of two merged factors over what each of its pairs of levels leaves open.
    fn spread_pair(&mut self, one: &Merged, other: &Merged, table: &[u32]) {
        let width = other.count;
        let mut lines = vec![0_u32; self.size * width];
        let mut used = vec![false; self.size];
        for (code, counts) in table.chunks_exact(width).enumerate() {
            for place in one.places(code) {
                used[usize::from(*place)] = true;
                let line = &mut lines[usize::from(*place) * width..][..width];
                line.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        for a in (0..self.size - 1).filter(|a| used[*a]) {
            for (code, count) in lines[a * width..][..width].iter().enumerate() {
                if *count > 0 {
                    for b in other.places(code) {
                        *self.cell(a, usize::from(*b)) += count;
                    }
                }
            }
        }
    }

    /// The count of a pair of levels, or that of a pair with the blank, which nobody reads.
    fn cell(&mut self, a: usize, b: usize) -> &mut u32 {
        let (first, later) = self.ordered(a, b);
        &mut self.counts[first * self.size + later]
    }

    fn ordered(&self, a: usize, b: usize) -> (usize, usize) {
        if self.factor_of[a] < self.factor_of[b] { (a, b) } else { (b, a) }
    }

    /// Sums the numbers; the compiler unrolls the loops of the widths that most models have.
    fn sum<const N: usize>(&mut self, packed: &Packed<N>) {
        match self.width {
            0 => {}
            1 => self.sum_of_width(packed, 1),
            2 => self.sum_of_width(packed, 2),
            3 => self.sum_of_width(packed, 3),
            4 => self.sum_of_width(packed, 4),
            more => self.sum_of_width(packed, more),
        }
    }

    #[expect(clippy::inline_always, reason = "every row passes here")]
    #[inline(always)]
    fn sum_of_width<const N: usize>(&mut self, packed: &Packed<N>, width: usize) {
        let mut whole = vec![0_i64; width];
        let mut by_code: Vec<Vec<i128>> =
            packed.merged.iter().map(|merged| vec![0; merged.count * width]).collect();
        for (row, numbers) in packed.rows.iter().zip(packed.numbers.chunks_exact(width)) {
            for (slot, number) in whole.iter_mut().zip(numbers) {
                *slot = (number * self.unit) as i64;
            }
            for (code, sums) in row.iter().zip(&mut by_code) {
                let sums = &mut sums[usize::from(*code) * width..][..width];
                for (sum, value) in sums.iter_mut().zip(&whole) {
                    *sum = sum.wrapping_add(i128::from(*value));
                }
            }
            for (i, a) in whole.iter().enumerate() {
                self.totals[i] = self.totals[i].wrapping_add(i128::from(*a));
                for (sum, b) in self.products[i * width..].iter_mut().zip(&whole[..=i]) {
                    *sum = sum.wrapping_add(i128::from(*a).wrapping_mul(i128::from(*b)));
                }
            }
        }
        for (merged, sums) in packed.merged.iter().zip(&by_code) {
            for (code, sums) in sums.chunks_exact(width).enumerate() {
                for place in merged.places(code) {
                    let into = &mut self.of_levels[usize::from(*place) * width..][..width];
                    into.iter_mut().zip(sums).for_each(|(into, sum)| *into += sum);
                }
            }
        }
    }

    /// The sum of the product of two columns, less what the eliminated effect explains of it.
    pub(super) fn pair(&self, a: Kind<'_>, b: Kind<'_>) -> DoubleDouble {
        match (a, b) {
            (Kind::Coded(coding, first), other) | (other, Kind::Coded(coding, first)) => {
                coded(coding, first, |level| self.pair(level, other))
            }
            _ => {
                let raw = self.raw_pair(a, b);
                self.taken.as_ref().map_or(raw, |taken| raw - taken.pair(a, b))
            }
        }
    }

    /// The sum of the product of two columns.
    pub(super) fn raw_pair(&self, a: Kind<'_>, b: Kind<'_>) -> DoubleDouble {
        let of_unit = |sum: i128| DoubleDouble::from_integer(sum).scaled(1.0 / self.unit);
        let counted = |count: u32| DoubleDouble::from(f64::from(count));
        match (a, b) {
            (Kind::Coded(coding, first), other) | (other, Kind::Coded(coding, first)) => {
                coded(coding, first, |level| self.raw_pair(level, other))
            }
            (Kind::Constant, Kind::Constant) => DoubleDouble::from(self.n),
            (Kind::Constant, Kind::Level(level)) | (Kind::Level(level), Kind::Constant) => {
                counted(self.one_way[level])
            }
            (Kind::Constant, Kind::Number(number)) | (Kind::Number(number), Kind::Constant) => {
                of_unit(self.totals[number])
            }
            (Kind::Level(level), Kind::Number(number))
            | (Kind::Number(number), Kind::Level(level)) => {
                of_unit(self.of_levels[level * self.width + number])
            }
            (Kind::Number(a), Kind::Number(b)) => {
                of_unit(self.products[a.max(b) * self.width + a.min(b)]).scaled(1.0 / self.unit)
            }
            (Kind::Level(a), Kind::Level(b)) if a == b => counted(self.one_way[a]),
            (Kind::Level(a), Kind::Level(b)) => {
                let (first, later) = self.ordered(a, b);
                counted(self.counts[first * self.size + later])
            }
        }
    }
}

/// Sums over the levels of a coded factor.
fn coded(coding: &Coding, first: usize, of: impl Fn(Kind<'_>) -> DoubleDouble) -> DoubleDouble {
    coding.parts.iter().fold(DoubleDouble::ZERO, |sum, (level, value)| {
        sum + of(Kind::Level(first + level)) * *value
    })
}
