//! Finds the fields of a block of whole records.

mod plain;

use std::ops::Range;
use std::sync::Arc;

use plain::Plain;

/// The largest field, in bytes.
pub(super) const LARGEST_FIELD: usize = 1 << 20;
/// The most columns of a file.
pub(super) const MOST_COLUMNS: usize = 10_000;

/// Where the fields of a block's rows are, row by row.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// How many each row has.
    pub(super) width: usize,
    ranges: Vec<(u32, u32)>,
    /// The line of each row within the block, where some row has more than one.
    lines: Option<Vec<usize>>,
}

impl Fields {
    /// The cells of one column.
    pub(super) fn column<'a>(
        &'a self,
        text: &'a [u8],
        place: usize,
    ) -> impl ExactSizeIterator<Item = &'a [u8]> {
        let rows = self.ranges.chunks_exact(self.width.max(1));
        rows.map(move |row| {
            let (start, end) = row.get(place).copied().unwrap_or_default();
            text.get(start as usize..end as usize).unwrap_or_default()
        })
    }

    /// The line of each row, counted from the block's first.
    pub(super) fn lines(&self) -> impl Iterator<Item = usize> {
        let rows = self.ranges.len() / self.width.max(1);
        (0..rows).map(|row| match &self.lines {
            Some(lines) => lines.get(row).copied().unwrap_or(row),
            None => row,
        })
    }
}

/// A block of whole records, and behind them what quoted fields say without their doubled quotes.
#[derive(Debug)]
pub(super) struct Block {
    delimiter: u8,
    pub(super) text: Arc<Vec<u8>>,
    /// The records that are not taken yet.
    pub(super) records: Range<usize>,
    /// Where the bytes of the file end: a record that was cut there goes on in the next block.
    pub(super) filled: usize,
    /// Whether the file ends here.
    pub(super) last: bool,
    lines: usize,
}

impl Block {
    /// An empty block.
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, text: Arc::default(), records: 0..0, filled: 0, last: false, lines: 0 }
    }

    /// Says that all of the file was taken.
    pub(super) fn ended(&self) -> bool {
        self.last && self.records.is_empty()
    }

    /// What is left for the next block.
    pub(super) fn left(&self) -> &[u8] {
        self.text.get(self.records.start..self.filled).unwrap_or_default()
    }

    /// The records that are not taken yet.
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.get(self.records.clone()).unwrap_or_default()
    }

    /// What the ranges of fields point into.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The lines that the last call of [`Self::header`] or [`Self::split`] passed.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// Takes the header; none where it is not regular.
    pub(super) fn header(&mut self) -> Option<Vec<String>> {
        if self.bytes().starts_with(b"\xef\xbb\xbf") {
            self.records.start += 3;
        }
        let mut fields = Fields::default();
        let mut careful = Careful::new(self.delimiter, &mut self.text, self.records.clone());
        let after = careful.record(&mut fields)?;
        self.lines = careful.line;
        self.records.start = after;
        if fields.ranges.len() > MOST_COLUMNS {
            return None;
        }
        fields.width = 1;
        let name = |name: &[u8]| {
            let plain = !name.contains(&0) && name.len() <= LARGEST_FIELD;
            plain.then(|| String::from_utf8(name.to_vec()).ok()).flatten()
        };
        fields.column(&self.text, 0).map(name).collect()
    }

    /// Finds the fields of all records; false where one is not regular.
    pub(super) fn split(&mut self, fields: &mut Fields) -> bool {
        fields.ranges.clear();
        fields.lines = None;
        let bytes = self.bytes();
        let sound = u32::try_from(self.text.len()).is_ok() && memchr::memchr(0, bytes).is_none();
        sound
            && if memchr::memchr(b'"', bytes).is_some() {
                self.split_quoted(fields)
            } else {
                self.split_plain(fields)
            }
    }

    fn split_plain(&mut self, fields: &mut Fields) -> bool {
        let returns = memchr::memchr_iter(b'\r', self.bytes()).count();
        let mut plain = Plain {
            width: fields.width,
            ranges: &mut fields.ranges,
            returns,
            start: self.records.start,
            column: 0,
        };
        let records = self.records.clone();
        let done = plain.run(&self.text, records, self.delimiter);
        self.lines = fields.ranges.len() / fields.width.max(1);
        self.records.start = self.records.end;
        done
    }

    fn split_quoted(&mut self, fields: &mut Fields) -> bool {
        let mut lines = Vec::new();
        let mut careful = Careful::new(self.delimiter, &mut self.text, self.records.clone());
        let mut next = careful.at;
        while next < careful.end {
            let (before, line) = (fields.ranges.len(), careful.line);
            if careful.record(fields).is_none() {
                // A quote that is open where the block ends may be closed in the next.
                if self.last || careful.at < careful.end {
                    return false;
                }
                fields.ranges.truncate(before);
                careful.line = line;
                break;
            }
            if fields.ranges.len() - before != fields.width {
                return false;
            }
            lines.push(line);
            next = careful.at;
        }
        self.lines = careful.line;
        self.records.start = next;
        let one_each = lines.iter().enumerate().all(|(row, line)| row == *line);
        fields.lines = (!one_each).then_some(lines);
        true
    }
}

