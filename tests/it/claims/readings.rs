//! More than one reading: each is judged and shown, and the weakest verdict counts.

use secondlook::claims::record::{ClaimRecord, Verdict};
use secondlook::results::Basis;

use super::builder::{claim, estimate, judge, problems, relation, run};

const OWN: Basis = Basis::AnalysisData;

fn marked(claim: &ClaimRecord, mark: &str) -> bool {
    claim.marks.iter().any(|known| known == mark)
}

fn verdicts(claim: &ClaimRecord) -> Vec<(String, Verdict, bool)> {
    let one = |seen: &secondlook::claims::record::ReadingOutcome| {
        (seen.reading.clone(), seen.verdict, seen.counts)
    };
    claim.readings.iter().map(one).collect()
}

#[test]
fn the_weakest_of_two_intervals_counts_and_both_are_shown() {
    let text = claim(
        "a",
        "nearly half",
        "reads = [[\"40%\", \"50%\"], [\"45%\", \"50%\"]]\nestimate = \"x\"",
    );
    let judged = |value: f64| {
        judge(&text, vec![run("own", OWN, vec![estimate("x", value)])]).claims[0].clone()
    };
    let between = judged(0.42);
    assert_eq!(between.verdict, Verdict::Differs);
    assert_eq!(
        verdicts(&between),
        [
            ("40% to 50%".to_owned(), Verdict::Rounded, false),
            ("45% to 50%".to_owned(), Verdict::Differs, true)
        ]
    );
    assert!(marked(&between, "ambiguous") && marked(&between, "fragile"), "{:?}", between.marks);
    assert_eq!(
        between.interval,
        Some([0.45, 0.5]),
        "the interval shown is that of the reading that counts"
    );
    let turn = between.stability.expect("another reading turns it");
    assert_eq!((turn.kind.as_str(), turn.flips_to.as_str()), ("reading", "rounded"));
    assert!(
        between.plain.contains("as 40% to 50% (rounded), as 45% to 50% (differs); the weakest"),
        "{}",
        between.plain
    );
    let inside = judged(0.47);
    assert_eq!(inside.verdict, Verdict::Rounded);
    assert!(marked(&inside, "ambiguous") && !marked(&inside, "fragile"), "{:?}", inside.marks);
    assert_eq!(judged(0.3).verdict, Verdict::Differs);
}

#[test]
fn a_reading_may_say_what_the_number_is_of() {
    let readings = "[[claim.reading]]\nsays = \"relative to before\"\nequals = \"1 - after / before\"\n[[claim.reading]]\nsays = \"in points\"\nequals = \"before - after\"\nwhy = \"the text compares shares\"\n";
    let text = claim("before", "30%", "untestable = \"withheld\"")
        + &claim("after", "20%", "untestable = \"withheld\"")
        + &claim("fall", "a third", "")
        + "reads = [\"30%\", \"36%\"]\n";
    // `reads` of the claim and its readings are in two places.
    let both = problems(&format!("{text}{readings}"));
    assert!(
        both.iter()
            .any(|problem| problem.contains("claims.toml:19") && problem.contains("two places")),
        "{both:?}"
    );
    let text = text.replace("reads = [\"30%\", \"36%\"]\n", "")
        + &readings.replace("equals", "reads = [\"30%\", \"36%\"]\nequals");
    let audit = judge(&text, Vec::new());
    let fall = audit.claim("fall").expect("judged");
    assert_eq!(fall.verdict, Verdict::DoesNotAddUp);
    assert_eq!(fall.readings[0].verdict, Verdict::AddsUp);
    assert_eq!(fall.readings[0].equals.as_deref(), Some("1 - after / before"));
    assert_eq!(fall.readings[1].why.as_deref(), Some("the text compares shares"));
    assert_eq!(fall.equals.as_deref(), Some("before - after"), "of the reading that counts");
}

#[test]
fn what_rests_on_an_ambiguous_number_is_ambiguous_where_it_matters() {
    let text = claim(
        "part",
        "about half",
        "reads = [[\"10\", \"20\"], [\"30\", \"40\"]]\nuntestable = \"withheld\"",
    ) + &claim("whole", "35", "untestable = \"withheld\"")
        + &claim("twice", "70", "equals = \"2 * part\"")
        + &claim("apart", "5", "untestable = \"withheld\"")
        + &relation("equal", "stated", "part == whole");
    let audit = judge(&text, Vec::new());
    let of = |id: &str| audit.claim(id).expect("judged").clone();
    for id in ["part", "whole", "twice"] {
        let claim = of(id);
        assert_eq!(claim.verdict, Verdict::DoesNotAddUp, "{id}");
        assert!(marked(&claim, "ambiguous"), "{id}: {:?}", claim.marks);
        assert_eq!(claim.readings.len(), 2, "{id}");
        assert!(claim.readings.iter().all(|reading| reading.of == "part"));
        assert_eq!(claim.readings[1].verdict, Verdict::AddsUp, "{id}");
    }
    assert!(of("apart").readings.is_empty() && of("apart").marks.is_empty());
    let relation = &audit.relations[0];
    assert!(relation.proof.is_some() && relation.marks.contains(&"ambiguous".to_owned()));
    assert_eq!(audit.counts.values().sum::<usize>(), 4);
}

