//! True data, printed under any rounding rule and checked through a claims file, raise no alarm.

use num_rational::BigRational;
use secondlook::claims::record::RelationState;
use secondlook::claims::rounding::Rounding;

use super::builder::{claim, judge};
use super::checks::check;
use super::forensic_truth::{Numbers, draw, fraction, print_number, print_root};

/// A percentage with a number of decimals.
fn percent(share: &BigRational, mode: Rounding, places: u32) -> String {
    format!("{}%", print_number(&(share * fraction(100, 1)), mode, places))
}

/// Claims and checks of one random data set: its mean and deviation, a share of it, its groups' rates.
fn study(set: u64, mode: Rounding, numbers: &mut Numbers) -> String {
    let drawn = draw(numbers);
    let (cases, items) = (drawn.data.len() as i64, drawn.items as i64);
    let (sum, squares) =
        (drawn.data.iter().sum::<i64>(), drawn.data.iter().map(|x| x * x).sum::<i64>());
    let (places, fine) = (numbers.below(4) as u32, numbers.below(4) as u32);
    let about = fraction(squares, 1) - fraction(sum * sum, cases);
    let mean = print_number(&fraction(sum, cases * items), mode, places);
    let deviation = print_root(&(about / fraction((cases - 1) * items * items, 1)), mode, fine);
    let ones = drawn.data.iter().filter(|value| **value > items).count() as i64;
    let share = print_number(&fraction(ones, cases), mode, places);
    let spread = print_root(&fraction(ones * (cases - ones), cases * (cases - 1)), mode, fine);
    let named = |name: &str| format!("{name}_{set}");
    let mut text = String::new();
    let mut add = |name: &str, printed: &str| text += &claim(&named(name), printed, "");
    add("mean", &mean);
    add("sd", &deviation);
    add("n", &cases.to_string());
    add("share", &share);
    add("spread", &spread);
    add("ones", &ones.to_string());
    add("rate", &percent(&fraction(ones, cases), mode, places));
    add("rest", &percent(&fraction(cases - ones, cases), mode, places));
    let largest = drawn.largest;
    let mut ask = |name: &str, lines: &str| {
        let lines = lines.replace('#', &set.to_string());
        text += &check(&named(name), "definitional", &lines);
    };
    ask(
        "grim",
        &format!("grim: mean = \"mean_#\"\nn = \"n_#\"\nitems = {items}\nscale = [1, {largest}]"),
    );
    ask(
        "grimmer",
        &format!("grimmer: mean = \"mean_#\"\nsd = \"sd_#\"\nn = \"n_#\"\nitems = {items}"),
    );
    ask(
        "bounded",
        &format!(
            "grimmer: mean = \"mean_#\"\nsd = \"sd_#\"\nn = \"n_#\"\nitems = {items}\nscale = [1, {largest}]"
        ),
    );
    ask("debit", "debit: mean = \"share_#\"\nsd = \"spread_#\"\nn = \"n_#\"");
    ask("part", "percent_of: percent = [\"rate_#\", \"rest_#\"]\nn = \"n_#\"");
    ask("count", "percent_of: percent = \"rate_#\"\ncount = \"ones_#\"\nn = \"n_#\"");
    ask("which", "percent_of: percent = [\"rate_#\", \"rest_#\"]\nat_most = 200");
    ask("whole", "shares: parts = [\"rate_#\", \"rest_#\"]");
    text + &regression(set, mode, numbers)
}

/// Group rates and the regression over their single cases, printed.
fn regression(set: u64, mode: Rounding, numbers: &mut Numbers) -> String {
    let groups = 2 + numbers.below(4) as i64;
    let table: Vec<[i64; 2]> = (0..groups)
        .map(|_| {
            let size = 5 + numbers.below(300) as i64;
            [size, 1 + numbers.below(size as u64 - 1) as i64]
        })
        .collect();
    let sum = |value: &dyn Fn(i64, [i64; 2]) -> i64| -> i64 {
        table.iter().enumerate().map(|(x, row)| value(x as i64 + 1, *row)).sum()
    };
    let (w, x1, x2) = (sum(&|_, [n, _]| n), sum(&|x, [n, _]| n * x), sum(&|x, [n, _]| n * x * x));
    let (y, xy) = (sum(&|_, [_, k]| k), sum(&|x, [_, k]| x * k));
    let (above, below) = (w * xy - x1 * y, w * x2 - x1 * x1);
    let r2 = fraction(above, below) * fraction(above, y * (w - y));
    // Numbers are printed where they are not negative: the printer of this test knows no sign.
    let slope = fraction(above, below);
    let intercept = fraction(x2 * y - x1 * xy, below);
    let (mut text, mut rates, mut sizes) = (String::new(), Vec::new(), Vec::new());
    let places = numbers.below(3) as u32;
    for (index, [size, ones]) in table.iter().enumerate() {
        let id = format!("y{index}_{set}");
        text += &claim(&id, &percent(&fraction(*ones, *size), mode, places), "");
        rates.push(format!("\"{id}\""));
        sizes.push(size.to_string());
    }
    let levels: Vec<String> = (1..=groups).map(|level| level.to_string()).collect();
    let mut asked = format!(
        "group_rates: levels = [{}]\nrates = [{}]\nns = [{}]\nr2 = \"r2_{set}\"\n",
        levels.join(", "),
        rates.join(", "),
        sizes.join(", ")
    );
    text += &claim(&format!("r2_{set}"), &print_number(&r2, mode, 3), "");
    for (name, value) in [("slope", slope), ("intercept", intercept)] {
        if value >= fraction(0, 1) {
            text += &claim(&format!("{name}_{set}"), &print_number(&value, mode, 4), "");
            asked = format!("{asked}{name} = \"{name}_{set}\"\n");
        }
    }
    text + &check(&format!("rates_{set}"), "definitional", &asked)
}

#[test]
fn true_data_raise_no_alarm_through_a_claims_file_under_any_rounding() {
    let (mut seen, mut undecided) = (0, 0);
    for (index, mode) in Rounding::ALL.into_iter().enumerate() {
        let mut text = format!("rounding = \"{}\"\n", mode.word());
        let mut numbers = Numbers::new(20_261_127, index as u64);
        for set in 0..20 {
            text += &study(set, mode, &mut numbers);
        }
        let audit = judge(&text, Vec::new());
        for relation in &audit.relations {
            assert_ne!(relation.state, RelationState::Fails, "{mode}: {relation:#?}");
            undecided += usize::from(relation.state == RelationState::Undecided);
            seen += 1;
        }
        for claim in &audit.claims {
            assert!(claim.conflict.is_empty(), "{mode}: {claim:#?}");
        }
    }
    assert_eq!(seen, 7 * 20 * 9);
    assert!(undecided * 100 < seen, "{undecided} of {seen} undecided");
}
