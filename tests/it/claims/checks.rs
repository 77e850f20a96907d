//! Forensic checks as relations of a claims file: verdicts, sets, witnesses, certificates.

use secondlook::claims::record::{Audit, Finding, RelationRecord, RelationState, Verdict};

use super::builder::{claim, judge};

/// A relation with a check, of a kind.
pub(super) fn check(id: &str, kind: &str, table: &str) -> String {
    format!(
        "[[relation]]\nid = \"{id}\"\nkind = \"{kind}\"\nsays = \"So it is.\"\n[relation.{}\n\n",
        table.replacen(": ", "]\n", 1)
    )
}

fn relation<'a>(audit: &'a Audit, id: &str) -> &'a RelationRecord {
    audit.relations.iter().find(|relation| relation.id == id).expect("the relation is there")
}

fn verdict(audit: &Audit, id: &str) -> Verdict {
    audit.claim(id).expect("the claim is there").verdict
}

/// Judges one check on claims `(id, printed)`.
fn one(claims: &[(&str, &str)], kind: &str, table: &str) -> Audit {
    let mut text: String = claims.iter().map(|(id, printed)| claim(id, printed, "")).collect();
    text += &check("c", kind, table);
    judge(&text, Vec::new())
}

fn state(claims: &[(&str, &str)], table: &str) -> RelationState {
    relation(&one(claims, "definitional", table), "c").state
}

const HOLDS: RelationState = RelationState::Holds;
const FAILS: RelationState = RelationState::Fails;

/// The cases of Brown and Heathers (2017) and of scrutiny, through a claims file.
#[test]
fn the_known_answers_come_out_through_claims() {
    for (mean, n, expected) in [
        ("5.19", 28, FAILS),
        ("5.18", 28, HOLDS),
        ("5.83", 50, FAILS),
        ("5.82", 50, HOLDS),
        ("5.2", 20, HOLDS),
    ] {
        let table = format!("grim: mean = \"m\"\nn = {n}");
        assert_eq!(state(&[("m", mean)], &table), expected, "{mean} of {n}");
    }
    let items = "grim: mean = \"m\"\nn = 14\nitems = 2";
    assert_eq!(state(&[("m", "5.18")], items), HOLDS);
    for (mean, sd, n, expected) in [
        ("5.21", "1.60", 28, HOLDS),
        ("3.44", "2.47", 18, FAILS),
        ("2.57", "2.57", 30, HOLDS),
        ("5.23", "2.55", 35, FAILS),
        ("5.23", "2.55", 127, HOLDS),
        ("1.03", "0.41", 40, FAILS),
        ("3.10", "1.37", 10, HOLDS),
    ] {
        let table = format!("grimmer: mean = \"m\"\nsd = \"s\"\nn = {n}");
        assert_eq!(state(&[("m", mean), ("s", sd)], &table), expected, "{mean} {sd} of {n}");
    }
    for (sd, expected) in [("0.18", FAILS), ("0.49", HOLDS)] {
        let table = "debit: mean = \"m\"\nsd = \"s\"\nn = 20";
        assert_eq!(state(&[("m", "0.35"), ("s", sd)], table), expected, "{sd}");
    }
    for (test, statistic, df, p, expected) in [
        ("t", "2.20", "df = 28", ".03", FAILS),
        ("t", "2.20", "df = 28", ".036", HOLDS),
        ("f", "2.20", "df1 = 2\ndf2 = 28", ".15", FAILS),
        ("chi2", "22.20", "df = 28", ".79", FAILS),
        ("z", "-2.42", "", ".016", HOLDS),
        ("t", "2.20", "df = 28", "p < .05", HOLDS),
        ("t", "2.20", "df = 28", "p < .01", FAILS),
    ] {
        let table = format!("p_value: test = \"{test}\"\nstatistic = \"x\"\n{df}\np = \"p\"");
        assert_eq!(state(&[("x", statistic), ("p", p)], &table), expected, "{test} {p}");
    }
}

