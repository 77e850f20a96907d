//! Hand-made results and audits, and the figures that the tests draw of them.
#![expect(clippy::unwrap_used, reason = "a scene that is made wrong is a test that fails")]

use std::collections::BTreeMap;

use secondlook::claims::record::{
    Audit, ClaimRecord, Finding, OtherVerdict, SCHEMA as AUDIT_SCHEMA, Verdict, Weight,
};
use secondlook::figure::{Drawing, FigureError, draw};
use secondlook::results::{
    Basis, ChartKind, Code, Estimate, Figure, Results, Run, SCHEMA, Skipped,
};

/// A study in the making.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) results: Results,
    pub(crate) audit: Audit,
    pub(crate) figure: Figure,
}

impl Scene {
    /// A figure of everything, with one run of the study's own data.
    pub(crate) fn new(kind: ChartKind, title: &str) -> Self {
        let figure = Figure {
            id: "shown".to_owned(),
            kind,
            title: title.to_owned(),
            show: vec!["*".to_owned()],
            labels: Vec::new(),
            axis: None,
            unit: None,
            time: None,
        };
        let results =
            Results { schema: SCHEMA.to_owned(), study: "study".to_owned(), runs: Vec::new() };
        let audit = Audit {
            schema: AUDIT_SCHEMA.to_owned(),
            study: "study".to_owned(),
            finding: Finding::PartlyReproduced,
            sentence: String::new(),
            counts: BTreeMap::new(),
            counts_by_basis: BTreeMap::new(),
            claims: Vec::new(),
            relations: Vec::new(),
            implied: Vec::new(),
            set_aside: Vec::new(),
            coverage: Vec::new(),
            coverage_counts: BTreeMap::new(),
            seal: None,
        };
        Self { results, audit, figure }.run("released", Basis::AnalysisData)
    }

    /// Begins another run: the estimates that follow are its.
    pub(crate) fn run(mut self, id: &str, basis: Basis) -> Self {
        self.results.runs.push(Run {
            id: id.to_owned(),
            basis,
            code: Code::Reimplemented,
            inputs: Vec::new(),
            datasets: Vec::new(),
            method_sha256: None,
            steps: Vec::new(),
            estimates: Vec::new(),
            skipped: Vec::new(),
            warnings: Vec::new(),
            figures: Vec::new(),
        });
        self
    }

    pub(crate) fn estimate(mut self, id: &str, value: f64, ci: Option<[f64; 2]>) -> Self {
        let estimate = Estimate {
            id: id.to_owned(),
            step: id.split('/').next().unwrap().to_owned(),
            value,
            se: None,
            ci,
            level: ci.map(|_| 0.95),
            p: None,
            df: None,
            reference: None,
            interval: None,
            n: None,
            clusters: None,
            unit: None,
            from_rounding: None,
        };
        self.results.runs.last_mut().unwrap().estimates.push(estimate);
        self
    }

    /// Gives the last estimate the interval that the rounding of its inputs allows.
    pub(crate) fn rounding(mut self, low: f64, high: f64) -> Self {
        let run = self.results.runs.last_mut().unwrap();
        run.estimates.last_mut().unwrap().from_rounding = Some([low, high]);
        self
    }

    pub(crate) fn skipped(mut self, step: &str, reason: &str) -> Self {
        self.results.runs.last_mut().unwrap().skipped.push(Skipped {
            step: step.to_owned(),
            reason: reason.to_owned(),
            needs: "sessions".to_owned(),
        });
        self
    }

    /// Adds a claim on an estimate, judged on the last run.
    pub(crate) fn claim(
        mut self,
        address: &str,
        printed: &str,
        interval: Option<[f64; 2]>,
        verdict: Verdict,
    ) -> Self {
        let run = self.results.runs.last().unwrap();
        self.audit.claims.push(ClaimRecord {
            id: format!("claim_{}", self.audit.claims.len()),
            says: String::new(),
            weight: Weight::Major,
            source: "paper".to_owned(),
            at: "abstract".to_owned(),
            transcription: "direct".to_owned(),
            printed: printed.to_owned(),
            interval,
            reads: None,
            readings: Vec::new(),
            reading: None,
            statistic: None,
            unit: None,
            verdict,
            reason: None,
            basis: run.basis,
            run: Some(run.id.clone()),
            code: Some(Code::Reimplemented),
            estimate: Some(address.to_owned()),
            equals: None,
            value: None,
            from_rounding: None,
            conclusion: None,
            holds: None,
            marks: Vec::new(),
            plain: String::new(),
            trace: Vec::new(),
            assumes: Vec::new(),
            others: Vec::new(),
            accepted: None,
            conflict: Vec::new(),
            replication: None,
            stability: None,
        });
        self
    }

