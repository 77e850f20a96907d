use super::super::super::printed;
use super::*;

fn interval(text: &str) -> Interval {
    let printed = printed::parse(text).expect("printed");
    printed.interval(crate::claims::rounding::Rounding::Unknown).expect("an interval")
}

fn row(terms: &[(usize, i64)], bounds: Bounds) -> Row {
    let terms =
        terms.iter().map(|(index, times)| (*index, Rational::from_integer((*times).into())));
    Row { terms: terms.collect(), bounds }
}

fn zero() -> Bounds {
    Bounds::from(&Interval::point(Rational::zero()))
}

#[test]
fn a_sum_within_rounding_has_a_witness() {
    let bounds: Vec<Bounds> =
        ["13%", "17%", "48%", "21%"].map(|text| Bounds::from(&interval(text))).to_vec();
    let whole = Bounds::from(&Interval::point(Rational::from_integer(1.into())));
    let rows = [row(&[(0, 1), (1, 1), (2, 1), (3, 1)], whole.clone())];
    let Answer::Feasible(point) = solve(&bounds, &rows) else { panic!("it is feasible") };
    assert_eq!(point.iter().sum::<Rational>(), Rational::from_integer(1.into()));
    let bounds: Vec<Bounds> =
        ["10%", "17%", "48%", "21%"].map(|text| Bounds::from(&interval(text))).to_vec();
    let Answer::Infeasible(shares) = solve(&bounds, &rows) else { panic!("it is not") };
    assert_eq!(shares.len(), 5);
}

#[test]
fn strict_bounds_are_strict() {
    let open = Bounds::from(&Interval { low: End::Open(Rational::zero()), high: End::Infinite });
    let rows = [row(&[(0, 1), (1, 1)], zero())];
    assert!(matches!(solve(&[open.clone(), open.clone()], &rows), Answer::Infeasible(_)));
    let rows = [row(&[(0, 1), (1, -1)], zero())];
    let Answer::Feasible(point) = solve(&[open.clone(), open], &rows) else {
        panic!("it is feasible")
    };
    assert!(point.iter().all(Rational::is_positive));
}

#[test]
fn the_largest_value_is_found() {
    let unit = Bounds::from(&Interval::closed(Rational::zero(), Rational::from_integer(4.into())));
    let below = Bounds::from(&Interval {
        low: End::Infinite,
        high: End::Open(Rational::from_integer(6.into())),
    });
    let rows = [row(&[(0, 1), (1, 1)], below)];
    let goal = BTreeMap::from([
        (0, Rational::from_integer(3.into())),
        (1, Rational::from_integer(2.into())),
    ]);
    let Optimum::At(value, reached, _) = largest(&[unit.clone(), unit], &rows, &goal) else {
        panic!("it is bounded")
    };
    assert_eq!((value, reached), (Rational::from_integer(16.into()), false));
}
