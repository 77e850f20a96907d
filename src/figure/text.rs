//! Text: what may be shown, how wide it is, where it breaks, and how its glyphs become pixels.
//!
//! One open font from a crate, never the system's, measured and set by us, so that a layout is the same
//! for every format and on every machine.

use std::convert::Infallible;

use ab_glyph::{Font, FontRef, Glyph, InvalidFont, point};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendTextStyle, FontFamily, FontStyle, FontTransform,
};
use unicode_normalization::UnicodeNormalization;

use super::sheet::{Anchor, Colour, Weight};

/// What an SVG asks of the reader's machine: faces about as wide as the one we measure with.
pub(super) const FAMILY: &str = "Noto Sans, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif";

/// Where plotters' SVG backend puts the baseline below the top of a text, in ems.
const BASELINE: f64 = 0.76;

/// plotters' SVG backend divides a text's size by this to get its `font-size`.
const SVG_RATIO: f64 = 1.24;

/// The two faces used.
pub(super) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// Reads the faces that the crate carries.
    pub(super) fn load() -> Result<Self, InvalidFont> {
        Ok(Self {
            regular: FontRef::try_from_slice(notosans::REGULAR_TTF)?,
            bold: FontRef::try_from_slice(notosans::BOLD_TTF)?,
        })
    }

    fn face(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Returns the width of a line of text, in the unit of `size`.
    pub(super) fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let face = self.face(weight);
        let mut width = 0.0;
        let mut before = None;
        for letter in text.chars() {
            let glyph = face.glyph_id(letter);
            if let Some(before) = before {
                width += units(face, face.kern_unscaled(before, glyph));
            }
            width += advance(face, letter);
            before = Some(glyph);
        }
        width * size
    }

    /// Breaks text into at most `lines` lines that fit `width`; what does not fit ends in an ellipsis.
    pub(super) fn wrap(
        &self,
        text: &str,
        size: f64,
        weight: Weight,
        width: f64,
        lines: usize,
    ) -> Vec<String> {
        let fits = |line: &str| self.width(line, size, weight) <= width;
        let mut wrapped: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                wrapped.push(std::mem::take(&mut line));
            }
            let mut rest = word.to_owned();
            while !fits(&rest) {
                let (head, tail) = split_word(&rest, &fits);
                wrapped.push(head);
                rest = tail;
            }
            line = rest;
        }
        if !line.is_empty() || wrapped.is_empty() {
            wrapped.push(line);
        }
        if wrapped.len() > lines {
            let rest = wrapped.split_off(lines.saturating_sub(1)).join(" ");
            wrapped.push(self.shorten(&rest, size, weight, width));
        }
        wrapped
    }

    /// Returns the text if it fits, else as much of it as fits before an ellipsis.
    pub(super) fn shorten(&self, text: &str, size: f64, weight: Weight, width: f64) -> String {
        if self.width(text, size, weight) <= width {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().collect();
        while !kept.is_empty() {
            kept.pop();
            let shorter = format!("{}…", kept.iter().collect::<String>().trim_end());
            if self.width(&shorter, size, weight) <= width {
                return shorter;
            }
        }
        "…".to_owned()
    }
}

/// Splits a word that is too long for a line: after the last sign that fits, else after the last
/// letter, and always after at least one.
fn split_word(word: &str, fits: &dyn Fn(&str) -> bool) -> (String, String) {
    let letters: Vec<char> = word.chars().collect();
    let head = |end: usize| letters.iter().take(end).collect::<String>();
    let longest = (1..letters.len()).rev().find(|end| fits(&head(*end))).unwrap_or(1);
    let end = (1..=longest)
        .rev()
        .find(|end| letters.get(end - 1).is_some_and(|letter| "/_-,={}|".contains(*letter)))
        .filter(|end| end * 3 >= longest)
        .unwrap_or(longest);
    (head(end), letters.iter().skip(end).collect())
}

/// Returns a length of the face in ems.
fn units(face: &FontRef<'static>, length: f32) -> f64 {
    f64::from(length) / f64::from(face.units_per_em().unwrap_or(1000.0))
}

/// Returns how far a letter moves the pen, in ems. A script that the face does not have is set by
/// another in a browser: wide letters are given a whole em, so that they fit there too.
fn advance(face: &FontRef<'static>, letter: char) -> f64 {
    let glyph = face.glyph_id(letter);
    if invisible(letter) {
        0.0
    } else if glyph.0 != 0 {
        units(face, face.h_advance_unscaled(glyph))
    } else if letter >= '\u{1100}' {
        1.0
    } else {
        0.65
    }
}