#[test]
fn what_one_reading_cannot_compare_does_not_pass() {
    let readings =
        "[[claim.reading]]\nestimate = \"x\"\n[[claim.reading]]\nestimate = \"gone/y\"\n";
    let text = claim("a", "0.2", "") + readings;
    let mut own = run("own", OWN, vec![estimate("x", 0.2)]);
    own.skipped = super::builder::skipped("own", "gone", "withheld").skipped;
    let judged = judge(&text, vec![own]).claims[0].clone();
    assert_eq!((judged.verdict, judged.basis), (Verdict::Untestable, Basis::Nothing));
    assert_eq!(judged.readings[0].verdict, Verdict::Exact);
    assert!(!judged.plain.contains("reproduced"), "{}", judged.plain);
}

#[test]
fn one_reading_is_no_choice() {
    let text =
        claim("a", "some", "estimate = \"x\"") + "[[claim.reading]]\nreads = [\"0.1\", \"0.3\"]\n";
    let judged = judge(&text, vec![run("own", OWN, vec![estimate("x", 0.2)])]).claims[0].clone();
    assert_eq!((judged.verdict, judged.readings.len()), (Verdict::Rounded, 0));
    assert!(!marked(&judged, "ambiguous"));
}

#[test]
fn readings_that_say_nothing_or_the_same_are_refused_with_their_lines() {
    let of = |more: &str| problems(&claim("a", "some", more));
    for (more, line, says) in [
        ("reads = [[\"40%\", \"50%\"], [\"40%\", \"50%\"]]", 6, "are the same"),
        ("reads = [[\"40%\", \"50%\"], \"45%\"]", 6, "must be a list"),
        ("reads = [[\"40%\", \"50%\"], [\"45%\"]]", 6, "two numbers"),
        ("reads = [[\"40%\", \"50%\"], [\"50%\", \"45%\"]]", 6, "larger number"),
        ("[[claim.reading]]\nsays = \"x\"", 6, "neither"),
        ("[[claim.reading]]\nreads = [\"1\", \"2\"]\nread = 1", 8, "unknown key `read`"),
        ("[[claim.reading]]\nestimate = \"x\"\nequals = \"1 + 1\"", 8, "not both"),
        ("[[claim.reading]]\nequals = \"1 +\"", 7, "equals"),
        ("[[claim.reading]]\nequals = \"1 + b\"", 7, "no claim is called `b`"),
        (
            "[[claim.reading]]\nestimate = \"x\"\n[[claim.reading]]\nreads = [\"1\", \"2\"]\nestimate = \"x\"",
            5,
            "say how they are read",
        ),
    ] {
        let found = of(more);
        let place = format!("claims.toml:{line}");
        assert!(
            found.iter().any(|problem| problem.contains(&place) && problem.contains(says)),
            "{more}: {found:?}"
        );
    }
}

#[test]
fn what_a_check_ties_to_a_claim_is_judged_under_its_readings() {
    // 10 of 30 is 33.3%: right under the first reading, and under the second none of the three can be.
    let text = claim("share", "a third", "reads = [[\"32%\", \"34%\"], [\"35%\", \"36%\"]]")
        + &claim("cases", "10", "")
        + &claim("all", "30", "")
        + "[[relation]]\nid = \"part\"\nkind = \"stated\"\nsays = \"So many of all.\"\n[relation.percent_of]\npercent = \"share\"\ncount = \"cases\"\nn = \"all\"\n";
    let audit = judge(&text, Vec::new());
    for id in ["share", "cases"] {
        let found = audit.claim(id).expect("judged");
        assert_eq!(found.verdict, Verdict::DoesNotAddUp, "{id}");
        assert_eq!(found.readings.len(), 2, "{id}");
        assert!(marked(found, "ambiguous"), "{id}: {:?}", found.marks);
    }
    let relation = &audit.relations[0];
    assert!(relation.marks.iter().any(|mark| mark == "ambiguous"), "{:?}", relation.marks);
}
