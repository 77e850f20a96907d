//! `results.csv`.

use super::fixture::Story;

fn rows(story: &Story) -> Vec<Vec<String>> {
    let text = secondlook::report::results_csv(&story.results, &story.audit).expect("a table");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn one_row_per_estimate_with_the_claims_it_answers() {
    let rows = rows(&Story::plain());
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows[0].join(","),
        "run,basis,estimate,value,se,ci_low,ci_high,p,df,n,clusters,from_rounding_low,\
         from_rounding_high,claim,printed,verdict"
    );
    assert_eq!(rows[1][..5], ["released", "analysis-data", "effect", "0.188399941163", "0.0971"]);
    assert_eq!(rows[1][13], "faster; count; words; rows; half; sign");
    assert_eq!(rows[1][15], "rounded; exact; differs; does-not-add-up; adds-up; overturned");
    assert_eq!(rows[3][11..], ["0.42", "0.43", "", "", ""]);
}

#[test]
fn a_claim_on_a_part_of_an_estimate_belongs_to_its_row() {
    let mut story = Story::plain();
    for claim in &mut story.audit.claims {
        claim.estimate = None;
    }
    story.audit.claims[0].estimate = Some("slowdown/tea.ci_low".to_owned());
    let rows = rows(&story);
    assert_eq!(rows[1][13..], ["", "", ""]);
    assert_eq!(rows[2][13..], ["faster", "19%", "rounded"]);
}

/// Tests X: what a spreadsheet would take for a formula stays text; numbers stay numbers.
#[test]
fn no_cell_begins_a_formula() {
    for start in [
        "=HYPERLINK(\"x\")",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\u{a0}=1",
        "+1+1",
        "-1+1",
        "\r=1",
        "a\n=1",
    ] {
        let mut story = Story::plain();
        let run = &mut story.results.runs[0];
        run.id = start.to_owned();
        run.estimates[0].id = start.to_owned();
        run.estimates[0].value = -0.25;
        story.audit.claims[0].run = Some(start.to_owned());
        story.audit.claims[0].estimate = Some(start.to_owned());
        story.audit.claims[0].id = start.to_owned();
        story.audit.claims[0].printed = start.to_owned();
        let rows = rows(&story);
        assert_eq!(rows[1][3], "-0.25");
        for row in &rows {
            for cell in row {
                let first = cell.chars().next();
                let formula =
                    matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | ' ' | '\u{a0}'));
                assert!(!formula || cell.parse::<f64>().is_ok(), "{start:?} became {cell:?}");
                assert!(!cell.contains(['\n', '\r']), "{cell:?}");
            }
        }
    }
}
