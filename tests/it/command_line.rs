//! The command line from outside: exit codes, streams, and the README's own commands.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::world::{CLAIMS, DATA, World, outcome, program, project, secondlook, tree};

#[test]
fn help_and_version_exit_0_and_a_wrong_line_exits_2() {
    let world = World::tiny();
    world.run(&["--help"]).exits(0).shows("Exit codes:").shows("70");
    world.run(&["--version"]).exits(0).shows("secondlook");
    world.run(&["audit", "--nonsense"]).exits(2);
    world.run(&["nonsense"]).exits(2);
    world.run(&["audit", "tinny"]).exits(2).says("did you mean `tiny`?");
    world.run(&["explain", "tiny", "efect"]).exits(2).says("did you mean `effect`?");
    world.run(&["audit", "tiny", "--fail-on", "wrong"]).exits(2);
    world.run(&["audit", "tiny", "--run", "relased"]).exits(2).says("released");
    world.run(&["audit", "tiny", "--bind", "people"]).exits(2);
}

#[test]
fn a_wrong_name_among_many_is_answered_with_a_few_and_where_all_are() {
    let row = |number: u32| CLAIMS.replacen("\"effect\"", &format!("\"row_{number:03}\""), 1);
    let many: String = (0..60)
        .map(|number| {
            row(number).split("\n\n").next().unwrap_or("").replace("holds = \"effect > 0\"\n", "")
                + "\n\n"
        })
        .collect();
    let world = World::tiny().with("methods/tiny/claims.toml", &format!("{CLAIMS}\n{many}"));
    let said = world.run(&["explain", "tiny", "wages_rose"]).exits(2).says("and 54 more").err;
    assert!(said.contains("`secondlook list tiny` shows all"), "{said}");
    assert_eq!(said.matches("row_").count(), 7, "mean_treated is the eighth: {said}");
    let listed = world.run(&["list", "tiny"]).exits(0).shows("claims of tiny").shows("row_059").out;
    assert_eq!(listed.lines().count(), 63, "{listed}");
    let json = world.run(&["list", "tiny", "--format", "json"]).exits(0).out;
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(document["claims"][1]["id"], "mean_treated");
    assert_eq!(document["claims"][1]["printed"], "8.9");
    assert_eq!(document["claims"][1]["weight"], "minor");
}

#[test]
fn a_failing_claim_exits_1_and_an_accepted_one_does_not() {
    let differs = CLAIMS.replacen("printed = \"8.9\"", "printed = \"9.9\"", 1);
    let world = World::tiny().with("methods/tiny/claims.toml", &differs);
    let done = world
        .run(&["audit", "tiny"])
        .exits(1)
        .shows("differs")
        .shows("secondlook explain tiny mean_treated");
    drop(done);
    world.run(&["audit", "tiny", "--fail-on", "overturned"]).exits(0);
    let accepted = "transcription = \"direct\"\naccepted = { verdict = \"differs\", value = \"8.9\", why = \"a slip of the pen\", on = 2026-01-03 }";
    let at = differs.rfind("transcription = \"direct\"").expect("there");
    let with = format!("{}{accepted}\n", &differs[..at]);
    let world = World::tiny().with("methods/tiny/claims.toml", &with);
    world.run(&["audit", "tiny"]).exits(0).shows("differs");
    let lapsed = with.replacen("value = \"8.9\"", "value = \"8.8\"", 1);
    World::tiny().with("methods/tiny/claims.toml", &lapsed).run(&["audit", "tiny"]).exits(1);
}

#[test]
fn a_false_conclusion_outranks_a_matching_number() {
    let world = World::tiny().but("methods/tiny/claims.toml", "effect > 0", "effect > 3");
    world.run(&["audit", "tiny"]).exits(1).shows("overturned");
}

