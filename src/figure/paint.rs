//! One sheet, two formats: every shape goes through plotters to whichever backend is asked for.

use std::iter::Once;

use plotters::coord::Shift;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle};
use plotters::prelude::{
    BitMapBackend, Color, DrawingArea, DrawingBackend, IntoDrawingArea, RGBColor, SVGBackend,
};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::sheet::{Colour, Shape, Sheet, Style, WIDTH};
use super::text::{Fonts, Setting};

/// Backend pixels per unit of the sheet. plotters has whole pixels only: four make edges sharp in an
/// SVG, and are averaged down to two in a PNG.
pub(super) const SCALE: f64 = 4.0;

/// Returns the size of the backend's surface.
pub(super) fn surface(sheet: &Sheet) -> (u32, u32) {
    (pixels(WIDTH) as u32, pixels(sheet.height) as u32)
}

/// Draws the sheet as plotters' SVG.
pub(super) fn svg(sheet: &Sheet, fonts: &Fonts) -> Result<String, String> {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, surface(sheet)).into_drawing_area();
    paint(&area, sheet, fonts)?;
    drop(area);
    Ok(text)
}

/// Draws the sheet as red, green and blue bytes, row by row.
pub(super) fn bitmap(sheet: &Sheet, fonts: &Fonts) -> Result<Vec<u8>, String> {
    let (width, height) = surface(sheet);
    let mut pixels = vec![255; width as usize * height as usize * 3];
    let backend: BitMapBackend<'_> =
        BitMapBackend::with_buffer_and_format(&mut pixels, (width, height))
            .map_err(|error| error.to_string())?;
    let area = backend.into_drawing_area();
    paint(&area, sheet, fonts)?;
    drop(area);
    Ok(pixels)
}

/// Draws every shape, back to front.
fn paint<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    sheet: &Sheet,
    fonts: &Fonts,
) -> Result<(), String> {
    for shape in &sheet.shapes {
        match shape {
            Shape::Rectangle { from, to, colour, opacity } => {
                let fill = rgb(*colour).mix(*opacity).filled();
                area.draw(&Rectangle::new([at(*from), at(*to)], fill))
            }
            Shape::Line { from, to, width, colour } => {
                let stroke = rgb(*colour).stroke_width(pixels(*width).max(1) as u32);
                area.draw(&PathElement::new(vec![at(*from), at(*to)], stroke))
            }
            Shape::Polygon { points, colour } => {
                let corners: Vec<_> = points.iter().map(|point| at(*point)).collect();
                area.draw(&Polygon::new(corners, rgb(*colour)))
            }
            Shape::Disc { centre, radius, colour } => {
                area.draw(&Circle::new(at(*centre), pixels(*radius), rgb(*colour).filled()))
            }
            Shape::Text { at: point, words, style } => {
                area.draw(&Words::new(fonts, *point, words, *style))
            }
        }
        .map_err(|error| error.to_string())?;
    }
    area.present().map_err(|error| error.to_string())
}

fn pixels(length: f64) -> i32 {
    (length * SCALE).round() as i32
}

fn at(point: (f64, f64)) -> (i32, i32) {
    (pixels(point.0), pixels(point.1))
}

const fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

/// A line of text as an element of plotters.
struct Words<'a> {
    corner: BackendCoord,
    text: &'a str,
    setting: Setting<'a>,
}

impl<'a> Words<'a> {
    fn new(fonts: &'a Fonts, point: (f64, f64), words: &'a str, style: Style) -> Self {
        let setting = Setting {
            fonts,
            size: style.size * SCALE,
            weight: style.weight,
            colour: style.colour,
            anchor: style.anchor,
        };
        let (x, baseline) = at(point);
        let top = (f64::from(baseline) - setting.ascent()).round() as i32;
        Self { corner: (x, top), text: words, setting }
    }
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Words<'_> {
    type Point = &'a BackendCoord;
    type IntoIter = Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.corner)
    }
}

impl<B: DrawingBackend> Drawable<B> for Words<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut points: I,
        backend: &mut B,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        points.next().map_or(Ok(()), |corner| backend.draw_text(self.text, &self.setting, corner))
    }
}
