//! The replication metrics against mpmath (`tests/reference/replication.py`), closed forms and a real table.

use std::fs;

use secondlook::stats::distribution::{normal_sf, two_sided_p};
use secondlook::stats::linear::Reference;
use secondlook::stats::math;
use secondlook::stats::replication::{
    Effect, ReplicationError, equivalence, heterogeneity, ln_tail, power, prediction_interval,
    replication_bayes_factor, sceptical, shrunken_prediction, small_effect, small_telescopes,
};

use crate::world::{fetched_data, project};

fn table(name: &str) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(project().join("tests/reference").join(name)).expect("there");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        row.iter().map(|cell| cell.parse().expect("a number")).collect()
    });
    rows.collect()
}

/// Relative to the value, or to one where a difference cancels.
#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    let gap = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
    assert!(gap <= tolerance, "{what}: {found:e}, elsewhere {expected:e}, off by {gap:e}");
}

/// Tolerances: 1e-12 relative; ends of intervals can cancel, so they are relative to the estimates' size.
#[test]
fn every_metric_is_that_of_mpmath() {
    let rows = table("replication.csv");
    assert!(rows.len() >= 29);
    for row in rows {
        let (original, new) = (
            Effect::new(row[0], row[1]).expect("an effect"),
            Effect::new(row[2], row[3]).expect("an effect"),
        );
        let what = |name: &str| format!("{name} of {:?}", &row[..5]);
        let size = original.value.abs() + new.value.abs() + original.se + new.se;
        let end = |found: f64, expected: f64, name: &str| {
            assert!((found - expected).abs() <= 1e-13 * size, "{}: {found}", what(name));
        };
        let expected = prediction_interval(original.value, original.se, new.se, 0.0, 0.95);
        end(expected.low, row[5], "low");
        end(expected.high, row[6], "high");
        let shrunk = shrunken_prediction(original, new.se, 0.0, 0.95);
        end(shrunk.low, row[7], "shrunk low");
        end(shrunk.high, row[8], "shrunk high");
        let test = heterogeneity(original, new).expect("two effects");
        if row[9] > 1e-20 {
            near(test.q, row[9], 1e-12, &what("q"));
        }
        near(test.p, row[10], 1e-12, &what("p of q"));
        let telescope = small_telescopes(original, new).expect("a direction");
        near(telescope.theta_33, row[11], 1e-14, &what("theta 33"));
        // Below 1e-300 a double has no more digits to give.
        if row[12] > 1e-300 {
            near(telescope.p, row[12], 1e-12, &what("telescopes"));
        }
        let doubt = sceptical(original, new).expect("a direction");
        near(doubt.z, row[13], 1e-13, &what("z_s"));
        near(doubt.nominal, row[14], 1e-12, &what("nominal"));
        near(doubt.golden, row[15], 1e-12, &what("golden"));
        near(doubt.controlled, row[16], 1e-12, &what("controlled"));
        let factor = replication_bayes_factor(original, new).expect("two effects");
        near(factor.ln_bf_r0, row[17], 1e-12, &what("ln BF_r0"));
        let test = equivalence(new, row[4], Reference::Normal, 0.05).expect("a margin");
        near(test.p, row[18], 1e-12, &what("TOST"));
        end(test.interval.low, row[19], "TOST low");
        end(test.interval.high, row[20], "TOST high");
        assert_eq!(test.equivalent, test.p < 0.05, "{}", what("equivalent"));
    }
}

