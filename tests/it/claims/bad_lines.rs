//! Every error that a claims or coverage file can have: its line, what is wrong, and what to do.

use std::fs;
use std::path::Path;

use secondlook::claims::coverage;
use secondlook::diagnostic::{Problems, Source};

use super::builder::{STUDY, claim, claims, judge_with, relation, study};

fn shown(problems: &Problems) -> Vec<String> {
    problems.0.iter().map(ToString::to_string).collect()
}

/// The problems of a claims file: those of the text, else those against the study and its results.
fn of_claims(text: &str) -> Vec<String> {
    let (read, problems) = secondlook::claims::read(&Source::new("claims.toml", text));
    if read.is_none() || !problems.is_empty() {
        return shown(&problems);
    }
    let own = super::builder::run(
        "own",
        secondlook::results::Basis::AnalysisData,
        vec![super::builder::estimate("fit/x", 0.2), super::builder::estimate("fit/z", 0.2)],
    );
    judge_with(text, vec![own], Vec::new(), Vec::new())
        .err()
        .map(|found| shown(&found))
        .unwrap_or_default()
}

fn of_coverage(text: &str) -> Vec<String> {
    let (outlet, problems) = coverage::read(&Source::new("coverage/paper.toml", text), "paper");
    let Some(outlet) = outlet else { return shown(&problems) };
    let file = claims(
        &(claim("n", "5", "untestable = \"withheld\"")
            + &claim("w", "many", "untestable = \"withheld\"")),
    );
    let judged = coverage::judge(&[outlet], &file, &study(STUDY));
    judged.err().map(|found| shown(&found)).unwrap_or_default()
}

