//! Broken forensic checks of a claims file: each names its line and what to write.

use super::{Case, changed, refuse_all};

const FILE: &str = "methods/tiny/claims.toml";

/// `tiny` with two claims more and a check whose table begins on line 1.
fn broken(name: &'static str, table: &str, says: &[&'static str]) -> Case {
    let first = "[[claim]]";
    let relation = format!(
        "[[relation]]\nid = \"c\"\nkind = \"stated\"\nsays = \"So it is.\"\n{table}\n\
         [[claim]]\nid = \"age_mean\"\nsays = \"A mean.\"\nwhere = {{ source = \"paper\", at = \"p. 1\" }}\nprinted = \"5.19\"\n\
         [[claim]]\nid = \"age_n\"\nsays = \"A count.\"\nwhere = {{ source = \"paper\", at = \"p. 1\" }}\nprinted = \"28\"\n\
         [[claim]]\nid = \"words\"\nsays = \"Words.\"\nwhere = {{ source = \"paper\", at = \"p. 1\" }}\nprinted = \"remarkable\"\n{first}"
    );
    changed(name, FILE, first, &relation, 3, says)
}

#[test]
fn slips_in_the_grim_family_are_named_with_their_line() {
    let grim = |more: &str| format!("[relation.grim]\nmean = \"age_mean\"\n{more}");
    refuse_all(vec![
        broken("key", &grim("n = 28\nitmes = 2"), &["claims.toml:8", "itmes", "items"]),
        broken(
            "claim",
            "[relation.grim]\nmean = \"age_maen\"\nn = 28",
            &["claims.toml:6", "age_mean"],
        ),
        broken(
            "no id",
            "[relation.grim]\nmean = \"5.19\"\nn = 28",
            &["claims.toml:6", "names a claim"],
        ),
        broken(
            "no number",
            "[relation.grim]\nmean = \"words\"\nn = 28",
            &["claims.toml:6", "no one number"],
        ),
        broken("no n", &grim(""), &["lacks `n`"]),
        broken("decimal n", &grim("n = 28.5"), &["claims.toml:7", "no count", "28.5"]),
        broken("zero n", &grim("n = 0"), &["claims.toml:7", "no count"]),
        broken("n is no count", &grim("n = \"age_mean\""), &["claims.toml:7", "no count", "5.19"]),
        broken("items", &grim("n = 28\nitems = 0"), &["claims.toml:8", "`items` cannot be 0"]),
        broken("scale", &grim("n = 28\nscale = [7, 1]"), &["claims.toml:8", "scale = [1, 7]"]),
        broken("half a scale", &grim("n = 28\nscale = [7]"), &["claims.toml:8", "two numbers"]),
        broken("no sd", "[relation.grimmer]\nmean = \"age_mean\"\nn = 28", &["lacks `sd`"]),
        broken(
            "divisor",
            "[relation.grimmer]\nmean = \"age_mean\"\nsd = \"age_mean\"\nn = 28\ndivisor = \"samples\"",
            &["claims.toml:9", "sample"],
        ),
    ]);
}

#[test]
fn a_relation_has_one_check_of_a_known_name() {
    refuse_all(vec![
        broken(
            "two tables",
            "[relation.grim]\nmean = \"age_mean\"\nn = 28\n[relation.debit]\nmean = \"age_mean\"\nsd = \"age_mean\"\nn = 28",
            &["one check", "`grim` and `debit`"],
        ),
        broken(
            "table and holds",
            "holds = \"age_mean > 0\"\n[relation.grim]\nmean = \"age_mean\"\nn = 28",
            &["one check", "`holds`"],
        ),
        broken("neither", "", &["lacks `holds`", "grim"]),
        broken(
            "name",
            "[relation.grimm]\nmean = \"age_mean\"\nn = 28",
            &["claims.toml:5", "grimm", "did you mean"],
        ),
        broken(
            "a relation is no claim",
            "[relation.grim]\nmean = \"c\"\nn = 28",
            &["claims.toml:6", "`c` is no claim"],
        ),
    ]);
}

#[test]
fn slips_in_the_other_checks_are_named_with_their_line() {
    let test = |more: &str| {
        format!("[relation.p_value]\nstatistic = \"age_mean\"\np = \"age_mean\"\n{more}")
    };
    let interval = |more: &str| {
        format!("[relation.interval]\nci_low = \"age_mean\"\nci_high = \"age_mean\"\n{more}")
    };
    let rates = |more: &str| {
        format!("[relation.group_rates]\nrates = [\"age_mean\", \"age_mean\"]\n{more}")
    };
    refuse_all(vec![
        broken("test", &test("test = \"tt\"\ndf = 3"), &["claims.toml:8", "`test` cannot be `tt`"]),
        broken("no df", &test("test = \"t\""), &["lacks `df`"]),
        broken("float df", &test("test = \"t\"\ndf = 27.3"), &["claims.toml:9", "in quotes"]),
        broken(
            "one tail",
            &test("test = \"chi2\"\ndf = 3\none_sided = true"),
            &["claims.toml:10", "one tail only"],
        ),
        broken(
            "level",
            &interval("se = \"age_mean\"\nlevel = \"1.5\""),
            &["claims.toml:9", "level"],
        ),
        broken("nothing", &interval(""), &["lacks `estimate`"]),
        broken("t", &interval("se = \"age_mean\"\nreference = \"t\""), &["lacks `df`"]),
        broken(
            "df",
            &interval("se = \"age_mean\"\ndf = 5"),
            &["claims.toml:9", "goes with `reference"],
        ),
        broken(
            "times",
            &interval("se = \"age_mean\"\nmultiplier = \"-2\""),
            &["claims.toml:9", "multiplier"],
        ),
        broken(
            "one part",
            "[relation.shares]\nparts = [\"age_mean\"]",
            &["claims.toml:6", "at least 2"],
        ),
        broken(
            "total",
            "[relation.shares]\nparts = [\"age_mean\", \"age_n\"]\ntotal = \"0%\"",
            &["claims.toml:7", "no total"],
        ),
        broken(
            "levels",
            &rates("levels = [1, 1]\nns = [5, 5]\nslope = \"age_mean\""),
            &["claims.toml:7", "no slope"],
        ),
        broken(
            "lengths",
            &rates("levels = [1, 2]\nns = [5, 5, 5]\nslope = \"age_mean\""),
            &["claims.toml:8", "differ in length"],
        ),
        broken("nothing printed", &rates("levels = [1, 2]\nns = [5, 5]"), &["lacks `slope`"]),
        broken(
            "counts",
            "[relation.percent_of]\npercent = \"age_mean\"\ncount = [1, 2]\nn = 28",
            &["claims.toml:7", "differ in length"],
        ),
        broken(
            "at most",
            "[relation.percent_of]\npercent = \"age_mean\"\nat_most = 0",
            &["claims.toml:7", "`at_most` cannot be 0"],
        ),
    ]);
}
