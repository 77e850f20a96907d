//! `[relation.grim]` and its kin: what a check asks of printed numbers, each key with its place.

use num_traits::{Signed, Zero};

use super::super::checks::{GroupRates, Head, Mean, PValue, PercentOf, Rule, Unit as Of};
use super::super::forensic::Divisor;
use super::super::forensic::p_value::Family;
use super::super::printed::{Notation, Unit};
use super::check_interval;
use super::printed_number::written_amount;
use super::sheet::Sheet;
use super::{choice, identifier_like};
use crate::diagnostic::document::{Table, Value};
use crate::diagnostic::{Problem, Spanned};
use crate::expression::{Expression, Rational, show};

/// The sub-tables of a relation, in the order of the documentation.
pub(super) const NAMES: [&str; 8] =
    ["grim", "grimmer", "debit", "p_value", "percent_of", "interval", "group_rates", "shares"];

/// What a sub-table asks: a comparison that it spells out, or a check of its own.
pub(super) enum Asked {
    /// A comparison of expressions.
    Spelled(Head, Spanned<Expression>),
    /// A check with a kernel of its own.
    Check(Head, Rule),
}

/// Reads the sub-table of a name.
pub(super) fn read(table: &Table<'_>, name: &'static str, notation: &Notation) -> Option<Asked> {
    let mut sheet = Sheet { table, notation, head: Head { name, ..Head::default() } };
    let rule = match name {
        "grim" => Rule::Grim(sheet.mean(false)?),
        "grimmer" => {
            let mean = sheet.mean(true);
            let deviation = sheet.claim("sd");
            Rule::Grimmer(mean?, deviation?)
        }
        "debit" => {
            let mean = sheet.zeros_and_ones();
            let deviation = sheet.claim("sd");
            Rule::Debit(mean?, deviation?)
        }
        "p_value" => Rule::PValue(sheet.p_value()?),
        "percent_of" => Rule::PercentOf(sheet.percent_of()?),
        "group_rates" => Rule::GroupRates(sheet.group_rates()?),
        "interval" => return check_interval::read(sheet),
        _ => return sheet.shares(),
    };
    Some(Asked::Check(sheet.head, rule))
}

impl Sheet<'_, '_> {
    fn items(&mut self) -> u64 {
        let Some(items) = self.table.optional::<i64>("items") else { return 1 };
        self.note("items", items.value.to_string());
        u64::try_from(items.value).ok().filter(|items| *items >= 1).unwrap_or_else(|| {
            self.table.report(
                Problem::error(format!("`items` cannot be {}", items.value)).at(&items.span).help(
                    "it is the number of whole-number answers behind each case's value: 1 or more",
                ),
            );
            1
        })
    }

    fn scale(&mut self) -> Option<(i64, i64)> {
        let list = self.table.optional::<Vec<Spanned<i64>>>("scale")?;
        let help = "write the least and the largest answer: `scale = [1, 7]`";
        let [least, largest] = list.value.as_slice() else {
            self.table
                .report(Problem::error("`scale` needs two numbers").at(&list.span).help(help));
            return None;
        };
        if least.value >= largest.value {
            let shown = format!("`scale` runs from {} to {}", least.value, largest.value);
            let swapped = format!("write `scale = [{}, {}]`", largest.value, least.value);
            let help = if least.value == largest.value { help.to_owned() } else { swapped };
            self.table.report(Problem::error(shown).at(&list.span).help(help));
            return None;
        }
        self.note("scale", least.value.to_string());
        self.note("scale", largest.value.to_string());
        Some((least.value, largest.value))
    }

    fn mean(&mut self, deviation: bool) -> Option<Mean> {
        let mean = self.claim("mean");
        let cases = self.required_count("n");
        let items = self.items();
        let scale = self.scale();
        let percent = self.flag("percent");
        let mut divisor = Divisor::Sample;
        if deviation {
            let words = Divisor::ALL.map(|(word, _)| word);
            let word = choice(self.table, "divisor", &words);
            let found = Divisor::ALL.into_iter().find(|(known, _)| Some(*known) == word);
            if let Some((word, found)) = found {
                self.note("divisor", word.to_owned());
                divisor = found;
            }
        }
        Some(Mean { mean: mean?, cases: cases?, items, divisor, scale, percent })
    }