/// A claims file, the line of its error, and a piece of the message.
fn claims_files() -> Vec<(String, usize, &'static str)> {
    let one = |more: &str| claim("a", "0.2", more);
    let test = "untestable = \"withheld\"";
    let b = claim("b", "0.1", test);
    let related = |more: &str| relation("r", "stated", "a == b") + more;
    let implied = |more: &str| b.clone() + "[[implied]]\nid = \"i\"\nsays = \"So.\"\n" + more;
    let head = |first: &str, second: &str| one(test).replace(first, second);
    vec![
        (claim("a", "many", "estimate = \"fit/x\""), 5, "is words: say how they are read"),
        (head("\"a\"", "\"A b\""), 2, "`A b` is no id"),
        (head("\"a\"", "\"sqrt\""), 2, "has a meaning in expressions"),
        (head("where = { source = \"paper\", at = \"p. 1\" }\n", ""), 1, "[claim] lacks `where`"),
        (
            head("where = { source = \"paper\", at = \"p. 1\" }", "where = \"p. 1\""),
            4,
            "must be a table",
        ),
        (head(", at = \"p. 1\"", ""), 4, "lacks `at`"),
        (head("says = \"It says so.\"\n", ""), 1, "lacks `says`"),
        (head("printed = \"0.2\"\n", ""), 1, "lacks `printed`"),
        (head("printed = \"0.2\"", "printed = 0.2"), 5, "must be a text in quotes"),
        (head("\"0.2\"", "\"1,23\""), 5, "1,23"),
        (head("\"paper\"", "\"papier\""), 4, "the study has no source `papier`"),
        (one("holds = \"a >\""), 6, "`holds`: "),
        (one("holds = \"a\""), 6, "must be a comparison, not a number"),
        (one("equals = \"1 < 2\""), 6, "must be a number, not a comparison"),
        (one("holds = \"a > b\""), 6, "no claim is called `b`"),
        (one("weight = \"heavy\"\nestimate = \"fit/x\""), 6, "`weight` cannot be `heavy`"),
        (one("untestable = \"hidden\""), 6, "`untestable` cannot be `hidden`"),
        (one("transcription = \"thrice\"\nestimate = \"fit/x\""), 6, "`transcription` cannot be"),
        (one("rounding = \"banker\"\nestimate = \"fit/x\""), 6, "`rounding` cannot be"),
        (one("scale = \"log\"\nestimate = \"fit/x\""), 6, "`scale` cannot be"),
        (one("estimate = \"fit/y\""), 6, "no run has an estimate `fit/y`"),
        (one("estimate = \"fit/x.se\""), 6, "has no such part"),
        ("rounding = \"half\"\n".to_owned() + &one(test), 1, "`rounding` cannot be"),
        ("decimal = \"dot\"\n".to_owned() + &one(test), 1, "`decimal` cannot be"),
        (
            one("estimate = \"fit/x\"\nequals = \"est(\\\"fit/z\\\")\""),
            7,
            "both say what our value is",
        ),
        (one("estimate = \"fit/x\"\ntolerance = \"1\""), 7, "more than 5% of the printed value"),
        (one("estimate = \"fit/x\"\ntolerance = { value = \"1\" }"), 7, "lacks `why`"),
        (
            one("untestable = \"withheld\"\ntolerance = \"0.001\""),
            7,
            "`tolerance` is for comparing with a value of ours",
        ),
        (one("untestable = \"withheld\"\nmargin = \"0.1\""), 7, "`margin` is for comparing"),
        (
            one("untestable = \"withheld\"\noriginal = { se = \"0.1\" }"),
            7,
            "`original` is for comparing",
        ),
        (one("estimate = \"fit/x\"\nalpha = \"0.01\""), 7, "`alpha` is about a printed p value"),
        (
            one("estimate = \"fit/x\"\none_sided = true"),
            7,
            "`one_sided` is about a printed p value",
        ),
        (one("estimate = \"fit/x\"\ncount = true"), 7, "is no count"),
        (one("estimate = \"fit/x\"\ncount = \"yes\""), 7, "must be true or false"),
        (
            claim("a", "28\u{2013}33%", "estimate = \"fit/x\"\ntolerance = \"1 pp\""),
            7,
            "measured from one printed number",
        ),
        (
            claim("a", "28\u{2013}33%", "estimate = \"fit/x\"\ntolerance = \"1%\""),
            7,
            "a tolerance in percent needs one",
        ),
        (one("estimate = \"fit/x\"\nrounded_to = \"0.01\""), 7, "finer digits"),
        (
            claim("a", "12,500", "estimate = \"fit/x\"\nrounded_to = \"10,000\""),
            7,
            "no multiple of",
        ),
        (
            claim("a", "nearly half", "estimate = \"fit/x\"\nrounded_to = \"10\""),
            7,
            "not one number",
        ),
        (claim("a", "t(28) = 2.20, p = .036", "alpha = \"5\""), 6, "no level of significance"),
        (claim("a", "7 pp", "estimate = \"fit/x\"\nunit = \"percent\""), 7, "`unit` says percent"),
        (
            claim("a", "7%", "estimate = \"fit/x\"\nunit = \"pp\""),
            7,
            "`unit` says percentage points",
        ),
        (
            claim("a", "33", "estimate = \"fit/x\"\nunit = \"percent\""),
            7,
            "a hundred times as many",
        ),
        (one("estimate = \"fit/x\"\noriginal = {}"), 7, "needs one of `se`, `interval` and `n`"),
        (
            one("estimate = \"fit/x\"\noriginal = { se = \"-1\" }"),
            7,
            "a standard error is positive",
        ),
        (one("estimate = \"fit/x\"\noriginal = { interval = \"3\" }"), 7, "no confidence interval"),
        (
            one("estimate = \"fit/x\"\noriginal = { n = \"28\" }"),
            7,
            "the error of a correlation only",
        ),
        (
            one("estimate = \"fit/x\"\nscale = \"fisher-z\"\noriginal = { n = \"3\" }"),
            8,
            "more than three pairs",
        ),
        (
            one("estimate = \"fit/x\"\naccepted = { why = \"x\", on = 2026-01-01 }"),
            7,
            "does not say which verdict was seen",
        ),
        (
            one(
                "estimate = \"fit/x\"\naccepted = { verdict = \"fails\", why = \"x\", on = 2026-01-01 }",
            ),
            7,
            "`fails` is no verdict",
        ),
        (
            one(
                "estimate = \"fit/x\"\naccepted = { verdict = \"difers\", why = \"x\", on = 2026-01-01 }",
            ),
            7,
            "did you mean `differs`?",
        ),
        (
            one("estimate = \"fit/x\"\naccepted = { verdict = \"differs\", on = 2026-01-01 }"),
            7,
            "lacks `why`",
        ),
        (
            one("estimate = \"fit/x\"\naccepted = { verdict = \"differs\", why = \"x\" }"),
            7,
            "lacks `on`",
        ),
        (
            one(
                "estimate = \"fit/x\"\naccepted = { verdict = \"differs\", why = \"x\", on = \"today\" }",
            ),
            7,
            "must be a date",
        ),
        (
            one(
                "estimate = \"fit/x\"\naccepted = { verdict = \"differs\", value = \"much\", why = \"x\", on = 2026-01-01 }",
            ),
            7,
            "much",
        ),
        (
            one(test)
                + &b
                + &related("accepted = { verdict = \"differs\", why = \"x\", on = 2026-01-01 }\n"),
            18,
            "a relation is accepted as one that fails",
        ),
        (
            one(test)
                + &b
                + &related("accepted = { value = \"1\", why = \"x\", on = 2026-01-01 }\n"),
            18,
            "a relation has no value",
        ),
        (
            one(test) + &b + &related("alternative_to = \"r\"\n"),
            18,
            "no other relation is called `r`",
        ),
        (
            one(test) + &b + &related("alternative_to = \"q\"\n"),
            18,
            "no other relation is called `q`",
        ),
        (one(test) + &b + &relation("r", "sure", "a == b"), 15, "`kind` cannot be `sure`"),
        (one(test) + &relation("r", "stated", "1 == 1"), 11, "the relation names no claim"),
        (
            one(test) + &relation("r", "stated", "a").replace("holds = \"a\"\n", ""),
            7,
            "[relation] lacks `holds`",
        ),
        (
            one(test) + &relation("r", "stated", "a > 0").replace("kind = \"stated\"\n", ""),
            7,
            "[relation] lacks `kind`",
        ),
        (
            one(test)
                + &b
                + &related("")
                + &one(test).replace("\"a\"", "\"c\"").replace(test, "holds = \"r > 0\""),
            23,
            "is no claim: it has no number",
        ),
        (implied(""), 7, "[implied] lacks `value`"),
        (implied("value = \"b > 1\"\n"), 10, "must be a number"),
        (
            implied("value = \"b\"\nunit = \"percent\"\ncount = true\n"),
            11,
            "what counts has no unit",
        ),
        (implied("value = \"b\"\nusing = [\"q\"]\n"), 11, "`using` names no relation"),
        (b.clone() + "[[set_aside]]\nwhat = \"x\"\n", 7, "lacks `why`"),
        (b.clone() + &b, 8, "`b` is used twice as an id"),
        (
            one("equals = \"b\"") + &claim("b", "0.2", "equals = \"a\""),
            6,
            "runs in a circle: a \u{2192} b \u{2192} a",
        ),
        (one("equals = \"b\"") + &claim("b", "many", test), 6, "no one number"),
        (one(""), 2, "nothing checks `a`"),
        (one("equals = \"100 * b\"") + &claim("b", "0.2", test), 6, "a hundred times"),
        (
            claim("a", "7%", "equals = \"b - c\"")
                + &claim("b", "17%", test)
                + &claim("c", "10%", test),
            6,
            "a difference of two percentages",
        ),
        (
            claim("a", "7 pp", "equals = \"b / c - 1\"")
                + &claim("b", "1.07", test)
                + &claim("c", "1", test),
            6,
            "a relative change",
        ),
        (one("wieght = \"minor\"\nestimate = \"fit/x\""), 6, "unknown key `wieght`"),
        ("[[claims]]\nid = \"a\"\n".to_owned() + &b, 1, "unknown key `claims`"),
        ("claim = 3\n".to_owned(), 1, "must be written as [[claim]]"),
        (one("estimate = \"fit/x"), 6, "not valid TOML"),
        // Several readings: `readings.rs` has the rest.
        (one("reads = [[\"1\", \"2\"], [\"1\", \"2\"]]\nestimate = \"fit/x\""), 6, "are the same"),
        (one("reads = [\"1\"]\nestimate = \"fit/x\""), 6, "a reading needs two numbers"),
        (one("reads = [\"2\", \"1\"]\nestimate = \"fit/x\""), 6, "begins with its larger number"),
        (
            one("reads = [\"2\", \"3\"]\n[[claim.reading]]\nestimate = \"fit/x\""),
            6,
            "in two places",
        ),
        (one("[[claim.reading]]\nsays = \"x\""), 6, "neither what the words stand for"),
        (one("[[claim.reading]]\nestimate = \"fit/x\"\nequals = \"1 + 1\""), 8, "not both"),
    ]
}