/// Held, Micheloud and Pawel (2022): the tail is integrated; tails of 1e-300 keep their digits.
#[test]
fn the_tail_of_the_sceptical_p_is_that_of_mpmath_and_of_its_closed_forms() {
    for row in table("sceptical_tail.csv") {
        let found = ln_tail(row[0], row[1]);
        // An error in ln T is the relative error of T; a large logarithm has its own last digit.
        let slack = 1e-12_f64.max(4e-16 * row[2].abs());
        assert!((found - row[2]).abs() <= slack, "T({}, {}): {found}", row[0], row[1]);
    }
    for z in [0.0, 1e-9, 0.3, 4.0, 90.0] {
        let one = math::erfc(math::sqrt(2.0 * z));
        near(math::exp(ln_tail(z, 1.0)), one, 1e-12, "c = 1");
        let zero = 2.0 * normal_sf(math::sqrt(z));
        near(math::exp(ln_tail(z, 0.0)), zero * zero, 1e-12, "c = 0");
    }
    assert!(ln_tail(5_000.0, 2.0) < -5_000.0);
}

#[test]
fn known_answers_come_out() {
    let expected = prediction_interval(-2.0, 1.0, 0.5, 0.0, 0.95);
    assert!((expected.low + 4.191_306).abs() < 5e-7 && (expected.high - 0.191_306).abs() < 5e-7);
    // Simonsohn (2015), normal form: both tails counted; one tail alone would give 1.529237.
    near(small_effect(), 1.528_569, 3e-7, "theta 33 over s_o");
    near(power(small_effect(), 0.05), 1.0 / 3.0, 1e-15, "its power");
    let equal = sceptical(effect(3.0, 1.0), effect(2.0, 1.0)).expect("a direction");
    let harmonic = 2.0 / (1.0 / 9.0 + 1.0 / 4.0);
    near(equal.z * equal.z, harmonic / 2.0, 1e-15, "z_s at c = 1");
}

/// R's ReplicationSuccess on 94 pairs of its own table (`tests/reference/replication_projects.R`).
///
/// Tolerances: 1e-10 relative where R evaluates a normal tail (its c is set to one where it is so up to rounding,
/// which moves `z_S` by 1e-10 at most). Its controlled form is an integral at R's default tolerance, subtracted from
/// one: 1e-4 relative from 0.01 on; below, where R's own digits run out, only its size is compared.
#[test]
fn the_panel_is_that_of_the_package_where_it_has_digits() {
    let rows = table("replication_projects.csv");
    assert_eq!(rows.len(), 94);
    let (mut compared, mut worst) = (0, 0.0_f64);
    for row in rows {
        let (original, new) = (effect(row[1], row[2]), effect(row[3], row[4]));
        let what = |name: &str| format!("{name} of row {}", row[0]);
        let interval = prediction_interval(original.value, original.se, new.se, 0.0, 0.95);
        assert!((interval.low - row[5]).abs() < 1e-12 && (interval.high - row[6]).abs() < 1e-12);
        near(heterogeneity(original, new).expect("two effects").p, row[7], 1e-10, &what("Q"));
        let doubt = sceptical(original, new).expect("a direction");
        near(doubt.z, row[8], 1e-10, &what("z_s"));
        near(doubt.nominal, row[9], 1e-9, &what("nominal"));
        near(doubt.golden, row[10], 1e-9, &what("golden"));
        let off = (doubt.controlled / row[11] - 1.0).abs();
        if row[11] > 0.01 {
            assert!(off < 1e-4, "{}: {} and {}", what("controlled"), doubt.controlled, row[11]);
            compared += 1;
        } else {
            worst = worst.max(off);
        }
    }
    assert!(compared > 50, "{compared}");
    println!("the package's smaller controlled p values are off by up to {worst:e}");
}

