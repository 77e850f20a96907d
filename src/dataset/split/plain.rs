//! Records in which no field has quotation marks: eight bytes at a time.

use std::ops::Range;

use super::LARGEST_FIELD;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// Marks the bytes of a word that are zero, exactly.
fn zeros(word: u64) -> u64 {
    !(((word & !HIGH) + !HIGH) | word) & HIGH
}

/// Fields without quotes.
pub(super) struct Plain<'a> {
    pub(super) width: usize,
    pub(super) ranges: &'a mut Vec<(u32, u32)>,
    /// Carriage returns that were not met yet.
    pub(super) returns: usize,
    pub(super) start: usize,
    pub(super) column: usize,
}

impl Plain<'_> {
    /// Finds the fields of whole records; false where one is not regular.
    pub(super) fn run(&mut self, text: &[u8], records: Range<usize>, delimiter: u8) -> bool {
        let (commas, newlines) = (ONES * u64::from(delimiter), ONES * u64::from(b'\n'));
        let body = text.get(..records.end).unwrap_or_default();
        let mut at = records.start;
        while let Some((word, _)) = body.get(at..).and_then(|rest| rest.split_first_chunk::<8>()) {
            let word = u64::from_le_bytes(*word);
            let mut marks = zeros(word ^ commas) | zeros(word ^ newlines);
            while marks != 0 {
                let place = at + marks.trailing_zeros() as usize / 8;
                marks &= marks - 1;
                if !self.end(body, place, delimiter) {
                    return false;
                }
            }
            at += 8;
        }
        let tail = body.get(at..).unwrap_or_default();
        for (step, byte) in tail.iter().enumerate() {
            let ends = *byte == delimiter || *byte == b'\n';
            if ends && !self.end(body, at + step, delimiter) {
                return false;
            }
        }
        // The last record of a file may lack its newline.
        let open = self.start < records.end || self.column > 0;
        (!open || self.newline(body, records.end)) && self.returns == 0
    }

    fn end(&mut self, body: &[u8], place: usize, delimiter: u8) -> bool {
        if body.get(place) != Some(&delimiter) {
            return self.newline(body, place);
        }
        let small = place - self.start <= LARGEST_FIELD;
        self.ranges.push((self.start as u32, place as u32));
        self.column += 1;
        self.start = place + 1;
        small && self.column < self.width
    }

    fn newline(&mut self, body: &[u8], place: usize) -> bool {
        let mut end = place;
        if self.returns > 0 && end > self.start && body.get(end - 1) == Some(&b'\r') {
            end -= 1;
            self.returns -= 1;
        }
        let empty_line = self.column == 0 && end == self.start;
        let small = end - self.start <= LARGEST_FIELD;
        self.ranges.push((self.start as u32, end as u32));
        self.column += 1;
        let regular = self.column == self.width && small && !empty_line;
        (self.start, self.column) = (place + 1, 0);
        regular
    }
}
