//! What a relation's check asks, in words.

use super::RelationRecord;

impl RelationRecord {
    /// Returns how firmly it stands and which check it is: `definitional, grim`.
    #[must_use]
    pub fn kind_words(&self) -> String {
        match &self.check {
            Some(check) => format!("{}, {check}", self.kind),
            None => self.kind.clone(),
        }
    }

    /// Returns the question that its check asks; `None` for a comparison as written.
    #[must_use]
    pub fn question(&self) -> Option<&'static str> {
        Some(match self.check.as_deref()? {
            "grim" => "can a mean of whole numbers print so (GRIM)?",
            "grimmer" => "can a mean and a standard deviation of whole numbers print so (GRIMMER)?",
            "debit" => "can a mean and a standard deviation of zeros and ones print so (DEBIT)?",
            "p_value" => "does the printed test statistic allow the printed p value?",
            "percent_of" => "can whole counts of these cases print as these percentages?",
            "interval" => "do the interval, its estimate and its standard error fit together?",
            "group_rates" => "does the printed regression follow from the table of group rates?",
            "shares" => "do the parts sum to the whole, up to rounding?",
            _ => return None,
        })
    }
}
