//! Tests of `figure` from outside: what is drawn can be read, says what the numbers say, and is the
//! same on every run.

mod page;
mod scene;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use page::Page;
use scene::Scene;
use secondlook::claims::record::Verdict;
use secondlook::figure::{Drawing, FigureError};
use secondlook::results::{Basis, ChartKind};

/// Every scene, drawn once for all tests.
static DRAWN: LazyLock<Vec<(&str, Drawing)>> = LazyLock::new(|| {
    let drawn = |(name, scene): (&'static str, Scene)| (name, scene.draw().expect(name));
    scene::all().into_iter().map(drawn).collect()
});

fn drawn(wanted: &str) -> &Drawing {
    DRAWN.iter().find(|(name, _)| *name == wanted).map(|(_, drawing)| drawing).expect(wanted)
}

#[test]
fn every_figure_is_a_well_formed_picture_that_a_strict_page_may_carry() {
    for (name, Drawing { svg, .. }) in DRAWN.iter() {
        let page = Page::read(svg).unwrap_or_else(|why| panic!("{name}: {why}"));
        let root = page.elements.first().unwrap();
        assert_eq!(root.get("role"), Some("img"), "{name}");
        let ids: BTreeSet<&str> = page.elements.iter().filter_map(|tag| tag.get("id")).collect();
        let labelled: BTreeSet<&str> = root.get("aria-labelledby").unwrap().split(' ').collect();
        assert_eq!(ids, labelled, "{name}");
        assert!(root.get("viewBox").is_some() && root.get("width") == Some("600"), "{name}");
        for tag in &page.elements {
            for foreign in ["style", "href", "xlink:href", "onclick", "class"] {
                assert!(tag.get(foreign).is_none(), "{name}: {foreign}");
            }
        }
        let names: BTreeSet<&str> = page.elements.iter().map(|tag| tag.name.as_str()).collect();
        let known =
            ["svg", "title", "desc", "text", "rect", "polyline", "line", "polygon", "circle"];
        assert!(names.iter().all(|tag| known.contains(tag)), "{name}: {names:?}");
        assert!(!svg.contains("url(") && svg.matches("http").count() == 1, "{name}");
    }
}

#[test]
fn no_text_leaves_the_page_or_covers_another() {
    for (name, drawing) in DRAWN.iter() {
        let page = Page::read(&drawing.svg).unwrap();
        let (width, height) = page.size();
        let boxes = page.texts();
        assert!(!boxes.is_empty(), "{name}");
        for text in &boxes {
            let inside =
                text.left >= 0.0 && text.top >= 0.0 && text.right <= width && text.bottom <= height;
            assert!(inside, "{name}: `{}` leaves the page", text.text);
        }
        for (index, text) in boxes.iter().enumerate() {
            for other in &boxes[index + 1..] {
                assert!(!text.covers(other), "{name}: `{}` covers `{}`", text.text, other.text);
            }
        }
    }
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    assert_eq!(*drawn("one_effect"), scene::one_effect().draw().unwrap());
    assert_eq!(*drawn("months"), scene::months().draw().unwrap());
}

#[test]
fn pictures_are_small_and_of_the_same_shape_as_the_svg() {
    for (name, drawing) in DRAWN.iter() {
        let (width, height) = Page::read(&drawing.svg).unwrap().size();
        let reader = png::Decoder::new(drawing.png.as_slice()).read_info().unwrap();
        let (wide, high) = reader.info().size();
        assert_eq!(wide, 1200, "{name}");
        let ratio = f64::from(high) / f64::from(wide);
        assert!((ratio - height / width).abs() < 0.002, "{name}");
        assert!(drawing.png.len() < 150_000, "{name}: {} bytes", drawing.png.len());
    }
}

#[test]
fn the_table_holds_the_plotted_numbers() {
    let drawing = drawn("one_effect");
    assert_eq!(
        drawing.csv,
        "estimate,label,value,ci_low,ci_high,printed,printed_low,printed_high,verdict,run,\
         rounding_low,rounding_high\n\
         effect,Effect of allowing AI,0.188399941163,0.012559851,0.394776306,19%,0.185,0.195,\
         rounded,released,,\n\
         effect,Effect of allowing AI,0.188399941163,0.012559851,0.394776306,0.188,0.1875,0.1885,\
         exact,released,,\n\
         effect.ci_low,Effect of allowing AI,0.012559851,,,2%,0.015,0.025,differs,released,,\n\
         effect.ci_high,Effect of allowing AI,0.394776306,,,39%,0.385,0.395,exact,released,,\n\
         effect_hc3,HC3,0.188399941163,0.013019,0.394144,,,,,released,,\n\
         effect_hc3.ci_low,HC3,0.013019,,,0.013,0.0125,0.0135,exact,released,,\n\
         effect_hc3.ci_high,HC3,0.394144,,,0.394,0.3935,0.3945,exact,released,,\n"
    );
    let withheld = &drawn("many_effects").csv;
    assert!(withheld.contains(
        "adjusted_rate,\"Adjusted rate, session data\",,,,14.5 pp,0.1445,0.1455,untestable,,,\n"
    ));
    assert!(
        withheld.contains(",9.0 pp,0.0895,0.0905,not-compatible,replication,,\n"),
        "{withheld}"
    );
}

#[test]
fn text_stays_text_everywhere() {
    let drawing = drawn("hostile");
    assert!(!drawing.svg.contains("<script") && drawing.svg.contains("&lt;script&gt;"));
    assert!(!drawing.svg.contains(['\u{1b}', '\u{202e}', '\u{0}']));
    let mut cells = csv::Reader::from_reader(drawing.csv.as_bytes());
    for record in cells.records() {
        for cell in &record.unwrap() {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', ' ']), "{cell}");
        }
    }
}

#[test]
fn the_description_says_what_the_chart_finds() {
    let one = &drawn("one_effect").description;
    assert_eq!(
        one,
        "Forest plot of 2 estimates: Change in completion time when AI tools are allowed. Against 6 \
         printed values: 4 exact, 1 rounded, 1 differs. Effect of allowing AI, lower end: ours 1.26%, \
         printed 2% (differs)."
    );
    let slope = &drawn("before_and_after").description;
    assert!(slope.ends_with(
        "Our values run from 19.0% (fixing, 2026-04) to 33.0% (building, 2026-04); no claim is \
         judged here."
    ));
}

#[test]
fn words_name_the_verdict_of_the_run_that_is_shown() {
    let svg = &drawn("many_effects").svg;
    for words in [
        "9.0 pp: within-tolerance",
        "9.0 pp: not-compatible",
        "3.6 pp (not judged)",
        "not computed: withheld",
        "14.5 pp: untestable",
        "does-not-add-up",
        "by rounding 4.12 to 4.38",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    let one = &drawn("one_effect").svg;
    for words in ["19% (2% to 39%): rounded", "lower end 2%: differs", "(0.013 to 0.394): exact"] {
        assert!(one.contains(words), "{words}");
    }
    let months = &drawn("months").svg;
    assert!(months.contains("printed 17%: differs"));
}

#[test]
fn each_figure_has_ids_of_its_own() {
    let first = scene::one_effect();
    let mut second = first.clone();
    second.figure.id = "other".to_owned();
    let (first, second) = (first.draw().unwrap().svg, second.draw().unwrap().svg);
    assert!(first.contains("id=\"figure-shown-title\"") && !second.contains("figure-shown"));
}

#[test]
fn what_cannot_be_drawn_is_a_typed_error() {
    let new = |kind| Scene::new(kind, "t");
    let nothing = new(ChartKind::Bars).show(&["gone", "x/*"]).draw();
    assert!(matches!(nothing, Err(FigureError::NothingToShow { .. })));
    for bad in [f64::NAN, f64::INFINITY, f64::MAX] {
        let value = new(ChartKind::Bars).estimate("a", bad, None).draw();
        assert!(matches!(value, Err(FigureError::NotFinite { part: "the value", .. })), "{bad}");
        let ends = new(ChartKind::Bars).estimate("a", 0.0, Some([0.0, bad])).draw();
        assert!(matches!(ends, Err(FigureError::NotFinite { part: "the interval", .. })), "{bad}");
    }
    let claimed = new(ChartKind::Estimates).estimate("a", 0.0, None);
    let claimed = claimed.claim("a", "?", Some([f64::NAN, 1.0]), Verdict::Exact).draw();
    assert!(matches!(claimed, Err(FigureError::NotFinite { .. })));
    let many = (0..41).fold(new(ChartKind::Estimates), |scene, index| {
        scene.estimate(&format!("a/{index}"), 1.0, None)
    });
    assert!(matches!(many.draw(), Err(FigureError::TooMany { what: "rows", found: 41, .. })));
    let many = (0..8).fold(new(ChartKind::Timeline).over("m"), |scene, index| {
        scene.estimate(&format!("a/{index}{{m=2026}}"), 1.0, None)
    });
    assert!(matches!(many.draw(), Err(FigureError::TooMany { what: "series", found: 8, .. })));
    let timeless = new(ChartKind::Timeline).estimate("a/b{m=2026}", 1.0, None);
    assert!(matches!(timeless.draw(), Err(FigureError::NoTime { .. })));
    let dateless = new(ChartKind::Timeline).over("m").estimate("a/b", 1.0, None).draw();
    assert!(matches!(dateless, Err(FigureError::NoTime { .. })));
}

#[test]
fn a_printed_number_without_an_interval_or_with_an_open_one_is_drawn() {
    let drawn = Scene::new(ChartKind::Estimates, "Open")
        .run("new", Basis::NewData)
        .estimate("a", 0.95, None)
        .claim("a", "> 90%", Some([0.9, f64::INFINITY]), Verdict::Compatible)
        .claim("a", "most", None, Verdict::Inconclusive)
        .unit("percent")
        .draw()
        .unwrap();
    assert!(drawn.csv.contains("a,a,0.95,,,> 90%,0.9,,compatible,new,,\n"), "{}", drawn.csv);
    assert!(drawn.csv.contains("a,a,0.95,,,most,,,inconclusive,new,,\n"), "{}", drawn.csv);
}