    /// Gives the last claim another document.
    pub(crate) fn from(mut self, source: &str) -> Self {
        source.clone_into(&mut self.audit.claims.last_mut().unwrap().source);
        self
    }

    /// Gives the last claim a verdict on another run too.
    pub(crate) fn also(mut self, run: &str, basis: Basis, verdict: Verdict) -> Self {
        let other = OtherVerdict {
            run: Some(run.to_owned()),
            basis,
            verdict,
            reason: None,
            value: None,
            replication: None,
        };
        self.audit.claims.last_mut().unwrap().others.push(other);
        self
    }

    pub(crate) fn label(mut self, address: &str, label: &str) -> Self {
        self.figure.labels.push((address.to_owned(), label.to_owned()));
        self
    }

    pub(crate) fn show(mut self, addresses: &[&str]) -> Self {
        self.figure.show = addresses.iter().map(|&address| address.to_owned()).collect();
        self
    }

    pub(crate) fn axis(mut self, axis: &str) -> Self {
        self.figure.axis = Some(axis.to_owned());
        self
    }

    pub(crate) fn unit(mut self, unit: &str) -> Self {
        self.figure.unit = Some(unit.to_owned());
        self
    }

    pub(crate) fn over(mut self, time: &str) -> Self {
        self.figure.time = Some(time.to_owned());
        self
    }

    pub(crate) fn draw(&self) -> Result<Drawing, FigureError> {
        draw(&self.figure, &self.results, &self.audit)
    }
}

/// An estimate with its interval, printed in two documents, and one of which only the interval is.
pub(crate) fn one_effect() -> Scene {
    Scene::new(ChartKind::Estimates, "Change in completion time when AI tools are allowed")
        .estimate("effect", 0.188_399_941_163, Some([0.012_559_851, 0.394_776_306]))
        .claim("effect", "19%", Some([0.185, 0.195]), Verdict::Rounded)
        .claim("effect_hc3.ci_low", "0.013", Some([0.0125, 0.0135]), Verdict::Exact)
        .claim("effect_hc3.ci_high", "0.394", Some([0.3935, 0.3945]), Verdict::Exact)
        .claim("effect", "0.188", Some([0.1875, 0.1885]), Verdict::Exact)
        .from("readme")
        .claim("effect.ci_low", "2%", Some([0.015, 0.025]), Verdict::Differs)
        .claim("effect.ci_high", "39%", Some([0.385, 0.395]), Verdict::Exact)
        .estimate("effect_hc3", 0.188_399_941_163, Some([0.013_019, 0.394_144]))
        .label("effect", "Effect of allowing AI")
        .label("effect_hc3", "HC3")
        .unit("percent")
        .axis("Change in completion time")
}

/// Every verdict that a computed value can have, two runs, long labels, one value that is missing.
pub(crate) fn many_effects() -> Scene {
    Scene::new(
        ChartKind::Estimates,
        "Slope of verified success on expertise, and the level coefficients beside it, as the tables print them and as we recompute them from their cells",
    )
    .estimate("fit/level=2", 0.0361, Some([0.021, 0.051]))
    .claim("fit/level=2", "3.6 pp", Some([0.0355, 0.0365]), Verdict::Exact)
    .estimate("fit/level=3", 0.0912, Some([0.078, 0.104]))
    .claim("fit/level=3", "9.0 pp", Some([0.0895, 0.0905]), Verdict::WithinTolerance)
    .also("replication", Basis::NewData, Verdict::NotCompatible)
    .estimate("fit/level=4", 0.1404, Some([0.121, 0.160]))
    .claim("fit/level=4", "13.0 pp", Some([0.1295, 0.1305]), Verdict::Differs)
    .estimate("fit/level=5", -0.021, Some([-0.064, 0.022]))
    .claim("fit/level=5", "4.1 pp", Some([0.0405, 0.0415]), Verdict::Overturned)
    .estimate("adjusted/spread", 0.0425, None)
    .rounding(0.0412, 0.0438)
    .claim("adjusted/spread", "4.3 pp", Some([0.0425, 0.0435]), Verdict::AddsUp)
    .claim("adjusted/spread", "about 5 points", Some([0.045, 0.055]), Verdict::DoesNotAddUp)
    .estimate("unclaimed", 0.0666, Some([0.051, 0.082]))
    .run("replication", Basis::NewData)
    .estimate("fit/level=2", 0.0301, Some([-0.002, 0.062]))
    .estimate("fit/level=3", 0.0312, Some([0.01, 0.052]))
    .skipped("adjusted_rate", "withheld")
    .claim("adjusted_rate", "14.5 pp", Some([0.1445, 0.1455]), Verdict::Untestable)
    .show(&["fit/*", "adjusted/spread", "unclaimed", "adjusted_rate"])
    .label("fit/level=2", "Level 2 against level 1")
    .label("fit/level=3", "Level 3: has used the library in anger before, against level 1")
    .label("fit/level=5", "Level 5")
    .label("adjusted/spread", "Spread of the adjusted rates")
    .label("adjusted_rate", "Adjusted rate, session data")
    .unit("percentage points")
    .axis("Difference in verified success")
}

