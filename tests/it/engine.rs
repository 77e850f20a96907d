//! Tests of `engine` from outside.

use std::borrow::Cow;
use std::sync::Arc;

use secondlook::engine::{Column, ColumnType, Engine, EngineError, Schema, Table, Values};

fn people() -> Arc<Table> {
    Arc::new(
        Table::from_columns(vec![
            ("id".to_owned(), Column::new(Values::Int(vec![1, 2, 3, 4]))),
            (
                "Age".to_owned(),
                Column::with_nulls(
                    Values::Float(vec![20.5, 0.0, 31.0, 44.25]),
                    vec![true, false, true, true],
                ),
            ),
            ("group".to_owned(), Column::from_texts([Some("b"), Some("a"), None, Some("b")])),
        ])
        .expect("a table"),
    )
}

fn engine() -> Engine {
    let engine = Engine::new(2).expect("threads");
    engine.register("people", people()).expect("registered");
    engine
}

#[test]
fn a_query_answers_with_a_plain_table_in_the_order_of_its_input() {
    let answer =
        engine().query("SELECT *, Age * 2 AS twice FROM people WHERE id <> 2").expect("an answer");
    assert_eq!(answer.names().collect::<Vec<_>>(), ["id", "Age", "group", "twice"]);
    assert_eq!(answer.column("id").expect("id").values, Values::Int(vec![1, 3, 4]));
    assert_eq!(
        answer.column("twice").expect("twice").values,
        Values::Float(vec![41.0, 62.0, 88.5])
    );
    assert_eq!(answer.column("group").expect("group").text_at(1), None);
}

#[test]
fn a_plan_tells_the_columns_without_running() {
    let engine = Engine::new(1).expect("threads");
    let schema = Schema {
        columns: vec![("x".to_owned(), ColumnType::Int), ("t".to_owned(), ColumnType::Text)],
    };
    engine.register("t", Arc::new(schema.empty_table())).expect("registered");
    let planned = engine.schema_of("SELECT x / 2.0 AS half, t, count(*) OVER () AS n FROM t");
    let expected = [("half", ColumnType::Float), ("t", ColumnType::Text), ("n", ColumnType::Int)];
    let found = planned.expect("a schema").columns;
    assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
}

/// `WHERE true` makes a query one that the engine itself has to plan.
#[test]
fn a_type_told_without_the_engine_is_the_one_that_it_plans() {
    let engine = engine();
    let empty = people().schema().empty_table();
    engine.register("nobody", Arc::new(empty)).expect("registered");
    for expression in [
        "id < 3",
        "Age >= 30",
        "\"group\" = 'b'",
        "1",
        "2.5",
        "case when id < 2 then 0 else 1 end",
        "case when Age < 2.5 then 0.5 when id = 3 then 1.5 end",
        "case when id < 2 then 0 else 1.5 end",
        "ln(id)",
        "ln(Age)",
        "(id)",
    ] {
        for table in ["people", "nobody"] {
            let sql = format!("SELECT {expression} AS v, id FROM {table}");
            let planned = engine.schema_of(&format!("{sql} WHERE true")).expect(expression);
            assert_eq!(engine.schema_of(&sql).expect(expression), planned, "{sql}");
        }
    }
    for wrong in ["ln(\"group\")", "ln(nothing)", "case when \"group\" < 2 then 0 end"] {
        let told = engine.schema_of(&format!("SELECT {wrong} AS v, id FROM nobody"));
        assert!(told.is_err(), "{wrong}: {told:?}");
    }
}

#[test]
fn before_the_engine_answers_it_must_see_the_rows_that_were_promised() {
    let engine = engine();
    engine.expect_rows("people", 4);
    assert!(engine.query("SELECT sum(id) AS s FROM people").is_ok());
    engine.expect_rows("people", 5);
    let error = engine.query("SELECT sum(id) AS s FROM people").expect_err("one row is missing");
    assert!(error.to_string().contains("does not see the 5 rows of `people`"), "{error}");
}

#[test]
fn a_wrong_name_is_met_with_the_nearest_one_and_its_place() {
    let engine = engine();
    let wrong = engine.query("SELECT id, age FROM people").expect_err("no such column");
    assert_eq!(wrong.at(), Some("SELECT id, ".len()));
    assert_eq!(wrong.help().as_deref(), Some("did you mean `Age`?"));
    let wrong = engine.query("SELECT id FROM peopel").expect_err("no such table");
    assert_eq!(wrong.at(), Some("SELECT id FROM ".len()));
    assert_eq!(wrong.help().as_deref(), Some("did you mean `people`?"));
    let wrong = engine.query("SELECT sqr(id) FROM people").expect_err("no such function");
    assert_eq!(wrong.help().as_deref(), Some("did you mean `sqrt`?"));
}