fn coverage_files() -> Vec<(String, usize, &'static str)> {
    let one = |more: &str| format!("[[statement]]\nid = \"s\"\nsays = \"So.\"\n{more}\n");
    let judged = "rating = \"accurate\"\nwhy = \"It is.\"";
    vec![
        (one("rating = \"true\"\nwhy = \"x\""), 4, "`true` is no rating"),
        (
            one("printed = \"6\"\nrating = \"accurate\"\nwhy = \"x\""),
            4,
            "no claim to compare it with",
        ),
        (one("printed = \"6\"\nclaim = \"n\"\nrating = \"accurate\""), 1, "rated by computation"),
        (one(""), 1, "neither computed nor judged"),
        (one("rating = \"accurate\""), 1, "a judgement needs its reason"),
        (one("printed = \"1,23\"\nclaim = \"n\""), 4, "1,23"),
        (one("printed = \"6\"\nclaim = \"w\""), 2, "cannot be computed against"),
        (one("printed = \"6\"\nclaim = \"m\""), 5, "no claim is called `m`"),
        (one(judged) + &one(judged), 7, "`s` is used twice as an id"),
        (one(judged).replace("says = \"So.\"\n", ""), 1, "lacks `says`"),
        (one(judged).replace("id = \"s\"\n", ""), 1, "lacks `id`"),
        (one(&format!("{judged}\nrateing = 1")), 6, "unknown key `rateing`"),
        ("[outlet]\nname = 3\n".to_owned() + &one(judged), 2, "must be a text"),
        ("[outlet]\ndate = \"May\"\n".to_owned() + &one(judged), 2, "must be a date"),
    ]
}

