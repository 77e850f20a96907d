//! The smallest set of numbers that cannot all be right, against all subsets tried one by one.
//!
//! The other way shares nothing with the solver: equalities are put into each other and the unknowns are
//! eliminated one after the other (Fourier and Motzkin), in whole numbers of half a percent.

use std::fmt::Write as _;

use secondlook::claims::record::{RelationState, Verdict};

use super::builder::{claim, judge, relation};
use super::networks::Draws;

/// `sum of coefficient * number + constant`, which is zero or at most zero.
type Form = (Vec<i128>, i128);

fn divisor(one: i128, two: i128) -> i128 {
    if two == 0 { one.abs() } else { divisor(two, one % two) }
}

/// `one * times + two * by`, made small.
fn joined(one: &Form, times: i128, two: &Form, by: i128) -> Form {
    let terms: Vec<i128> = one.0.iter().zip(&two.0).map(|(a, b)| a * times + b * by).collect();
    let constant = one.1 * times + two.1 * by;
    let common = terms.iter().fold(constant, |common, term| divisor(common, *term)).max(1);
    (terms.iter().map(|term| term / common).collect(), constant / common)
}

/// Whether numbers exist that make every equality zero and no other form positive.
fn is_possible(mut equalities: Vec<Form>, mut forms: Vec<Form>, numbers: usize) -> bool {
    while let Some(equality) = equalities.pop() {
        let Some(place) = equality.0.iter().position(|term| *term != 0) else {
            if equality.1 != 0 {
                return false;
            }
            continue;
        };
        let own = equality.0[place];
        let without =
            |form: &Form| joined(form, own.abs(), &equality, -form.0[place] * own.signum());
        equalities = equalities.iter().map(without).collect();
        forms = forms.iter().map(without).collect();
    }
    for place in 0..numbers {
        let (up, rest): (Vec<Form>, Vec<Form>) =
            forms.into_iter().partition(|form| form.0[place] > 0);
        let (down, mut left): (Vec<Form>, Vec<Form>) =
            rest.into_iter().partition(|form| form.0[place] < 0);
        for one in &up {
            for two in &down {
                left.push(joined(one, -two.0[place], two, one.0[place]));
            }
        }
        left.sort();
        left.dedup();
        forms = left;
    }
    forms.iter().all(|form| form.1 <= 0)
}

/// The first of the smallest subsets of numbers that contradict the equalities, all subsets tried.
fn by_hand(equalities: &[Form], printed: &[i128]) -> Option<Vec<usize>> {
    let many = printed.len();
    let mut subsets: Vec<Vec<usize>> = (0_u32..1 << many)
        .map(|bits| (0..many).filter(|place| bits & (1 << place) != 0).collect())
        .collect();
    subsets.sort_by(|one: &Vec<usize>, two| one.len().cmp(&two.len()).then(one.cmp(two)));
    subsets.into_iter().find(|subset| {
        let bounds = subset.iter().flat_map(|place| {
            let unit =
                |sign: i128| (0..many).map(|at| if at == *place { sign } else { 0 }).collect();
            let value = 2 * printed[*place];
            [(unit(1), -(value + 1)), (unit(-1), value - 1)]
        });
        !is_possible(equalities.to_vec(), bounds.collect(), many)
    })
}