/// Fields some of which are in quotes.
struct Careful<'a> {
    delimiter: u8,
    text: &'a mut Arc<Vec<u8>>,
    at: usize,
    end: usize,
    line: usize,
}

impl<'a> Careful<'a> {
    fn new(delimiter: u8, text: &'a mut Arc<Vec<u8>>, records: Range<usize>) -> Self {
        Self { delimiter, text, at: records.start, end: records.end, line: 0 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied().filter(|_| at < self.end)
    }

    /// Takes one record, and returns where the next begins; none where it is not regular.
    fn record(&mut self, fields: &mut Fields) -> Option<usize> {
        if matches!(self.byte(self.at), None | Some(b'\n' | b'\r')) {
            return None;
        }
        loop {
            let range = if self.byte(self.at) == Some(b'"') { self.quoted()? } else { self.bare() };
            if range.len() > LARGEST_FIELD {
                return None;
            }
            fields.ranges.push((u32::try_from(range.start).ok()?, u32::try_from(range.end).ok()?));
            match self.byte(self.at) {
                Some(byte) if byte == self.delimiter => self.at += 1,
                Some(b'\r') if self.byte(self.at + 1) == Some(b'\n') => {
                    self.at += 2;
                    break;
                }
                Some(b'\n') => {
                    self.at += 1;
                    break;
                }
                None => break,
                Some(_) => return None,
            }
        }
        self.line += 1;
        Some(self.at)
    }

    fn bare(&mut self) -> Range<usize> {
        let start = self.at;
        while let Some(byte) = self.byte(self.at) {
            if byte == self.delimiter || byte == b'\n' || byte == b'\r' {
                break;
            }
            self.at += 1;
        }
        start..self.at
    }

    /// A field in quotes: within them, or, where it doubles a quote, what it says at the text's end.
    fn quoted(&mut self) -> Option<Range<usize>> {
        self.at += 1;
        let (start, copy) = (self.at, self.text.len());
        let mut from = start;
        loop {
            let byte = self.byte(self.at)?;
            self.at += 1;
            self.line += usize::from(byte == b'\n');
            if byte != b'"' {
                continue;
            }
            let close = self.at - 1;
            if self.byte(self.at) != Some(b'"') {
                if from == start {
                    return Some(start..close);
                }
                Arc::make_mut(self.text).extend_from_within(from..close);
                return Some(copy..self.text.len());
            }
            Arc::make_mut(self.text).extend_from_within(from..self.at);
            self.at += 1;
            from = self.at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, width: usize) -> Option<(Vec<Vec<String>>, Vec<usize>)> {
        let mut block = Block::new(b',');
        block.text = Arc::new(text.as_bytes().to_vec());
        (block.records, block.filled, block.last) = (0..text.len(), text.len(), true);
        let mut fields = Fields { width, ..Fields::default() };
        if !block.split(&mut fields) {
            return None;
        }
        let cells = |place| {
            let cells = fields.column(block.text(), place);
            cells.map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
        };
        Some(((0..width).map(cells).collect(), fields.lines().collect()))
    }

    #[test]
    fn fields_are_found_with_and_without_quotes() {
        let columns = |text: &str| split(text, 2).map(|(columns, _)| columns);
        let wanted =
            Some(vec![vec!["1".to_owned(), "three".into()], vec!["two".into(), String::new()]]);
        for text in
            ["1,two\nthree,\n", "1,two\nthree,", "1,two\r\nthree,\r\n", "\"1\",two\n\"three\",\n"]
        {
            assert_eq!(columns(text), wanted, "{text:?}");
        }
        let (cells, lines) = split("\"a \"\"b\"\"\nc\",5\" pipe\n\"\",x\n", 2).expect("regular");
        assert_eq!(cells, [["a \"b\"\nc", ""], ["5\" pipe", "x"]]);
        assert_eq!(lines, [0, 2]);
    }

    #[test]
    fn a_quote_that_is_open_at_the_end_waits_for_the_next_block() {
        let text = "1,2\n\"3\",\"4\n";
        let mut block = Block::new(b',');
        block.text = Arc::new(text.as_bytes().to_vec());
        (block.records, block.filled) = (0..text.len(), text.len());
        let mut fields = Fields { width: 2, ..Fields::default() };
        assert!(block.split(&mut fields));
        assert_eq!(
            (fields.lines().count(), block.lines(), block.left()),
            (1, 1, &b"\"3\",\"4\n"[..])
        );
        block.last = true;
        assert!(!block.split(&mut fields));
    }

    #[test]
    fn what_is_not_regular_is_left() {
        for text in [
            "1\n",
            "1,2,3\n",
            "1,2\n\n3,4\n",
            "\n1,2\n",
            "1,\"2\n",
            "1,\"2\"x\n",
            "1,\"2\" \n",
            "1,2\r3,4\n",
            "\"1\",2\r3,4\n",
            "1,2\0\n",
            "\"1\",2\n\n",
            "1\r,2\n",
            "\"1\",2\n3\n",
        ] {
            assert_eq!(split(text, 2), None, "{text:?}");
        }
        assert_eq!(split("1\n\n", 1), None);
        assert_eq!(split("\"\"\n", 1), Some((vec![vec![String::new()]], vec![0])));
    }
}
