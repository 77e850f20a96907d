//! Bad methods: each problem with its line, its words and what to do.

use super::support::plan_of;

/// Line, a part of the message, a part of the help (empty where there need be none).
type Expected = (usize, &'static str, &'static str);

#[track_caller]
fn refused(text: &str, expected: &[Expected]) {
    let (plan, problems) = plan_of(text);
    assert!(plan.is_none(), "a plan came of it");
    let shown = problems.to_string();
    for (line, message, help) in expected {
        let found = problems.0.iter().any(|problem| {
            problem.position().is_some_and(|(_, at, _)| at == *line)
                && problem.message.contains(message)
                && problem.help.as_deref().unwrap_or_default().contains(help)
        });
        assert!(found, "line {line}: {message} ({help})\nis not in:\n{shown}");
    }
    assert_eq!(problems.0.len(), expected.len(), "{shown}");
}

const INPUT: &str =
    "[input.men]\ncolumns = { id = \"int\", age = \"int\", wage = \"float\", name = \"string\" }\n";

fn step(id: &str, kind: &str, body: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\n[step.{kind}]\n{body}\n")
}

#[test]
fn an_unknown_column_is_named_with_its_neighbour() {
    let text = format!("{INPUT}{}", step("old", "filter", "from = \"men\"\nkeep = \"agee > 40\""));
    refused(&text, &[(7, "no column is called `agee`", "did you mean `age`?")]);
    let (_, problems) = plan_of(&text);
    assert_eq!(problems.0[0].position().map(|(_, _, column)| column), Some(9), "inside the quotes");
}

#[test]
fn an_unknown_step_is_named_with_its_neighbour() {
    let text = format!("{INPUT}{}", step("old", "filter", "from = \"man\"\nkeep = \"age > 40\""));
    refused(&text, &[(6, "no input or step is called `man`", "did you mean `men`?")]);
}

#[test]
fn a_forward_reference_says_what_to_move() {
    let first = step("first", "filter", "from = \"second\"\nkeep = \"age > 40\"");
    let second = step("second", "filter", "from = \"men\"\nkeep = \"age < 60\"");
    refused(
        &format!("{INPUT}{first}{second}"),
        &[(6, "reads `second`, which comes after it", "move step `second` (line 8)")],
    );
}

#[test]
fn a_circle_is_shown_whole() {
    let first = step("first", "filter", "from = \"second\"\nkeep = \"age > 40\"");
    let second = step("second", "sql", "query = \"SELECT * FROM first\"");
    refused(
        &format!("{INPUT}{first}{second}"),
        &[(6, "`first` → `second` → `first`", "the steps before it")],
    );
    let itself = step("me", "contrast", "value = 'est(\"me\") + 1'");
    refused(&format!("{INPUT}{itself}"), &[(6, "needs itself", "")]);
}

#[test]
fn a_wrong_type_names_the_type() {
    let fit =
        step("fit", "regress", "from = \"men\"\noutcome = \"name\"\non = [\"age\", \"name\"]");
    refused(
        &format!("{INPUT}{fit}"),
        &[
            (7, "the outcome must be a number, and `name` is a string", ""),
            (8, "the term `name` is a string", "factor(name)"),
        ],
    );
    let keep = step("old", "filter", "from = \"men\"\nkeep = \"age + 1\"");
    refused(&format!("{INPUT}{keep}"), &[(7, "must be true or false, and `age + 1` is a int", "")]);
    let mean = step("m", "summarise", "from = \"men\"\nmeasures = { a = \"mean(name)\" }");
    refused(&format!("{INPUT}{mean}"), &[(7, "must be a number, and `name` is a string", "")]);
}

#[test]
fn every_problem_is_reported_at_once_and_none_twice() {
    let text = format!(
        "{INPUT}{}{}{}",
        step("old", "filter", "from = \"men\"\nkeep = \"agee > 40\""),
        step("fit", "regress", "from = \"old\"\noutcome = \"wagee\"\non = [\"age\"]"),
        step("n", "summarise", "from = \"men\"\nmeasures = { n = \"cuont\", m = \"mean(wagee)\" }"),
    );
    refused(
        &text,
        &[
            (7, "no column is called `agee`", "age"),
            // The rows of a broken filter are known all the same.
            (12, "no column is called `wagee`", "did you mean `wage`?"),
            (18, "`cuont` is no measure", "did you mean `count`?"),
            (18, "no column is called `wagee`", "did you mean `wage`?"),
        ],
    );
}

#[test]
fn ids_are_snake_case_and_unique() {
    let text = format!(
        "{INPUT}{}{}",
        step("Old-Men", "filter", "from = \"men\"\nkeep = \"age > 40\""),
        step("men", "filter", "from = \"men\"\nkeep = \"age > 40\""),
    );
    refused(
        &text,
        &[
            (4, "`Old-Men` is no step id", "write `old_men`"),
            (9, "two input or steps are called `men`", "line 1"),
        ],
    );
}

