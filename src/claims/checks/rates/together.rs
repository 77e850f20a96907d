//! Several printed numbers of one regression: is there one table that gives them all?
//!
//! Each is what the table computes, an equation over rates (and sizes that are known only roughly); the network
//! solves them at once. With exact sizes slope and intercept are linear; R² over single cases is then decided in the
//! [`plane`](super::plane), and searched for over [`groups`]. *Formula*: with W = Σn, X = Σnx, Q = Σnx², Y = Σny, P = Σnxy,
//! V = Σny²: slope = (W P - X Y) / (W Q - X²), intercept = (Q Y - X P) / (W Q - X²), R² = (W P - X Y)² / ((W Q - X²) T),
//! T = Y (W - Y) over single cases, T = W V - Y² over the groups' rates. *Checked against*: separating lines of polygons
//! (`tests/reference/check_forensic.py`) and scipy's SLSQP.

use std::collections::BTreeMap;

use super::super::super::network::{Item, Network, Verdict};
use super::super::{Failure, Found, Given, GroupRates, Shown, Sight, Unit};
use super::groups::{self, Search};
use super::plane::{Answer, Plane};
use super::{Asked, Table};
use crate::expression::{
    Interval, Operator, Rational, Reference, Root, Tree, parse, power_of_ten, show,
};

/// How many parts of the box of all rates and sizes are looked at where sizes are not exact.
const MOST_NODES: usize = 40;
/// Decimals of a rate in a witness, where so many are enough.
const DECIMALS: i32 = 9;
/// The longest number of a witness that a reader is shown.
const LONGEST: usize = 24;

/// The printed numbers of one regression with the claims that print them.
type Printed<'a> = (Asked, &'a String, Interval);

/// Decides printed numbers, each of which the table allows alone.
pub(super) fn look(
    rule: &GroupRates,
    table: &Table<'_>,
    asked: &[(Asked, &String)],
    sight: &Sight<'_>,
) -> Result<Found, String> {
    let printed: Vec<Printed<'_>> = asked
        .iter()
        .map(|(asked, id)| Ok((*asked, *id, sight.interval(id)?)))
        .collect::<Result<_, String>>()?;
    let system = System { rule, table, sums: Sums::of(rule, table) };
    let answer = match (table.exact(), printed.last()) {
        (Some(sizes), Some((Asked::R2(of), id, r2))) => {
            system.with_r2(&sizes, &printed, (*of, id, r2))
        }
        _ => system.solved(&printed),
    };
    match answer {
        Solved::By(point) => {
            let plain = system.plain(&point, &printed).unwrap_or(point);
            let shown = plain.iter().map(|(name, value)| (name.clone(), show(value)));
            let own = |id: &String| rule.rates.contains(id);
            let witness = shown.filter(|(name, value)| own(name) || value.len() <= LONGEST);
            let (witness, certificate) = (witness.collect(), None);
            Ok(Found::Holds(Shown { witness, certificate, recomputed: true }))
        }
        Solved::Unknown => Err("budget".to_owned()),
        Solved::Never(names, why) => {
            let sizes = rule.cases.iter().filter_map(Given::claim).map(str::to_owned);
            let more: Vec<String> = sizes.filter(|name| !names.contains(name)).collect();
            Ok(Found::Fails(Failure {
                names: names.into_iter().chain(more).collect(),
                certificate: format!("no one table gives them all: {why}"),
                alone: false,
                other_reading: false,
            }))
        }
    }
}

/// A table with what is printed of it.
struct System<'a> {
    rule: &'a GroupRates,
    table: &'a Table<'a>,
    sums: Sums,
}

enum Solved {
    /// A table and what is computed from it.
    By(BTreeMap<String, Rational>),
    /// These numbers contradict one another, and why.
    Never(Vec<String>, String),
    Unknown,
}