/// A random network of shares in whole percent: the claims file, the equalities, what is printed.
fn network(draws: &mut Draws, many: usize) -> (String, Vec<Form>, Vec<i128>) {
    let printed: Vec<i128> = (0..many).map(|_| 5 + i128::from(draws.below(40))).collect();
    let mut text: String = printed
        .iter()
        .enumerate()
        .map(|(at, value)| claim(&format!("s_{at}"), &format!("{value}%"), ""))
        .collect();
    let mut equalities = Vec::new();
    for number in 0..3 {
        let mut terms = vec![0_i128; many];
        let mut value = 0;
        let mut written = String::new();
        for at in 0..many {
            let drawn = [0, 0, 1, 1, -1][usize::try_from(draws.below(5)).expect("small")];
            let sign = if at == number { 1 } else { drawn };
            terms[at] = sign;
            value += sign * printed[at];
            match sign {
                1 => write!(written, " + s_{at}").expect("a text takes all"),
                -1 => write!(written, " - s_{at}").expect("a text takes all"),
                _ => {}
            }
        }
        let used = terms.iter().filter(|term| **term != 0).count();
        // True of the printed numbers up to a little: some relations fail together, and few alone.
        let off = i128::from(draws.below(3)) - 1;
        let slack = i128::try_from(used).expect("small");
        let total = value + off * (slack - 1) / 2;
        text +=
            &relation(&format!("r_{number}"), "definitional", &format!("0{written} == {total}%"));
        equalities.push((terms, -2 * total));
    }
    (text, equalities, printed)
}

#[test]
fn no_smaller_set_contradicts_itself() {
    let (mut compared, mut jointly) = (0, 0);
    for seed in 0..160 {
        let mut draws = Draws(9_000 + seed);
        let many = 4 + usize::try_from(draws.below(3)).expect("small");
        let (text, equalities, printed) = network(&mut draws, many);
        let audit = judge(&text, Vec::new());
        let alone: Vec<bool> = equalities
            .iter()
            .map(|equality| by_hand(std::slice::from_ref(equality), &printed).is_none())
            .collect();
        let possible: Vec<Form> = equalities
            .iter()
            .zip(&alone)
            .filter(|(_, alone)| **alone)
            .map(|(one, _)| one.clone())
            .collect();
        let expected = by_hand(&possible, &printed);
        let joint = audit
            .relations
            .iter()
            .zip(&alone)
            .filter(|(one, alone)| **alone && one.state == RelationState::Fails);
        let found: Vec<Vec<String>> = joint
            .map(|(one, _)| {
                assert_eq!(one.reason, None, "{seed}: proven to be the smallest");
                one.conflict.iter().filter(|name| name.starts_with("s_")).cloned().collect()
            })
            .collect();
        for (one, alone) in audit.relations.iter().zip(&alone) {
            assert!(*alone || one.state == RelationState::Fails, "{seed} {}", one.id);
        }
        compared += 1;
        match expected {
            None => assert!(found.is_empty(), "{seed}: {text}"),
            Some(numbers) => {
                jointly += 1;
                let expected: Vec<String> =
                    numbers.iter().map(|place| format!("s_{place}")).collect();
                assert!(
                    found.contains(&expected),
                    "{seed}: {expected:?} and not {found:?}: {text}"
                );
                for name in &expected {
                    let verdict = audit.claim(name).map(|claim| claim.verdict);
                    assert_eq!(verdict, Some(Verdict::DoesNotAddUp), "{seed} {name}");
                }
            }
        }
    }
    assert!(jointly >= 15, "{jointly} of {compared} contradict themselves only together");
}

/// A curve is met by some value of each number, so that no two of the numbers contradict it.
#[test]
fn that_a_conflict_on_a_curve_is_the_smallest_is_proven() {
    for (one, other, holds) in [
        (["1", "2"], ["5", "6"], "one ^ 2 == other"),
        (["2", "3"], ["100", "110"], "ln(one) * 4 == ln(other)"),
        (["0.5", "1"], ["1.5", "2"], "other / one == one"),
        (["-0.5", "0.5"], ["9.5", "10.5"], "other / one == 5"),
    ] {
        let number = |id: &str, ends: [&str; 2]| {
            claim(id, "some", &format!("reads = [\"{}\", \"{}\"]", ends[0], ends[1]))
        };
        let text = number("one", one) + &number("other", other);
        let audit = judge(&(text + &relation("r", "definitional", holds)), Vec::new());
        let record = &audit.relations[0];
        assert_eq!(record.state, RelationState::Fails, "{holds}");
        assert_eq!(
            (&record.reason, &record.conflict[..]),
            (&None, &["one", "other"].map(str::to_owned)[..]),
            "{holds}"
        );
    }
}
