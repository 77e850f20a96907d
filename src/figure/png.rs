//! Pixels become a small PNG: averaged down, few colours, and compressed by a coder that yields
//! the same bytes on every processor (those with a fast path per processor do not).

use std::collections::{BTreeMap, BTreeSet};

/// How many pixels of the surface, each way, make one of the picture.
pub(super) const AVERAGED: u32 = 2;

type Pixel = [u8; 3];

/// How many colours a picture has, beside those that must stay as they are.
const MIXED: usize = 36;

/// Encodes a surface of red, green and blue bytes; the colours named stay exactly as they are.
pub(super) fn encode(
    surface: &[u8],
    size: (u32, u32),
    pure: &BTreeSet<Pixel>,
) -> Result<Vec<u8>, String> {
    let (width, height) = (size.0 / AVERAGED, size.1 / AVERAGED);
    let pixels = average(surface, size);
    let palette = palette(&pixels, pure);
    let mut indices: BTreeMap<Pixel, u8> =
        palette.iter().zip(0..=255).map(|(colour, index)| (*colour, index)).collect();
    let mut rows = Vec::with_capacity(pixels.len() + height as usize);
    for row in pixels.chunks(width as usize) {
        rows.push(0); // no filter: best for a palette
        for run in row.chunk_by(|left, right| left == right) {
            let Some(pixel) = run.first() else { continue };
            let index = *indices.entry(*pixel).or_insert_with(|| nearest(*pixel, &palette));
            rows.resize(rows.len() + run.len(), index);
        }
    }
    write(&palette, &rows, width, height).map_err(|error| error.to_string())
}

/// Averages squares of pixels, which smooths every edge.
fn average(surface: &[u8], (width, _): (u32, u32)) -> Vec<Pixel> {
    let (step, count) = (AVERAGED as usize, AVERAGED * AVERAGED);
    let mut pixels = Vec::with_capacity(surface.len() / 3 / step / step);
    let mut sums: Vec<[u32; 3]> = vec![[0; 3]; width as usize / step];
    for rows in surface.chunks_exact(width as usize * 3 * step) {
        sums.fill([0; 3]);
        for row in rows.chunks_exact(width as usize * 3) {
            for (sums, square) in sums.iter_mut().zip(row.chunks_exact(3 * step)) {
                for pixel in square.chunks_exact(3) {
                    for (sum, byte) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(*byte);
                    }
                }
            }
        }
        pixels.extend(sums.iter().map(|sums| sums.map(|sum| ((sum + count / 2) / count) as u8)));
    }
    pixels
}

/// Returns the pure colours and the most frequent others.
fn palette(pixels: &[Pixel], pure: &BTreeSet<Pixel>) -> Vec<Pixel> {
    let mut counts: BTreeMap<Pixel, usize> = BTreeMap::new();
    for run in pixels.chunk_by(|left, right| left == right) {
        if let Some(pixel) = run.first().filter(|pixel| !pure.contains(*pixel)) {
            *counts.entry(*pixel).or_default() += run.len();
        }
    }
    let mut mixed: Vec<(usize, Pixel)> =
        counts.into_iter().map(|(colour, count)| (count, colour)).collect();
    mixed.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    let mixed = mixed.into_iter().take(MIXED).map(|(_, colour)| colour);
    pure.iter().take(256 - MIXED).copied().chain(mixed).collect()
}

/// Returns the index of the nearest colour, the first of several.
fn nearest(pixel: Pixel, palette: &[Pixel]) -> u8 {
    let distance = |colour: &Pixel| -> u32 {
        colour.iter().zip(pixel).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    palette
        .iter()
        .zip(0_u8..=255)
        .min_by_key(|(colour, _)| distance(colour))
        .map_or(0, |(_, index)| index)
}

fn write(
    palette: &[Pixel],
    rows: &[u8],
    width: u32,
    height: u32,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    let mut writer = encoder.write_header()?;
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(rows, 9);
    writer.write_chunk(png::chunk::IDAT, &packed)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_survives_the_round_trip() {
        // Two by two blocks, each of one colour: averaging changes nothing.
        let red = [200, 10, 10];
        let surface: Vec<u8> = [red, red, [0, 0, 9], [0, 0, 9]].repeat(2).concat();
        let file = encode(&surface, (4, 2), &BTreeSet::new()).unwrap();
        let mut reader = png::Decoder::new(file.as_slice());
        reader.set_transformations(png::Transformations::EXPAND);
        let mut reader = reader.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [200, 10, 10, 0, 0, 9]);
    }

    #[test]
    fn many_colours_become_the_most_frequent() {
        let surface: Vec<u8> = (0..600_u16)
            .flat_map(|step| [[(step % 256) as u8, (step / 256) as u8, 7]; 4].concat())
            .collect();
        assert!(encode(&surface, (2, 1200), &BTreeSet::from([[1, 2, 3]])).is_ok());
    }
}