/// scrutiny's tables, row by row, against what trying every sum says (tests/reference/pigs.csv).
#[test]
fn the_tables_of_scrutiny_come_out_through_claims() {
    let Some(folder) = crate::world::fetched_data() else {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    };
    let mut seen = 0;
    for line in include_str!("../../reference/pigs.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [table, which, row, expected] = fields.as_slice() else { panic!("{line}") };
        let path = folder.join("scrutiny").join(format!("{table}.csv"));
        let text = std::fs::read_to_string(&path).expect("the table is there");
        let row: usize = row.parse().expect("a row");
        let cells: Vec<&str> = text.lines().nth(row).expect("the row").split(',').collect();
        let n = cells.last().expect("n").trim_end_matches(".0");
        let (name, more) = match *which {
            "grim_percent" => ("grim", "percent = true\n"),
            other => (other, ""),
        };
        let deviation = if name == "grim" { "" } else { "sd = \"s\"\n" };
        let asked = format!("{name}: mean = \"m\"\n{deviation}{more}n = \"n\"");
        let mut claims = vec![("m", cells[0]), ("n", n)];
        claims.extend((name != "grim").then(|| ("s", cells[1])));
        let found = state(&claims, &asked);
        assert_eq!(found == HOLDS, *expected == "true", "{line}");
        seen += 1;
    }
    assert_eq!(seen, 39);
}

#[test]
fn what_no_data_can_give_is_impossible_and_blames_the_statement_alone() {
    let text = claim("m", "5.19", "weight = \"headline\"")
        + &claim("n", "28", "")
        + &check("c", "definitional", "grim: mean = \"m\"\nn = \"n\"");
    let audit = judge(&text, Vec::new());
    let found = audit.claim("m").expect("judged");
    assert_eq!(found.verdict, Verdict::Impossible);
    assert_eq!(found.conflict, ["c", "m"]);
    assert!(found.plain.contains("no whole number lies in [145.18, 145.46]"), "{}", found.plain);
    assert_ne!(verdict(&audit, "n"), Verdict::Impossible);
    assert_eq!(audit.finding, Finding::ContradictedInPart);
    let record = relation(&audit, "c");
    assert_eq!((record.check.as_deref(), record.state), (Some("grim"), FAILS));
    assert_eq!(record.inputs["mean"], ["m"]);
    // A pair that fails though its mean alone is possible: both carry it.
    let audit = one(
        &[("m", "3.44"), ("s", "2.47")],
        "definitional",
        "grimmer: mean = \"m\"\nsd = \"s\"\nn = 18",
    );
    assert_eq!(verdict(&audit, "m"), Verdict::Impossible);
    assert_eq!(verdict(&audit, "s"), Verdict::Impossible);
}

#[test]
fn a_rough_number_of_cases_makes_it_a_set() {
    // 5.19 is possible of 27 and of 26 (140.13, 134.94 -> 135/26 = 5.192), so a rough 28 is not blamed.
    let rough = one(&[("m", "5.19"), ("n", "~28")], "stated", "grim: mean = \"m\"\nn = \"n\"");
    // About 28 is 27.5 to 28.5 by its digits: only 28.
    assert_eq!(relation(&rough, "c").state, FAILS);
    let range = one(&[("m", "5.19"), ("n", "26–28")], "stated", "grim: mean = \"m\"\nn = \"n\"");
    assert_eq!(relation(&range, "c").state, HOLDS);
    assert_eq!(relation(&range, "c").witness["n"], "27");
    let none = one(&[("m", "5.19"), ("n", "28–30")], "stated", "grim: mean = \"m\"\nn = \"n\"");
    assert_eq!(relation(&none, "c").state, FAILS);
    assert_eq!(verdict(&none, "m"), Verdict::DoesNotAddUp);
    assert_eq!(verdict(&none, "n"), Verdict::DoesNotAddUp);
}

