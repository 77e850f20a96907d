//! Makes plotters' SVG fit for a page: a title and a description for those who cannot see it, ids of its
//! own, a size that scales, and none of what repeats on every element.

use super::paint::surface;
use super::sheet::{Sheet, WIDTH};
use super::text::{FAMILY, clean};

/// Returns the document with its head.
pub(super) fn dress(
    drawn: &str,
    sheet: &Sheet,
    id: &str,
    title: &str,
    description: &str,
) -> String {
    let body = drawn.split_once(">\n").map_or(drawn, |(_, body)| body);
    // Inside text every quotation mark is escaped: these can only be attributes.
    let body =
        body.replace(" opacity=\"1\"", "").replace(&format!(" font-family=\"{FAMILY}\""), "");
    let name = anchor(id);
    let (width, height) = surface(sheet);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         aria-labelledby=\"{name}-title {name}-desc\" width=\"{WIDTH}\" height=\"{}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILY}\">\n\
         <title id=\"{name}-title\">{}</title>\n<desc id=\"{name}-desc\">{}</desc>\n{body}",
        sheet.height,
        escape(&clean(title)),
        escape(&clean(description)),
    )
}

/// Returns an id that is one word of safe letters, and another one for every other figure.
fn anchor(id: &str) -> String {
    let mut name = String::from("figure-");
    for letter in id.chars() {
        if letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' {
            name.push(letter);
        } else {
            for part in [".", &format!("{:x}", u32::from(letter)), "."] {
                name.push_str(part);
            }
        }
    }
    name
}

/// Escapes text for an element or an attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_one_safe_word_each() {
        assert_eq!(anchor("work-mode_2"), "figure-work-mode_2");
        assert_eq!(anchor("a b"), "figure-a.20.b");
        assert_ne!(anchor("a b"), anchor("a\"b"));
    }
}
