//! `report.html`: one self-contained file that needs no network and no script to be read.
//!
//! Every value is escaped by the environment's formatter unless it was made safe here; a content
//! security policy with the checksums of our own style and script makes anything else inert.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, context};
use sha2::{Digest, Sha256};

use super::view::View;
use super::{Page, ReportError, rules, text};

const STYLE: &str = include_str!("template/style.css");
const SCRIPT: &str = include_str!("template/script.js");

const TEMPLATES: [(&str, &str); 8] = [
    ("page.html", include_str!("template/page.html")),
    ("signs.html", include_str!("template/signs.html")),
    ("macros.html", include_str!("template/macros.html")),
    ("header.html", include_str!("template/header.html")),
    ("card.html", include_str!("template/card.html")),
    ("claims.html", include_str!("template/claims.html")),
    ("evidence.html", include_str!("template/evidence.html")),
    ("limits.html", include_str!("template/limits.html")),
];

/// Writes `report.html`.
///
/// # Errors
/// When the audit breaks its own rules, or a figure is not a plain picture.
pub fn html(page: &Page<'_>) -> Result<String, ReportError> {
    rules::check(page.audit)?;
    let view = View::of(page)?;
    let environment = environment()?;
    let mut rendered = environment.get_template("page.html")?.render(context! {
        policy => policy(),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        ..Value::from(Serde(&view))
    })?;
    rendered.push('\n');
    Ok(rendered)
}

fn environment() -> Result<Environment<'static>, ReportError> {
    let mut environment = bare_environment(text::html)?;
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// What both reports share: a misspelt name is an error, a line with nothing but a tag leaves no trace, and
/// every value is written as text, whatever it holds, unless it was made safe here.
pub(super) fn bare_environment(
    escape: fn(&str) -> String,
) -> Result<Environment<'static>, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_formatter(move |out, state, value| {
        if value.is_undefined() {
            return minijinja::escape_formatter(out, state, value);
        }
        let written = if value.is_none() {
            Ok(())
        } else if value.is_safe() {
            out.write_str(&value.to_string())
        } else {
            out.write_str(&escape(&value.to_string()))
        };
        written.map_err(Error::from)
    });
    Ok(environment)
}

/// Allows our own style and script by their checksums, and nothing else at all.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        source_hash(STYLE),
        source_hash(SCRIPT)
    )
}

/// The checksum of an inline source, as a content security policy names it.
fn source_hash(source: &str) -> String {
    use base64::Engine as _;
    let digest = Sha256::digest(source.as_bytes());
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_checksum_of_the_style() {
        // FIPS 180-2, appendix B.1, in base 64.
        assert_eq!(source_hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert!(policy().contains(&source_hash(STYLE)));
    }

    #[test]
    fn the_script_is_small_and_neither_source_can_end_its_element() {
        assert!(SCRIPT.len() <= 15_000);
        for source in [SCRIPT, STYLE] {
            assert!(!source.contains("</") && !source.contains("<!--"));
            assert!(!source.contains('\r'));
        }
    }
}
