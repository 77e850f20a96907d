//! Markup in every text that a person can write: it stays text in every output.

use crate::world::World;

const SCRIPT: &str = "<script>alert(1)</script>";

#[test]
fn markup_in_every_text_stays_text() {
    let toml = |text: &str| format!("{SCRIPT} & ' {text}");
    let world = World::tiny()
        .but("methods/tiny/study.toml", "A tiny trial", &toml("title"))
        .but("methods/tiny/study.toml", "A. Author", &toml("author"))
        .but("methods/tiny/study.toml", "The paper", &toml("source"))
        .but("methods/tiny/method.toml", "One row per person.", &toml("input"))
        .but("methods/tiny/method.toml", "paper, section 2", &toml("where"))
        .but("methods/tiny/method.toml", "Age enters in years.", &toml("assumes"))
        .but("methods/tiny/method.toml", "The effect of the arm", &toml("figure"))
        .but("methods/tiny/claims.toml", "The arm raises the score by 1.9 points.", &toml("says"))
        .but("methods/tiny/claims.toml", "abstract", &toml("at"))
        .but("data-manifests/tiny/manifest.toml", "Twelve people", &toml("title"))
        .but("data-manifests/tiny/manifest.toml", "The tests", &toml("producer"))
        .but("data-manifests/tiny/manifest.toml", "CC0-1.0", &toml("licence"));
    world.run(&["audit", "tiny"]).exits(0);
    let plain = World::tiny();
    plain.run(&["audit", "tiny"]).exits(0);
    let scripts = |world: &World, name: &str| {
        let text = String::from_utf8(world.outputs().remove(name).expect(name)).expect("UTF-8");
        // Every other part stands between code fences, where Markdown shows markup as it is.
        text.split("\n```").step_by(2).map(|part| part.matches("<script").count()).sum::<usize>()
    };
    for name in ["tiny/report.html", "tiny/figures/effect.svg", "tiny/report.md"] {
        assert_eq!(scripts(&world, name), scripts(&plain, name), "{name} holds markup from a file");
    }
}
