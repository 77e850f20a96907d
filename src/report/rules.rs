//! The rules that an audit must keep before a page repeats its words.

use super::ReportError;
use crate::claims::record::{Audit, Finding, Verdict};

/// Checks that the counts are the claims', and that no verdict stands outside its basis.
///
/// # Errors
/// When a rule is broken: the page would say more, or other, than the evidence.
pub(super) fn check(audit: &Audit) -> Result<(), ReportError> {
    for claim in &audit.claims {
        if !claim.verdict.allowed_on().contains(&claim.basis) {
            return Err(broken(format!(
                "claim `{}` is `{}`, a word that evidence of basis `{}` cannot carry",
                claim.id, claim.verdict, claim.basis
            )));
        }
        for other in &claim.others {
            if !other.verdict.allowed_on().contains(&other.basis) {
                return Err(broken(format!(
                    "claim `{}` has the further verdict `{}` on the basis `{}`",
                    claim.id, other.verdict, other.basis
                )));
            }
        }
    }
    counts(audit)?;
    reproduced(audit)
}

fn counts(audit: &Audit) -> Result<(), ReportError> {
    for verdict in Verdict::ALL {
        let claims = audit.claims.iter().filter(|claim| claim.verdict == verdict).count();
        let counted = audit.counts.get(&verdict).copied().unwrap_or(0);
        let by_basis: usize =
            audit.counts_by_basis.values().filter_map(|counts| counts.get(&verdict)).sum();
        if claims != counted || claims != by_basis {
            return Err(broken(format!(
                "{claims} claims are `{verdict}`, but the counts say {counted}, and {by_basis} by basis"
            )));
        }
    }
    Ok(())
}

/// "Reproduced" is said only where a number was recomputed from the study's own data.
fn reproduced(audit: &Audit) -> Result<(), ReportError> {
    let said = matches!(
        audit.finding,
        Finding::Reproduced | Finding::ReproducedWithDifferences | Finding::PartlyReproduced
    );
    let recomputed =
        |verdict| matches!(verdict, Verdict::Exact | Verdict::Rounded | Verdict::WithinTolerance);
    if said && !audit.claims.iter().any(|claim| recomputed(claim.verdict)) {
        return Err(broken(format!(
            "the finding is \"{}\", but no claim was recomputed from the study's own data",
            audit.finding.reads_as()
        )));
    }
    Ok(())
}

fn broken(rule: String) -> ReportError {
    ReportError::Rule(rule)
}
