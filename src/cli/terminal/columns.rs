//! Cells in aligned columns.

use unicode_width::UnicodeWidthStr as _;

/// Writes rows of cells, each column as wide as the widest of its cells; one line a row, no space at its end.
pub fn columns<const N: usize>(rows: &[[String; N]]) -> impl Iterator<Item = String> {
    let mut widest = [0; N];
    for row in rows {
        for (widest, cell) in widest.iter_mut().zip(row) {
            *widest = cell.width().max(*widest);
        }
    }
    rows.iter().map(move |row| {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(widest) {
            line.push(' ');
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', widest - cell.width() + 1));
        }
        line.truncate(line.trim_end().len());
        line
    })
}