/// Says whether a letter only joins or varies others: it is kept for a browser and never drawn by us.
const fn invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Returns text as it may be shown: composed, on one line, without signs that XML forbids, that a
/// terminal would obey, or that turn the direction of what follows.
pub(super) fn clean(text: &str) -> String {
    let composed: String = text
        .nfc()
        .map(|letter| match letter {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            // Marks of direction, and what XML forbids.
            '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{fffe}'
            | '\u{ffff}' => '\u{fffd}',
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a text is set, for both backends of plotters.
pub(super) struct Setting<'a> {
    pub(super) fonts: &'a Fonts,
    /// The em in pixels.
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
    pub(super) anchor: Anchor,
}

impl Setting<'_> {
    /// Returns how far above the baseline both backends want the text's top.
    pub(super) fn ascent(&self) -> f64 {
        BASELINE * self.size
    }

    fn glyphs(&self, text: &str) -> Vec<Glyph> {
        let face = self.fonts.face(self.weight);
        let scale = (self.size * units(face, face.height_unscaled())) as f32;
        let mut pen = 0.0;
        let mut before = None;
        let mut glyphs = Vec::new();
        for letter in text.chars().filter(|letter| !invisible(*letter)) {
            let glyph = face.glyph_id(letter);
            if let Some(before) = before {
                pen += units(face, face.kern_unscaled(before, glyph)) * self.size;
            }
            let at = point(pen as f32, self.ascent() as f32);
            glyphs.push(glyph.with_scale_and_position(scale, at));
            pen += advance(face, letter) * self.size;
            before = Some(glyph);
        }
        glyphs
    }
}

impl BackendTextStyle for Setting<'_> {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: self.colour }
    }

    fn size(&self) -> f64 {
        let size = self.size * SVG_RATIO;
        [size, size.next_down(), size.next_up()]
            .into_iter()
            .find(|size| size / SVG_RATIO == self.size)
            .unwrap_or(size)
    }

    fn transform(&self) -> FontTransform {
        FontTransform::None
    }

    fn style(&self) -> FontStyle {
        match self.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::Bold => FontStyle::Bold,
        }
    }

    fn anchor(&self) -> Pos {
        let across = match self.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        Pos::new(across, VPos::Top)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(FAMILY)
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        let width = self.fonts.width(text, self.size, self.weight);
        Ok(((0, 0), (width.round() as i32, (self.size * SVG_RATIO).round() as i32)))
    }

    fn draw<E, D: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        pos: BackendCoord,
        mut draw: D,
    ) -> Result<Result<(), E>, Infallible> {
        let face = self.fonts.face(self.weight);
        let mut outcome = Ok(());
        for glyph in self.glyphs(text) {
            let Some(outline) = face.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, coverage| {
                let alpha = f64::from(coverage.clamp(0.0, 1.0));
                if outcome.is_ok() && alpha > 0.0 {
                    let x = pos.0 + corner.x as i32 + x as i32;
                    let y = pos.1 + corner.y as i32 + y as i32;
                    outcome = draw(x, y, BackendColor { alpha, rgb: self.colour });
                }
            });
        }
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_what_does_not_ends_in_an_ellipsis() {
        let fonts = Fonts::load().unwrap();
        let text = "Allowing AI tools made tasks take longer, by the released data_complete.csv";
        let lines = fonts.wrap(text, 14.0, Weight::Regular, 120.0, 3);
        assert_eq!(lines.len(), 3);
        assert!(lines[2].ends_with('…'), "{lines:?}");
        for line in &lines {
            assert!(fonts.width(line, 14.0, Weight::Regular) <= 120.0, "{line}");
        }
    }

    #[test]
    fn a_long_word_breaks_after_a_sign() {
        let fonts = Fonts::load().unwrap();
        let lines =
            fonts.wrap("slowdown/ai_treatment{month=2026-04}", 14.0, Weight::Regular, 150.0, 9);
        assert_eq!(lines.concat(), "slowdown/ai_treatment{month=2026-04}");
        assert!(lines[0].ends_with(['/', '_', '{', '=']), "{lines:?}");
    }

    #[test]
    fn nothing_breaks_on_text_without_room() {
        let fonts = Fonts::load().unwrap();
        assert_eq!(fonts.shorten("word", 14.0, Weight::Bold, 0.0), "…");
        assert_eq!(fonts.wrap("ab", 14.0, Weight::Bold, 0.0, 9), ["a", "b"]);
        assert_eq!(fonts.wrap("", 14.0, Weight::Bold, 50.0, 2), [""]);
    }

    #[test]
    fn forbidden_signs_are_replaced() {
        assert_eq!(
            clean("\u{ffff}a\u{0}b\n c\u{202e}d\u{1b}[0m"),
            "\u{fffd}a\u{fffd}b c\u{fffd}d\u{fffd}[0m"
        );
        assert_eq!(clean("e\u{301}"), "é");
    }
}
