//! What stands beside a verdict on new data: the prediction, and the metrics that others use.
//!
//! Only the prediction interval and the conclusion decide the verdict. The rest is shown, never counted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The replication metrics of one claim in one run on new data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replication {
    /// The scale of everything below unless it says otherwise: `as-printed` or `fisher-z`.
    pub scale: String,
    /// The original estimate; none where the statement has no single number.
    pub original: Option<f64>,
    /// Its standard error; none where the study prints nothing that gives one.
    pub original_se: Option<f64>,
    /// Where that comes from: `printed`, `interval`, `n`.
    pub original_se_from: Option<String>,
    /// The new estimate.
    pub new: f64,
    /// Its standard error.
    pub new_se: f64,
    /// Where that comes from: `standard error`, `interval`, `n`.
    pub new_se_from: String,
    /// The new 95% interval, as printed numbers are: a correlation is one again.
    pub new_interval: [f64; 2],
    /// The new two-sided p value.
    pub new_p: f64,
    /// Whether the new p is below 0.05 and the new estimate points the same way: the vote that large
    /// replication projects count.
    pub significant_same_sign: Option<bool>,
    /// The new estimate over the original one, both as printed.
    pub relative_effect: Option<f64>,
    /// Where the new estimate was expected, at 95%, around the printed value.
    pub prediction: Option<[f64; 2]>,
    /// Whether the printed value is compatible with the new estimate by that interval.
    pub inside: bool,
    /// Q, with one degree of freedom.
    pub q: Option<f64>,
    /// Its p value.
    pub q_p: Option<f64>,
    /// Small telescopes.
    pub small_telescopes: Option<SmallTelescopes>,
    /// The sceptical p value.
    pub sceptical: Option<Sceptical>,
    /// The replication Bayes factor, as a natural logarithm: above zero the new data favour the original effect.
    pub ln_bf_r0: Option<f64>,
    /// Two one-sided tests, where a margin is declared.
    pub equivalence: Option<Equivalence>,
    /// What a reader should know of how this was made.
    pub notes: Vec<String>,
}

/// Small telescopes: is the new effect smaller than one that the original study could barely have seen?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmallTelescopes {
    /// The effect that the original design finds with power 1/3, both tails counted.
    pub theta_33: f64,
    /// One-sided p against it.
    pub p: f64,
    /// Whether the new effect is detectably smaller (p < 0.05).
    pub smaller: bool,
}

/// The sceptical p value, one-sided in the original's direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sceptical {
    /// The sceptical z.
    pub z: f64,
    /// The relative size of the replication: squared original error over squared new error.
    pub c: f64,
    /// The nominal form.
    pub nominal: f64,
    /// The golden form.
    pub golden: f64,
    /// The form that controls the overall type I error.
    pub controlled: f64,
}

/// Two one-sided tests at 0.05 each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equivalence {
    /// The declared margin, on the scale of the comparison.
    pub margin: f64,
    /// The larger p of the two.
    pub p: f64,
    /// The new 90% interval.
    pub interval: [f64; 2],
    /// Whether it lies inside the margin.
    pub equivalent: bool,
}

impl Replication {
    /// Returns what there is to show, label and value, in the order of use.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let scale = if self.scale == "fisher-z" { " (Fisher's z)" } else { "" };
        if let Some(original) = self.original {
            let error = match (self.original_se, self.original_se_from.as_deref()) {
                (Some(error), Some(from)) => {
                    format!(", standard error {} (from: {from})", show(error))
                }
                _ => ", its error is not printed".to_owned(),
            };
            lines.push(("original", format!("{}{error}{scale}", show(original))));
        }
        lines.push((
            "new data",
            format!(
                "{}, standard error {} (from: {}){scale}",
                show(self.new),
                show(self.new_se),
                self.new_se_from
            ),
        ));
        if let Some([low, high]) = self.prediction {
            let place = if self.inside { "inside" } else { "outside" };
            let text = format!("{} to {}: the new estimate is {place}", show(low), show(high));
            lines.push(("expected at 95%", text));
        }
        if let (Some(q), Some(p)) = (self.q, self.q_p) {
            lines.push(("difference", format!("Q = {}, p = {}", show(q), show(p))));
        }
        if let Some(same) = self.significant_same_sign {
            let word = if same { "yes" } else { "no" };
            lines.push(("p < 0.05 and same sign", format!("{word} (p = {})", show(self.new_p))));
        }
        if let Some(ratio) = self.relative_effect {
            lines.push(("new over original", show(ratio)));
        }
        self.panel(&mut lines);
        lines
    }

    /// The metrics that never change a verdict.
    fn panel(&self, lines: &mut Vec<(&'static str, String)>) {
        if let Some(telescope) = &self.small_telescopes {
            let word = if telescope.smaller { "detectably smaller than" } else { "not below" };
            let text = format!(
                "{word} {}, the effect that the original had one chance in three to find (both tails counted); p = {}",
                show(telescope.theta_33),
                show(telescope.p)
            );
            lines.push(("small telescopes", text));
        }
        if let Some(doubt) = &self.sceptical {
            let text = format!(
                "nominal {}, golden {}, controlled {} (one-sided; relative size c = {})",
                show(doubt.nominal),
                show(doubt.golden),
                show(doubt.controlled),
                show(doubt.c)
            );
            lines.push(("sceptical p", text));
        }
        if let Some(ln_bf) = self.ln_bf_r0 {
            let text = format!(
                "ln BF_r0 = {}; above zero the new data favour the original effect over none",
                show(ln_bf)
            );
            lines.push(("replication Bayes factor", text));
        }
        if let Some(test) = &self.equivalence {
            let word = if test.equivalent { "inside" } else { "not inside" };
            let text = format!(
                "90% interval {} to {} is {word} \u{b1}{}; p = {}",
                show(test.interval[0]),
                show(test.interval[1]),
                show(test.margin),
                show(test.p)
            );
            lines.push(("equivalence", text));
        }
        for note in &self.notes {
            lines.push(("note", note.clone()));
        }
    }
}

/// A number with five significant digits.
fn show(value: f64) -> String {
    let rounded: f64 = format!("{value:.4e}").parse().unwrap_or(value);
    let size = rounded.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}