    fn zeros_and_ones(&mut self) -> Option<Mean> {
        let mean = self.claim("mean");
        let cases = self.required_count("n");
        let percent = self.flag("percent");
        let (items, divisor) = (1, Divisor::Sample);
        Some(Mean { mean: mean?, cases: cases?, items, divisor, scale: Some((0, 1)), percent })
    }

    fn p_value(&mut self) -> Option<PValue> {
        let families = [
            ("t", Family::T),
            ("z", Family::Z),
            ("r", Family::R),
            ("f", Family::F),
            ("chi2", Family::ChiSquare),
            ("q", Family::Q),
        ];
        if self.table.value("test").is_none() {
            self.lacks("test", "\"t\", \"z\", \"r\", \"f\", \"chi2\" or \"q\"");
        }
        let word = choice(self.table, "test", &families.map(|(word, _)| word));
        let family = families.into_iter().find(|(known, _)| Some(*known) == word);
        let statistic = self.claim("statistic");
        let p = self.claim("p");
        let one_sided = self.flag("one_sided");
        let Some((word, family)) = family else {
            // Whatever the test is meant to be, these keys are not misspelt.
            for key in ["df", "df1", "df2"] {
                let _asked = self.table.value(key);
            }
            return None;
        };
        self.note("test", word.to_owned());
        let keys: &[&str] = match family.freedoms() {
            0 => &[],
            1 => &["df"],
            _ => &["df1", "df2"],
        };
        let mut freedoms = Vec::new();
        for key in keys {
            match self.table.value(key) {
                Some(value) => freedoms.extend(self.given(key, &value)),
                None => {
                    self.lacks(
                        key,
                        "degrees of freedom: a claim's id, a whole number, or \"27.3\"",
                    );
                }
            }
        }
        if one_sided && !family.is_two_sided() {
            let place =
                self.table.value("one_sided").map_or_else(|| self.table.span(), |value| value.span);
            self.table.report(
                Problem::error(format!("a {} test has one tail only", family.word()))
                    .at(&place)
                    .help("leave `one_sided` out"),
            );
        }
        let complete = freedoms.len() == keys.len();
        Some(PValue { family, statistic: statistic?, freedoms, p: p?, one_sided })
            .filter(|_| complete)
    }

    fn percent_of(&mut self) -> Option<PercentOf> {
        let Some(value) = self.table.value("percent") else {
            self.lacks("percent", "a claim's id, or a list of them");
            return None;
        };
        let mut percents = Vec::new();
        for one in Self::several(&value) {
            let id = one.read::<String>();
            percents.extend(id.and_then(|id| self.named("percent", &id)));
        }
        let mut counts = Vec::new();
        if let Some(value) = self.table.value("count") {
            let all = Self::several(&value);
            if all.len() != percents.len() {
                self.unequal("count", "percent", &value);
            }
            for one in &all {
                counts.extend(self.count("count", one));
            }
        }
        let cases = match self.table.value("n") {
            Some(value) => Some(self.count("n", &value)?),
            None => None,
        };
        let at_most = self.at_most()?;
        let complete =
            !percents.is_empty() && (counts.is_empty() || counts.len() == percents.len());
        complete.then_some(PercentOf { percents, counts, cases, at_most })
    }

    /// Up to how many cases are tried where their number is not printed.
    fn at_most(&mut self) -> Option<u64> {
        let Some(most) = self.table.optional::<i64>("at_most") else { return Some(1_000) };
        let known = u64::try_from(most.value).ok().filter(|most| (1..=100_000).contains(most));
        if let Some(known) = known {
            self.note("at_most", known.to_string());
            return Some(known);
        }
        self.table.report(
            Problem::error(format!("`at_most` cannot be {}", most.value))
                .at(&most.span)
                .help("it is the largest number of cases to try: 1 to 100000"),
        );
        None
    }