#[test]
fn an_audit_that_checks_nothing_exits_9() {
    let world = World::tiny();
    fs::remove_file(world.path("methods/tiny/claims.toml")).expect("removed");
    world.run(&["audit", "tiny", "--check"]).exits(9);
    World::empty().run(&["audit", "--all"]).exits(9);
}

#[test]
fn an_output_that_cannot_be_written_exits_7() {
    let world = World::tiny().with("blocked", "a file where a folder should be");
    let out = world.path("blocked");
    world.run(&["audit", "tiny", "--out", out.to_str().expect("UTF-8")]).exits(7);
    let world = World::tiny().with("outputs/tiny/thesis.txt", "precious");
    world.run(&["audit", "tiny"]).exits(7).says("not an output folder");
    assert_eq!(
        fs::read_to_string(world.path("outputs/tiny/thesis.txt")).expect("still there"),
        "precious"
    );
    World::tiny().run(&["report", "tiny"]).exits(7).says("secondlook audit tiny");
}

#[test]
fn json_goes_to_stdout_and_nothing_else_does() {
    let world = World::tiny();
    for (arguments, schema) in [
        (vec!["audit", "tiny", "--format", "json"], "secondlook.audit/1"),
        (vec!["check", "tiny", "--format", "json"], "secondlook.audit/1"),
        (vec!["run", "tiny", "--format", "json"], "secondlook.results/1"),
    ] {
        let done = world.run(&arguments);
        let document: serde_json::Value =
            serde_json::from_str(&done.out).expect("stdout is one JSON document");
        assert_eq!(document["schema"], schema, "{arguments:?}");
    }
    let list: serde_json::Value =
        serde_json::from_str(&world.run(&["list", "--format", "json"]).exits(0).out).expect("JSON");
    assert_eq!(list["studies"][0]["id"], "tiny");
}

#[test]
fn a_report_is_rebuilt_from_its_results_without_data() {
    let world = World::tiny();
    world.run(&["audit", "tiny"]).exits(0);
    let before = world.outputs();
    fs::remove_dir_all(world.path("data-manifests")).expect("removed");
    fs::write(world.path("outputs/tiny/report.html"), "lost").expect("written");
    world.run(&["report", "tiny"]).exits(0);
    assert_eq!(world.outputs(), before);
}

#[test]
fn verify_shows_a_line_per_file_and_what_is_wrong() {
    let world = World::tiny();
    world
        .run(&["verify"])
        .exits(0)
        .shows("ok")
        .shows("tiny/people.csv")
        .shows("full")
        .shows("12 rows");
    world.run(&["verify", "tiny", "--fast"]).exits(0).shows("fast");
    let world = world.but("data-manifests/tiny/people.csv", "5.5", "5.6");
    world.run(&["verify"]).exits(5).shows("changed").says("expected");
    world.run(&["verify", "--fast"]).exits(0);
    fs::remove_file(world.path("data-manifests/tiny/people.csv")).expect("removed");
    world.run(&["verify"]).exits(4).shows("missing").says("tiny/people.csv");
}

#[test]
fn data_may_stand_in_another_folder() {
    let world = World::tiny();
    fs::create_dir_all(world.path("elsewhere/tiny")).expect("a folder");
    fs::rename(
        world.path("data-manifests/tiny/people.csv"),
        world.path("elsewhere/tiny/people.csv"),
    )
    .expect("moved");
    world.run(&["audit", "tiny"]).exits(4);
    let elsewhere = world.path("elsewhere");
    world.run(&["audit", "tiny", "--data-dir", elsewhere.to_str().expect("UTF-8")]).exits(0);
}

#[test]
fn other_data_can_be_bound_on_the_command_line() {
    let world = World::tiny();
    world.run(&["audit", "tiny", "--bind", "people=tiny/people"]).exits(0);
    assert!(world.outputs().is_empty(), "a bound run overwrote the recorded outputs");
}

