//! Tests of `engine` from outside.

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

#[test]
fn sql_of_any_size_is_an_error_and_never_the_end_of_the_process() {
    let engine = engine();
    let sum = |terms: usize| format!("SELECT {} AS x", vec!["1"; terms].join(" + "));
    assert_eq!(engine.query(&sum(900)).expect("900 terms").rows(), 1);
    for sql in [
        sum(5_000),
        format!("SELECT {}1", "-".repeat(30_000)),
        format!("SELECT {}1{} AS x", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT {}1{} AS x", "abs(".repeat(900), ")".repeat(900)),
        format!("SELECT {} true AS x", "NOT ".repeat(10_000)),
        vec!["SELECT 1 AS x"; 5_000].join(" UNION ALL "),
        sum(50_000),
    ] {
        let refused = engine.query(&sql);
        let limited =
            matches!(refused, Err(EngineError::Limit { .. } | EngineError::Syntax { .. }));
        assert!(limited, "{refused:?}");
    }
}