    fn group_rates(&mut self) -> Option<GroupRates> {
        let rates = self.claims("rates", 2);
        let levels = self.levels();
        let mut cases = Vec::new();
        match self.table.value("ns") {
            None => self.lacks("ns", "each group's number of cases, in the order of `rates`"),
            Some(value) => {
                for one in Self::several(&value) {
                    cases.extend(self.count("ns", &one));
                }
            }
        }
        let slope = self.claim_or_none("slope");
        let intercept = self.claim_or_none("intercept");
        let r2 = self.claim_or_none("r2");
        let of = choice(self.table, "r2_of", &["cases", "groups"]);
        if let Some(word) = of.filter(|_| r2.is_some()) {
            self.note("r2_of", word.to_owned());
        }
        if slope.is_none() && intercept.is_none() && r2.is_none() {
            self.lacks("slope", "the printed slope; or `intercept`, or `r2`");
        }
        let (rates, levels) = (rates?, levels?);
        for (key, length) in [("levels", levels.len()), ("ns", cases.len())] {
            if length != rates.len()
                && let Some(value) = self.table.value(key)
            {
                self.unequal(key, "rates", &value);
                return None;
            }
        }
        let r2_of = if of == Some("groups") { Of::Groups } else { Of::Cases };
        let complete = cases.len() == rates.len();
        complete.then_some(GroupRates { levels, rates, cases, slope, intercept, r2, r2_of })
    }

    /// The groups' values of the regressor: exact, and not all the same.
    fn levels(&mut self) -> Option<Vec<Rational>> {
        let Some(value) = self.table.value("levels") else {
            self.lacks("levels", "each group's value of the regressor: `levels = [1, 2, 3]`");
            return None;
        };
        let mut levels = Vec::new();
        for one in Self::several(&value) {
            let level = match (one.as_whole(), one.is_text()) {
                (Some(number), _) => Some(Rational::from_integer(number.into())),
                (None, true) => one
                    .read::<String>()
                    .and_then(|text| written_amount(self.table, &text, self.notation))
                    .map(|amount| amount.value()),
                (None, false) => {
                    self.table.report(
                        Problem::error("a level must keep its digits: write it in quotes")
                            .at(&one.span)
                            .help("`levels = [1, 2, \"2.5\"]`"),
                    );
                    None
                }
            };
            let level = level?;
            self.note("levels", show(&level));
            levels.push(level);
        }
        if levels.iter().all(|level| Some(level) == levels.first()) {
            self.table.report(
                Problem::error("all groups have the same level: there is no slope")
                    .at(&value.span)
                    .help("`levels` is each group's value of the regressor"),
            );
            return None;
        }
        Some(levels)
    }

    fn shares(mut self) -> Option<Asked> {
        let parts = self.claims("parts", 2);
        let total = match self.table.value("total") {
            None => {
                self.note("total", "100%".to_owned());
                Some("100%".to_owned())
            }
            Some(value) => self.total(&value),
        };
        let (parts, total) = (parts?, total?);
        self.spelled(&format!("{} == {total}", parts.join(" + ")))
    }

    /// A total: a claim, a whole number, or `"100%"`.
    fn total(&mut self, value: &Value<'_>) -> Option<String> {
        if let Some(number) = value.as_whole() {
            self.note("total", number.to_string());
            return Some(number.to_string());
        }
        let text = value.read::<String>()?;
        if identifier_like(&text.value) {
            return self.named("total", &text);
        }
        let amount = written_amount(self.table, &text, self.notation)?;
        let fits = matches!(amount.unit, Unit::Plain | Unit::Percent);
        if !fits || amount.value().is_zero() || amount.value().is_negative() {
            self.table.report(
                Problem::error(format!("`{}` is no total", text.value))
                    .at(&text.span)
                    .help("write `total = \"100%\"`, a whole number, or a claim's id"),
            );
            return None;
        }
        self.note("total", text.value);
        Some(show(&amount.value()))
    }
}