/// Shares of a whole.
pub(crate) fn shares() -> Scene {
    let mut scene = Scene::new(ChartKind::Bars, "Where sessions go: share of each kind of work")
        .unit("percent")
        .axis("Share of sessions");
    let kinds = [
        ("building", 0.331, "33%", Verdict::Exact),
        ("fixing", 0.1912, "19%", Verdict::Exact),
        ("learning and exploring code that someone else wrote", 0.283, "28–33%", Verdict::Rounded),
        ("writing", 0.12, "15%", Verdict::Differs),
        ("other", 0.0748, "8%", Verdict::DoesNotAddUp),
    ];
    for (kind, value, printed, verdict) in kinds {
        let id = format!("mix/share{{work={kind}}}");
        let end = printed.trim_end_matches('%').split('–').next_back().unwrap();
        let high = end.parse::<f64>().unwrap() / 100.0;
        let low = if printed.contains('–') { 0.28 } else { high };
        scene = scene.estimate(&id, value, Some([value - 0.012, value + 0.012])).claim(
            &id,
            printed,
            Some([low - 0.005, high + 0.005]),
            verdict,
        );
    }
    scene
}

/// Numbers recomputed from printed ones: no sampling error, only what rounding allows.
pub(crate) fn from_tables() -> Scene {
    Scene::new(ChartKind::Estimates, "Slope and level coefficients, recomputed from Table A2")
        .run("tables", Basis::PrintedNumbers)
        .estimate("fit/level", 0.042_467, None)
        .rounding(0.042_02, 0.042_91)
        .claim("fit/level", "0.0426 (0.0008)", Some([0.042_55, 0.042_65]), Verdict::AddsUp)
        .estimate("fit/r2", 0.0086, None)
        .rounding(0.0084, 0.0088)
        .claim("fit/r2", "0.009", Some([0.0085, 0.0095]), Verdict::AddsUp)
        .estimate("levels/level=5", 0.168, None)
        .rounding(0.166, 0.170)
        .claim("levels/level=5", "more than twice", Some([0.15, f64::INFINITY]), Verdict::Possible)
        .label("fit/level", "Slope per level of expertise")
        .label("fit/r2", "R²")
        .label("levels/level=5", "Level 5 against level 1")
}

/// Seven series that end close together, with long names, in two runs.
pub(crate) fn crowd() -> Scene {
    let mut scene =
        Scene::new(ChartKind::Timeline, "Seven series that end close together, with long names")
            .axis("Median minutes")
            .over("year");
    for index in 0..7 {
        for year in 2019..2026 {
            let value = 40.0 + f64::from(index) * 0.8 + f64::from((year * (index + 3)) % 5);
            let id =
                format!("pace/median{{year={year},team=a team with a rather long name {index}}}");
            scene = scene.estimate(&id, value, None);
            if year > 2022 {
                let half = [value + 2.5, value + 3.5];
                scene = scene.claim(&id, "44", Some(half), Verdict::Differs);
            }
        }
    }
    scene
}

/// Small, equal, lonely and missing things.
pub(crate) fn edges() -> Vec<(&'static str, Scene)> {
    let new = |kind| Scene::new(kind, "").unit("percent");
    let flat = |kind| new(kind).estimate("a", 0.5, None).estimate("b", 0.5, Some([0.5, 0.5]));
    let tiny = |kind| new(kind).estimate("a", 1.0, None).estimate("b", 1.0 + 1e-12, None);
    let huge =
        |kind| new(kind).estimate("a", -1e290, None).estimate("b", 1e290, Some([-1e295, 1e295]));
    let zero = |kind| new(kind).estimate("a", 0.0, Some([0.0, 0.0]));
    let once = Scene::new(ChartKind::Timeline, "One month").over("m");
    vec![
        ("flat_estimates", flat(ChartKind::Estimates)),
        ("flat_bars", flat(ChartKind::Bars)),
        ("tiny_estimates", tiny(ChartKind::Estimates)),
        ("huge_estimates", huge(ChartKind::Estimates)),
        ("huge_bars", huge(ChartKind::Bars)),
        ("zero_bars", zero(ChartKind::Bars)),
        ("zero_estimates", zero(ChartKind::Estimates)),
        ("once", once.estimate("x/y{m=2026-01}", 3.0, None).estimate("x/z{m=2026-01}", 3.0, None)),
    ]
}

