//! What a Parquet file claims about itself, before any of it is believed.

use std::fs::File;

use datafusion::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::super::EngineError;
use super::bad;

/// The most rows of a file.
const MOST_ROWS: i64 = 1 << 30;
/// The most bytes of a file's columns, unpacked.
const MOST_BYTES: i64 = 64 << 30;
/// The most that unpacking may enlarge a file.
const MOST_RATIO: i64 = 1_000;
/// The most columns.
const MOST_COLUMNS: usize = 10_000;
/// The largest footer.
const LARGEST_FOOTER: u64 = 64 << 20;

/// Checks the marks at both ends and the size of the footer; returns the size of the file.
pub(super) fn check_ends(file: &File) -> Result<u64, EngineError> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = file;
    let io = |error: std::io::Error| bad(format!("cannot be read: {error}"));
    let bytes = file.metadata().map_err(io)?.len();
    if bytes < 12 {
        return Err(bad("is too short for a parquet file"));
    }
    let (mut first, mut last) = ([0_u8; 4], [0_u8; 8]);
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    file.read_exact(&mut first).map_err(io)?;
    file.seek(SeekFrom::End(-8)).map_err(io)?;
    file.read_exact(&mut last).map_err(io)?;
    let [a, b, c, d, mark @ ..] = last;
    if &first != b"PAR1" || &mark != b"PAR1" {
        return Err(bad("is no parquet file: it lacks the mark PAR1 at its ends"));
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > bytes - 12 || footer > LARGEST_FOOTER {
        return Err(bad(format!("is not well-formed parquet: a footer of {footer} bytes")));
    }
    Ok(bytes)
}

/// Checks what the footer claims; returns the number of rows.
pub(super) fn check_footer(metadata: &ParquetMetaData, bytes: u64) -> Result<i64, EngineError> {
    let limit = |message: String| Err(EngineError::Limit { message });
    let rows = metadata.file_metadata().num_rows();
    let columns = metadata.file_metadata().schema_descr().num_columns();
    let in_groups = metadata.row_groups().iter().try_fold(0_i64, |total, group| {
        total.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0)
    });
    let unpacked = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns).try_fold(
        0_i64,
        |total, chunk| {
            let size = chunk.uncompressed_size();
            total.checked_add(size).filter(|_| size >= 0)
        },
    );
    let (Some(in_groups), Some(unpacked)) = (in_groups, unpacked) else {
        return Err(bad("is not well-formed parquet: a negative or impossible size"));
    };
    if rows < 0 || rows != in_groups {
        return Err(bad(format!("says {rows} rows in its footer and {in_groups} in its groups")));
    }
    if columns > MOST_COLUMNS {
        return limit(format!("{columns} columns; the limit is {MOST_COLUMNS}"));
    }
    if rows > MOST_ROWS {
        return limit(format!("{rows} rows; the limit is {MOST_ROWS}"));
    }
    let most = i64::try_from(bytes).unwrap_or(i64::MAX).saturating_mul(MOST_RATIO).min(MOST_BYTES);
    if unpacked > most {
        return limit(format!("{unpacked} bytes unpacked from {bytes}; the limit is {most}"));
    }
    Ok(rows)
}