#[test]
fn check_needs_no_data_no_run_and_no_method() {
    let world = World::empty()
        .with("methods/paper/study.toml", "[study]\nid = \"paper\"\ntitle = \"A paper\"\nauthors = [\"A\"]\n[[source]]\nid = \"pdf\"\ntitle = \"PDF\"\n")
        .with("methods/paper/claims.toml", PRINTED);
    world.run(&["check", "paper"]).exits(1).shows("sums").shows("fails");
    let mended = PRINTED.replace("\"90\"", "\"101\"");
    world
        .with("methods/paper/claims.toml", &mended)
        .run(&["check", "paper"])
        .exits(0)
        .shows("holds");
}

/// By hand: 145/28 = 5.1786 prints as 5.18 and 146/28 = 5.2143 as 5.21, so no whole sum over 28 prints as 5.19.
#[test]
fn a_table_of_printed_means_is_checked_row_by_row() {
    let world = World::empty().with("means.csv", "study,mean,cases\na,5.18,28\nb,5.19,28\n");
    let file = world.path("means.csv");
    let file = file.to_str().expect("UTF-8");
    let done =
        world.run(&["check", "--table", file, "--grim", "mean,cases", "--format", "json"]).exits(1);
    let document: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(document["rows"][0]["consistent"], true);
    assert_eq!(document["rows"][1]["consistent"], false);
    world.run(&["check", "--table", file, "--grim", "mean,cases"]).exits(1).shows("1 inconsistent");
    world.run(&["check", "--table", file, "--grim", "mean,n"]).exits(3).says("means.csv:1");
    world.run(&["check", "--table", file]).exits(2);
    let world = world.with("means.csv", "study,mean,cases\na,5.18,28\nb,high,28\n");
    world.run(&["check", "--table", file, "--grim", "mean,cases"]).exits(3).says("means.csv:3");
}

#[test]
fn test_statistics_are_checked_row_by_row() {
    let rows = "id,text\n1,\"t(28) = 2.20, p = .036\"\n2,\"t(28) = 1.20, p < .05\"\n3,nothing\n";
    let world = World::empty().with("statistics.csv", rows);
    let file = world.path("statistics.csv");
    let file = file.to_str().expect("a path in UTF-8");
    let table = |more: &[&str]| {
        let mut line = vec!["check", "--table", file];
        line.extend(more);
        world.run(&line)
    };
    table(&["--p", "text"])
        .exits(1)
        .shows("p in [0.238289, 0.242111], decision error")
        .shows("3 rows: 1 consistent, 1 inconsistent (1 with a decision error), 1 not read");
    table(&["--statcheck", "text", "--format", "json"]).exits(1).shows("\"consistent\": false");
    table(&["--p", "text", "--alpha", "0.3"]).exits(1).shows("(0 with a decision error)");
    table(&["--p", "text", "--alpha", "7"]).exits(2);
    table(&["--p", "texts"]).exits(3).says("statistics.csv:1");
}

const PRINTED: &str = r#"
[[claim]]
id = "men"
says = "Fifty-one men took part."
where = { source = "pdf", at = "table 1" }
printed = "51"
weight = "minor"
transcription = "direct"

[[claim]]
id = "women"
says = "Fifty women took part."
where = { source = "pdf", at = "table 1" }
printed = "50"
weight = "minor"
transcription = "direct"

[[claim]]
id = "all"
says = "Ninety people took part."
where = { source = "pdf", at = "abstract" }
printed = "90"
weight = "headline"
transcription = "direct"

[[relation]]
id = "sums"
kind = "definitional"
says = "Men and women are all who took part."
holds = "men + women == all"
"#;

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish"] {
        secondlook(project(), &["completions", shell]).exits(0).shows("secondlook");
    }
}

#[test]
fn run_writes_results_and_nothing_else() {
    let world = World::tiny();
    world.run(&["run", "tiny"]).exits(0).shows("fit/arm");
    let names: Vec<String> = tree(&world.path("outputs")).into_keys().collect();
    assert_eq!(names, ["tiny/results.csv", "tiny/results.json"]);
}

