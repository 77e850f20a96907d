//! Checksums, and the one way in which documents become bytes.
//!
//! Reads streams; writes nothing. Numbers in documents are rounded to twelve significant digits
//! here and nowhere else, so that two machines write the same file.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, PrettyFormatter};
use sha2::Digest as _;

/// A SHA-256 checksum, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sha256([u8; 32]);

/// A text that is not a checksum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 lower-case hexadecimal digits, not `{0}`")]
pub struct NotAChecksum(String);

impl Sha256 {
    /// Hashes bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Hashes a stream to its end, telling `progress` the bytes read so far; returns the checksum
    /// and the number of bytes. Memory is one buffer of 64 KiB: it stays in
    /// the processor's cache, where one of 256 KiB takes half as long again.
    ///
    /// # Errors
    /// When reading fails.
    pub fn of_stream(
        mut stream: impl Read,
        mut progress: impl FnMut(u64),
    ) -> io::Result<(Self, u64)> {
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0_u8; 64 << 10];
        let mut total = 0_u64;
        loop {
            let read = match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hasher.update(buffer.get(..read).unwrap_or_default());
            total += read as u64;
            progress(total);
        }
        Ok((Self(hasher.finalize().into()), total))
    }

    /// Returns the first twelve digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sha256({self})")
    }
}

impl FromStr for Sha256 {
    type Err = NotAChecksum;

    fn from_str(text: &str) -> Result<Self, NotAChecksum> {
        let lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        let mut bytes = [0_u8; 32];
        if !lower || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(NotAChecksum(text.chars().take(80).collect()));
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Sha256 {
    type Error = NotAChecksum;

    fn try_from(text: String) -> Result<Self, NotAChecksum> {
        text.parse()
    }
}

impl From<Sha256> for String {
    fn from(checksum: Sha256) -> Self {
        checksum.to_string()
    }
}

impl schemars::JsonSchema for Sha256 {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sha256".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

/// Whole numbers up to here are doubles exactly, and their neighbours are, too.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Rounds to twelve significant decimal digits, the precision of every number we write that is not whole.
#[must_use]
pub fn canonical_number(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { 0.0 } else { value };
    }
    if value.abs() <= WHOLE && value.fract() == 0.0 {
        return value;
    }
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// Writes a document as canonical JSON: indented, numbers by [`canonical_number`], one final newline.
///
/// # Errors
/// When the value cannot be JSON (a map with keys that are no texts).
pub fn canonical_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    let canonical = Canonical(PrettyFormatter::new());
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, canonical))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// Writes numbers by [`canonical_number`], and all else as [`PrettyFormatter`] does.
struct Canonical(PrettyFormatter<'static>);

impl Formatter for Canonical {
    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(writer, f64::from(value))
    }

    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        self.0.write_f64(writer, canonical_number(value))
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1: the message `abc`.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_standard_message_has_its_checksum() {
        assert_eq!(Sha256::of(b"abc").to_string(), ABC);
        let streamed = Sha256::of_stream(&b"abc"[..], |_| ()).expect("a slice reads");
        assert_eq!((streamed.0.to_string().as_str(), streamed.1), (ABC, 3));
    }

    #[test]
    fn only_64_lower_case_digits_are_a_checksum() {
        assert!(ABC.parse::<Sha256>().is_ok());
        assert!(ABC.to_uppercase().parse::<Sha256>().is_err());
        assert!("ba78".parse::<Sha256>().is_err());
        assert!("é".repeat(32).parse::<Sha256>().is_err());
    }

    #[test]
    fn numbers_are_written_with_twelve_digits_and_whole_ones_in_full() {
        assert_eq!(canonical_number(0.188_399_941_163_418_3), 0.188_399_941_163);
        assert_eq!(canonical_number(-0.0).to_bits(), 0);
        assert_eq!(canonical_number(999_999_999_999.0), 999_999_999_999.0);
        assert_eq!(canonical_number(1_234_567_890_126.0), 1_234_567_890_126.0);
        assert_eq!(canonical_number(-9_007_199_254_740_991.0), -9_007_199_254_740_991.0);
        assert_eq!(canonical_number(9_007_199_254_740_994.0), 9_007_199_254_740_000.0);
        assert_eq!(canonical_number(1_234_567_890_126.5), 1_234_567_890_130.0);
        let document = serde_json::json!({ "a": [1.0, 0.1 + 0.2], "n": 3, "e": [], "o": {} });
        let text =
            "{\n  \"a\": [\n    1.0,\n    0.3\n  ],\n  \"n\": 3,\n  \"e\": [],\n  \"o\": {}\n}\n";
        assert_eq!(canonical_json(&document).expect("JSON"), text);
        let numbers = (f64::NAN, -0.0, 0.1_f32);
        let text = "[\n  null,\n  0.0,\n  0.10000000149\n]\n";
        assert_eq!(canonical_json(&numbers).expect("JSON"), text);
    }
}