/// Forensic checks whose table begins on line 5 of the file.
fn check_files() -> Vec<(String, usize, &'static str)> {
    let test = "untestable = \"withheld\"";
    let numbers = claim("m", "5.19", test) + &claim("n", "28", test) + &claim("share", "33%", test);
    let check = |name: &str, keys: &str| {
        format!(
            "[[relation]]\nid = \"c\"\nkind = \"stated\"\nsays = \"So it is.\"\n[relation.{name}]\n{keys}\n{numbers}"
        )
    };
    let test = |keys: &str| check("p_value", &format!("statistic = \"m\"\np = \"m\"\n{keys}"));
    let interval = |keys: &str| {
        check("interval", &format!("ci_low = \"m\"\nci_high = \"m\"\nse = \"m\"\n{keys}"))
    };
    let rates = |keys: &str| {
        check("group_rates", &format!("rates = [\"m\", \"m\"]\nslope = \"m\"\n{keys}"))
    };
    let many: String =
        (0..=5_000).map(|at| relation(&format!("r{at}"), "stated", "m < n")).collect();
    vec![
        (
            check(
                "grim",
                "mean = \"m\"\nn = 28\n[relation.debit]\nmean = \"m\"\nsd = \"m\"\nn = 28",
            ),
            5,
            "a relation has one check: this has `grim`",
        ),
        (check("grim", "mean = \"5.19\"\nn = 28"), 6, "names a claim, and `5.19` is no id"),
        (check("grim", "mean = \"m\""), 5, "lacks `n`"),
        (check("grim", "mean = \"m\"\nn = \"m\""), 7, "is no count: it is printed as `5.19`"),
        (check("grim", "mean = \"m\"\nn = 28\nitems = 0"), 8, "`items` cannot be 0"),
        (check("grim", "mean = \"m\"\nn = 28\nscale = [7]"), 8, "`scale` needs two numbers"),
        (
            check("grim", "mean = \"share\"\nn = 28\npercent = true"),
            6,
            "is printed in percent already: `33%`",
        ),
        (test("test = \"t\"\ndf = 27.3"), 9, "`df` must keep its digits: write it in quotes"),
        (test("test = \"chi2\"\ndf = 3\none_sided = true"), 10, "test has one tail only"),
        (check("percent_of", "percent = \"share\"\nat_most = 0"), 7, "`at_most` cannot be 0"),
        (check("percent_of", "percent = \"share\"\ncount = [1, 2]\nn = 28"), 7, "differ in length"),
        (interval("multiplier = \"-2\""), 9, "`multiplier` cannot be `-2`"),
        (interval("df = 5"), 9, "`df` goes with `reference = \"t\"`"),
        (interval("reference = \"t\"\ndf = 0"), 10, "`df` must be above zero"),
        (interval("level = \"1.5\""), 9, "is no level of confidence"),
        (check("shares", "parts = [\"share\"]"), 6, "`parts` needs at least 2 claims"),
        (check("shares", "parts = [\"share\", \"share\"]\ntotal = \"0%\""), 7, "is no total"),
        (rates("levels = [1.5, 2]\nns = [5, 5]"), 8, "a level must keep its digits"),
        (rates("levels = [1, 1]\nns = [5, 5]"), 8, "all groups have the same level"),
        (rates("levels = [1, 2]\nns = [5, 5, 5]"), 9, "differ in length"),
        (many + &numbers, 25_002, "the file has more than 5000 relations"),
    ]
}