/// The README's exit codes are the program's.
#[test]
fn the_readme_tells_every_exit_code() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    for exit in secondlook::cli::exit::Exit::ALL {
        let row = format!("| {} | {} |", exit as u8, exit.meaning());
        assert!(readme.contains(&row), "the README lacks the row\n{row}");
    }
}

/// The README's worked example: its commands exit as it says, and it shows its files as they are.
#[test]
fn the_readme_s_worked_example_works() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md");
    let (_, section) = readme.split_once("## Audit your own study").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("a next section");
    let out = tempfile::tempdir().expect("a folder");
    let mut ran = 0;
    for line in section.lines().filter(|line| line.starts_with("secondlook ")) {
        let (command, code) = line.split_once("# exits with ").unwrap_or((line, "0"));
        let words = command.split_whitespace().skip(1);
        let mut command = program();
        command.current_dir(project());
        command.args(words.map(|word| match word {
            "my-outputs" => out.path().to_str().expect("UTF-8"),
            other => other,
        }));
        let done = outcome(command).exits(code.trim().parse().expect("an exit code"));
        assert!(!done.out.is_empty(), "{line} says nothing");
        ran += 1;
    }
    assert_eq!(ran, 3, "the section shows three commands");
    let files = tree(&project().join("tests/specs/worked-example"));
    let all = files.values().map(|bytes| String::from_utf8_lossy(bytes)).collect::<String>();
    for block in section.split("```toml").skip(1) {
        let shown: Vec<&str> =
            block.split("```").next().unwrap_or_default().lines().map(str::trim).collect();
        let shown = shown.join("\n");
        assert!(all.contains(shown.trim()), "no file of the example holds\n{shown}");
    }
}

/// Every printed form that the README shows is read, and so are its words by the lexicon.
#[test]
fn the_printed_numbers_of_the_readme_are_read() {
    use secondlook::claims::{lexicon, printed};
    let readme = fs::read_to_string(project().join("README.md")).expect("a page");
    let (_, rest) =
        readme.split_once("**Printed numbers** are read as they stand: ").expect("told");
    let (forms, rest) = rest.split_once(". Every part").expect("a sentence");
    let shown: Vec<&str> = forms.split('`').skip(1).step_by(2).collect();
    assert_eq!(shown.len(), 15, "{shown:?}");
    for form in shown {
        let read = printed::parse(form).expect(form);
        assert!(!matches!(read.shape, printed::Shape::Words), "{form} is no words");
    }
    let (_, words) = rest.split_once("Vague words (").expect("told");
    let (words, _) = words.split_once(')').expect("a bracket");
    for phrase in words.split('`').skip(1).step_by(2) {
        assert!(lexicon::look_up(phrase).is_some(), "{phrase}");
    }
}

/// The relations and implied numbers that the README shows, on claims of these names: a conflict with a proof.
#[test]
fn the_relations_of_the_readme_are_read_and_proved() {
    let readme = fs::read_to_string(project().join("README.md")).expect("a page");
    let shown = readme.split("```toml\n").find(|block| block.starts_with("[[relation]]"));
    let shown = shown.and_then(|block| block.split("```").next()).expect("a block");
    let claim = |id: &str, printed: &str| {
        format!(
            "[[claim]]\nid = \"{id}\"\nsays = \"It is {printed}.\"\nwhere = {{ source = \"paper\", at = \"page 1\" }}\nprinted = \"{printed}\"\n\n"
        )
    };
    let claims = [
        ("satisfied", "67%"),
        ("not_satisfied", "35%"),
        ("travellers", "1.2 million"),
        ("growth", "33%"),
    ];
    let claims: String = claims.iter().map(|(id, printed)| claim(id, printed)).collect();
    let world = World::tiny().with("methods/tiny/claims.toml", &(claims + shown));
    let done =
        world.run(&["check", "tiny"]).exits(1).shows("does-not-add-up").shows("which is false");
    drop(done.shows("implied  year_before  [861423, 943396]"));
}

