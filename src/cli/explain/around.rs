//! The network around a claim, in plain words: which printed numbers bind it, and by how much.

use super::super::audit::show;
use super::super::terminal::{Look, Terminal};
use crate::claims::record::{Around, Binding, ClaimRecord, Ends};
use crate::diagnostic::text::Append as _;

/// How many neighbours are shown before the rest is only counted.
const MOST_SHOWN: usize = 8;

/// Writes what binds a claim's number; nothing where no relation names it.
pub(super) fn around(found: &Around, claim: &ClaimRecord, terminal: &Terminal) -> String {
    let unit = claim.unit.as_deref();
    if found.reason.is_some() && found.left_out.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", terminal.paint(Look::Strong, "the network around it"));
    writeln!(text, "  its own digits allow        {}", interval(found.own, unit));
    if let Some(reason) = &found.reason {
        writeln!(text, "  {reason}");
    } else {
        let loosely = if found.tight { "" } else { "  (may be tighter)" };
        writeln!(text, "  the others alone allow      {}", interval(found.others, unit));
        writeln!(text, "  all numbers together allow  {}{loosely}", interval(found.together, unit));
        text += &binding(found, unit);
    }
    if !found.left_out.is_empty() {
        let left = found.left_out.join(", ");
        writeln!(text, "  left out, since they are part of a conflict: {left}");
    }
    text
}

fn binding(found: &Around, unit: Option<&str>) -> String {
    if found.binding.is_empty() && found.loose == 0 {
        return "  no relation ties it to another number\n".to_owned();
    }
    if found.binding.is_empty() {
        let why = if found.together == found.own {
            "nothing binds it but its own digits: every neighbour leaves at least as much room"
        } else {
            "no single neighbour binds it: each could be left out, and the rest still would"
        };
        return format!("  {why} ({} looked at)\n", found.loose);
    }
    let mut text = String::from("  bound by, the strongest first (each left out alone):\n");
    for one in found.binding.iter().take(MOST_SHOWN) {
        text += &line(one, unit);
    }
    let more = found.binding.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        writeln!(text, "    and {more} more");
    }
    writeln!(text, "  {} other neighbours bind nothing", found.loose);
    text
}

fn line(one: &Binding, unit: Option<&str>) -> String {
    let loosely = if one.exact { "" } else { "at most " };
    let mut text = format!(
        "    {}  ({} {})  without it {loosely}{}",
        one.id,
        one.kind,
        one.printed,
        interval(one.without, unit)
    );
    let wider: f64 = [one.moves.low, one.moves.high].into_iter().flatten().sum();
    if wider > 0.0 {
        write!(text, ", {} wider", show(wider, unit));
    }
    if let Some(Ends { low: Some(low), high: Some(high) }) = one.per_digit {
        let most = if low > high { low } else { high };
        if most > 0.0 {
            write!(text, "; one unit in its last digit moves an end by up to {}", show(most, unit));
        }
    }
    text.push('\n');
    text
}

fn interval(ends: Ends, unit: Option<&str>) -> String {
    let end = |end: Option<f64>, none: &str| {
        end.map_or_else(|| none.to_owned(), |value| show(value, unit))
    };
    match (ends.low, ends.high) {
        (Some(low), Some(high)) if low.to_bits() == high.to_bits() => {
            format!("{} and nothing else", show(low, unit))
        }
        (None, None) => "any number".to_owned(),
        (low, high) => format!("[{}, {}]", end(low, "no end"), end(high, "no end")),
    }
}