#[test]
fn every_error_names_its_line_and_what_to_do() {
    let all = claims_files()
        .into_iter()
        .chain(check_files())
        .map(|(text, line, says)| (of_claims(&text), format!("claims.toml:{line}:"), says, text));
    let covered = coverage_files().into_iter().map(|(text, line, says)| {
        (of_coverage(&text), format!("coverage/paper.toml:{line}:"), says, text)
    });
    let mut wrong = Vec::new();
    for (found, place, says, text) in all.chain(covered) {
        let told = found.iter().find(|problem| problem.contains(says));
        match told {
            None => wrong.push(format!("`{says}` is not said: {found:?}\n{text}")),
            Some(told) if !told.starts_with(&place) => {
                wrong.push(format!("not at {place} {told}\n{text}"));
            }
            Some(told) => {
                // What a type should be, and that TOML is broken, is its own advice.
                let plain = ["must be", "not valid TOML"].iter().any(|word| told.contains(word));
                if !plain && !told.ends_with(')') {
                    wrong.push(format!("says not what to do: {told}"));
                }
            }
        }
        let nowhere = found.iter().find(|problem| !problem.contains(".toml:"));
        wrong.extend(nowhere.map(|problem| format!("has no place: {problem}")));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n---\n"));
}

/// No error of the readers is without a case above: the longest fixed piece of each message in the sources is said.
#[test]
fn no_error_of_the_readers_is_untested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/claims");
    let mut files = vec![root.join("read.rs"), root.join("coverage.rs"), root.join("judge.rs")];
    for entry in fs::read_dir(root.join("read")).expect("the folder") {
        files.push(entry.expect("an entry").path());
    }
    let mut said: Vec<String> = claims_files()
        .iter()
        .chain(&check_files())
        .flat_map(|(text, ..)| of_claims(text))
        .collect();
    said.extend(coverage_files().iter().flat_map(|(text, ..)| of_coverage(text)));
    let said = said.join("\n");
    let (mut seen, mut silent) = (0, Vec::new());
    for file in files {
        let source = fs::read_to_string(&file).expect("a source file");
        for (at, _) in
            source.match_indices("Problem::error(").chain(source.match_indices("Problem::warning("))
        {
            let after = source.get(at..(at + 260).min(source.len())).unwrap_or_default();
            let Some(literal) = first_literal(after) else { continue };
            let piece =
                literal.split(['{', '}']).max_by_key(|piece| piece.len()).unwrap_or_default();
            seen += 1;
            // A rounding declared twice needs a study that declares one: rules.rs.
            if !said.contains(piece) && !piece.contains("study.toml says") {
                silent.push(format!("{}: {literal}", file.display()));
            }
        }
    }
    assert!(seen > 40, "the sources were searched: {seen}");
    assert!(silent.is_empty(), "{silent:#?}");
}

/// The first text in quotes of `Problem::error(…)`, where it stands before the call ends.
fn first_literal(source: &str) -> Option<String> {
    let (_, rest) = source.split_once('(')?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("format!(").unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix('"')?;
    let mut text = String::new();
    let mut letters = rest.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some(text),
            '\\' => text.extend(letters.next()),
            other => text.push(other),
        }
    }
    None
}

#[test]
fn one_file_with_many_mistakes_tells_them_all() {
    let text = claims_files()
        .into_iter()
        .filter(|(text, ..)| {
            text.starts_with("[[claim]]")
                && !text.contains("fit/x\n\n")
                && text.matches('"').count().is_multiple_of(2)
        })
        .map(|(text, ..)| text)
        .collect::<String>();
    let found = super::builder::problems(&text);
    let lines: std::collections::BTreeSet<&str> =
        found.iter().filter_map(|problem| problem.split(": ").next()).collect();
    assert!(lines.len() > 60, "{} places: {found:#?}", lines.len());
    let mut sorted = found.clone();
    sorted.dedup();
    assert_eq!(sorted.len(), found.len(), "none is told twice");
}
