//! Published numbers of real studies through method files: every row of `CLAIMS.csv` that is no regression, at the value that
//! others recomputed (its column `recomputed`). The files are outside the tree (`SECONDLOOK_DATA`).

use std::collections::BTreeMap;

use secondlook::results::Run;

use super::support::{close, input, loaded, numbers, plan, run, shared, value};

/// The column `recomputed` by row id; none where the shared data are not here.
fn recomputed() -> Option<BTreeMap<String, f64>> {
    let mut reader = csv::Reader::from_path(shared("CLAIMS.csv")?).expect("a file");
    let rows = reader.records().map(|row| row.expect("a row"));
    let number = |row: csv::StringRecord| Some((row[0].to_owned(), row[5].parse().ok()?));
    Some(rows.filter_map(number).collect())
}

/// Runs a method on one file; none where it is not here.
fn study(text: &str, file: &str) -> Option<(Run, BTreeMap<String, f64>)> {
    let plan = plan(text);
    let table = input(&plan, "t", file)?;
    let run = run(&plan, vec![("t", table)], 2).expect("it runs");
    Some((run, recomputed()?))
}

/// pandas sums plainly: its values are good to about 1e-14.
#[track_caller]
fn each(found: &(Run, BTreeMap<String, f64>), pairs: &[(&str, &str, f64)]) {
    for (row, address, by) in pairs {
        close(by * value(&found.0, address), found.1[*row], 1e-12);
    }
}

#[test]
fn pull_requests_of_agents() {
    let text = r#"
[input.t]
columns = { agent = "string", user_code = "int", created_at = "string", merged_at = "string" }
[[step]]
id = "timed"
[step.derive]
from = "t"
columns = { hours = "(date_part('epoch', cast(merged_at AS timestamp)) - date_part('epoch', cast(created_at AS timestamp))) / 3600.0" }
[[step]]
id = "by_agent"
[step.summarise]
from = "timed"
by = ["agent"]
measures = { rate = "fraction(merged_at IS NOT NULL)", hours = "median(hours)", developers = "distinct(user_code)" }
"#;
    let Some(found) = study(text, "aidev-agentic-prs/prs_slim.csv") else { return };
    for agent in ["Claude_Code", "Copilot", "Cursor", "Devin", "OpenAI_Codex"] {
        let rate = format!("by_agent/rate{{agent={agent}}}");
        let hours = format!("by_agent/hours{{agent={agent}}}");
        each(
            &found,
            &[
                (&format!("aidev-rate-{agent}"), &rate, 100.0),
                (&format!("aidev-med-{agent}"), &hours, 1.0),
            ],
        );
    }
    each(
        &found,
        &[
            ("aidev-dev-Devin", "by_agent/developers{agent=Devin}", 1.0),
            ("aidev-dev-Copilot", "by_agent/developers{agent=Copilot}", 1.0),
        ],
    );
    let text = r#"
[input.t]
columns = { agent = "string", pct_merged = "float" }
[[step]]
id = "by_agent"
[step.summarise]
from = "t"
by = ["agent"]
measures = { merged = "mean(pct_merged)" }
"#;
    let Some(found) = study(text, "aidev-agentic-prs/summary_scope.csv") else { return };
    each(&found, &[("aidev-human", "by_agent/merged{agent=Human}", 1.0)]);
}

const AUTOMATION: &str = r#"
[input.t]
columns = { interaction_type = "string", pct = "float" }
[[step]]
id = "kinds"
[step.derive]
from = "t"
columns = { augments = "CASE WHEN interaction_type IN ('learning', 'task iteration', 'validation') THEN pct ELSE 0.0 END", automates = "CASE WHEN interaction_type IN ('directive', 'feedback loop') THEN pct ELSE 0.0 END" }
[[step]]
id = "shares"
[step.summarise]
from = "kinds"
measures = { augmentation = "ratio(augments, augments + automates)", automation = "ratio(automates, augments + automates)" }
"#;

#[test]
fn automation_and_augmentation() {
    let file = "aei-2025-02/automation_vs_augmentation.csv";
    let Some(found) = study(AUTOMATION, file) else { return };
    let rows = [("aei-1", "shares/augmentation", 1.0), ("aei-2", "shares/automation", 1.0)];
    each(&found, &rows);
}

const GROWTH: &str = r#"
[input.t]
columns = { Country = "string", Year = "int", dRGDP = "float", debtgdp = "float" }
[[step]]
id = "binned"
[step.derive]
from = "t"
columns = { bin = "CASE WHEN debtgdp <= 30 THEN 'a' WHEN debtgdp <= 60 THEN 'b' WHEN debtgdp <= 90 THEN 'c' ELSE 'd' END" }
[[step]]
id = "corrected"
[step.summarise]
from = "binned"
by = ["bin"]
measures = { growth = "mean(dRGDP)" }
[[step]]
id = "all"
[step.summarise]
from = "binned"
measures = { n = "count" }
[[step]]
id = "kept"
[step.sql]
query = """
SELECT "Country", bin, CASE WHEN "Country" = 'New Zealand' AND "Year" = 1951 THEN -7.9 ELSE "dRGDP" END AS growth
FROM binned
WHERE "Country" NOT IN ('Australia', 'Austria', 'Belgium', 'Canada', 'Denmark')
  AND NOT ("Country" = 'New Zealand' AND "Year" < 1950)
"""
[[step]]
id = "countries"
[step.summarise]
from = "kept"
by = ["Country", "bin"]
measures = { growth = "mean(growth)" }
[[step]]
id = "published"
[step.summarise]
from = "countries"
by = ["bin"]
measures = { growth = "mean(growth)" }
"#;

