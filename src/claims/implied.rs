//! What the printed numbers and relations allow for a quantity that the study does not print.

use super::evidence::Book;
use super::model::Implied;
use super::network::{Bounded, Item};
use super::record::ImpliedRecord;
use super::relation::{self, Evaluation};
use crate::expression::{End, Interval, Root, Tree, nearest_float, show};

/// Answers one question.
pub(super) fn record(
    book: &Book<'_>,
    implied: &Implied,
    relations: &mut Evaluation,
) -> ImpliedRecord {
    let expression = &implied.value.value;
    let mut record = ImpliedRecord {
        id: implied.id.value.clone(),
        says: implied.says.clone(),
        value: expression.text().to_owned(),
        unit: implied.unit.clone(),
        ..ImpliedRecord::default()
    };
    let (Some(at), Root::Arithmetic(tree)) =
        (relation::intervals(book, expression), expression.root())
    else {
        record.reason = Some("an estimate it needs is not there".to_owned());
        return record;
    };
    record.alone = tree.range(&at).ok().and_then(|range| ends(&range.interval));
    match bounds(implied, relations, tree, &at) {
        Ok(found) => bounded(&mut record, found),
        Err(why) => record.reason = Some(why),
    }
    record
}

/// Asks the network; what counts something lies among whole numbers.
fn bounds(
    implied: &Implied,
    relations: &mut Evaluation,
    tree: &Tree,
    at: &[Interval],
) -> Result<Bounded, String> {
    let references = implied.value.value.references();
    let items = using(implied, &relations.items, &relations.alone);
    let network = &mut relations.network;
    let found = network
        .implied(&items, tree, references, at)
        .ok_or("a divisor may be zero, or the printed numbers set no bound")?;
    if !implied.count {
        return Ok(found);
    }
    let whole = found.interval.whole().ok_or_else(|| {
        format!("it counts, and {}: no whole number is left", one_or_both(&found.interval))
    })?;
    let counted = network.implied_count(&implied.id.value, &whole, &items, tree, references, at);
    Ok(counted.unwrap_or(Bounded { interval: whole, ..found.loose() }))
}

/// The relations that a question names, assumed ones too; all definitional and stated ones where it names none.
fn using<'a>(implied: &Implied, firm: &'a [Item], alone: &'a [Item]) -> Vec<&'a Item> {
    match &implied.using {
        None => firm.iter().collect(),
        Some(named) => {
            let wanted = |item: &&Item| named.iter().any(|name| name.value == item.id);
            alone.iter().filter(wanted).collect()
        }
    }
}

/// Where a quantity lies, in words.
fn one_or_both(interval: &Interval) -> String {
    match (interval.low.value(), interval.high.value()) {
        (Some(low), Some(high)) => format!("it lies between {} and {}", show(low), show(high)),
        _ => one_sided(interval),
    }
}

fn ends(interval: &Interval) -> Option<[f64; 2]> {
    let [low, high] = interval.as_floats();
    low.zip(high).map(|(low, high)| [low, high])
}

/// What is known where one end is missing, or both.
fn one_sided(interval: &Interval) -> String {
    match (&interval.low, &interval.high) {
        (End::Closed(low), End::Infinite) => {
            format!("it is {} or more; the printed numbers set no upper end", show(low))
        }
        (End::Open(low), End::Infinite) => {
            format!("it is more than {}; the printed numbers set no upper end", show(low))
        }
        (End::Infinite, End::Closed(high)) => {
            format!("it is {} or less; the printed numbers set no lower end", show(high))
        }
        (End::Infinite, End::Open(high)) => {
            format!("it is less than {}; the printed numbers set no lower end", show(high))
        }
        _ => "the printed numbers set no bound".to_owned(),
    }
}

fn bounded(record: &mut ImpliedRecord, found: Bounded) {
    record.interval = ends(&found.interval);
    record.tight = found.tight && record.interval.is_some();
    record.open = [&found.interval.low, &found.interval.high].map(|end| !end.is_closed());
    record.reason = match (record.interval, found.tight) {
        (None, _) => Some(one_sided(&found.interval)),
        (Some(_), true) => None,
        (Some(_), false) => Some("it surely lies inside; a tighter interval may exist".to_owned()),
    };
    record.reached = found.reached.map(|ends| ends.map(|value| nearest_float(&value)));
    let [lowest, highest] = found
        .choices
        .map(|choice| choice.into_iter().map(|(name, value)| (name, show(&value))).collect());
    (record.lowest, record.highest) = (lowest, highest);
    record.relations = found.items;
}