/// The forensic check that the README shows, on a mean and deviation that can be and on a mean that cannot.
#[test]
fn the_forensic_check_of_the_readme_is_decided() {
    let readme = fs::read_to_string(project().join("README.md")).expect("a page");
    let mut blocks = readme.split("```toml\n").filter(|block| block.starts_with("[[relation]]"));
    let shown = blocks.find(|block| block.contains("[relation.grimmer]")).expect("a block");
    let shown = shown.split("```").next().expect("its end");
    let claim = |id: &str, printed: &str| {
        format!(
            "[[claim]]\nid = \"{id}\"\nsays = \"It is {printed}.\"\nwhere = {{ source = \"paper\", at = \"page 1\" }}\nprinted = \"{printed}\"\n\n"
        )
    };
    // 16 answers of 5 and 12 of 6 have the mean 152/28 = 5.428… and a deviation of 0.504…; no 28 whole numbers have 5.19.
    for (mean, sd, exit, verdict) in
        [("5.43", "0.50", 0, "  possible"), ("5.19", "1.34", 1, "  impossible")]
    {
        let claims = claim("age_mean", mean) + &claim("age_sd", sd) + &claim("age_n", "28");
        let world = World::tiny().with("methods/tiny/claims.toml", &(claims + shown));
        drop(world.run(&["check", "tiny"]).exits(exit).shows(&format!("{mean}{verdict}")));
    }
}

/// The examples of a page that are fenced as `kind`, one after the other.
fn examples(page: &str, kind: &str) -> String {
    let page = fs::read_to_string(project().join(page)).expect("a page");
    let fence = format!("```{kind}\n");
    page.split(&fence).skip(1).filter_map(|block| block.split("```").next()).collect()
}

