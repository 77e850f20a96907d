//! `secondlook check --table` from outside: every option, the forms that a table comes in, and every wrong use.
//!
//! What is right was worked out by hand: beside each case stands how.

use serde_json::Value;

use crate::world::{Outcome, World};

/// Runs the check on a table of that name and content.
fn on(name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> Outcome {
    let world = World::empty();
    let file = world.path(name);
    std::fs::write(&file, content).expect("written");
    let mut line = vec!["check", "--table", file.to_str().expect("UTF-8")];
    line.extend(options);
    world.run(&line)
}

fn rows(content: impl AsRef<[u8]>, options: &[&str]) -> Vec<Value> {
    let mut options = options.to_vec();
    options.extend(["--format", "json"]);
    let done = on("t.csv", content, &options);
    let document: Value = serde_json::from_str(&done.out)
        .unwrap_or_else(|error| panic!("{error}: {}{}", done.out, done.err));
    assert!(done.err.is_empty(), "{}", done.err);
    document["rows"].as_array().expect("rows").clone()
}

fn consistent(content: impl AsRef<[u8]>, options: &[&str]) -> Vec<Option<bool>> {
    rows(content, options).iter().map(|row| row["consistent"].as_bool()).collect()
}

const NO: Option<bool> = Some(false);
const YES: Option<bool> = Some(true);

/// The document has a row each with its number, its witness, and a summary that counts them.
#[test]
fn the_document_is_as_designed() {
    let done = on(
        "t.csv",
        "m,s,n\n5.21,1.60,28\n3.44,2.47,18\n",
        &["--grimmer", "m,s,n", "--format", "json"],
    )
    .exits(1);
    let document: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(document["schema"], "secondlook.check/1");
    // 146/28 = 5.2143; 830 - 146²/28 = 68.714; 68.714/27 = 2.545; its root is 1.5953.
    assert_eq!(document["rows"][0]["row"], 1);
    assert_eq!(document["rows"][0]["consistent"], true);
    assert_eq!(document["rows"][0]["witness"]["sum"], 146);
    assert_eq!(document["rows"][0]["witness"]["sum_of_squares"], 830);
    assert_eq!(
        (&document["rows"][1]["consistent"], &document["rows"][1]["witness"]),
        (&Value::Bool(false), &Value::Null)
    );
    assert!(document["rows"][1]["certificate"].as_str().is_some_and(|why| !why.is_empty()));
    assert_eq!(document["summary"]["rows"], 2);
    assert_eq!(document["summary"]["inconsistent"], 1);
}

#[test]
fn each_option_changes_what_it_says() {
    // 5.18 of 14 people with two items: 145/28.
    let means = "m,n\n5.18,14\n5.19,14\n";
    assert_eq!(consistent(means, &["--grim", "m,n"]), [NO, NO], "72/14 = 5.14 and 73/14 = 5.21");
    assert_eq!(consistent(means, &["--grim", "m,n", "--items", "2"]), [YES, NO]);
    // 7/20 = 35%; 0.35 of 20.
    assert_eq!(consistent("m,n\n35,20\n33,20\n", &["--grim", "m,n", "--percent"]), [YES, NO]);
    assert_eq!(consistent("m,n\n35%,20\n33%,20\n", &["--grim", "m,n"]), [YES, NO]);
    // 2/3 = 0.6667: 0.66 cut off, 0.67 to the nearest.
    let thirds = "m,n\n0.66,3\n0.67,3\n";
    assert_eq!(consistent(thirds, &["--grim", "m,n"]), [NO, YES]);
    assert_eq!(consistent(thirds, &["--grim", "m,n", "--rounding", "truncation"]), [YES, NO]);
    assert_eq!(consistent(thirds, &["--grim", "m,n", "--rounding", "ceiling"]), [NO, YES]);
    // 1/8 = 0.125 prints as 0.13 by half-up, as 0.12 by half-even.
    let eighths = "m,n\n0.12,8\n0.13,8\n";
    assert_eq!(consistent(eighths, &["--grim", "m,n", "--rounding", "half-even"]), [YES, NO]);
    assert_eq!(consistent(eighths, &["--grim", "m,n", "--rounding", "half-up"]), [NO, YES]);
    assert_eq!(consistent(eighths, &["--grim", "m,n"]), [YES, YES]);
    // 1 and 2: mean 1.5; by n - 1 the deviation is 0.71, by n it is 0.50.
    let two = "m,s,n\n1.50,0.71,2\n1.50,0.50,2\n";
    assert_eq!(consistent(two, &["--grimmer", "m,s,n"]), [YES, NO]);
    assert_eq!(consistent(two, &["--grimmer", "m,s,n", "--population"]), [NO, YES]);
    // On 1 to 2 a mean of 1.50 over two is 1 and 2; a mean of 3 is off the scale.
    let found =
        rows("m,s,n\n1.50,0.71,2\n3.00,0.00,2\n", &["--grimmer", "m,s,n", "--scale", "1,2"]);
    assert_eq!(found[0]["witness"]["frequencies"], serde_json::json!({ "1": 1, "2": 1 }));
    assert_eq!(found[1]["consistent"], false);
    // Below zero: -1 and 1 average to 0 with deviation 1.41.
    assert_eq!(
        consistent("m,s,n\n0.00,1.41,2\n", &["--grimmer", "m,s,n", "--scale", "-1,1"]),
        [YES]
    );
    // Heathers and Brown (2019): 7 of 20 ones have mean 0.35 and deviation 0.49, not 0.18.
    assert_eq!(consistent("m,s,n\n0.35,0.18,20\n0.35,0.49,20\n", &["--debit", "m,s,n"]), [NO, YES]);
}

#[test]
fn a_table_may_come_in_many_forms() {
    let expected = [YES, NO];
    let plain = "id,m,n\na,5.18,28\nb,5.19,28\n";
    for (what, content) in [
        ("plain", plain.as_bytes().to_vec()),
        (
            "a byte-order mark",
            [
                b"\xEF\xBB\xBF".as_slice(),
                plain
                    .replace("id,m,n", "m,id,n")
                    .replace("a,5.18", "5.18,a")
                    .replace("b,5.19", "5.19,b")
                    .as_bytes(),
            ]
            .concat(),
        ),
        ("CRLF", plain.replace('\n', "\r\n").into_bytes()),
        ("no newline at the end", plain.trim_end().as_bytes().to_vec()),
        (
            "quotes, with commas and newlines inside",
            b"id,m,n\n\"a, \"\"the first\"\"\nof two\",\"5.18\",\"28\"\nb,5.19,28\n".to_vec(),
        ),
        ("blanks and thousands", b"id, m , n\na, 5.18 ,28\nb,5.190,\"1,683\"\n".to_vec()),
        ("blank lines", b"id,m,n\n\na,5.18,28\n\nb,5.19,28\n\n".to_vec()),
        ("a whole number with a decimal", b"id,m,n\na,5.18,28.0\nb,5.19,28.0\n".to_vec()),
    ] {
        let found = consistent(&content, &["--grim", "m,n"]);
        let wanted = if what.contains("thousands") { vec![YES, NO] } else { expected.to_vec() };
        assert_eq!(found.first(), wanted.first(), "{what}");
        assert_eq!(found.len(), 2, "{what}");
        if !what.contains("thousands") {
            assert_eq!(found, wanted, "{what}");
        }
    }
    // A minus sign as printed: -1/3 over three.
    assert_eq!(
        consistent("m,n\n\u{2212}0.33,3\n-0.33,3\n\u{2212}0.34,3\n", &["--grim", "m,n"]),
        [YES, YES, NO]
    );
    on("t.tsv", plain.replace(',', "\t"), &["--grim", "m,n"]).exits(1).shows("1 inconsistent");
    let bare = plain.trim_start_matches("id,m,n\n");
    assert_eq!(consistent(bare, &["--grim", "2,3", "--no-header"]), expected);
    let marked = [b"\xEF\xBB\xBF".as_slice(), b"5.18,28\n"].concat();
    assert_eq!(consistent(marked, &["--grim", "1,2", "--no-header"]), [YES]);
    assert_eq!(consistent(plain, &["--grim", "2,3"]), expected, "by place, with a header");
}

#[test]
fn a_table_may_have_decimal_commas() {
    let options = ["--grim", "m,n", "--decimal", "comma"];
    // 146/28 = 5.2143, and nothing of 28 is 5.19; 1.683 is a number of cases with its thousands marked.
    for table in [
        "m;n\n5,21;28\n5,19;28\n5,19;1.683\n",
        "m,n\n\"5,21\",28\n\"5,19\",28\n\"5,19\",1.683\n",
        "\u{FEFF}m;n\r\n5,21;28\r\n5,19;28\r\n5,19;1.683\r\n",
    ] {
        assert_eq!(consistent(table, &options), [YES, NO, YES], "{table}");
    }
    let tests = "x\n\"t(28) = 2,20, p = 0,036\"\n\"t(28) = 2,20, p = 0,03\"\n";
    assert_eq!(consistent(tests, &["--p", "x", "--decimal", "comma"]), [YES, NO]);
    let without = on("t.csv", "m,n\n\"5,19\",28\n", &["--grim", "m,n"]).exits(3);
    assert!(without.err.contains("--decimal comma"), "{}", without.err);
}

#[test]
fn each_wrong_cell_is_named_with_its_row_column_and_value() {
    for (content, says) in [
        ("m,n\n5.18,28\nhigh,28\n", &["t.csv:3", "row 2, mean (column `m`)", "`high`"][..]),
        ("m,n\n5.18,28\n,28\n", &["t.csv:3", "row 2, mean (column `m`)", "empty"]),
        ("m,n\n5.18,\n", &["t.csv:2", "row 1, number of cases (column `n`)", "empty"]),
        ("m,n\n5.18,0\n", &["row 1, number of cases", "`0`"]),
        ("m,n\n5.18,-28\n", &["row 1, number of cases", "`-28`"]),
        ("m,n\n5.18,28.5\n", &["row 1, number of cases", "`28.5`"]),
        ("m,n\n5.18,many\n", &["row 1, number of cases", "`many`"]),
        ("m,n\n\"5,18\",28\n", &["row 1, mean", "5,18"]),
        ("m,n\n5.18\n", &["t.csv"]),
        ("m,n\n5.18,28,1\n", &["t.csv"]),
    ] {
        let mut done = on("t.csv", content, &["--grim", "m,n"]).exits(3);
        for text in says {
            done = done.says(text);
        }
        assert!(done.out.is_empty(), "no half document: {}", done.out);
    }
    // All of them at once, and none of the answer.
    let many: String = (0..20).map(|_| "x,28\n5.18,y\n").collect();
    let done = on("t.csv", format!("m,n\n{many}"), &["--grim", "m,n"])
        .exits(3)
        .says("row 1,")
        .says("row 40,");
    assert!(done.out.is_empty());
    let not_text = [b"m,n\n5.18,28\n".as_slice(), b"\xFF\xFE,28\n"].concat();
    on("t.csv", not_text, &["--grim", "m,n"]).exits(3).says("row 2, mean").says("UTF-8");
}

#[test]
fn each_wrong_use_says_what_to_do() {
    let table = "m,s,n,n\n5.18,1.0,28,28\n";
    for (options, code, says) in [
        (&["--grim", "m"][..], 2, "--grim needs 2 columns: mean, number of cases"),
        (&["--grim", "m,s,2"], 2, "--grim needs 2 columns"),
        (&["--grimmer", "m,3"], 2, "--grimmer needs 3 columns"),
        (&["--grim", "mm,3"], 3, "no column is called `mm`"),
        (&["--grim", "m,n"], 3, "two columns are called `n`: the 3rd and the 4th"),
        (&["--grim", "m,5"], 3, "there is no 5th column"),
        (&["--grim", "m,3", "--no-header"], 3, "columns are named by their places"),
        (&["--grim", "m,3", "--scale", "7,1"], 2, "the smaller first"),
        (&["--grim", "m,3", "--scale", "1"], 2, "the smaller first"),
        (&["--grim", "m,3", "--items", "0"], 2, "--items"),
        (&["--grim", "m,3", "--items", "two"], 2, "--items"),
        (&["--grim", "m,3", "--rounding", "bankers"], 2, "no rounding mode"),
        (&["--grim", "m,3", "--population"], 2, "--population"),
        (&["--grim", "m,3", "--grimmer", "m,s,3"], 2, "--grimmer"),
        (&["--debit", "m,s,3", "--items", "2"], 2, "--items"),
        (&["--debit", "m,s,3", "--scale", "0,1"], 2, "--scale"),
        (&["--p", "m", "--percent"], 2, "--percent"),
        (&["--p", "m", "--items", "2"], 2, "--items"),
        (&["--grim", "m,3", "--fail-on", "differs"], 2, "--fail-on"),
        (&["--grim", "m,3", "--alpha", "0.1"], 2, "--alpha"),
        (&[], 2, "--grim"),
    ] {
        let done = on("t.csv", table, options);
        assert_eq!(done.code, code, "{options:?}: {}", done.err);
        assert!(done.err.contains(says), "{options:?} does not say `{says}`: {}", done.err);
        assert!(done.out.is_empty(), "{options:?}");
    }
    on("t.csv", "", &["--grim", "m,n"]).exits(3).says("the file is empty");
    on("t.csv", "m,n\n", &["--grim", "m,n"]).exits(9).shows("0 rows");
    World::empty()
        .run(&["check", "--table", "gone.csv", "--grim", "m,n"])
        .exits(7)
        .says("gone.csv");
    World::empty().run(&["check", "--grim", "m,n"]).exits(2);
}

/// The statistic's rounding: t = 2.2 cut off is at least 2.2, so p is at most .0362.
#[test]
fn the_rounding_holds_for_test_statistics_too() {
    let text = "x\n\"t(28) = 2.2, p = .039\"\n";
    on("t.csv", text, &["--p", "x"]).exits(0);
    on("t.csv", text, &["--p", "x", "--rounding", "truncation"]).exits(1);
}

/// A quotation mark that is never closed makes one record of the rest of a file: refused, not swallowed.
#[test]
fn a_record_without_end_is_refused() {
    let endless = format!("m,n\n\"5.18,28\n{}", "5.18,28\n".repeat(300_000));
    on("t.csv", endless, &["--grim", "m,n"]).exits(3).says("quotation mark");
}

/// The table goes through as a stream: what is held does not grow with it (the answer waits in a file beyond 64 MB).
#[cfg(target_os = "linux")]
#[test]
fn a_long_table_takes_no_more_memory_than_a_short_one() {
    use std::io::Write as _;
    let world = World::empty();
    let peak = |rows: usize| {
        let file = world.path("long.csv");
        let mut out = std::io::BufWriter::new(std::fs::File::create(&file).expect("created"));
        out.write_all(b"m,n\n").expect("written");
        for row in 0..rows {
            writeln!(out, "{}.{:02},{}", row % 7, row % 100, 20 + row % 180).expect("written");
        }
        drop(out.into_inner().expect("flushed"));
        let mut command = crate::world::program();
        command.args(["check", "--grim", "m,n", "--format", "json", "--table"]).arg(&file);
        command.stdout(std::fs::File::create(world.path("answer")).expect("created"));
        let mut child = command.spawn().expect("started");
        let status = format!("/proc/{}/status", child.id());
        let mut most = 0;
        let code = loop {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
            let now = line.split_whitespace().nth(1).and_then(|number| number.parse().ok());
            most = most.max(now.unwrap_or(0_u64));
            if let Some(code) = child.try_wait().expect("waited for") {
                break code.code();
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        };
        assert_eq!(code, Some(1));
        (most, std::fs::metadata(world.path("answer")).expect("written").len())
    };
    // Long enough to be looked at more than once while it runs.
    let (short, _) = peak(100_000);
    let (long, bytes) = peak(1_000_000);
    assert!(bytes > 96 << 20, "the answer is larger than what may be held: {bytes}");
    assert!(short > 4 << 10 && long < short + (80 << 10), "{short} and {long} kB");
}