#[test]
fn an_unknown_key_or_kind_is_suggested() {
    refused(
        &format!("{INPUT}{}", step("old", "filtre", "from = \"men\"")),
        &[(5, "unknown key `filtre`", "did you mean `filter`?")],
    );
    refused(
        &format!("{INPUT}{}", step("old", "filter", "from = \"men\"\nkep = \"age > 1\"")),
        &[(5, "lacks `keep`", ""), (7, "unknown key `kep`", "keep")],
    );
    refused(
        "[input.t]\ncolumns = { a = \"integer\" }\n[[step]]\nid = \"s\"\n",
        &[(2, "has no type `integer`", "did you mean `int`?"), (4, "does nothing", "filter")],
    );
}

#[test]
fn what_is_not_one_expression_is_refused() {
    for (keep, message) in [
        ("age >", "not valid SQL"),
        ("age > 1) OR (1 = 1", "a bracket closes"),
        ("age > 1; DROP TABLE men", "cannot contain `;`"),
        ("age > 1 -- and so on", "cannot contain a comment"),
        ("age > now()", "not allowed"),
        ("random() > 0.5", "not allowed"),
        ("", "empty"),
    ] {
        let text = format!(
            "{INPUT}{}",
            step("old", "filter", &format!("from = \"men\"\nkeep = \"{keep}\""))
        );
        refused(&text, &[(7, message, "")]);
    }
}

#[test]
fn a_query_only_selects() {
    for query in [
        "DROP TABLE men",
        "CREATE TABLE x AS SELECT * FROM men",
        "INSERT INTO men VALUES (1)",
        "COPY men TO 'x.csv'",
        "SELECT * FROM 'other.csv'",
    ] {
        let text = format!("{INPUT}{}", step("q", "sql", &format!("query = \"{query}\"")));
        let (plan, problems) = plan_of(&text);
        assert!(plan.is_none() && problems.has_errors(), "{query}");
        assert!(problems.0.iter().all(|one| one.position().is_some_and(|(_, line, _)| line == 6)));
    }
}

#[test]
fn a_contrast_names_estimates_that_exist() {
    let fit = step("fit", "regress", "from = \"men\"\noutcome = \"wage\"\non = [\"age\"]");
    let cases: [(&str, Expected); 5] = [
        ("est(\"fit/agee\")", (10, "no step computes `fit/agee`", "did you mean `fit/age`?")),
        ("est(\"fitt/age\")", (10, "no step is called `fitt`", "did you mean `fit`?")),
        ("est(\"men/age\")", (10, "`men` is an input", "")),
        ("age + est(\"fit/age\")", (10, "`age` is no estimate", "est(")),
        ("est(\"fit/age\") > 1", (10, "a contrast is a number", "")),
    ];
    for (value, expected) in cases {
        let text = format!("{INPUT}{fit}{}", step("c", "contrast", &format!("value = '{value}'")));
        refused(&text, &[(expected.0 + 2, expected.1, expected.2)]);
    }
}

#[test]
fn a_figure_shows_what_is_computed() {
    let text = format!(
        "{INPUT}{}[[figure]]\nid = \"f\"\nkind = \"bar\"\nshow = [\"n/rows\", \"n/men*\", \"n/count\"]\n",
        step("n", "summarise", "from = \"men\"\nmeasures = { count = \"count\" }"),
    );
    refused(
        &text,
        &[
            (10, "no chart is called `bar`", "did you mean `bars`?"),
            (11, "no step computes `n/rows`", ""),
            (11, "no estimate can match `n/men*`", ""),
        ],
    );
}

#[test]
fn weights_clusters_and_measures_must_make_sense() {
    let regress = |more: &str| {
        step(
            "fit",
            "regress",
            &format!("from = \"men\"\noutcome = \"wage\"\non = [\"age\"]\n{more}"),
        )
    };
    let cases: [(String, Expected); 8] = [
        (regress("weights = \"age\""), (9, "do not say what they are", "weights_are")),
        (regress("cluster = [\"id\"]"), (9, "not clustered", "se = \"cluster\"")),
        (regress("se = \"cluster\""), (9, "need clusters", "")),
        (regress("se = \"robust\""), (9, "no choice here", "hc1")),
        (regress("absorb = [\"id*agee\"]"), (9, "no column `agee`", "did you mean `age`?")),
        (regress("adjusted = [\"age\"]"), (9, "which is no factor here", "factor(age)")),
        (regress("level = 95"), (9, "not between 0 and 1", "0.95")),
        (
            step(
                "s",
                "summarise",
                "from = \"men\"\nwithin = [\"id\"]\nmeasures = { n = \"fraction\" }",
            ),
            (7, "which `by` does not", ""),
        ),
    ];
    for (body, expected) in cases {
        refused(&format!("{INPUT}{body}"), &[expected]);
    }
}
#[test]
fn dividing_whole_numbers_is_warned_of() {
    let text = format!(
        "{INPUT}{}",
        step("d", "derive", "from = \"men\"\ncolumns = { half = \"age / 2\" }")
    );
    let (plan, problems) = plan_of(&text);
    assert!(plan.is_some(), "{problems}");
    assert_eq!(problems.0.len(), 1, "{problems}");
    assert!(problems.0[0].message.contains("divides two whole numbers"), "{problems}");
}