impl System<'_> {
    /// Printed numbers as equations over the table.
    fn equations(&self, printed: &[Printed<'_>]) -> Option<(Network, Vec<Item>)> {
        let mut network = Network::default();
        for (id, interval) in self.rule.rates.iter().zip(&self.table.rates) {
            network.number(id, interval);
        }
        for (given, [least, most]) in self.rule.cases.iter().zip(&self.table.sizes) {
            if let (Given::Claim(id), true) = (given, least < most) {
                let [least, most] = [least, most].map(|end| Rational::from_integer((*end).into()));
                network.number(id, &Interval::closed(least, most));
                network.count(id);
            }
        }
        let mut items = Vec::new();
        for (asked, id, own) in printed {
            let expression = parse(&self.sums.text(*asked)).ok()?;
            let known = |reference: &Reference| network.interval(&reference.to_string()).cloned();
            let at: Option<Vec<Interval>> = expression.references().iter().map(known).collect();
            let Root::Arithmetic(tree) = expression.root() else { return None };
            items.push(network.equality(id, own, tree, expression.references(), &at?));
        }
        Some((network, items))
    }

    /// Solves for a table that gives printed numbers.
    fn solved(&self, printed: &[Printed<'_>]) -> Solved {
        let Some((network, items)) = self.equations(printed) else { return Solved::Unknown };
        let items: Vec<&Item> = items.iter().collect();
        match network.decide_briefly(&items, MOST_NODES) {
            Verdict::Possible(point, _) if !point.is_empty() => Solved::By(point),
            Verdict::Possible(..) | Verdict::Unknown => Solved::Unknown,
            Verdict::Impossible(conflict) => {
                let conflict = network.least(&items, conflict);
                Solved::Never(conflict.names, conflict.certificate)
            }
        }
    }

    /// Solves with R² among what is printed, the sizes exact.
    fn with_r2(
        &self,
        sizes: &[u64],
        printed: &[Printed<'_>],
        r2: (Unit, &String, &Interval),
    ) -> Solved {
        let (of, id, own) = r2;
        let linear: Vec<Printed<'_>> =
            printed.iter().filter(|one| !matches!(one.0, Asked::R2(_))).cloned().collect();
        let first = match self.solved(&linear) {
            Solved::By(point) => point,
            other => return other,
        };
        if of == Unit::Groups {
            return self.with_r2_of_groups(sizes, &first, &linear, (id, own));
        }
        let interval = |wanted| linear.iter().find(|one| one.0 == wanted).map(|one| &one.2);
        let (slope, start) = (interval(Asked::Slope), interval(Asked::Intercept));
        let Some(plane) = Plane::of(self.table, sizes, slope, start) else {
            return Solved::Unknown;
        };
        match plane.answer(own) {
            Answer::Undefined => Solved::Unknown,
            Answer::Never(range) => {
                let range = format!("R\u{B2} lies in {}", super::decimals(&range));
                self.never(&linear, id, own, &range)
            }
            Answer::Reached(pairs) => {
                let lifted = pairs.into_iter().find_map(|(slope, mean)| {
                    let start = mean - &slope * &plane.centre;
                    let [b, a] = ["slope", "intercept"].map(|word| format!("the {word}"));
                    let exact = [
                        (Asked::Slope, &b, Interval::point(slope)),
                        (Asked::Intercept, &a, Interval::point(start)),
                    ];
                    match self.solved(&exact) {
                        Solved::By(point) => Some(self.rates_of(&point)),
                        _ => None,
                    }
                });
                lifted.map_or(Solved::Unknown, Solved::By)
            }
        }
    }

    /// Solves with R² of groups, from a table that gives the rest.
    fn with_r2_of_groups(
        &self,
        sizes: &[u64],
        first: &BTreeMap<String, Rational>,
        printed: &[Printed<'_>],
        (id, own): (&String, &Interval),
    ) -> Solved {
        let names = &self.rule.rates;
        let in_order = |point: &BTreeMap<String, Rational>| -> Option<Vec<Rational>> {
            names.iter().map(|id| point.get(id).cloned()).collect()
        };
        let extremes = |weights: &[Rational]| {
            let (mut network, items) = self.equations(printed)?;
            let term = |(at, weight): (usize, &Rational)| {
                let (weight, rate) = (Tree::Number(weight.clone()), Tree::Reference(at));
                Tree::Binary(Operator::Multiply, Box::new(weight), Box::new(rate))
            };
            let sum =
                weights.iter().enumerate().map(term).reduce(|sum, term| {
                    Tree::Binary(Operator::Add, Box::new(sum), Box::new(term))
                })?;
            let references: Vec<Reference> = names.iter().cloned().map(Reference::Name).collect();
            let items: Vec<&Item> = items.iter().collect();
            let found = network.implied(&items, &sum, &references, &self.table.rates)?;
            let [low, high] = &found.choices;
            Some((found.interval.clone(), [in_order(low)?, in_order(high)?]))
        };
        let search = Search { table: self.table, sizes, extremes: &extremes };
        let Some(first) = in_order(first) else { return Solved::Unknown };
        match search.answer(first, own) {
            groups::Answer::Reached(rates) => {
                Solved::By(names.iter().cloned().zip(rates).collect())
            }
            groups::Answer::AtMost(most) => {
                let range = format!("R\u{B2} is at most {}", super::nine_digits(&most));
                self.never(printed, id, own, &range)
            }
            groups::Answer::Unknown => Solved::Unknown,
        }
    }

    /// A contradiction between R² and what is printed besides.
    fn never(&self, printed: &[Printed<'_>], id: &String, own: &Interval, range: &str) -> Solved {
        let given: Vec<&str> = printed.iter().map(|one| one.1.as_str()).collect();
        let why = format!("where it gives {}, {range}; {id} stands for {own}", given.join(" and "));
        let names = printed.iter().map(|one| one.1).chain([id]).chain(&self.rule.rates).cloned();
        Solved::Never(names.collect(), why)
    }

    fn rates_of(&self, point: &BTreeMap<String, Rational>) -> BTreeMap<String, Rational> {
        let own = |(id, _): &(&String, &Rational)| self.rule.rates.contains(id);
        point.iter().filter(own).map(|(id, rate)| (id.clone(), rate.clone())).collect()
    }

    /// What a table with exact sizes gives.
    fn computed(&self, rates: &BTreeMap<String, Rational>, asked: Asked) -> Option<Rational> {
        let rates: Option<Vec<Rational>> =
            self.rule.rates.iter().map(|id| rates.get(id).cloned()).collect();
        self.table.computed(asked, &rates?)
    }

    /// The same table with rates that a reader can copy, where it gives what is printed too.
    fn plain(
        &self,
        point: &BTreeMap<String, Rational>,
        printed: &[Printed<'_>],
    ) -> Option<BTreeMap<String, Rational>> {
        let unit = power_of_ten(DECIMALS);
        let mut plain = BTreeMap::new();
        for (id, own) in self.rule.rates.iter().zip(&self.table.rates) {
            let short = (point.get(id)? * &unit).round() / &unit;
            plain.insert(id.clone(), Some(short).filter(|short| own.contains(short))?);
        }
        let mut all = plain.clone();
        for (asked, id, own) in printed {
            let value = self.computed(&plain, *asked).filter(|value| own.contains(value))?;
            all.insert((*id).clone(), value);
        }
        Some(all)
    }
}

/// Sums over groups, as expressions.
struct Sums {
    all: String,
    levels: String,
    squares: String,
    rates: String,
    products: String,
    rate_squares: String,
}

impl Sums {
    fn of(rule: &GroupRates, table: &Table<'_>) -> Self {
        let sizes: Vec<String> = rule
            .cases
            .iter()
            .zip(&table.sizes)
            .map(|(given, [least, most])| match given {
                Given::Claim(id) if least < most => id.clone(),
                _ => least.to_string(),
            })
            .collect();
        let sum = |term: &dyn Fn(usize) -> String| -> String {
            let terms = sizes.iter().enumerate().map(|(at, size)| format!("{size} * {}", term(at)));
            format!("({})", terms.collect::<Vec<_>>().join(" + "))
        };
        let level = |at: usize, power: i32| format!("({})", show(&rule.levels[at].pow(power)));
        let rate = |at: usize| rule.rates[at].clone();
        Self {
            all: sum(&|_| "1".to_owned()),
            levels: sum(&|at| level(at, 1)),
            squares: sum(&|at| level(at, 2)),
            rates: sum(&rate),
            products: sum(&|at| format!("{} * {}", level(at, 1), rate(at))),
            rate_squares: sum(&|at| format!("{}^2", rate(at))),
        }
    }

    fn text(&self, asked: Asked) -> String {
        let Self { all, levels, squares, rates, products, rate_squares } = self;
        let spread = format!("({all} * {squares} - {levels}^2)");
        let above = format!("({all} * {products} - {levels} * {rates})");
        match asked {
            Asked::Slope => format!("{above} / {spread}"),
            Asked::Intercept => {
                format!("({squares} * {rates} - {levels} * {products}) / {spread}")
            }
            Asked::R2(Unit::Cases) => {
                format!("{above}^2 / ({spread} * {rates} * ({all} - {rates}))")
            }
            Asked::R2(Unit::Groups) => {
                format!("{above}^2 / ({spread} * ({all} * {rate_squares} - {rates}^2))")
            }
        }
    }
}
