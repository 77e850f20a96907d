//! The functions that SQL may call here: those whose value follows from their arguments alone.

/// What is thought of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be called.
    Allowed,
    /// It exists, and may not be called: why, and what to use instead.
    Refused(&'static str),
    /// There is none of that name.
    Unknown,
}

const SCALAR: &[&str] = &[
    "abs",
    "acos",
    "acosh",
    "ascii",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "btrim",
    "cbrt",
    "ceil",
    "char_length",
    "character_length",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "cos",
    "cosh",
    "date_bin",
    "date_part",
    "date_trunc",
    "datepart",
    "datetrunc",
    "degrees",
    "ends_with",
    "exp",
    "floor",
    "gcd",
    "greatest",
    "ifnull",
    "initcap",
    "isnan",
    "iszero",
    "lcm",
    "least",
    "left",
    "length",
    "levenshtein",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "make_date",
    "mod",
    "nullif",
    "nvl",
    "nvl2",
    "pi",
    "position",
    "pow",
    "power",
    "radians",
    "regexp_like",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "rtrim",
    "signum",
    "sin",
    "sinh",
    "split_part",
    "sqrt",
    "starts_with",
    "strpos",
    "substr",
    "substring",
    "tan",
    "tanh",
    "to_date",
    "to_timestamp",
    "translate",
    "trim",
    "trunc",
    "upper",
];

const AGGREGATE: &[&str] = &[
    "avg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar",
    "covar_pop",
    "covar_samp",
    "max",
    "mean",
    "median",
    "min",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "sum",
    "var",
    "var_pop",
    "var_samp",
];

const WINDOW: &[&str] = &[
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

const VOLATILE: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "gen_random_uuid",
    "localtime",
    "localtimestamp",
    "now",
    "rand",
    "random",
    "today",
    "uuid",
    "version",
];

/// Judges a function by its lower-case name; `over` says that it is called over a window.
pub(super) fn verdict(name: &str, over: bool) -> Verdict {
    if name.starts_with("approx_") {
        return Verdict::Refused(
            "an approximation that depends on the order of rows; use `median` or a summarise step",
        );
    }
    if name.starts_with("regr_") {
        return Verdict::Refused("use a regress step");
    }
    if VOLATILE.contains(&name) {
        return Verdict::Refused("its value changes from run to run");
    }
    if WINDOW.contains(&name) && !over {
        return Verdict::Refused("it needs a window: `… over (order by …)`");
    }
    match name {
        "array_agg" | "string_agg" => Verdict::Refused("its value depends on the order of rows"),
        "repeat" | "lpad" | "rpad" | "generate_series" | "range" | "unnest" | "space" => {
            Verdict::Refused("it makes rows or text of any size")
        }
        "percentile_cont" | "percentile_disc" | "quantile" | "quantile_cont" => {
            Verdict::Refused("use a summarise step with `quantile(x, p)`")
        }
        _ if SCALAR.contains(&name) || AGGREGATE.contains(&name) || WINDOW.contains(&name) => {
            Verdict::Allowed
        }
        _ => Verdict::Unknown,
    }
}

/// Returns the names that may be called.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SCALAR.iter().chain(AGGREGATE).chain(WINDOW).copied()
}