#[test]
fn an_assumption_blames_nobody_and_a_chart_decides_no_finding() {
    let audit = one(&[("m", "5.19")], "assumed", "grim: mean = \"m\"\nn = 28");
    assert_eq!(relation(&audit, "c").state, FAILS);
    assert_eq!(verdict(&audit, "m"), Verdict::Unchecked);
    let text = claim("m", "5.19", "weight = \"headline\"\ntranscription = \"chart\"")
        + &check("c", "definitional", "grim: mean = \"m\"\nn = 28");
    let audit = judge(&text, Vec::new());
    assert_eq!(verdict(&audit, "m"), Verdict::Impossible);
    assert_ne!(audit.finding, Finding::ContradictedInPart);
    assert!(relation(&audit, "c").marks.contains(&"chart-read".to_owned()));
}

#[test]
fn an_accepted_failure_is_shown_and_lifts_the_claims_of_its_relation() {
    let text = claim("m", "5.19", "")
        + "[[relation]]\nid = \"c\"\nkind = \"stated\"\nsays = \"So it is.\"\naccepted = { why = \"Seen.\", on = 2026-11-23 }\n[relation.grim]\nmean = \"m\"\nn = 28\n";
    let audit = judge(&text, Vec::new());
    assert!(relation(&audit, "c").accepted.as_ref().is_some_and(|accepted| accepted.applies));
    let claim = audit.claim("m").expect("judged");
    assert_eq!(claim.verdict, Verdict::Impossible);
    assert!(claim.accepted.as_ref().is_some_and(|accepted| accepted.applies));
}

#[test]
fn passing_is_possible_and_recomputing_adds_up() {
    let audit = one(&[("m", "5.18")], "definitional", "grim: mean = \"m\"\nn = 28");
    assert_eq!(verdict(&audit, "m"), Verdict::Possible);
    assert_eq!(relation(&audit, "c").witness["sum of answers"], "145");
    assert_eq!(relation(&audit, "c").witness["m"], "145/28");
    let scale = "grimmer: mean = \"m\"\nsd = \"s\"\nn = 4\nscale = [1, 7]";
    let audit = one(&[("m", "3.50"), ("s", "1.29")], "definitional", scale);
    assert_eq!(
        relation(&audit, "c").witness["data set"],
        "1 \u{D7} 2, 1 \u{D7} 3, 1 \u{D7} 4, 1 \u{D7} 5"
    );
    let shares = "shares: parts = [\"a\", \"b\", \"c1\"]";
    let audit = one(&[("a", "33.3%"), ("b", "33.3%"), ("c1", "33.3%")], "stated", shares);
    assert_eq!(verdict(&audit, "a"), Verdict::AddsUp);
    let audit = one(&[("a", "33.3%"), ("b", "33.3%"), ("c1", "33.6%")], "stated", shares);
    assert_eq!(verdict(&audit, "c1"), Verdict::DoesNotAddUp);
    assert!(relation(&audit, "c").proof.is_some());
    // The same passing as an assumption is only possible.
    let audit = one(&[("a", "33.3%"), ("b", "33.3%"), ("c1", "33.3%")], "assumed", shares);
    assert_eq!(verdict(&audit, "a"), Verdict::Possible);
}