#[test]
fn what_is_not_a_plain_select_is_refused() {
    let engine = engine();
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out.csv");
    let copy = format!("COPY (SELECT 1) TO '{}'", target.display());
    for sql in [
        copy.as_str(),
        "CREATE EXTERNAL TABLE p (x TEXT) STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO people VALUES (1, 2.0, 'x')",
        "SET datafusion.execution.batch_size = 1",
        "DROP TABLE people",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "SELECT 1; SELECT 2",
        "SELECT * FROM generate_series(1, 9876543210)",
        "SELECT * FROM range(10)",
        "SELECT random() AS r",
        "SELECT now() AS r",
        "SELECT uuid() AS r",
        "SELECT current_timestamp AS r",
        "SELECT current_date AS r",
        "SELECT approx_distinct(id) AS r FROM people",
        "SELECT approx_percentile_cont(id, 0.5) AS r FROM people",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT * FROM n",
        "SELECT id INTO other FROM people",
    ] {
        let refused = engine.query(sql);
        assert!(matches!(refused, Err(EngineError::Refused { .. })), "{sql}: {refused:?}");
    }
    assert!(!target.exists());
    for sql in ["SELECT * FROM '/etc/passwd'", "SELECT * FROM information_schema.tables"] {
        let refused = engine.query(sql);
        assert!(matches!(refused, Err(EngineError::UnknownTable { .. })), "{sql}: {refused:?}");
    }
}

/// A chain of names, each of which stands for the one before, twice.
fn laughs(body: &str, length: usize) -> String {
    let mut names = vec!["n0 AS (SELECT 1 AS x)".to_owned()];
    for place in 0..length {
        names.push(format!("n{} AS ({})", place + 1, body.replace("{}", &format!("n{place}"))));
    }
    format!("WITH {} SELECT x FROM n{length}", names.join(", "))
}