#[test]
fn growth_in_a_time_of_debt() {
    let Some(found) = study(GROWTH, "reinhart-rogoff/RR-processed.csv") else { return };
    for (bin, level) in [("a", "0-30"), ("b", "30-60"), ("c", "60-90"), ("d", ">90")] {
        let corrected = format!("corrected/growth{{bin={bin}}}");
        let published = format!("published/growth{{bin={bin}}}");
        each(
            &found,
            &[
                (&format!("rr-hap-{level}"), &corrected, 1.0),
                (&format!("rr-hap2-{level}"), &corrected, 1.0),
                (&format!("rr-pub-{level}"), &published, 1.0),
            ],
        );
    }
    each(&found, &[("rr-n", "all/n", 1.0)]);
}

#[test]
fn replications_that_succeed() {
    let text = r#"
[input.t]
columns = { project = "string", ro = "float", rr = "float", pr = "float" }
[[step]]
id = "by_project"
[step.summarise]
from = "t"
by = ["project"]
measures = { succeed = "fraction(pr < 0.05 AND signum(ro) = signum(rr))", size = "mean(rr / ro)" }
"#;
    let Some(found) = study(text, "replicationsuccess/RProjects.csv") else { return };
    each(
        &found,
        &[
            ("repl-Social", "by_project/succeed{project=Social Sciences}", 1.0),
            ("repl-rel-Social", "by_project/size{project=Social Sciences}", 1.0),
            ("repl-Experi", "by_project/succeed{project=Experimental Economics}", 1.0),
            ("repl-rel-Experi", "by_project/size{project=Experimental Economics}", 1.0),
        ],
    );
}

const SKILLS: &str = r#"
[input.t]
columns = { condition = "string", main = "float", nerr = "float" }
[[step]]
id = "arms"
[step.summarise]
from = "t"
by = ["condition"]
measures = { n = "count", errors = "median(nerr)" }
[[step]]
id = "time"
[step.compare]
from = "t"
test = "student"
of = "main"
between = "condition"
groups = ["AI", "No-AI"]
"#;

#[test]
fn skills_with_and_without_help() {
    let file = "shen-tamkin-2026/derived_participants.csv";
    let Some(found) = study(SKILLS, file) else { return };
    each(
        &found,
        &[
            ("st-n", "arms/n{condition=AI}", 1.0),
            ("st-e1", "arms/errors{condition=AI}", 1.0),
            ("st-e2", "arms/errors{condition=No-AI}", 1.0),
            ("st-t", "time/p", 1.0),
        ],
    );
}

#[test]
fn forecasts_of_the_slowdown() {
    let text = r#"
[input.t]
columns = { predicted_time_no_ai = "float", predicted_time_ai_allowed = "float", post_review_implementation_time = "float" }
[[step]]
id = "s"
[step.summarise]
from = "t"
measures = { forecast = "ratio(predicted_time_ai_allowed, predicted_time_no_ai)", missing = "fraction(post_review_implementation_time IS NULL)" }
[[step]]
id = "cut"
[step.contrast]
value = 'est("s/forecast") - 1'
"#;
    let Some(found) = study(text, "metr-early-2025/data_complete.csv") else { return };
    each(&found, &[("metr-4", "cut", 1.0), ("metr-5", "s/missing", 1.0)]);
}

/// The logic of the table of growth on five rows that stand here: bins closed above, and countries weighing the same.
#[test]
fn bins_and_equal_weights_by_hand() {
    let text = GROWTH.replace("Country = \"string\"", "Country = \"float\"");
    let text = text.split("[[step]]\nid = \"kept\"").next().expect("the first half").to_owned()
        + "[[step]]\nid = \"countries\"\n[step.summarise]\nfrom = \"binned\"\nby = [\"Country\", \"bin\"]\nmeasures = { growth = \"mean(dRGDP)\" }\n\
           [[step]]\nid = \"published\"\n[step.summarise]\nfrom = \"countries\"\nby = [\"bin\"]\nmeasures = { growth = \"mean(growth)\" }\n";
    let text = text.replace("Year = \"int\"", "Year = \"float\"");
    let table = numbers(&[
        ("Country", &[1.0, 1.0, 1.0, 2.0, 2.0]),
        ("Year", &[1.0, 2.0, 3.0, 1.0, 2.0]),
        ("dRGDP", &[3.0, 5.0, 1.0, 10.0, 2.0]),
        ("debtgdp", &[30.0, 12.0, 30.5, 29.0, 91.0]),
    ]);
    let run = run(&plan(&text), vec![("t", loaded(table))], 1).expect("it runs");
    close(value(&run, "corrected/growth{bin=a}"), 6.0, 1e-15);
    close(value(&run, "published/growth{bin=a}"), 7.0, 1e-15);
    close(value(&run, "published/growth{bin=b}"), 1.0, 1e-15);
    assert_eq!(value(&run, "all/n"), 5.0);
}