#[test]
fn percentages_say_which_numbers_of_cases_are_possible() {
    let asked = "percent_of: percent = \"a\"\ncount = \"k\"\nn = \"n\"";
    let audit = one(&[("a", "25%"), ("k", "7"), ("n", "28")], "stated", asked);
    assert_eq!(verdict(&audit, "a"), Verdict::AddsUp);
    let audit = one(&[("a", "25%"), ("k", "8"), ("n", "28")], "stated", asked);
    for id in ["a", "k", "n"] {
        assert_eq!(verdict(&audit, id), Verdict::DoesNotAddUp, "{id}");
    }
    // A third and a seventh first have a common number of cases at 21.
    let asked = "percent_of: percent = [\"a\", \"b\"]\nat_most = 40";
    let audit = one(&[("a", "33.3%"), ("b", "14.3%")], "stated", asked);
    assert_eq!(relation(&audit, "c").witness["n"], "21");
    assert_eq!(relation(&audit, "c").witness["count of b"], "3");
    // By hand: k/n = 0.333.. needs 3 | n or n > 400; k/n in [.1425, .1435] with n <= 20: 1/7, 2/14.
    let asked = "percent_of: percent = [\"a\", \"b\"]\nat_most = 20";
    let audit = one(&[("a", "33.3%"), ("b", "14.3%")], "stated", asked);
    assert_eq!(relation(&audit, "c").state, FAILS);
    let asked = "percent_of: percent = \"a\"\nn = 28";
    assert_eq!(verdict(&one(&[("a", "26%")], "stated", asked), "a"), Verdict::Impossible);
}

#[test]
fn an_interval_is_set_against_its_estimate_and_error() {
    let asked = "interval: estimate = \"e\"\nse = \"s\"\nci_low = \"l\"\nci_high = \"h\"";
    let claims = |s, l, h| [("e", "0.38"), ("s", s), ("l", l), ("h", h)];
    assert_eq!(state(&claims("0.03", "0.32", "0.44"), asked), HOLDS);
    assert_eq!(state(&claims("0.02", "0.32", "0.44"), asked), FAILS);
    assert_eq!(state(&claims("0.03", "0.30", "0.44"), asked), FAILS);
    // 90%: 1.645 standard errors are too few for it.
    let ninety = format!("{asked}\nlevel = \"90%\"");
    assert_eq!(state(&claims("0.030", "0.321", "0.439"), &ninety), FAILS);
    // t with 4 degrees of freedom: 2.776 standard errors.
    let t = format!("{asked}\nreference = \"t\"\ndf = 4");
    assert_eq!(state(&claims("0.030", "0.297", "0.463"), &t), HOLDS);
    assert_eq!(state(&claims("0.030", "0.321", "0.439"), &t), FAILS);
    // An odds ratio: 1.50 with 1.10 and 2.05 is even on the logarithm, 2.60 is not.
    let log = "interval: estimate = \"e\"\nci_low = \"l\"\nci_high = \"h\"\nscale = \"log\"";
    assert_eq!(state(&[("e", "1.50"), ("l", "1.10"), ("h", "2.05")], log), HOLDS);
    let audit = one(&[("e", "1.50"), ("l", "1.10"), ("h", "2.60")], "stated", log);
    assert_eq!(verdict(&audit, "h"), Verdict::DoesNotAddUp);
    // With its error: ln(2.05 / 1.10) / (2 * 1.96) = 0.1588.
    let both = format!("{log}\nse = \"s\"");
    let with = |s| [("e", "1.50"), ("l", "1.10"), ("h", "2.05"), ("s", s)];
    assert_eq!(state(&with("0.159"), &both), HOLDS);
    assert_eq!(state(&with("0.165"), &both), FAILS);
}

#[test]
fn a_decision_error_and_a_one_sided_test_are_named() {
    let asked = "p_value: test = \"t\"\nstatistic = \"x\"\ndf = 28\np = \"p\"";
    let audit = one(&[("x", "1.90"), ("p", ".02")], "stated", asked);
    let record = relation(&audit, "c");
    let certificate = record.certificate.clone().expect("a certificate");
    assert!(certificate.contains("Decision error: at 0.05"), "{certificate}");
    // One-sided it is .0339, no .02 either.
    assert_eq!(record.state, FAILS);
    assert!(!certificate.contains("one-sided"), "{certificate}");
    let audit = one(&[("x", "1.90"), ("p", ".034")], "stated", asked);
    let record = relation(&audit, "c");
    assert!(record.marks.contains(&"ambiguous".to_owned()), "{record:?}");
    let asked = format!("{asked}\none_sided = true");
    assert_eq!(state(&[("x", "1.90"), ("p", ".034")], &asked), HOLDS);
    // On the far side too: the statistic points the other way.
    assert_eq!(state(&[("x", "-1.90"), ("p", ".966")], &asked), HOLDS);
}

