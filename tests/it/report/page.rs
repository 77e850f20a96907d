//! What a page says, and what it must not.

use secondlook::claims::record::{Finding, Verdict, Weight};
use secondlook::report::ReportError;
use secondlook::results::Basis;

use super::fixture::Story;
use super::hostile::tags;

#[test]
fn the_counts_on_the_page_are_the_audits() {
    let story = Story::plain();
    let page = story.html();
    for (verdict, count) in &story.audit.counts {
        let cards = page.matches(&format!("data-verdict=\"{verdict}\"")).count();
        assert_eq!(cards, *count, "{verdict}");
        let words = verdict.reads_as().replace('\'', "&#39;");
        assert!(page.contains(&format!("</svg><b>{count}</b> <span>{words}</span>")), "{verdict}");
    }
    let total: usize = story.audit.counts.values().sum();
    assert_eq!(page.matches("<article class=\"card ").count(), total + story.audit.relations.len());
    assert!(page.matches("aria-label=\"").count() > total);
}

#[test]
fn failing_claims_come_first_then_by_weight() {
    let page = Story::plain().html();
    let order: Vec<&str> =
        page.split("id=\"claim-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(order, ["words", "rows", "sign", "faster", "count", "half", "diaries", "later"]);
}

#[test]
fn a_card_leads_from_the_printed_number_to_the_file() {
    let page = Story::plain().html();
    let card = page.split("id=\"claim-faster\"").nth(1).expect("the card");
    let card = card.split("</article>").next().expect("its end");
    let mut from = 0;
    for expected in [
        "same up to rounding",
        "Tea made typists about 19% faster",
        "headline claim",
        "We ran the stated regression",
        "<code>tea &gt; 0</code> <b>holds</b>",
        "<b>fragile</b> Another admissible rounding",
        "<b>19%</b>",
        "stands for 18.5% to 19.5%",
        "<b>18.84%</b>",
        "95% interval: −0.16% to 37.84%",
        "our value, 18.84%, lies inside it",
        "The paper, first version</a>, Table 2, column 1",
        "one transcription of the source, which passes",
        "the study&#39;s numbers agree with each other: 19%",
        "A missing time is the mean of its arm.",
        "<code>effect</code>",
        "= 0.188399941163",
        "href=\"#step-released-timed\"",
        "tea/typists.csv",
        &secondlook::digest::Sha256::of(b"typists").to_string(),
        "secondlook explain tea-and-typing faster",
    ] {
        let at = card.get(from..).and_then(|rest| rest.find(expected));
        assert!(at.is_some(), "`{expected}` is missing, or out of order");
        from += at.unwrap_or_default();
    }
}

#[test]
fn a_page_is_one_well_formed_file() {
    let page = Story::plain().html();
    let tags = tags(&page);
    let count =
        |name: &str| tags.iter().filter(|tag| tag.split_whitespace().next() == Some(name)).count();
    assert_eq!((count("h1"), count("main"), count("script"), count("style")), (1, 1, 1, 1));
    assert_eq!((count("link"), count("img"), count("iframe"), count("form")), (0, 0, 0, 1));
    assert!(
        tags.iter()
            .all(|tag| !tag.split_whitespace().any(|name| name == "style" && tag != "style"))
    );
    assert!(
        tags.iter().all(|tag| !tag.split_whitespace().skip(1).any(|name| name.starts_with("on")))
    );
    assert_eq!(page.matches("<th>").count(), 0, "every header cell has a scope");
    assert!(page.contains("Content-Security-Policy"));
    balanced(&tags);
}

/// A browser runs our style and script only if the policy names the checksum of what stands there.
#[test]
fn the_policy_allows_exactly_the_style_and_the_script_of_the_page() {
    use base64::Engine as _;
    let page = Story::plain().html();
    for element in ["style", "script"] {
        let open = format!("<{element}>");
        let source = page.split(&open).nth(1).and_then(|rest| rest.split("</").next());
        let digest = hex::decode(
            secondlook::digest::Sha256::of(source.expect("it stands there").as_bytes()).to_string(),
        );
        let hash = base64::engine::general_purpose::STANDARD.encode(digest.expect("hexadecimal"));
        assert!(page.contains(&format!("{element}-src &#39;sha256-{hash}&#39;;")), "{element}");
    }
    assert!(page.contains("content=\"default-src &#39;none&#39;;"));
}

/// Every element that is opened is closed, in order.
fn balanced(tags: &[String]) {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags {
        let name = tag.split_whitespace().next().unwrap_or_default().trim_end_matches('/');
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed));
        } else if !tag.ends_with('/') && !matches!(name, "!doctype" | "meta" | "input") {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn every_fragment_leads_somewhere_and_every_id_is_one() {
    let page = Story::plain().html();
    let values = |name: &str| -> Vec<String> {
        page.split(name)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let ids = values(" id=\"");
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    for target in values("href=\"#") {
        assert!(ids.contains(&target), "#{target}");
    }
}

#[test]
fn ids_that_look_alike_keep_their_own_fragments() {
    let mut story = Story::plain();
    story.audit.claims[0].id = "a b".to_owned();
    story.audit.claims[1].id = "a/b".to_owned();
    let page = story.html();
    assert!(page.contains("id=\"claim-a-b\"") && page.contains("id=\"claim-a-b-2\""));
}

/// What the figure room draws is a plain picture; so it passes into the page as it stands.
#[test]
fn our_own_drawings_pass() {
    let mut story = Story::plain();
    let wanted = &story.results.runs[0].figures[0];
    let drawing = secondlook::figure::draw(wanted, &story.results, &story.audit);
    story.drawings = vec![drawing.expect("a drawing")];
    let page = story.html();
    assert!(page.contains("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""));
    assert!(page.contains("Show the numbers"));
}

#[test]
fn the_same_story_gives_the_same_bytes() {
    assert_eq!(Story::plain().html(), Story::plain().html());
    assert_eq!(Story::plain().markdown(), Story::plain().markdown());
}

#[test]
fn reproduced_is_never_said_of_arithmetic_on_printed_numbers() {
    let mut story = Story::plain();
    for claim in &mut story.audit.claims {
        (claim.verdict, claim.basis) = (Verdict::AddsUp, Basis::PrintedNumbers);
        claim.others.clear();
    }
    story.audit.finding = Finding::NotAssessable;
    story.results.runs[0].basis = Basis::PrintedNumbers;
    story.recount();
    for page in [story.html(), story.markdown()] {
        assert!(!page.to_lowercase().contains("reproduc"));
        assert!(page.contains("Not assessable from public material"));
    }
    story.audit.finding = Finding::Reproduced;
    assert!(matches!(secondlook::report::html(&story.page()), Err(ReportError::Rule(_))));
    assert!(matches!(secondlook::report::markdown(&story.page()), Err(ReportError::Rule(_))));
}

#[test]
fn a_word_outside_its_basis_is_refused() {
    let mut story = Story::plain();
    story.audit.claims[0].basis = Basis::PrintedNumbers;
    story.recount();
    let error = secondlook::report::html(&story.page()).expect_err("`rounded` needs the data");
    assert_eq!(
        error.to_string(),
        "the audit breaks its own rules: claim `faster` is `rounded`, a word that evidence of basis \
         `printed-numbers` cannot carry"
    );
}

#[test]
fn counts_that_do_not_sum_are_refused() {
    let mut story = Story::plain();
    story.audit.counts.insert(Verdict::Exact, 9);
    let error = secondlook::report::markdown(&story.page()).expect_err("one claim is exact");
    assert_eq!(
        error.to_string(),
        "the audit breaks its own rules: 1 claims are `exact`, but the counts say 9, and 1 by basis"
    );
}

#[test]
fn what_was_not_checked_has_its_reason() {
    for page in [Story::plain().html(), Story::plain().markdown()] {
        let gaps = page.split("What was not checked, and why").nth(1).expect("the section");
        for expected in [
            "The data exist, but are not public.",
            "No step of this audit computes it yet.",
            "Tea diaries",
            "They name their writers.",
            "diary",
            "Figure 4",
            "It has no axis.",
        ] {
            assert!(gaps.contains(expected), "{expected}");
        }
    }
}

#[test]
fn a_page_of_fifty_claims_and_twenty_figures_is_small() {
    let mut story = Story::plain();
    let claims = story.audit.claims.clone();
    story.audit.claims = (0..50)
        .map(|number| {
            let mut claim = claims[number % claims.len()].clone();
            claim.id = format!("claim_{number}");
            claim
        })
        .collect();
    let mut drawing = story.drawings[0].clone();
    let shapes =
        "<rect x=\"10.5\" y=\"10.5\" width=\"100\" height=\"12\" fill=\"#0072B2\"/>".repeat(250);
    drawing.svg = drawing.svg.replace("</svg>", &format!("{shapes}</svg>"));
    story.drawings = (0..20)
        .map(|number| {
            let mut drawing = drawing.clone();
            drawing.id = format!("figure_{number}");
            drawing
        })
        .collect();
    story.recount();
    let page = story.html();
    assert!(page.len() <= 1_000_000, "{} bytes", page.len());
}

#[test]
fn many_claims_fold_those_of_minor_weight_that_do_not_fail() {
    let mut story = Story::plain();
    let claims = story.audit.claims.clone();
    let copy = |number: usize| {
        let mut claim = claims[number % claims.len()].clone();
        claim.id = format!("claim_{number}");
        claim.weight = if number.is_multiple_of(2) { Weight::Minor } else { Weight::Major };
        claim
    };
    story.audit.claims = (0..48).map(copy).collect();
    story.recount();
    let page = story.html();
    let folded =
        page.split("id=\"folded\"").nth(1).and_then(|rest| rest.split("</section>").next());
    let cards = |text: &str, word: &str| text.matches(&format!("data-{word}\"")).count();
    let folded = folded.expect("they are folded");
    assert!(folded.contains("<summary>18 more claims of minor weight, none of which fails"));
    assert_eq!((cards(folded, "weight=\"minor"), cards(folded, "weight=\"major")), (18, 0));
    assert_eq!((cards(folded, "verdict=\"differs"), cards(&page, "weight=\"minor")), (0, 24));
}

/// Leaves the page where a person can open it, and look.
#[test]
fn the_page_can_be_looked_at() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    std::fs::create_dir_all(&folder).expect("a folder");
    let story = Story::plain();
    std::fs::write(folder.join("report.html"), story.html()).expect("the page is written");
    std::fs::write(folder.join("report.md"), story.markdown()).expect("the text is written");
    let hostile =
        Story::salted("<img src=x onerror=alert(1)></script><script>window.__pwned=1</script>");
    std::fs::write(folder.join("hostile.html"), hostile.html()).expect("the page is written");
}
