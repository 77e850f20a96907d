//! Reads an SVG as strictly as a parser of XML would, and finds where its words stand.
#![expect(clippy::unwrap_used, reason = "a picture without what is asked for is a test that fails")]

use ab_glyph::{Font, FontRef};

/// A document that is well formed.
pub(crate) struct Page {
    pub(crate) elements: Vec<Element>,
}

/// A tag with its attributes and, where it has no children, its text.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

/// Where a text stands, in the units of the viewBox.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

impl Words {
    /// Says whether two texts stand on each other. Accents and descenders may meet: from the height of
    /// capitals to the baseline nothing may.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

impl Element {
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn number(&self, key: &str) -> f64 {
        self.get(key).unwrap().parse().unwrap()
    }
}

impl Page {
    /// Reads a document; the error says what is not well formed.
    pub(crate) fn read(svg: &str) -> Result<Self, String> {
        let mut elements = Vec::new();
        let mut open: Vec<String> = Vec::new();
        let mut rest = svg;
        while let Some((text, after)) = rest.split_once('<') {
            let text = decode(text)?;
            if open.is_empty() && !text.trim().is_empty() {
                return Err(format!("text outside the root: {text}"));
            }
            if let Some(element) = elements.last_mut().filter(|_| !text.trim().is_empty()) {
                let element: &mut Element = element;
                text.trim().clone_into(&mut element.text);
            }
            let (tag, after) = after.split_once('>').ok_or("a tag is not closed")?;
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop().as_deref() != Some(name) {
                    return Err(format!("</{name}> closes nothing"));
                }
                continue;
            }
            let (inside, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let element = element(inside)?;
            if !empty {
                open.push(element.name.clone());
            }
            elements.push(element);
        }
        if !open.is_empty() || !rest.trim().is_empty() {
            return Err(format!("left open: {open:?}, left over: {rest}"));
        }
        Ok(Self { elements })
    }

    /// Returns the width and height of the viewBox.
    pub(crate) fn size(&self) -> (f64, f64) {
        let view = self.elements[0].get("viewBox").unwrap();
        let numbers: Vec<f64> = view.split(' ').map(|number| number.parse().unwrap()).collect();
        (numbers[2], numbers[3])
    }

    /// Returns where every text stands, measured with the font that it was laid out for.
    pub(crate) fn texts(&self) -> Vec<Words> {
        self.elements.iter().filter(|element| element.name == "text").map(place).collect()
    }
}

fn place(element: &Element) -> Words {
    let size = element.number("font-size");
    let bold = element.get("font-weight") == Some("bold");
    let face =
        FontRef::try_from_slice(if bold { notosans::BOLD_TTF } else { notosans::REGULAR_TTF });
    let face = face.unwrap();
    let width: f64 = element
        .text
        .chars()
        .map(|letter| face.glyph_id(letter))
        .map(|glyph| f64::from(face.h_advance_unscaled(glyph)))
        .sum::<f64>()
        / f64::from(face.units_per_em().unwrap())
        * size;
    let x = element.number("x");
    let left = match element.get("text-anchor") {
        Some("middle") => x - width / 2.0,
        Some("end") => x - width,
        _ => x,
    };
    assert_eq!(element.get("dy"), Some("0.76em"));
    let baseline = element.number("y") + 0.76 * size;
    Words {
        text: element.text.clone(),
        left,
        right: left + width,
        top: baseline - 0.72 * size,
        bottom: baseline,
    }
}

fn element(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Err(format!("no name of an element: {name}"));
    }
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    while !rest.trim().is_empty() {
        let (key, after) = rest.split_once("=\"").ok_or_else(|| format!("no value: {rest}"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("no end: {after}"))?;
        let key = key.trim();
        if element.get(key).is_some() {
            return Err(format!("{key} twice"));
        }
        element.attributes.push((key.to_owned(), decode(value)?));
        rest = after;
    }
    Ok(element)
}

/// Replaces the five entities; any other ampersand or sign that XML forbids is an error.
fn decode(text: &str) -> Result<String, String> {
    let forbidden = |letter: char| letter.is_control() && letter != '\n';
    if let Some(letter) = text.chars().find(|letter| forbidden(*letter)) {
        return Err(format!("forbidden sign {letter:?}"));
    }
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (entity, after) = piece.split_once(';').ok_or_else(|| format!("bare & in {text}"))?;
        decoded.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            other => return Err(format!("unknown entity {other}")),
        });
        decoded.push_str(after);
    }
    Ok(decoded)
}