/// The slope of rates 20%, 25%, 31% on 1, 2, 3 with 100, 200, 150 cases, by hand: W = 450, Σnx = 950, Σnx² = 2250,
/// Σny = 116.5, Σnxy = 259.5, so slope = (450 · 259.5 - 950 · 116.5) / (450 · 2250 - 950²) = 6100 / 110000.
#[test]
fn a_regression_follows_from_its_table_of_group_rates() {
    let asked = |more: &str| {
        format!(
            "group_rates: levels = [1, 2, 3]\nrates = [\"a\", \"b\", \"d\"]\nns = [100, 200, 150]\n{more}"
        )
    };
    let with = |id, printed| [("a", "20%"), ("b", "25%"), ("d", "31%"), (id, printed)];
    let slope = asked("slope = \"s\"");
    assert_eq!(state(&with("s", "5.5 pp"), &slope), HOLDS);
    // 100 · (450 - 950) = -50000, 200 · (900 - 950) = -10000, 150 · (1350 - 950) = 60000, over 110000: with half a
    // point in each the slope is 0.05545 ± 0.005 · 120000 / 110000 = 0.05 to 0.0609.
    let audit = one(&with("s", "6.2 pp"), "stated", &slope);
    let record = relation(&audit, "c");
    assert_eq!(record.state, FAILS);
    let certificate = record.certificate.clone().expect("a certificate");
    assert!(certificate.contains("[0.05, 0.0609090909]"), "{certificate}");
    assert_eq!(verdict(&audit, "s"), Verdict::DoesNotAddUp);
    assert_eq!(verdict(&audit, "b"), Verdict::DoesNotAddUp);
    // Intercept 116.5/450 - 0.0554545 · 950/450 = 0.14182.
    assert_eq!(state(&with("s", "14%"), &asked("intercept = \"s\"")), HOLDS);
    assert_eq!(state(&with("s", "19%"), &asked("intercept = \"s\"")), FAILS);
    // R² of single cases: 6100² / (110000 · 116.5 · 333.5) = 0.008706; of groups: all but curvature, 0.9937.
    assert_eq!(state(&with("s", "0.009"), &asked("r2 = \"s\"")), HOLDS);
    assert_eq!(state(&with("s", "0.012"), &asked("r2 = \"s\"")), FAILS);
    assert_eq!(state(&with("s", "0.005"), &asked("r2 = \"s\"")), FAILS);
    assert_eq!(state(&with("s", "0.994"), &asked("r2 = \"s\"\nr2_of = \"groups\"")), HOLDS);
    assert_eq!(state(&with("s", "0.92"), &asked("r2 = \"s\"\nr2_of = \"groups\"")), FAILS);
    // Together: slope and intercept that the table allows alone, and no one table gives (scipy's linear program).
    let both = asked("slope = \"s\"\nintercept = \"i\"");
    let table = [("a", "15%"), ("b", "28%"), ("d", "33%")];
    let printed = |slope, intercept| [&table[..], &[("s", slope), ("i", intercept)]].concat();
    assert_eq!(state(&printed("8.2 pp", "8.0%"), &both), FAILS);
    assert_eq!(state(&printed("8.2 pp", "9.4%"), &both), HOLDS);
    for alone in ["slope = \"s\"", "intercept = \"i\""] {
        assert_eq!(state(&printed("8.2 pp", "8.0%"), &asked(alone)), HOLDS, "{alone}");
    }
    // With slope and intercept R² lies in 0.0084809 to 0.0087700, of groups in 0.97984 to 1
    // (tests/reference/group_rates.py). Alone each of these could be.
    let all = |r2, of: &str| {
        let table = [("a", "20%"), ("b", "25%"), ("d", "31%")];
        let printed = [&table[..], &[("s", "5.5 pp"), ("i", "0.140"), ("r", r2)]].concat();
        let alone = asked(&format!("r2 = \"r\"\n{of}"));
        assert_eq!(state(&printed, &alone), HOLDS, "{r2} alone");
        state(&printed, &asked(&format!("slope = \"s\"\nintercept = \"i\"\nr2 = \"r\"\n{of}")))
    };
    for (r2, expected) in
        [("0.0084", FAILS), ("0.0085", HOLDS), ("0.0088", HOLDS), ("0.0089", FAILS)]
    {
        assert_eq!(all(r2, ""), expected, "{r2}");
    }
    assert_eq!(all("0.98", "r2_of = \"groups\""), HOLDS);
    assert_ne!(all("0.97", "r2_of = \"groups\""), HOLDS);
    // Rough sizes widen the range.
    let rough = "group_rates: levels = [1, 2, 3]\nrates = [\"a\", \"b\", \"d\"]\nns = [\"n\", 200, 150]\nslope = \"s\"";
    let mut claims = with("s", "6.1 pp").to_vec();
    claims.push(("n", "50–200"));
    assert_eq!(state(&claims, rough), HOLDS);
}

