//! Broken claims files.

use super::{changed, refuse_all};

const FILE: &str = "methods/tiny/claims.toml";

#[test]
fn slips_are_named_with_their_line_and_the_nearest_name() {
    refuse_all(vec![
        changed(
            "no such step",
            FILE,
            "\"effect\"\nholds",
            "\"efect\"\nholds",
            3,
            &["claims.toml:7", "effect"],
        ),
        changed("no such group", FILE, "{arm=1}", "{arm=7}", 3, &["claims.toml:17", "arm=7"]),
        changed(
            "no such measure",
            FILE,
            "arms/mean_score",
            "arms/meen_score",
            3,
            &["claims.toml:17", "mean_score"],
        ),
        changed("no such claim", FILE, "effect > 0", "efect > 0", 3, &["claims.toml:8", "effect"]),
        changed("does not parse", FILE, "effect > 0", "effect >", 3, &["claims.toml:8"]),
        changed(
            "key",
            FILE,
            "weight = \"headline\"",
            "wieght = \"headline\"",
            3,
            &["claims.toml:6", "weight"],
        ),
        changed("weight", FILE, "\"headline\"", "\"heavy\"", 3, &["claims.toml:6", "headline"]),
        changed("printed", FILE, "\"1.90\"", "\"one point nine\"", 3, &["claims.toml:5"]),
        changed(
            "duplicate id",
            FILE,
            "id = \"mean_treated\"",
            "id = \"effect\"",
            3,
            &["claims.toml:12", "effect"],
        ),
        changed(
            "source",
            FILE,
            "source = \"paper\"",
            "source = \"papier\"",
            3,
            &["claims.toml:4", "paper"],
        ),
        changed("transcription", FILE, "\"direct\"", "\"driect\"", 3, &["claims.toml:9", "direct"]),
    ]);
}