#[test]
fn sql_of_any_size_is_an_error_and_never_the_end_of_the_process() {
    let engine = engine();
    let sum = |terms: usize| format!("SELECT {} AS x", vec!["1"; terms].join(" + "));
    assert_eq!(engine.query(&sum(900)).expect("900 terms").rows(), 1);
    let any = vec!["id = 3"; 450].join(" OR ");
    assert_eq!(
        engine.query(&format!("SELECT id FROM people WHERE {any}")).expect("long").rows(),
        1
    );
    let list: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    let list = format!("SELECT id FROM people WHERE id IN ({})", list.join(", "));
    assert_eq!(engine.query(&list).expect("a long list").rows(), 4);
    for sql in [
        sum(5_000),
        format!("SELECT {}1", "-".repeat(30_000)),
        format!("SELECT {}1{} AS x", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT {}1{} AS x", "abs(".repeat(900), ")".repeat(900)),
        format!("SELECT {} true AS x", "NOT ".repeat(10_000)),
        vec!["SELECT 1 AS x"; 5_000].join(" UNION ALL "),
        sum(50_000),
        laughs("SELECT x FROM {} UNION ALL SELECT x FROM {}", 60),
        laughs("SELECT x + x AS x FROM {} WHERE x + x > 1", 60),
        format!("SELECT 1 AS x FROM people{}", ", people".repeat(5_000)),
        format!("SELECT 1 AS x FROM people{}", " CROSS JOIN people".repeat(900)),
    ] {
        let refused = engine.query(&sql);
        let limited =
            matches!(refused, Err(EngineError::Limit { .. } | EngineError::Syntax { .. }));
        assert!(limited, "{refused:?}");
    }
}

fn numbers(columns: &[(&str, &[f64])]) -> Arc<Table> {
    let columns = columns
        .iter()
        .map(|(name, values)| ((*name).to_owned(), Column::new(Values::Float(values.to_vec()))));
    Arc::new(Table::from_columns(columns.collect()).expect("a table"))
}

fn one_number(engine: &Engine, sql: &str) -> f64 {
    let table = engine.query(sql).expect(sql);
    let (_, column) = table.columns().next().expect("a column");
    column.number_at(0).expect("a number")
}

/// Expected: exact rationals of the same floats, rounded once (Python 3 `fractions`; the table is
/// NIST's NumAcc3 with a smaller leading part, made there because its variance defeats plain sums).
#[test]
fn aggregates_are_exact_and_rounded_once() {
    let engine = Engine::new(1).expect("threads");
    let mut values = vec![10_000_000.2];
    for _ in 0..500 {
        values.extend([10_000_000.1, 10_000_000.3]);
    }
    engine.register("t", numbers(&[("x", &values)])).expect("registered");
    assert_eq!(one_number(&engine, "SELECT sum(x) AS v FROM t"), 10_010_000_200.2);
    assert_eq!(one_number(&engine, "SELECT avg(x) AS v FROM t"), 10_000_000.2);
    let variance = one_number(&engine, "SELECT var_samp(x) AS v FROM t");
    assert!((variance / 0.010_000_000_111_758_71 - 1.0).abs() < 4e-16, "{variance:e}");
    let x = [0.1, 0.7, 1e8, -3.3, 2.5e-5];
    let y = [5.0, 0.3, -1e7, 8.25, 1e3];
    engine.register("p", numbers(&[("x", &x), ("y", &y)])).expect("registered");
    let close = |sql: &str, expected: f64| {
        let found = one_number(&engine, sql);
        assert!((found / expected - 1.0).abs() < 1e-15, "{sql}: {found:e}");
    };
    close("SELECT covar_samp(x, y) AS v FROM p", -200_005_068_999_867.44);
    close("SELECT corr(x, y) AS v FROM p", -0.999_999_995_354_024_5);
    assert_eq!(
        one_number(&engine, "SELECT sum(v) AS v FROM (VALUES (1e100), (1.0), (-1e100)) AS a(v)"),
        1.0
    );
    assert_eq!(
        one_number(
            &engine,
            "SELECT stddev_pop(v) AS v FROM (VALUES (2), (4), (4), (4), (5), (5), (7), (9)) AS a(v)"
        ),
        2.0
    );
    assert_eq!(one_number(&engine, "SELECT median(v) AS v FROM (VALUES (1), (2)) AS a(v)"), 1.5);
    assert_eq!(one_number(&engine, "SELECT avg(v) AS v FROM (VALUES (1), (2)) AS a(v)"), 1.5);
}

/// The same table in two orders, on one thread and on two, gives the same bits.
#[test]
fn neither_threads_nor_the_order_of_rows_change_a_bit() {
    let mut state = 11_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let rows = 30_000;
    let groups: Vec<f64> = (0..rows).map(|_| (next() * 7.0).floor()).collect();
    let values: Vec<f64> = (0..rows)
        .map(|_| (next() - 0.5) * secondlook::stats::math::powi(10.0, (next() * 30.0) as i32))
        .collect();
    let mut order: Vec<usize> = (0..rows).collect();
    let mut answers = Vec::new();
    for (threads, shuffled) in [(1, false), (2, false), (1, true), (2, true)] {
        if shuffled {
            for row in (1..rows).rev() {
                order.swap(row, (next() * (row + 1) as f64) as usize);
            }
        }
        let pick = |values: &[f64]| order.iter().map(|row| values[*row]).collect::<Vec<_>>();
        let engine = Engine::new(threads).expect("threads");
        engine
            .register("t", numbers(&[("g", &pick(&groups)), ("x", &pick(&values))]))
            .expect("registered");
        let answer = engine.query(
            "SELECT g, count(*) AS n, sum(x) AS s, avg(x) AS m, stddev(x) AS sd, median(x) AS md, \
             corr(g + x, x) AS r, sum(exp(x / 1e30)) AS e FROM t GROUP BY g ORDER BY g",
        );
        answers.push(answer.expect("an answer"));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(answers[0].rows(), 7);
}

#[test]
fn windows_of_sums_are_exact_too() {
    let engine = Engine::new(1).expect("threads");
    engine.register("t", numbers(&[("x", &[1e100, 1.0, -1e100, 2.0, 3.0])])).expect("registered");
    let sums = engine
        .query("SELECT sum(x) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s, sum(x) OVER (ROWS UNBOUNDED PRECEDING) AS r FROM t")
        .expect("an answer");
    assert_eq!(
        sums.column("s").expect("s").values,
        Values::Float(vec![1e100, 1e100, -1e100, -1e100, 5.0])
    );
    assert_eq!(
        sums.column("r").expect("r").values,
        Values::Float(vec![1e100, 1e100, 1.0, 3.0, 6.0])
    );
}

#[test]
fn what_has_no_finite_value_is_an_error_that_names_column_and_row() {
    let engine = Engine::new(1).expect("threads");
    engine
        .register("t", numbers(&[("x", &[1.0, 2.0, -3.0]), ("y", &[1.0, 0.0, 2.0])]))
        .expect("registered");
    let error = |sql: &str| engine.query(sql).expect_err(sql);
    let at = |column: &str, row, value: &str| EngineError::NotFinite {
        column: column.to_owned(),
        row,
        value: value.to_owned(),
    };
    assert_eq!(error("SELECT x, x / y AS ratio FROM t"), at("ratio", 2, "infinite"));
    assert_eq!(error("SELECT ln(y) AS l FROM t"), at("l", 2, "infinite"));
    assert_eq!(error("SELECT sqrt(x) AS r FROM t"), at("r", 3, "not a number"));
    assert_eq!(error("SELECT exp(x * 1000.0) AS e FROM t"), at("e", 1, "infinite"));
    assert_eq!(error("SELECT 1 / 0 AS q"), EngineError::DivideByZero);
    assert_eq!(error("SELECT 1 % (x = 0)::int AS q FROM t"), EngineError::DivideByZero);
    // In a condition there is no row to name, and infinity must not pass for a large number.
    assert_eq!(error("SELECT x FROM t WHERE x / y > 1"), EngineError::DivideByZero);
    assert!(matches!(error("SELECT x FROM t WHERE ln(x) > 0"), EngineError::Domain { .. }));
    assert!(matches!(error("SELECT 9223372036854775807 + 1 AS n"), EngineError::Limit { .. }));
    assert!(matches!(
        error("SELECT sum(v) AS n FROM (VALUES (9223372036854775807), (1)) AS a(v)"),
        EngineError::Limit { .. }
    ));
    assert!(matches!(
        error("SELECT sum(v) AS n FROM (VALUES (1.7e308), (1.7e308)) AS a(v)"),
        EngineError::Limit { .. }
    ));
    assert!(matches!(error("SELECT 1e400 AS x"), EngineError::Syntax { .. }));
}

#[test]
fn a_condition_guards_what_follows_it() {
    let engine = Engine::new(1).expect("threads");
    engine
        .register("t", numbers(&[("x", &[1.0, 2.0, 6.0, -3.0]), ("y", &[1.0, 0.0, 2.0, 3.0])]))
        .expect("registered");
    engine
        .register(
            "i",
            Arc::new(
                Table::from_columns(vec![
                    ("x".to_owned(), Column::new(Values::Int(vec![1, 2, 6, -3]))),
                    ("y".to_owned(), Column::new(Values::Int(vec![1, 0, 2, 3]))),
                ])
                .expect("a table"),
            ),
        )
        .expect("registered");
    for table in ["t", "i"] {
        for (condition, expected) in [
            ("y <> 0 AND x / y > 1", vec![6.0]),
            ("x > 0 AND y <> 0 AND x / y > 1", vec![6.0]),
            ("y = 0 OR x / y > 1", vec![2.0, 6.0]),
            ("NOT (y = 0 OR x / y <= 1)", vec![6.0]),
            ("CASE WHEN y <> 0 THEN x / y > 1 ELSE false END", vec![6.0]),
            ("x > 0 AND ln(x) > 0", vec![2.0, 6.0]),
            ("x / nullif(y, 0) > 1", vec![6.0]),
        ] {
            let sql = format!("SELECT x FROM {table} WHERE {condition}");
            let answer = engine.query(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let found = answer.column("x").expect("x").numbers().expect("numbers");
            assert_eq!(found.into_values(), expected, "{sql}");
        }
    }
    let answer = engine
        .query("SELECT y <> 0 AND x / y > 1 AS big, coalesce(x / nullif(y, 0), 0) AS q FROM t");
    assert_eq!(
        answer.expect("an answer").column("big").expect("big").values,
        Values::Bool(vec![false, false, true, false])
    );
}

#[test]
fn integer_division_is_told() {
    let engine = engine();
    let divisions = |sql: &str| engine.integer_divisions(sql).expect("plans");
    assert_eq!(
        divisions("SELECT id / 2 AS h, id / 2.0 AS f FROM people WHERE id / 3 > 1"),
        ["id / 2", "id / 3"]
    );
    assert!(divisions("SELECT Age / 2 AS h FROM people").is_empty());
    assert_eq!(one_number(&engine, "SELECT 5 / 2 AS x"), 2.0);
}

#[test]
fn functions_of_numbers_are_those_of_stats() {
    use secondlook::stats::math;
    let engine = Engine::new(1).expect("threads");
    let value = |expression: &str| one_number(&engine, &format!("SELECT {expression} AS v"));
    assert_eq!(value("exp(1)"), math::exp(1.0));
    assert_eq!(value("ln(7)"), math::ln(7.0));
    assert_eq!(value("log(1000)"), 3.0);
    assert_eq!(value("log(2, 8)"), 3.0);
    assert_eq!(value("power(2, 10)"), 1024.0);
    assert_eq!(value("pow(2, -1)"), 0.5);
    assert_eq!(value("sqrt(2)"), 2_f64.sqrt());
    assert_eq!(value("round(2.675, 2)"), 2.67);
    assert_eq!(value("round(2.5)"), 3.0);
    assert_eq!(value("EXP(0)"), 1.0);
    assert_eq!(value("abs(-3)"), 3.0);
    assert_eq!(value("CAST(7 AS DOUBLE) / 2"), 3.5);
}

#[test]
fn a_join_without_an_equality_has_a_limit() {
    let engine = Engine::new(1).expect("threads");
    let values = vec![1.0; 40_000];
    engine.register("a", numbers(&[("x", &values)])).expect("registered");
    engine.register("b", numbers(&[("y", &values)])).expect("registered");
    for sql in [
        "SELECT count(*) AS n FROM a, b",
        "SELECT count(*) AS n FROM a JOIN b ON a.x < b.y",
        "SELECT count(*) AS n FROM a WHERE EXISTS (SELECT 1 FROM b CROSS JOIN a AS c)",
    ] {
        assert!(matches!(engine.query(sql), Err(EngineError::Limit { .. })), "{sql}");
    }
    // Every row meets every row: the result is counted while it comes.
    let many = engine.query("SELECT a.x FROM a JOIN b ON a.x = b.y");
    assert!(matches!(many, Err(EngineError::Limit { .. })), "{many:?}");
}

#[test]
fn common_table_expressions_are_tables_of_their_query() {
    let engine = engine();
    let sql = "WITH a AS (SELECT id FROM people), b AS (WITH c AS (SELECT id FROM a) SELECT id FROM c) \
               SELECT count(*) AS n FROM b JOIN a ON a.id = b.id WHERE a.id IN (SELECT id FROM a)";
    assert_eq!(one_number(&engine, sql), 4.0);
    let early =
        engine.query("WITH a AS (SELECT id FROM b), b AS (SELECT id FROM people) SELECT id FROM a");
    assert!(matches!(early, Err(EngineError::UnknownTable { .. })), "{early:?}");
    let outside =
        engine.query("SELECT id FROM (WITH c AS (SELECT id FROM people) SELECT id FROM c) AS d, c");
    assert!(matches!(outside, Err(EngineError::UnknownTable { .. })), "{outside:?}");
}

#[test]
fn errors_speak_plainly() {
    let engine = engine();
    for (sql, expected) in [
        (
            "SELECT sum(\"group\") AS s FROM people",
            "the types do not fit: `sum` needs a number, not text",
        ),
        (
            "SELECT exp(\"group\") AS s FROM people",
            "the types do not fit: `exp` needs a number, not text",
        ),
        (
            "SELECT id ^ 2 AS s FROM people",
            "this is not valid SQL: `^` means another thing in SQL than a power; write `power(x, 2)`",
        ),
        ("SELECT id == 2 AS s FROM people", "this is not valid SQL: `==` is not SQL; write `=`"),
        (
            "SELECT id, id FROM people AS a, people AS b",
            "the types do not fit: `id` is a column of more than one table; write `table.id`",
        ),
        (
            "SELECT null AS x",
            "the types do not fit: the column `x` is only null and has no type; write `cast(null as double)` or another type",
        ),
        (
            "SELECT FROM people WHERE",
            "this is not valid SQL: expected an expression, found the end of the text",
        ),
        ("SELECT id + FROM people", "no column is called `id`"),
        ("SELECT (id FROM people", "this is not valid SQL: expected ), found FROM"),
        ("SELECT 'abc", "this is not valid SQL: unterminated string literal"),
        (
            "SELECT \"group\" + 1 AS s FROM people",
            "the types do not fit: `text + int` has no meaning",
        ),
        (
            "SELECT \"group\" > 5 AS s FROM people",
            "the types do not fit: `group` is a string and `5` is an int",
        ),
        (
            "SELECT id FROM people WHERE id IN ('1', '2')",
            "the types do not fit: `id` is an int and `1` is a string",
        ),
        (
            "SELECT cast(\"group\" AS int) AS s FROM people",
            "the types do not fit: Cannot cast string 'b' to value of int type",
        ),
        (
            "SELECT id FROM people WHERE id",
            "the types do not fit: the condition `id` is an int, not true or false",
        ),
        (
            "SELECT sum(id), Age FROM people",
            "the types do not fit: `Age` stands beside an aggregate, and must be in GROUP BY",
        ),
        (
            "SELECT substr(id, 1, 2, 3, 4) AS s FROM people",
            "the types do not fit: `substr` does not take these arguments",
        ),
    ] {
        let Err(error) = engine.query(sql) else { panic!("{sql} is answered") };
        let text = error.to_string();
        assert_eq!(text, expected, "{sql}");
        let lower = text.to_lowercase();
        for inner in [
            "datafusion",
            "?table?",
            "utf8",
            "int64",
            "arrow",
            "internal error",
            "backtrace",
            "sqlparser",
            "line:",
        ] {
            assert!(!lower.contains(inner), "{sql}: {text}");
        }
    }
}

#[test]
fn the_plainest_expressions_are_what_the_engine_says() {
    let rows = 7;
    let valid = vec![true, true, false, true, true, true, true];
    let table = Table::from_columns(vec![
        ("n".to_owned(), Column::new(Values::Int((-2..5).collect()))),
        ("k".to_owned(), Column::with_nulls(Values::Int((1..8).collect()), valid.clone())),
        (
            "x".to_owned(),
            Column::with_nulls(Values::Float(vec![-1.5, -0.0, 9.0, 0.0, 1.5, 2.0, 1e300]), valid),
        ),
        (
            "t".to_owned(),
            Column::from_texts([
                Some("a"),
                Some("b"),
                None,
                Some("a"),
                Some("é"),
                Some(""),
                Some("A"),
            ]),
        ),
    ])
    .expect("a table");
    let engine = Engine::new(1).expect("threads");
    engine.register("t", Arc::new(table)).expect("registered");
    for expression in [
        "x < 0",
        "x = 0",
        "x <> 0.0",
        "x >= 1.5",
        "x <= 2",
        "n > 0.5",
        "n = 3",
        "k <> 4",
        "k < 9223372036854775807",
        "t = 'a'",
        "t <> 'a'",
        "t = 'nowhere'",
        "t <> ''",
        "(n >= 1)",
        "1",
        "2.5",
        "case when x < 0 then 0 when x < 1 then 1 else 2 end",
        "case when k < 3 then 1 when t = 'A' then 7 end",
        "case when n < 0 then 0.5 else 1.25 end",
        "case when x < 0 then 1 when x < 1 then 2.5 else 3 end",
        "case when n < 0 then 'low' else 'high' end",
        "case n when 1 then 2 else 3 end",
        "ln(k)",
        "ln(abs(x) + 1)",
        "n = n",
        "5 < n",
        "x = -1.5",
        "t < 'b'",
    ] {
        let ask = |end: &str| {
            let sql = format!("SELECT n, ({expression}) AS value FROM t{end}");
            engine.query(&sql).map(|table| table.column("value").cloned())
        };
        let (ours, theirs) = (ask(""), ask(" WHERE true"));
        let texts = |column: &Option<Column>| -> Vec<Option<String>> {
            let column = column.as_ref().expect("a column");
            (0..rows).map(|row| column.text_at(row).map(Cow::into_owned)).collect()
        };
        let (ours, theirs) = (ours.expect(expression), theirs.expect(expression));
        assert_eq!(
            ours.as_ref().map(Column::kind),
            theirs.as_ref().map(Column::kind),
            "{expression}"
        );
        assert_eq!(texts(&ours), texts(&theirs), "{expression}");
    }
    for (expression, wrong) in [("ln(n)", "ln(-2"), ("ln(x)", "ln(-1.5")] {
        let error =
            engine.query(&format!("SELECT {expression} AS v, k FROM t")).expect_err("no logarithm");
        assert!(error.to_string().contains(wrong) || error.to_string().contains('v'), "{error}");
    }
}