/// The examples of the package's own page, by R 4.2.2.
#[test]
fn the_examples_of_the_package_come_out() {
    let z = |p: f64| secondlook::stats::distribution::normal_upper_quantile(p / 2.0);
    let pair = |zo: f64, zr: f64, c: f64| {
        let new_se = 1.0 / math::sqrt(c);
        sceptical(effect(zo, 1.0), effect(zr * new_se, new_se)).expect("a direction")
    };
    near(pair(z(0.01), z(0.02), 2.0).nominal, 0.057_908_520_712_279_5, 1e-12, "nominal");
    near(pair(z(0.01), z(0.02), 2.0).golden, 0.022_731_376_527_453_4, 1e-12, "golden");
    near(pair(z(0.02), z(0.01), 0.5).golden, 0.008_786_300_718_684_46, 1e-12, "turned round");
    near(2.0 * pair(z(0.01), z(0.01), 2.0).golden, 0.034_967_021_359_042_4, 1e-12, "two-sided");
    near(pair(2.0, 3.0, 2.0).z, 1.531_634_096_798_93, 1e-12, "z_s");
    near(pair(3.0, 2.0, 2.0).z, 1.531_634_096_798_93, 1e-12, "z_s turned round");
    let q = heterogeneity(effect(2.0, 1.0), effect(0.5, 0.5)).expect("two effects");
    near(q.p, 0.179_712_494_879, 1e-11, "Q");
}

/// The forms hold together: turning both signs changes nothing, and the other sign turns the p.
#[test]
fn directions_are_those_of_the_original() {
    let (to, so, tr, sr) = (0.4, 0.15, 0.2, 0.1);
    let right = sceptical(effect(to, so), effect(tr, sr)).expect("a direction");
    let turned = sceptical(effect(-to, so), effect(-tr, sr)).expect("a direction");
    let against = sceptical(effect(to, so), effect(-tr, sr)).expect("a direction");
    assert_eq!(right, turned);
    assert!((right.controlled + against.controlled - 1.0).abs() < 1e-15);
    let far = small_telescopes(effect(to, so), effect(tr, sr)).expect("a direction");
    let mirror = small_telescopes(effect(-to, so), effect(-tr, sr)).expect("a direction");
    assert_eq!((far.theta_33, far.p.to_bits()), (-mirror.theta_33, mirror.p.to_bits()));
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    assert_eq!(Effect::new(f64::NAN, 1.0), Err(ReplicationError::NotFinite));
    assert_eq!(Effect::new(1.0, 0.0), Err(ReplicationError::NoError));
    assert_eq!(Effect::of_correlation(1.0, 20.0), Err(ReplicationError::NotACorrelation));
    assert_eq!(Effect::of_correlation(0.5, 3.0), Err(ReplicationError::NotACorrelation));
    let (none, some) = (effect(0.0, 1.0), effect(1.0, 1.0));
    assert_eq!(small_telescopes(none, some), Err(ReplicationError::NoDirection));
    assert_eq!(sceptical(none, some), Err(ReplicationError::NoDirection));
    let margin = equivalence(some, 0.0, Reference::Normal, 0.05);
    assert_eq!(margin, Err(ReplicationError::NoMargin));
}

/// The 143 pairs of R's ReplicationSuccess: its Fisher z and their errors follow from r and n.
#[test]
fn the_correlations_of_four_projects_are_on_fishers_scale() {
    let Some(data) = fetched_data() else {
        println!("skipped: SECONDLOOK_DATA is not set");
        return;
    };
    let path = data.join("replicationsuccess/RProjects.csv");
    let mut reader = csv::Reader::from_path(path).expect("the table");
    let mut rows = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        let number = |at: usize| row[at].parse::<f64>().expect("a number");
        let original = Effect::of_correlation(number(2), number(14)).expect("a correlation");
        let new = Effect::of_correlation(number(3), number(13)).expect("a correlation");
        for (found, at) in [(original.value, 4), (original.se, 6), (new.value, 5), (new.se, 7)] {
            near(found, number(at), 1e-12, &row[0]);
        }
        let p = two_sided_p(Reference::Normal, new.z());
        assert_eq!(p < 0.05, number(9) < 0.05, "{}", &row[0]);
        rows += 1;
    }
    assert_eq!(rows, 143);
}

fn effect(value: f64, se: f64) -> Effect {
    Effect::new(value, se).expect("an effect")
}
