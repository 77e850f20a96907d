//! A sheet of shapes and words in the page's own units: what a chart is before it has a format.
//!
//! Charts write it, [`super::paint`] hands it to a backend of plotters. It holds no format's quirks, so
//! that both formats show the same and a test can ask where each word stands.

use std::collections::BTreeSet;

/// The width of every figure. Narrow, so that its text can still be read on a phone.
pub(super) const WIDTH: f64 = 600.0;

/// The blank edge all around.
pub(super) const MARGIN: f64 = 16.0;

/// Red, green and blue.
pub(super) type Colour = (u8, u8, u8);

/// Text.
pub(super) const INK: Colour = (0x1a, 0x1a, 0x1a);
/// Text of the second rank: 7:1 on white.
pub(super) const GREY: Colour = (0x59, 0x59, 0x59);
/// Grid lines.
pub(super) const GRID: Colour = (0xdd, 0xdd, 0xdd);
/// Paper.
pub(super) const WHITE: Colour = (0xff, 0xff, 0xff);

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
    pub(super) anchor: Anchor,
}

impl Style {
    /// A figure's title.
    pub(super) const TITLE: Self =
        Self { size: 17.0, weight: Weight::Bold, colour: INK, anchor: Anchor::Start };
    /// Labels and values.
    pub(super) const BODY: Self =
        Self { size: 13.5, weight: Weight::Regular, colour: INK, anchor: Anchor::Start };
    /// Ticks, headers, legends, notes.
    pub(super) const SMALL: Self =
        Self { size: 12.0, weight: Weight::Regular, colour: GREY, anchor: Anchor::Start };

    /// The same, standing elsewhere.
    pub(super) const fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same, in another colour.
    pub(super) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// How far the baseline stands below the middle of the line, so that capitals look centred.
    pub(super) const fn drop(self) -> f64 {
        self.size * 0.36
    }
}

/// One thing on the sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    Rectangle { from: (f64, f64), to: (f64, f64), colour: Colour, opacity: f64 },
    Line { from: (f64, f64), to: (f64, f64), width: f64, colour: Colour },
    Polygon { points: Vec<(f64, f64)>, colour: Colour },
    Disc { centre: (f64, f64), radius: f64, colour: Colour },
    Text { at: (f64, f64), words: String, style: Style },
}

/// The sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sheet {
    /// Its height, known once the chart is laid out.
    pub(super) height: f64,
    /// What is on it, back to front.
    pub(super) shapes: Vec<Shape>,
}

impl Sheet {
    /// Returns the colours on it.
    pub(super) fn colours(&self) -> BTreeSet<[u8; 3]> {
        let own = self.shapes.iter().map(|shape| match shape {
            Shape::Rectangle { colour, .. }
            | Shape::Line { colour, .. }
            | Shape::Polygon { colour, .. }
            | Shape::Disc { colour, .. } => *colour,
            Shape::Text { style, .. } => style.colour,
        });
        own.chain([WHITE]).map(<[u8; 3]>::from).collect()
    }

    /// Adds a filled rectangle.
    pub(super) fn rectangle(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        colour: Colour,
        opacity: f64,
    ) {
        self.shapes.push(Shape::Rectangle { from, to, colour, opacity });
    }

    /// Adds a straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, colour: Colour) {
        self.shapes.push(Shape::Line { from, to, width, colour });
    }

    /// Adds a filled polygon.
    pub(super) fn polygon(&mut self, points: Vec<(f64, f64)>, colour: Colour) {
        self.shapes.push(Shape::Polygon { points, colour });
    }

    /// Adds a filled disc.
    pub(super) fn disc(&mut self, centre: (f64, f64), radius: f64, colour: Colour) {
        self.shapes.push(Shape::Disc { centre, radius, colour });
    }

    /// Adds words, their baseline at a point.
    pub(super) fn text(&mut self, at: (f64, f64), words: impl Into<String>, style: Style) {
        self.shapes.push(Shape::Text { at, words: words.into(), style });
    }

    /// Adds words whose line is centred on a height.
    pub(super) fn centred(&mut self, at: (f64, f64), words: impl Into<String>, style: Style) {
        self.text((at.0, at.1 + style.drop()), words, style);
    }
}
