//! The bytes of a file, hashed as they pass, with a limit on each record and an eye on its quotes.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use sha2::Digest as _;

use crate::digest::Sha256;
use crate::event::{Event, Observer};

use super::split::Block;

/// The largest record, in bytes.
pub(super) const LARGEST_RECORD: u64 = 16 << 20;
/// The buffer of the reader behind a stream.
pub(super) const BUFFER: usize = 256 << 10;

/// From this size on a file is hashed on a thread of its own while it is parsed.
const WORTH_A_THREAD: u64 = 1 << 20;
/// The most blocks that wait to be hashed.
const WAITING: usize = 4;

/// A file being read.
pub(super) struct Stream<'a> {
    file: File,
    task: &'a str,
    observer: &'a dyn Observer,
    hasher: sha2::Sha256,
    read: u64,
    told: u64,
    since_record: u64,
    /// What the quotes of a delimited file are doing; none for other files.
    pub(super) quotes: Option<Quotes>,
}

impl<'a> Stream<'a> {
    /// Opens a file.
    pub(super) fn open(path: &Path, task: &'a str, observer: &'a dyn Observer) -> io::Result<Self> {
        Ok(Self {
            file: File::open(path)?,
            task,
            observer,
            hasher: sha2::Sha256::new(),
            read: 0,
            told: 0,
            since_record: 0,
            quotes: None,
        })
    }

    /// Says that a record was taken: the next one has the whole limit again.
    pub(super) fn record_taken(&mut self) {
        self.since_record = 0;
    }

    /// Reads what is left, and returns the checksum and the number of bytes.
    pub(super) fn finish(mut self) -> io::Result<(Sha256, u64)> {
        let mut buffer = vec![0_u8; 64 << 10];
        self.quotes = None;
        loop {
            self.record_taken();
            if self.read(&mut buffer)? == 0 {
                break;
            }
        }
        let digest = hex::encode(self.hasher.finalize());
        let checksum = digest.parse().map_err(io::Error::other)?;
        Ok((checksum, self.read))
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_record > LARGEST_RECORD {
            let message = format!("a record is longer than {} MiB", LARGEST_RECORD >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let count = self.file.read(buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        self.hasher.update(bytes);
        if let Some(quotes) = &mut self.quotes {
            quotes.pass(bytes);
        }
        self.since_record += count as u64;
        self.passed(count);
        Ok(count)
    }
}

impl Stream<'_> {
    fn passed(&mut self, count: usize) {
        self.read += count as u64;
        if self.read - self.told >= 4 << 20 {
            self.told = self.read;
            self.observer.event(Event::Advanced { task: self.task, done: self.read });
        }
    }

    /// Hands the file over in blocks of whole lines. The blocks of a large file are hashed on a thread
    /// beside the parser's. Where `parse` has no answer, the stream is again at the file's start.
    pub(super) fn in_blocks<T>(
        &mut self,
        parse: impl FnOnce(&mut Blocks<'_, '_>) -> io::Result<Option<T>>,
    ) -> io::Result<Option<T>> {
        let large = self.file.metadata()?.len() > WORTH_A_THREAD;
        let answer = if large {
            self.hashed_beside(parse)
        } else {
            parse(&mut Blocks { stream: self, hashing: None, used: Vec::new() })
        };
        if let Ok(Some(answer)) = answer {
            return Ok(Some(answer));
        }
        self.file.seek(io::SeekFrom::Start(0))?;
        self.hasher = sha2::Sha256::new();
        (self.read, self.told) = (0, 0);
        Ok(None)
    }

    fn hashed_beside<T>(
        &mut self,
        parse: impl FnOnce(&mut Blocks<'_, '_>) -> io::Result<Option<T>>,
    ) -> io::Result<Option<T>> {
        let (sender, receiver) = sync_channel::<(Arc<Vec<u8>>, usize)>(WAITING);
        let mut hasher = std::mem::take(&mut self.hasher);
        std::thread::scope(|scope| {
            let hashing = scope.spawn(move || {
                for (text, from) in receiver {
                    hasher.update(text.get(from..).unwrap_or_default());
                }
                hasher
            });
            let mut blocks = Blocks { stream: self, hashing: Some(sender), used: Vec::new() };
            let answer = parse(&mut blocks);
            drop(blocks);
            let Ok(hasher) = hashing.join() else {
                return Err(io::Error::other("hashing broke off"));
            };
            self.hasher = hasher;
            answer
        })
    }
}

/// A file in blocks of whole lines.
pub(super) struct Blocks<'a, 's> {
    stream: &'a mut Stream<'s>,
    hashing: Option<SyncSender<(Arc<Vec<u8>>, usize)>>,
    /// The memory of blocks that were parsed; it serves again once it is hashed.
    used: Vec<Arc<Vec<u8>>>,
}

impl Blocks<'_, '_> {
    /// Fills the block: what it left of the one before, and whole lines after it. False at the end,
    /// and where a record is too long.
    pub(super) fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        while !block.last {
            let left = block.left().len();
            if left as u64 > LARGEST_RECORD {
                return Ok(false);
            }
            let mut text = self.buffer();
            text.reserve(left + BUFFER);
            text.extend_from_slice(block.left());
            let count = (&mut self.stream.file).take(BUFFER as u64).read_to_end(&mut text)?;
            block.last = count < BUFFER;
            block.filled = text.len();
            self.keep(std::mem::replace(&mut block.text, Arc::new(text)));
            self.hash(&block.text, left);
            self.stream.passed(count);
            let fresh = block.text.get(left..).unwrap_or_default();
            let lines = memchr::memrchr(b'\n', fresh).map_or(0, |place| left + place + 1);
            block.records = 0..if block.last { block.filled } else { lines };
            if !block.records.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Memory for a block: that of one that nobody looks at any more, where there is one.
    fn buffer(&mut self) -> Vec<u8> {
        let free = self.used.iter_mut().position(|text| Arc::get_mut(text).is_some());
        let text = free.and_then(|place| Arc::into_inner(self.used.swap_remove(place)));
        let mut text = text.unwrap_or_default();
        text.clear();
        text
    }

    fn keep(&mut self, text: Arc<Vec<u8>>) {
        // As many as can wait to be hashed; that of a huge record goes.
        if self.used.len() < 2 * WAITING && text.capacity() <= 4 * BUFFER {
            self.used.push(text);
        }
    }

    fn hash(&mut self, text: &Arc<Vec<u8>>, from: usize) {
        // Without its receiver the hash has failed, which the end will say.
        let sent =
            self.hashing.as_ref().map(|thread| thread.send((Arc::clone(text), from)).is_ok());
        if sent.is_none() {
            self.stream.hasher.update(text.get(from..).unwrap_or_default());
        }
    }
}

/// What is wrong with a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// It opens a field and is never closed.
    Unclosed,
    /// A closing quote is followed by more text.
    TextAfter,
}

/// Follows the quotes of a delimited file from chunk to chunk.
#[derive(Debug)]
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
    offset: u64,
    previous: u8,
    fault: Option<(QuoteFault, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    /// Within a field that a quote opened there.
    Inside(u64),
    /// After a quote within such a field: its end, or the first half of a doubled quote.
    Closing(u64),
}

impl Quotes {
    /// Begins at the start of a file.
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, state: State::Outside, offset: 0, previous: b'\n', fault: None }
    }