#[test]
fn another_reading_makes_it_ambiguous() {
    let text = claim("m", "5.18", "")
        + &check("c", "stated", "grim: mean = \"m\"\nn = 14")
        + "[[relation]]\nid = \"d\"\nkind = \"assumed\"\nsays = \"Two items each.\"\nalternative_to = \"c\"\n[relation.grim]\nmean = \"m\"\nn = 14\nitems = 2\n";
    let audit = judge(&text, Vec::new());
    let marks = &relation(&audit, "c").marks;
    assert_eq!(relation(&audit, "d").state, HOLDS);
    assert!(marks.contains(&"ambiguous".to_owned()), "{marks:?}");
}

#[test]
fn records_stay_in_the_order_of_the_file() {
    let text = claim("m", "5.18", "")
        + &claim("a", "50%", "")
        + &claim("b", "50%", "")
        + &check("one", "stated", "grim: mean = \"m\"\nn = 28")
        + &super::builder::relation("two", "stated", "a == b")
        + &check("three", "stated", "shares: parts = [\"a\", \"b\"]")
        + &check("four", "stated", "percent_of: percent = \"a\"\nn = 10");
    let audit = judge(&text, Vec::new());
    let ids: Vec<&str> = audit.relations.iter().map(|relation| relation.id.as_str()).collect();
    assert_eq!(ids, ["one", "two", "three", "four"]);
    let checks: Vec<Option<&str>> =
        audit.relations.iter().map(|relation| relation.check.as_deref()).collect();
    assert_eq!(checks, [Some("grim"), None, Some("shares"), Some("percent_of")]);
}

/// The witnesses and refutations of a study, verified by a program that shares nothing with ours.
#[test]
fn an_independent_program_verifies_witnesses_and_refutations() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let python = |json: &str| {
        use std::io::Write as _;
        let mut child = std::process::Command::new("python3")
            .arg("-B")
            .arg(folder.join("check_certificates.py"))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(json.as_bytes()).ok()?;
        let done = child.wait_with_output().ok()?;
        Some((done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned()))
    };
    let json = |text: &str| {
        secondlook::digest::canonical_json(&judge(text, Vec::new())).expect("an audit is JSON")
    };
    let document = json(&every_kind());
    let Some((code, said)) = python(&document) else {
        println!("skipped: there is no python3");
        return;
    };
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("and 33 forensic checks verified"), "{said}");
    // It can fail: a witness, a state and a data set that are not so.
    for (from, to) in [
        ("\"sum of answers\": \"145\"", "\"sum of answers\": \"146\""),
        ("1 \u{D7} 2, 1 \u{D7} 3", "1 \u{D7} 2, 1 \u{D7} 2"),
        ("\"count of pa\": \"7\"", "\"count of pa\": \"8\""),
        ("\"df2\": [\n          \"28\"", "\"df2\": [\n          \"8\""),
    ] {
        assert!(document.contains(from), "{from}");
        let (code, said) = python(&document.replacen(from, to, 1)).expect("it ran before");
        assert_eq!(code, Some(1), "{from}: {said}");
    }
}