/// The examples of `methods/README.md`, in order, are one method that runs.
#[test]
fn the_examples_of_the_method_reference_run() {
    let method = examples("methods/README.md", "toml");
    let example = project().join("tests/specs/worked-example");
    let read = |path: &str| fs::read_to_string(example.join(path)).expect("there");
    let study = read("methods/reading-letters/study.toml");
    let mut world = World::empty()
        .with("methods/reference/study.toml", &study.replacen("reading-letters", "reference", 1))
        .with("methods/reference/method.toml", &method);
    for file in ["manifest.toml", "pupils.csv"] {
        let path = format!("data-manifests/reading-letters/{file}");
        world = world.with(&path, &read(&path));
    }
    let done = world.run(&["run", "reference", "--format", "json"]).exits(0);
    assert!(!done.err.contains("divides"), "{}", done.err);
    let results: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    let steps = results["runs"][0]["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), method.matches("[[step]]").count());
    let kinds: std::collections::BTreeSet<&str> =
        steps.iter().filter_map(|step| step["kind"].as_str()).collect();
    assert_eq!(kinds.len(), 9, "one example of each kind: {kinds:?}");
}

/// The examples of `methods/CLAIMS.md`, in order, are one claims file, in which every relation holds.
#[test]
fn the_examples_of_the_claims_reference_are_checked() {
    let example = project().join("tests/specs/worked-example/methods/reading-letters/study.toml");
    let study = fs::read_to_string(example).expect("there");
    let (study, _) = study.split_once("[[run]]").expect("a run");
    let world = World::empty()
        .with("methods/reference/study.toml", &study.replacen("reading-letters", "reference", 1))
        .with("methods/reference/claims.toml", &examples("methods/CLAIMS.md", "toml"))
        .with(
            "methods/reference/coverage/newspaper.toml",
            &examples("methods/CLAIMS.md", "toml coverage/newspaper.toml"),
        );
    let done = world.run(&["check", "reference", "--format", "json"]).exits(0);
    let audit: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    let relations = audit["relations"].as_array().expect("relations");
    let of = |key: &str| -> Vec<&str> {
        relations.iter().filter_map(|relation| relation[key].as_str()).collect()
    };
    assert_eq!(of("state"), vec!["holds"; 10], "{:?}", of("certificate"));
    assert_eq!(
        of("check"),
        ["grim", "grimmer", "debit", "p_value", "percent_of", "interval", "group_rates", "shares"]
    );
    assert_eq!(audit["implied"][0]["interval"], serde_json::json!([18.0, 18.0]));
    let rated = ["rating", "computed"].map(|key| &audit["coverage"][0][key]);
    assert_eq!(rated, [&serde_json::json!("accurate"), &serde_json::json!(true)]);
}

/// The estimates of `tiny` whose file is called `name` and holds `bytes`.
fn estimates_from(name: &str, bytes: &[u8]) -> serde_json::Value {
    let pinned = secondlook::digest::Sha256::of(bytes);
    let world = World::tiny();
    let manifest =
        fs::read_to_string(world.path("data-manifests/tiny/manifest.toml")).expect("there");
    let before = format!(
        "bytes = {}\nsha256 = \"{}\"",
        DATA.len(),
        secondlook::digest::Sha256::of(DATA.as_bytes())
    );
    let after = format!("bytes = {}\nsha256 = \"{pinned}\"", bytes.len());
    let manifest = manifest.replace("people.csv", name).replace(&before, &after);
    let world = world.with("data-manifests/tiny/manifest.toml", &manifest);
    fs::write(world.path("data-manifests/tiny").join(name), bytes).expect("written");
    let done = world.run(&["run", "tiny", "--format", "json"]).exits(0);
    let document: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    document["runs"][0]["estimates"].clone()
}

#[test]
fn a_table_may_be_csv_tsv_or_parquet() {
    let csv = estimates_from("people.csv", DATA.as_bytes());
    assert!(csv.as_array().is_some_and(|list| list.len() > 5));
    assert_eq!(estimates_from("people.tsv", DATA.replace(',', "\t").as_bytes()), csv);
    let parquet = fs::read(project().join("tests/specs/people.parquet")).expect("the table");
    assert_eq!(estimates_from("people.parquet", &parquet), csv);
}

#[test]
fn a_parquet_file_is_held_to_its_manifest() {
    let bytes = fs::read(project().join("tests/specs/people.parquet")).expect("the table");
    let cut = bytes.get(..bytes.len() / 2).expect("half").to_vec();
    for (bytes, from, to, says) in [
        (bytes.clone(), "one_of = [0, 1]", "one_of = [0, 2]", "arm"),
        (bytes.clone(), "rows = 12", "rows = 13", "12"),
        (bytes, "score = {", "scores = {", "scores"),
        (cut, "rows = 12", "rows = 12", "people.parquet"),
    ] {
        let world = World::tiny_on(&bytes, 12);
        let file = world.path("data-manifests/tiny/people.csv");
        fs::rename(&file, file.with_extension("parquet")).expect("renamed");
        let manifest = "data-manifests/tiny/manifest.toml";
        let world = world.but(manifest, "people.csv", "people.parquet").but(
            manifest,
            "people.csv",
            "people.parquet",
        );
        let world = world.but(manifest, from, to);
        world.run(&["audit", "tiny"]).exits(3).says(says);
        assert!(world.outputs().is_empty());
    }
}

/// Serves one answer to each of `times` requests on loopback, then ends.
fn serve(body: &'static [u8], times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for _ in 0..times {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut request = [0_u8; 4096];
            let _read = stream.read(&mut request);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _written = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    format!("http://{address}/people.csv")
}

/// The study `tiny` with its file behind a URL, not on this machine.
fn remote(url: &str) -> World {
    let line = format!("url = \"{url}\"\n\n[table.people]");
    let world = World::tiny().but("data-manifests/tiny/manifest.toml", "\n[table.people]", &line);
    fs::remove_file(world.path("data-manifests/tiny/people.csv")).expect("removed");
    world
}

#[test]
fn fetch_brings_what_is_missing_and_the_audit_finds_it() {
    let world = remote(&serve(DATA.as_bytes(), 1));
    let cache = world.path("cache");
    let cache = cache.to_str().expect("UTF-8");
    world.run(&["audit", "tiny", "--cache", cache]).exits(4).says("secondlook fetch tiny");
    world.run(&["fetch", "tiny", "--cache", cache]).exits(0).shows("tiny/people.csv");
    world.run(&["fetch", "tiny", "--cache", cache]).exits(0).shows("here already");
    world.run(&["audit", "tiny", "--cache", cache]).exits(0);
}

#[test]
fn fetch_keeps_nothing_that_is_not_what_was_pinned() {
    let world = remote(&serve(b"id,arm,age,score\n1,0,17,4.0\n", 4));
    let cache = world.path("cache");
    let done = world.run(&["fetch", "tiny", "--cache", cache.to_str().expect("UTF-8")]);
    assert!(done.code == 4 || done.code == 5, "exit {}: {}", done.code, done.err);
    let done = done.says("tiny/people.csv").says("help");
    drop(done);
    let kept: Vec<String> = tree(&cache)
        .into_keys()
        .filter(|name| name.starts_with("sha256/"))
        .filter(|name| std::path::Path::new(name).extension().is_none_or(|ending| ending != "lock"))
        .collect();
    assert!(kept.is_empty(), "{kept:?}");
}

/// DESIGN of the method: a claim on an error needs a stated preset; and what a step warns of belongs to its errors.
#[test]
fn an_error_tells_its_convention_and_what_it_is_worth() {
    let world = World::tiny()
        .but("methods/tiny/method.toml", "se = \"iid\"", "se = \"cluster\"\ncluster = [\"age\"]")
        .but("methods/tiny/claims.toml", "estimate = \"effect\"", "estimate = \"fit/arm.se\"");
    let unstated = "no preset is stated for the errors behind effect";
    world.run(&["audit", "tiny"]).exits(1).shows(unstated);
    world
        .run(&["explain", "tiny", "effect"])
        .exits(0)
        .shows("clusters: clustered errors are often");
    let json = world.run(&["explain", "tiny", "effect", "--format", "json"]).exits(0).out;
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert!(
        document["warnings"][0]["message"].as_str().is_some_and(|text| text.contains("clusters"))
    );
    assert!(
        document["steps"]
            .as_array()
            .is_some_and(|steps| steps.iter().any(|one| one["id"] == "fit"))
    );
    let stated = world.but(
        "methods/tiny/method.toml",
        "se = \"cluster\"",
        "preset = \"none\"\nse = \"cluster\"",
    );
    assert!(!stated.run(&["audit", "tiny"]).exits(1).out.contains(unstated));
}

/// A claim on what a step left out is told so, and not asked whether it meant another.
#[test]
fn a_term_left_out_is_told_from_a_slip() {
    let regression =
        "on = [\"factor(arm, base = 0)\", \"age\", \"age + age\"]\ncollinear = \"drop\"";
    for (estimate, help) in [
        ("fit/age + age", "`fit` dropped the term `age + age`: its warnings say why"),
        ("fit/arm=0", "`arm=0` is the base that `fit` compares the other levels with"),
    ] {
        let world = World::tiny()
            .but("methods/tiny/method.toml", "on = [\"arm\", \"age\"]", regression)
            .but("methods/tiny/method.toml", "fit/arm", "fit/arm=1")
            .but(
                "methods/tiny/claims.toml",
                "estimate = \"effect\"",
                &format!("estimate = \"{estimate}\""),
            );
        world.run(&["audit", "tiny"]).exits(3).says(help);
    }
}
