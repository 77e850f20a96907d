//! 143 published replications judged in bulk by the program, as a user would do it: one study per project, one
//! claim per row, the replications' estimates imported. Expected verdicts: `tests/reference/rprojects.py`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use secondlook::digest::Sha256;
use serde_json::Value;

use crate::world::{World, fetched_data, project};

const COLUMNS: &str = "estimate = { type = \"string\" }\nvalue = { type = \"float\" }\nse = { type = \"float\" }\n\
p = { type = \"float\" }\nn = { type = \"float\" }";

/// One row of `RProjects.csv`: the columns by name.
type Row = BTreeMap<String, String>;

fn rows() -> Option<Vec<Row>> {
    let path = fetched_data()?.join("replicationsuccess/RProjects.csv");
    let mut reader = csv::Reader::from_path(path).expect("the table");
    let names: Vec<String> =
        reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        names.iter().cloned().zip(row.iter().map(str::to_owned)).collect()
    });
    Some(rows.collect())
}

/// The verdict and the vote that Python gave each row.
fn expected() -> Vec<(String, bool)> {
    let path = project().join("tests/reference/rprojects.csv");
    let mut reader = csv::Reader::from_path(path).expect("the reference");
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        (row[2].to_owned(), &row[3] == "1")
    });
    rows.collect()
}

fn slug(project: &str) -> String {
    project.to_lowercase().replace(' ', "-")
}

/// On Fisher's scale as given, or as correlations with their pairs.
fn world(rows: &[Row], correlations: bool) -> World {
    let mut world = World::empty();
    let mut projects: BTreeMap<String, Vec<(usize, &Row)>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        projects.entry(slug(&row["project"])).or_default().push((index + 1, row));
    }
    for (id, rows) in projects {
        let mut claims = String::new();
        let mut estimates = "estimate,value,se,p,n\n".to_owned();
        for (number, row) in rows {
            let (printed, more) = if correlations {
                (
                    row["ro"].clone(),
                    format!("scale = \"fisher-z\"\noriginal = {{ n = \"{}\" }}\n", row["no"]),
                )
            } else {
                (format!("{} ({})", row["fiso"], row["se_fiso"]), String::new())
            };
            writeln!(
                claims,
                "[[claim]]\nid = \"row_{number}\"\nsays = \"There is an effect.\"\nwhere = {{ source = \"paper\", at = \"{number}\" }}\n\
                 printed = \"{printed}\"\nweight = \"major\"\nestimate = \"row_{number}\"\nholds = \"row_{number} > 0\"\n{more}"
            )
            .expect("text");
            let (value, se, n) = if correlations {
                (&row["rr"], "", row["nr"].as_str())
            } else {
                (&row["fisr"], row["se_fisr"].as_str(), "")
            };
            writeln!(estimates, "row_{number},{value},{se},{},{n}", row["pr"]).expect("text");
        }
        let dataset = format!("{id}-replications");
        let manifest = format!(
            "[dataset]\nid = \"{dataset}\"\ntitle = \"Replications\"\nproducer = \"The project\"\nlicence = \"see source\"\n\
             access = \"public\"\n[[file]]\npath = \"estimates.csv\"\nbytes = {}\nsha256 = \"{}\"\n[table.estimates]\n\
             file = \"estimates.csv\"\n[table.estimates.columns]\n{COLUMNS}\n",
            estimates.len(),
            Sha256::of(estimates.as_bytes())
        );
        let study = format!(
            "[study]\nid = \"{id}\"\ntitle = \"{id}\"\n[[source]]\nid = \"paper\"\ntitle = \"The originals\"\n[[run]]\nid = \"replications\"\n\
             basis = \"new-data\"\nestimates = \"{dataset}/estimates\"\ncode = \"external\"\n"
        );
        world = world
            .with(&format!("methods/{id}/study.toml"), &study)
            .with(&format!("methods/{id}/claims.toml"), &claims)
            .with(&format!("data-manifests/{dataset}/manifest.toml"), &manifest)
            .with(&format!("data-manifests/{dataset}/estimates.csv"), &estimates);
    }
    world
}

/// Row number to claim, over all studies that were audited.
fn judged(world: &World) -> BTreeMap<usize, (String, Value)> {
    let done = world.run(&["audit", "--all", "--format", "json", "--quiet"]).exits(1);
    let documents: Vec<Value> = serde_json::from_str(&done.out).expect("JSON");
    let mut found = BTreeMap::new();
    for document in documents {
        let study = document["study"].as_str().expect("a name").to_owned();
        for claim in document["claims"].as_array().expect("claims") {
            let id = claim["id"].as_str().expect("an id");
            let row = id.trim_start_matches("row_").parse().expect("a row");
            found.insert(row, (study.clone(), claim.clone()));
        }
    }
    found
}

#[test]
fn every_published_replication_gets_the_verdict_that_python_gives_it() {
    let Some(rows) = rows() else {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    };
    let expected = expected();
    let plain = judged(&world(&rows, false));
    let correlations = judged(&world(&rows, true));
    assert_eq!((plain.len(), correlations.len(), expected.len()), (143, 143, 143));
    let mut votes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (row, (verdict, vote)) in expected.iter().enumerate() {
        let (study, claim) = &plain[&(row + 1)];
        assert_eq!(claim["verdict"], verdict.as_str(), "row {}", row + 1);
        assert_eq!(claim["code"], "external");
        assert_eq!(claim["replication"]["significant_same_sign"], *vote, "row {}", row + 1);
        let (_, other) = &correlations[&(row + 1)];
        assert_eq!(other["verdict"], verdict.as_str(), "row {} as a correlation", row + 1);
        for metric in ["q", "ln_bf_r0"] {
            let (one, two) = (&claim["replication"][metric], &other["replication"][metric]);
            let (one, two) = (one.as_f64().expect("a number"), two.as_f64().expect("a number"));
            // Nine digits: the correlations are printed with nine, their transforms with sixteen.
            assert!((one - two).abs() <= 1e-6 * one.abs().max(1.0), "row {}: {metric}", row + 1);
        }
        let count = votes.entry(study).or_default();
        *count = (count.0 + usize::from(*vote), count.1 + 1);
    }
    // Camerer et al. 2018: 13 of 21; Camerer et al. 2016: 11 of 18.
    assert_eq!(votes["social-sciences"], (13, 21));
    assert_eq!(votes["experimental-economics"], (11, 18));
    let relative = |study: &str| {
        let ratios: Vec<f64> = correlations
            .values()
            .filter(|(of, _)| of == study)
            .filter_map(|(_, claim)| claim["replication"]["relative_effect"].as_f64())
            .collect();
        ratios.iter().sum::<f64>() / ratios.len() as f64
    };
    // The abstracts print 46.2% and 66%.
    assert!((relative("social-sciences") - 0.462_471_084_938_978).abs() < 1e-9);
    assert!((relative("experimental-economics") - 0.656_651_667_157_45).abs() < 1e-9);
}