/// Each check once where it holds and once where it fails.
fn every_kind() -> String {
    let mut text = String::new();
    for (id, printed) in [
        ("ma", "5.18"),
        ("mb", "5.19"),
        ("mc", "3.50"),
        ("sc", "1.29"),
        ("md", "3.44"),
        ("sd", "2.47"),
        ("me", "0.35"),
        ("se", "0.49"),
        ("sf", "0.18"),
        ("mg", "1.10"),
        ("sg", "2.50"),
        ("pa", "25%"),
        ("pb", "26%"),
        ("k", "7"),
        ("n", "28"),
        ("third", "33.3%"),
        ("seventh", "14.3%"),
        ("effect", "0.38"),
        ("err", "0.03"),
        ("far", "0.02"),
        ("lo", "0.32"),
        ("hi", "0.44"),
        ("ratio", "1.50"),
        ("rl", "1.10"),
        ("rh", "2.05"),
        ("rx", "2.60"),
        ("x1", "33.3%"),
        ("x2", "33.3%"),
        ("x3", "33.6%"),
        ("y1", "20%"),
        ("y2", "25%"),
        ("y3", "31%"),
        ("slope", "5.5 pp"),
        ("start", "14%"),
        ("off", "15%"),
        ("steep", "6.2 pp"),
        ("little", "0.009"),
        ("more", "0.012"),
        ("roughly", "28\u{2013}30"),
        ("t", "2.20"),
        ("z", "-2.42"),
        ("f", "2.20"),
        ("chi2", "22.20"),
        ("r", "0.42"),
        ("p03", ".03"),
        ("p036", ".036"),
        ("p018", ".018"),
        ("p016", ".016"),
        ("p13", ".13"),
        ("p77", ".77"),
        ("small", "p < .01"),
    ] {
        text += &claim(id, printed, "");
    }
    for (id, table) in [
        ("r01", "grim: mean = \"ma\"\nn = 28"),
        ("r02", "grim: mean = \"mb\"\nn = \"n\""),
        ("r03", "grim: mean = \"mb\"\nn = \"roughly\""),
        ("r04", "grimmer: mean = \"mc\"\nsd = \"sc\"\nn = 4\nscale = [1, 7]"),
        ("r05", "grimmer: mean = \"md\"\nsd = \"sd\"\nn = 18"),
        ("r06", "grimmer: mean = \"mg\"\nsd = \"sg\"\nn = 10\nscale = [1, 5]"),
        ("r07", "debit: mean = \"me\"\nsd = \"se\"\nn = 20"),
        ("r08", "debit: mean = \"me\"\nsd = \"sf\"\nn = 20"),
        ("r09", "percent_of: percent = \"pa\"\ncount = \"k\"\nn = \"n\""),
        ("r10", "percent_of: percent = \"pb\"\nn = 28"),
        ("r11", "percent_of: percent = [\"third\", \"seventh\"]\nat_most = 60"),
        ("r12", "percent_of: percent = [\"third\", \"seventh\"]\nat_most = 20"),
        ("r13", "interval: estimate = \"effect\"\nse = \"err\"\nci_low = \"lo\"\nci_high = \"hi\""),
        ("r14", "interval: estimate = \"effect\"\nse = \"far\"\nci_low = \"lo\"\nci_high = \"hi\""),
        (
            "r15",
            "interval: estimate = \"ratio\"\nci_low = \"rl\"\nci_high = \"rh\"\nscale = \"log\"",
        ),
        (
            "r16",
            "interval: estimate = \"ratio\"\nci_low = \"rl\"\nci_high = \"rx\"\nscale = \"log\"",
        ),
        ("r17", "shares: parts = [\"x1\", \"x2\", \"x3\"]"),
        ("r18", "shares: parts = [\"y1\", \"y2\"]\ntotal = \"45%\""),
        (
            "r19",
            "group_rates: levels = [1, 2, 3]\nrates = [\"y1\", \"y2\", \"y3\"]\nns = [100, 200, 150]\nslope = \"slope\"",
        ),
        (
            "r20",
            "group_rates: levels = [1, 2, 3]\nrates = [\"y1\", \"y2\", \"y3\"]\nns = [100, 200, 150]\nslope = \"steep\"",
        ),
        (
            "r22",
            "group_rates: levels = [1, 2, 3]\nrates = [\"y1\", \"y2\", \"y3\"]\nns = [100, 200, 150]\nr2 = \"little\"",
        ),
        (
            "r23",
            "group_rates: levels = [1, 2, 3]\nrates = [\"y1\", \"y2\", \"y3\"]\nns = [100, 200, 150]\nr2 = \"more\"",
        ),
        (
            "r24",
            "group_rates: levels = [1, 2, 3]\nrates = [\"y1\", \"y2\", \"y3\"]\nns = [100, 200, 150]\nslope = \"slope\"\nintercept = \"start\"\nr2 = \"little\"",
        ),
        (
            "r25",
            "group_rates: levels = [1, 2, 3]\nrates = [\"y1\", \"y2\", \"y3\"]\nns = [100, 200, 150]\nslope = \"slope\"\nintercept = \"off\"",
        ),
        ("r21", "grim: mean = \"mg\"\nn = 10\nscale = [1, 5]"),
        ("p1", "p_value: test = \"t\"\nstatistic = \"t\"\ndf = 28\np = \"p03\""),
        ("p2", "p_value: test = \"t\"\nstatistic = \"t\"\ndf = \"27.6\"\np = \"p036\""),
        ("p3", "p_value: test = \"t\"\nstatistic = \"t\"\ndf = 28\np = \"p018\"\none_sided = true"),
        ("p4", "p_value: test = \"z\"\nstatistic = \"z\"\np = \"p016\""),
        ("p5", "p_value: test = \"f\"\nstatistic = \"f\"\ndf1 = 2\ndf2 = 28\np = \"p13\""),
        ("p6", "p_value: test = \"chi2\"\nstatistic = \"chi2\"\ndf = 28\np = \"p77\""),
        ("p7", "p_value: test = \"chi2\"\nstatistic = \"chi2\"\ndf = 28\np = \"p13\""),
        ("p8", "p_value: test = \"r\"\nstatistic = \"r\"\ndf = 40\np = \"small\""),
    ] {
        text += &check(id, "definitional", table);
    }
    text
}

/// `check`, `explain` and the report say what was asked, how it came out and what shows it.
#[test]
fn people_read_a_check_in_plain_words() {
    let world = crate::world::World::tiny();
    let path = "methods/tiny/claims.toml";
    let own = std::fs::read_to_string(world.path(path)).expect("the claims are there");
    let text = own
        + "\n"
        + &claim("age_mean", "5.19", "")
        + &check("possible_age", "definitional", "grim: mean = \"age_mean\"\nn = 28");
    let world = world.with(path, &text);
    world
        .run(&["check", "tiny"])
        .exits(1)
        .shows("relation possible_age  (definitional, grim)  fails")
        .shows("with n = 28, no whole number lies in [145.18, 145.46]");
    world
        .run(&["explain", "tiny", "age_mean"])
        .exits(0)
        .shows("asks: can a mean of whole numbers print so (GRIM)?")
        .shows("impossible");
    world.run(&["audit", "tiny"]).exits(1);
    let outputs = world.outputs();
    let page = String::from_utf8_lossy(&outputs["tiny/report.html"]).into_owned();
    assert!(page.contains("Asked: can a mean of whole numbers print so (GRIM)?"));
    assert!(page.contains("definitional, grim: must hold by what the words mean"));
}
