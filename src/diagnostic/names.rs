//! What to say of a name that is none of those there are.
//!
//! Reads nothing, writes nothing. A message names a few of many: the nearest first.

/// Up to so many names are told whole, in their own order.
const WHOLE: usize = 12;
/// So many of a longer list are told, the nearest first.
const NEAREST: usize = 8;
/// Longer names are cut.
const LONGEST: usize = 60;

/// Returns the candidate that is nearest to `name`, if it is near enough to be a slip.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count().max(lower.chars().count());
            *distance <= (length / 3).max(1) && *distance < length
        })
        .min_by(|left, right| left.0.cmp(&right.0).then_with(|| left.1.cmp(right.1)))
        .map(|(_, candidate)| candidate)
}

/// Returns what to write instead of `name`: the one name that it nearly is, or else which there are.
/// `None` where there are none.
pub fn instead<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(near) = nearest(name, candidates.iter().copied()) {
        return Some(format!("did you mean `{}`?", cut(near)));
    }
    match candidates.as_slice() {
        [] => None,
        [only] => Some(format!("there is only `{}`", cut(only))),
        _ => Some(format!("there are: {}", listed(name, candidates))),
    }
}

/// Lists names for a message: all of a few, and of many those nearest to `name`, with how many more there are.
pub fn listed<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    let all = candidates.len();
    if all > WHOLE {
        let lower = name.to_lowercase();
        let alike = |candidate: &&str| strsim::jaro_winkler(&lower, &candidate.to_lowercase());
        candidates.sort_by(|left, right| {
            alike(right).total_cmp(&alike(left)).then_with(|| left.cmp(right))
        });
        candidates.truncate(NEAREST);
    }
    let shown: Vec<String> = candidates.iter().map(|candidate| cut(candidate)).collect();
    match all - candidates.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_slip_away_or_nothing() {
        assert_eq!(nearest("agee", ["age", "wage", "sex"]), Some("age"));
        assert_eq!(nearest("clster", ["cluster", "columns"]), Some("cluster"));
        assert_eq!(nearest("x", ["treatment"]), None);
        assert_eq!(nearest("zzz", ["abc"]), None);
    }

    #[test]
    fn a_slip_gets_the_name_and_anything_else_a_list() {
        assert_eq!(instead("agee", ["age", "sex"]).as_deref(), Some("did you mean `age`?"));
        assert_eq!(instead("income", ["age", "sex"]).as_deref(), Some("there are: age, sex"));
        assert_eq!(instead("income", ["age"]).as_deref(), Some("there is only `age`"));
        assert_eq!(instead("income", []), None);
    }

    #[test]
    fn of_many_names_the_nearest_are_told_and_the_rest_counted() {
        let rows: Vec<String> = (0..175).map(|row| format!("row_{row:03}")).collect();
        let mut names: Vec<&str> = rows.iter().map(String::as_str).collect();
        names.push("share_of_fixes");
        let told = instead("share_fell_in_april", names.iter().copied()).expect("a list");
        assert!(told.starts_with("there are: share_of_fixes, row_"), "{told}");
        assert!(told.ends_with(" and 168 more"), "{told}");
        assert_eq!(told.matches(", ").count(), 7, "{told}");
    }

    #[test]
    fn twelve_names_are_told_whole_in_their_own_order_and_thirteen_are_not() {
        let names = ["l", "k", "j", "i", "h", "g", "f", "e", "d", "c", "b", "a", "z"];
        assert_eq!(listed("?", names[..12].iter().copied()), "l, k, j, i, h, g, f, e, d, c, b, a");
        assert_eq!(listed("?", names), "a, b, c, d, e, f, g, h and 5 more");
    }

    #[test]
    fn a_name_from_a_hostile_file_does_not_fill_the_screen() {
        let long = "é".repeat(5_000);
        let told = instead("income", [long.as_str(), "sex"]).expect("a list");
        assert_eq!(told, format!("there are: {}…, sex", "é".repeat(60)));
    }
}
