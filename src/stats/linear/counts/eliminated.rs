//! What an effect of many levels explains of every pair of columns: exact, level by level.

use super::packed::Packed;
use super::plan::Kind;
use super::sums::Sums;
use crate::stats::double_double::DoubleDouble;

/// Fractional bits of the sums over pairs of levels: with counts up to 2⁴⁰ they fit 127 bits.
const FRACTION: i32 = 80;

/// Σ_g c_g c_g'/n_g, c_g the sums of every column over the rows of group g.
///
/// Groups of one size share a denominator, so that all but the last division are sums of integers.
pub(super) struct Taken {
    size: usize,
    width: usize,
    unit: f64,
    /// Pairs of levels, in fixed point, the lower triangle.
    levels: Vec<i128>,
    /// Levels and numbers.
    mixed: Vec<DoubleDouble>,
    /// Pairs of numbers, the lower triangle.
    numbers: Vec<DoubleDouble>,
}

impl Taken {
    /// What is taken from a pair of columns.
    pub(super) fn pair(&self, a: Kind<'_>, b: Kind<'_>) -> DoubleDouble {
        match (a, b) {
            (Kind::Level(a), Kind::Level(b)) => {
                DoubleDouble::from_fixed(self.levels[a.max(b) * self.size + a.min(b)], FRACTION)
            }
            (Kind::Level(level), Kind::Number(number))
            | (Kind::Number(number), Kind::Level(level)) => {
                self.mixed[level * self.width + number].scaled(1.0 / self.unit)
            }
            (Kind::Number(a), Kind::Number(b)) => self.numbers[a.max(b) * self.width + a.min(b)]
                .scaled(1.0 / self.unit)
                .scaled(1.0 / self.unit),
            _ => DoubleDouble::ZERO,
        }
    }
}

/// The sums over all groups of one size, before they are divided by it.
struct Class {
    /// Pairs of levels, either way round.
    levels: Vec<u64>,
    mixed: Vec<i128>,
    numbers: Vec<i128>,
}

/// One group's sums.
struct Group {
    count: Vec<u64>,
    present: Vec<u16>,
    totals: Vec<i128>,
}

impl Group {
    fn read<const N: usize>(&mut self, sums: &Sums, packed: &Packed<N>, from: usize, to: usize) {
        for (slot, merged) in packed.merged.iter().enumerate() {
            for row in &packed.rows[from..to] {
                for place in merged.places(usize::from(row[slot])) {
                    let count = &mut self.count[usize::from(*place)];
                    if *count == 0 {
                        self.present.push(*place);
                    }
                    *count += 1;
                }
            }
        }
        for row in from..to {
            for (total, number) in self.totals.iter_mut().zip(packed.numbers(row)) {
                *total += i128::from((number * sums.unit) as i64);
            }
        }
    }

    fn clear(&mut self) {
        for place in self.present.drain(..) {
            self.count[usize::from(place)] = 0;
        }
        self.totals.fill(0);
    }
}

impl Class {
    fn add(&mut self, size: usize, width: usize, group: &Group) {
        for (at, a) in group.present.iter().enumerate() {
            let (a, count) = (usize::from(*a), group.count[usize::from(*a)]);
            let line = &mut self.levels[a * size..][..size];
            for b in &group.present[..=at] {
                // Both are at most n, and so is the sum over groups of one of them.
                let cell = &mut line[usize::from(*b)];
                *cell = cell.wrapping_add(count.wrapping_mul(group.count[usize::from(*b)]));
            }
            let mixed = &mut self.mixed[a * width..][..width];
            for (sum, total) in mixed.iter_mut().zip(&group.totals) {
                *sum += i128::from(count) * total;
            }
        }
        for (i, a) in group.totals.iter().enumerate() {
            for (sum, b) in self.numbers[i * width..].iter_mut().zip(&group.totals[..=i]) {
                *sum += a * b;
            }
        }
    }

    /// Divides by the groups' size, and starts again.
    fn divide(&mut self, rows: usize, into: &mut Taken) {
        let share = (1_i128 << FRACTION) / rows as i128;
        let size = into.size;
        for (place, count) in self.levels.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            let (a, b) = (place / size, place % size);
            let sum = &mut into.levels[a.max(b) * size + a.min(b)];
            *sum = sum.wrapping_add(share.wrapping_mul(i128::from(std::mem::take(count))));
        }
        let rows = DoubleDouble::from(rows as f64);
        let quotient = |sum: &mut i128| DoubleDouble::from_integer(std::mem::take(sum)) / rows;
        for (sum, part) in into.mixed.iter_mut().zip(&mut self.mixed) {
            *sum += quotient(part);
        }
        for (sum, part) in into.numbers.iter_mut().zip(&mut self.numbers) {
            *sum += quotient(part);
        }
    }
}

/// Sums over the groups of packed rows.
pub(super) fn taken<const N: usize>(sums: &Sums, packed: &Packed<N>) -> Taken {
    let (size, width) = (sums.size, sums.width);
    let mut taken = Taken {
        size,
        width,
        unit: sums.unit,
        levels: vec![0; size * size],
        mixed: vec![DoubleDouble::ZERO; size * width],
        numbers: vec![DoubleDouble::ZERO; width * width],
    };
    let mut class = Class {
        levels: vec![0; size * size],
        mixed: vec![0; size * width],
        numbers: vec![0; width * width],
    };
    let mut group = Group { count: vec![0; size], present: Vec::new(), totals: vec![0; width] };
    // Groups of one size follow each other.
    let mut last = 0;
    for bounds in packed.starts.windows(2) {
        let (from, to) = (bounds[0] as usize, bounds[1] as usize);
        if to - from != last {
            class.divide(last.max(1), &mut taken);
            last = to - from;
        }
        group.read(sums, packed, from, to);
        class.add(size, width, &group);
        group.clear();
    }
    class.divide(last.max(1), &mut taken);
    taken
}