/// Four kinds of work over seven months.
pub(crate) fn months() -> Scene {
    let mut scene = Scene::new(ChartKind::Timeline, "Kinds of work by month")
        .unit("percent")
        .axis("Share of sessions")
        .over("month");
    let starts = [
        ("building", 0.22, 0.018),
        ("fixing", 0.331, -0.0235),
        ("learning", 0.205, 0.001),
        ("writing", 0.2, 0.0042),
    ];
    let months = ["2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"];
    for (kind, start, slope) in starts {
        for (index, month) in months.into_iter().enumerate() {
            let value = start + slope * index as f64;
            let id = format!("mix/share{{month={month},work={kind}}}");
            scene = scene.estimate(&id, value, Some([value - 0.008, value + 0.008]));
        }
    }
    scene
        .claim("mix/share{month=2025-10,work=fixing}", "33%", Some([0.325, 0.335]), Verdict::Exact)
        .claim(
            "mix/share{month=2026-04,work=fixing}",
            "17%",
            Some([0.165, 0.175]),
            Verdict::Differs,
        )
        .claim(
            "mix/share{month=2026-04,work=building}",
            "33%",
            Some([0.325, 0.335]),
            Verdict::Exact,
        )
        .label("*work=learning*", "learning the code base before changing anything")
}

/// Two points in time: a slope.
pub(crate) fn before_and_after() -> Scene {
    let mut scene = Scene::new(ChartKind::Timeline, "Fixing fell, building rose").over("month");
    for (kind, from, to) in [("fixing", 0.33, 0.19), ("building", 0.21, 0.33)] {
        for (month, value) in [("2025-10", from), ("2026-04", to)] {
            let id = format!("mix/share{{month={month},work={kind}}}");
            scene = scene.estimate(&id, value, None);
        }
    }
    scene.unit("percent")
}

/// Text that tries to break out, in every place that takes text.
pub(crate) fn hostile() -> Scene {
    let bad = "<script>alert('x')</script> & \"quoted\" ]]> \u{1b}[31m \u{202e}";
    Scene::new(ChartKind::Estimates, bad)
        .run("b<a>d", Basis::NewData)
        .estimate("effect", 0.1, Some([-0.2, 0.4]))
        .claim("effect", "=1+1 <b>", Some([0.05, 0.15]), Verdict::Compatible)
        .also("released", Basis::AnalysisData, Verdict::Rounded)
        .show(&["effect", "gone", "nothing/<i>*"])
        .label("effect", &format!("={bad}"))
        .unit(bad)
        .axis(bad)
}

/// Scripts that our font may not have.
pub(crate) fn scripts() -> Scene {
    let mut scene = Scene::new(
        ChartKind::Bars,
        "Anteil der Sitzungen · доля сеансов · μερίδιο · 会话份额 · حصة",
    );
    for (index, label) in
        ["Größe", "исправление ошибок", "ένα δύο", "修复代码的会话所占的份额", "جلسات", "👩‍💻 coding"]
            .into_iter()
            .enumerate()
    {
        let id = format!("s/{index}");
        scene = scene.estimate(&id, 0.1 * (index as f64 - 2.0), None).label(&id, label);
    }
    scene
}

/// Thirty rows without intervals or claims.
pub(crate) fn thirty() -> Scene {
    let mut scene = Scene::new(ChartKind::Estimates, "Thirty countries");
    for index in 0..30 {
        let value = f64::from(index * 37 % 30) / 10.0 - 1.2;
        let id = format!("growth/mean{{country=Country number {index}}}");
        scene = scene.estimate(&id, value, Some([value - 0.4, value + 0.5]));
    }
    let last = "growth/mean{country=Country number 29}";
    scene.results.runs[0].estimates[29].ci = Some([-60.0, 80.0]);
    scene
        .claim(last, "> 0", Some([0.0, f64::INFINITY]), Verdict::Rounded)
        .axis("Growth, percent per year")
}

/// All scenes that can be drawn, by name.
pub(crate) fn all() -> Vec<(&'static str, Scene)> {
    vec![
        ("one_effect", one_effect()),
        ("many_effects", many_effects()),
        ("shares", shares()),
        ("months", months()),
        ("before_and_after", before_and_after()),
        ("hostile", hostile()),
        ("scripts", scripts()),
        ("thirty", thirty()),
        ("from_tables", from_tables()),
        ("crowd", crowd()),
    ]
    .into_iter()
    .chain(edges())
    .collect()
}
