//! Numbers of few bits, in runs of one and in packs of eight, as parquet writes places and marks of nulls.

use std::ops::Range;

/// How many numbers are unpacked before they are taken: few enough to stay in the cache.
const TAKEN: usize = 4096;

/// Reads `count` numbers of `width` bits, in runs and packs of eight; hands them over some at a time.
pub(super) fn hybrid(
    bytes: &[u8],
    width: u32,
    count: usize,
    mut take: impl FnMut(&[u32]) -> Option<()>,
) -> Option<()> {
    if width > 32 {
        return None;
    }
    let (mut rest, mut left) = (bytes, count);
    let mut some = Vec::with_capacity((TAKEN + 7).min(count));
    while left > 0 {
        let header = varint(&mut rest)?;
        if header & 1 == 0 {
            let (value, after) = rest.split_at_checked(width.div_ceil(8) as usize)?;
            rest = after;
            let mut run = usize::try_from(header >> 1).ok().filter(|run| *run > 0)?.min(left);
            left -= run;
            let value =
                value.iter().rev().fold(0_u32, |value, byte| (value << 8) | u32::from(*byte));
            while run > 0 {
                let part = run.min(TAKEN - some.len());
                some.resize(some.len() + part, value);
                run -= part;
                full(&mut some, &mut take)?;
            }
        } else {
            let groups = usize::try_from(header >> 1).ok().filter(|groups| *groups > 0)?;
            let size = groups.checked_mul(width as usize)?.min(rest.len());
            let (packed, after) = rest.split_at_checked(size)?;
            rest = after;
            let numbers = groups.checked_mul(8)?.min(left);
            left -= numbers;
            let mut from = 0;
            while from < numbers {
                // Whole packs, but for what the last one leaves.
                let part = (numbers - from).min((TAKEN - some.len()).next_multiple_of(8));
                unpack(packed, width, from..from + part, &mut some)?;
                from += part;
                full(&mut some, &mut take)?;
            }
        }
    }
    take(&some)
}

/// Says whether `count` numbers of one bit are written as nothing but runs of ones.
pub(super) fn is_run(bytes: &[u8], count: usize) -> bool {
    let (mut rest, mut left) = (bytes, count as u64);
    while left > 0 {
        let Some(header) = varint(&mut rest).filter(|header| header & 1 == 0) else { return false };
        if header == 0 || rest.split_off_first() != Some(&1) {
            return false;
        }
        left = left.saturating_sub(header >> 1);
    }
    true
}

/// Hands numbers over where they are as many as are taken at a time.
fn full(some: &mut Vec<u32>, take: &mut impl FnMut(&[u32]) -> Option<()>) -> Option<()> {
    if some.len() >= TAKEN {
        take(some)?;
        some.clear();
    }
    Some(())
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let byte = *rest.split_off_first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Unpacks some numbers, from the first of a pack of eight.
fn unpack(packed: &[u8], width: u32, numbers: Range<usize>, out: &mut Vec<u32>) -> Option<()> {
    let wide = width as usize;
    if (numbers.end * wide).div_ceil(8) > packed.len() {
        return None;
    }
    let mask = (1_u64 << width) - 1;
    let mut next = numbers.start;
    // Eight numbers of up to two bytes are one word or two.
    while width <= 16 && next + 8 <= numbers.end {
        let pack = packed.get(next / 8 * wide..)?;
        let word = match pack.first_chunk::<16>() {
            Some(word) => u128::from_le_bytes(*word),
            None => pack.iter().rev().fold(0, |word, byte| (word << 8) | u128::from(*byte)),
        };
        out.extend((0..8).map(|place| (word >> (place * width)) as u32 & mask as u32));
        next += 8;
    }
    out.extend((next..numbers.end).map(|index| {
        let bit = index * wide;
        let bytes = packed.get(bit / 8..).unwrap_or_default();
        let word = match bytes.first_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word),
            None => bytes.iter().rev().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte)),
        };
        (word >> (bit % 8) & mask) as u32
    }));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes numbers as packs, or as runs where `runs` says so.
    fn written(parts: &[(bool, Vec<u32>)], width: u32) -> (Vec<u8>, Vec<u32>) {
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        let header = |value: usize, bytes: &mut Vec<u8>| {
            let mut rest = value;
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
        };
        for (run, part) in parts {
            if *run {
                let value = part[0];
                header(part.len() << 1, &mut bytes);
                bytes.extend(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
                numbers.extend(part.iter().map(|_| value));
                continue;
            }
            let packs = part.len() / 8;
            header(packs << 1 | 1, &mut bytes);
            let mut bits = vec![0_u8; packs * width as usize];
            for (place, number) in part[..packs * 8].iter().enumerate() {
                for bit in 0..width as usize {
                    let at = place * width as usize + bit;
                    bits[at / 8] |= ((number >> bit & 1) as u8) << (at % 8);
                }
            }
            bytes.extend(bits);
            numbers.extend(&part[..packs * 8]);
        }
        (bytes, numbers)
    }

    fn read(bytes: &[u8], width: u32, count: usize) -> Option<Vec<u32>> {
        let mut all = Vec::new();
        hybrid(bytes, width, count, |some| {
            all.extend_from_slice(some);
            Some(())
        })?;
        Some(all)
    }

    #[test]
    fn ones_are_seen_without_being_written_out() {
        let ones = (true, vec![1; 700]);
        for (parts, one) in [
            (vec![ones.clone(), ones.clone()], true),
            (vec![(true, vec![0; 700])], false),
            (vec![ones.clone(), (true, vec![0; 9])], false),
            (vec![ones, (false, vec![1; 8])], false),
        ] {
            let (bytes, numbers) = written(&parts, 1);
            assert_eq!(is_run(&bytes, numbers.len()), one, "{parts:?}");
        }
        assert!(!is_run(&[0, 1], 3) && !is_run(&[6], 3) && is_run(&[6, 1], 3));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn what_was_written_is_read(
            width in 1_u32..=32,
            parts in prop::collection::vec((prop::bool::ANY, 8_usize..6000, any::<u32>()), 1..4),
            short in 0_usize..8,
        ) {
            let mask = ((1_u64 << width) - 1) as u32;
            let part = |(run, length, seed): &(bool, usize, u32)| {
                let number = |at: usize| (at as u32).wrapping_mul(2_654_435_761).wrapping_add(*seed) & mask;
                (*run, (0..*length).map(number).collect())
            };
            let parts: Vec<(bool, Vec<u32>)> = parts.iter().map(part).collect();
            let (bytes, numbers) = written(&parts, width);
            let count = numbers.len() - short.min(numbers.len());
            let all = read(&bytes, width, count);
            prop_assert_eq!(all.as_deref(), Some(&numbers[..count]));
            prop_assert_eq!(read(&bytes, width, numbers.len() + 1), None);
            prop_assert_eq!(read(&bytes[..bytes.len() - 1], width, numbers.len()), None);
        }
    }
}
