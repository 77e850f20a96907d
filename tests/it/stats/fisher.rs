//! Fisher's exact test of tables of any size, against R 4.2 (`tests/reference/fisher.R` writes the values).

use std::path::Path;

use secondlook::stats::compare::{Alternative, CompareError, How, fisher, fisher_two_by_two};

/// Each case: its name, its table and R's p.
fn cases() -> Vec<(String, Vec<Vec<u64>>, f64)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/fisher.csv");
    let text = std::fs::read_to_string(path).expect("the reference is in the tree");
    let number = |cell: &str| cell.parse::<u64>().expect("a count");
    let case = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let row = |row: &str| row.split(' ').map(number).collect();
        (cells[0].to_owned(), cells[1].split('/').map(row).collect(), cells[2].parse().expect("p"))
    };
    text.lines().skip(1).map(case).collect()
}

fn p(table: &[Vec<u64>]) -> f64 {
    fisher(table, &How::default()).expect("it can be counted").p
}

fn turned(table: &[Vec<u64>]) -> Vec<Vec<u64>> {
    (0..table[0].len()).map(|j| table.iter().map(|row| row[j]).collect()).collect()
}

/// FEXACT joins paths that are close, so R has about 8 digits.
#[test]
fn p_is_that_of_r() {
    let cases = cases();
    assert!(cases.len() > 25);
    for (name, table, expected) in cases {
        let found = p(&table);
        assert!((found - expected).abs() <= 1e-7 * expected, "{name}: {found} for {expected}");
        let (across, backwards) = (turned(&table), table.iter().rev().cloned().collect::<Vec<_>>());
        assert!((p(&across) - found).abs() <= 1e-12 * found, "{name}, turned");
        assert!((p(&backwards) - found).abs() <= 1e-12 * found, "{name}, rows in another order");
    }
}

/// Every table with the margins, by listing them.
#[test]
fn p_is_that_of_every_table_listed() {
    fn tables(rows: &[u64], columns: &[u64], found: &mut Vec<f64>, weight: f64) {
        let Some((row, rest)) = rows.split_first() else {
            if columns.iter().all(|left| *left == 0) {
                found.push(weight);
            }
            return;
        };
        fill(*row, columns, &mut Vec::new(), &mut |cells| {
            let left: Vec<u64> = columns.iter().zip(cells).map(|(c, x)| c - x).collect();
            let product: f64 =
                cells.iter().map(|x| (1..=*x).map(|k| k as f64).product::<f64>()).product();
            tables(rest, &left, found, weight / product);
        });
    }
    fn fill(total: u64, room: &[u64], cells: &mut Vec<u64>, each: &mut dyn FnMut(&[u64])) {
        if cells.len() == room.len() {
            if total == 0 {
                each(cells);
            }
            return;
        }
        for x in 0..=room[cells.len()].min(total) {
            cells.push(x);
            fill(total - x, room, cells, each);
            cells.pop();
        }
    }
    for table in [
        vec![vec![2, 0, 1], vec![1, 3, 0], vec![0, 1, 2]],
        vec![vec![4, 1, 0, 2], vec![1, 1, 3, 0]],
        vec![vec![2, 2], vec![2, 0], vec![0, 2], vec![1, 1]],
    ] {
        let rows: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> = turned(&table).iter().map(|column| column.iter().sum()).collect();
        let mut all = Vec::new();
        tables(&rows, &columns, &mut all, 1.0);
        let cells = table.iter().flatten();
        let seen =
            1.0 / cells.map(|x| (1..=*x).map(|k| k as f64).product::<f64>()).product::<f64>();
        let rarer: f64 = all.iter().filter(|weight| **weight <= seen * (1.0 + 1e-7)).sum();
        let expected = rarer / all.iter().sum::<f64>();
        let found = p(&table);
        assert!((found - expected).abs() <= 1e-11 * expected, "{found} for {expected}");
    }
}

#[test]
fn two_by_two_is_the_same_test_with_its_odds_ratio() {
    let how = How { alternative: Alternative::Greater, ..How::default() };
    let table = [vec![8, 2], vec![1, 5]];
    assert_eq!(fisher(&table, &how), fisher_two_by_two([[8, 2], [1, 5]], &how));
    // A row and a column without counts change nothing.
    let padded = [vec![8, 0, 2], vec![0, 0, 0], vec![1, 0, 5]];
    assert_eq!(fisher(&padded, &how), fisher(&table, &how));
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let how = How { alternative: Alternative::Less, ..How::default() };
    assert_eq!(fisher(&[vec![1, 2, 3], vec![3, 2, 1]], &how), Err(CompareError::NoSides));
    let how = How::default();
    assert_eq!(fisher(&[vec![1, 2, 3], vec![0, 0, 0]], &how), Err(CompareError::Table));
    assert_eq!(fisher(&[vec![1, 2], vec![0]], &how), Err(CompareError::Length));
    let large: Vec<Vec<u64>> = (0..8).map(|i| (0..8).map(|j| 40 + i * j).collect()).collect();
    assert!(matches!(fisher(&large, &how), Err(CompareError::TooLarge { .. })));
    let huge = [vec![60_000, 50_000, 1], vec![1, 2, 3]];
    assert!(matches!(fisher(&huge, &how), Err(CompareError::TooLarge { .. })));
}