    /// Returns the first fault and its byte; an open quote counts as one, for use at the end.
    pub(super) fn fault(&self) -> Option<(QuoteFault, u64)> {
        match (self.fault, self.state) {
            (None, State::Inside(opened)) => Some((QuoteFault::Unclosed, opened)),
            (fault, _) => fault,
        }
    }

    fn pass(&mut self, bytes: &[u8]) {
        let mut at = 0;
        // A byte-order mark stands before the first field.
        if self.offset == 0 && bytes.starts_with(b"\xef\xbb\xbf") {
            at = 3;
        }
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if let State::Closing(opened) = self.state {
                self.close(opened, rest.first().copied().unwrap_or(b'\n'), self.offset + at as u64);
                if self.state == State::Inside(opened) {
                    at += 1;
                }
                continue;
            }
            let Some(step) = memchr::memchr(b'"', rest) else {
                break;
            };
            let place = at + step;
            let before = match place.checked_sub(1).and_then(|place| bytes.get(place)) {
                Some(before) if !(place == 3 && self.offset == 0) => *before,
                Some(_) => b'\n',
                None => self.previous,
            };
            let here = self.offset + place as u64;
            self.state = match self.state {
                State::Inside(opened) => State::Closing(opened),
                _ if self.starts_field(before) => State::Inside(here),
                other => other,
            };
            at = place + 1;
        }
        self.offset += bytes.len() as u64;
        self.previous = bytes.last().copied().unwrap_or(self.previous);
    }

    fn starts_field(&self, before: u8) -> bool {
        before == self.delimiter || before == b'\n' || before == b'\r'
    }

    fn close(&mut self, opened: u64, next: u8, at: u64) {
        self.state = if next == b'"' {
            State::Inside(opened)
        } else {
            if !self.starts_field(next) && self.fault.is_none() {
                self.fault = Some((QuoteFault::TextAfter, at));
            }
            State::Outside
        };
    }
}

/// Returns the 1-based line of a byte of a file.
pub(super) fn line_of(path: &mut File, byte: u64) -> io::Result<usize> {
    path.seek(io::SeekFrom::Start(0))?;
    let mut left = path.take(byte);
    let mut buffer = vec![0_u8; BUFFER];
    let mut line = 1;
    loop {
        let count = left.read(&mut buffer)?;
        if count == 0 {
            return Ok(line);
        }
        line += memchr::memchr_iter(b'\n', buffer.get(..count).unwrap_or_default()).count();
    }
}

impl Stream<'_> {
    /// Returns the 1-based line of a byte already read; reading then goes on where it was.
    pub(super) fn line_of(&mut self, byte: u64) -> io::Result<usize> {
        let here = self.file.stream_position()?;
        let line = line_of(&mut self.file, byte)?;
        self.file.seek(io::SeekFrom::Start(here))?;
        Ok(line)
    }

    /// Returns the first bytes of the file, without passing them.
    pub(super) fn peek(&mut self) -> io::Result<Vec<u8>> {
        let mut first = Vec::new();
        (&mut self.file).take(512).read_to_end(&mut first)?;
        self.file.seek(io::SeekFrom::Start(0))?;
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<(QuoteFault, u64)> {
        // Every split of the text must give the same answer.
        let answers: Vec<_> = (0..=text.len())
            .map(|split| {
                let mut quotes = Quotes::new(b',');
                let (left, right) = text.as_bytes().split_at(split);
                quotes.pass(left);
                quotes.pass(right);
                quotes.fault()
            })
            .collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{text}: {answers:?}");
        answers[0]
    }

    #[test]
    fn quotes_are_followed_across_chunks() {
        assert_eq!(fault("a,b\n\"x, \"\"y\"\"\",2\n"), None);
        assert_eq!(fault("\"a\",\"\"\n\"\",\"\"\"\"\r\n"), None);
        assert_eq!(fault("a,b\n5\" pipe,2\n"), None);
        assert_eq!(fault("a,b\n1,\"x\n3,4\n"), Some((QuoteFault::Unclosed, 6)));
        assert_eq!(fault("a,b\n1,\"x\"y\n"), Some((QuoteFault::TextAfter, 9)));
    }
}
