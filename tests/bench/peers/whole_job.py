"""The whole job with polars and pyfixest: hash the file, read it, six tables, six regressions; prints the numbers as JSON.

    python3 whole_job.py FILE        (sessions.csv or sessions.parquet)
"""

import hashlib
import json
import sys

import polars
import pyfixest

column = polars.col


def banded(table):
    value, turns = column("task_value"), column("turns")
    return table.with_columns(
        value_band=polars.when(value < 15).then(0).when(value < 30).then(1).when(value < 60).then(2).otherwise(3),
        length_band=polars.when(turns < 2).then(0).when(turns < 5).then(1).when(turns < 10).then(2)
        .when(turns < 20).then(3).when(turns < 50).then(4).otherwise(5),
    )


def tables(rows):
    lazy = rows.lazy()
    error = lambda name: (column(name).std() / polars.len().sqrt()).alias(f"{name}_se")
    asked = {
        "by_month_and_mode": lazy.group_by("month", "work_mode").agg(n=polars.len()),
        "by_month_and_occupation": lazy.group_by("month", "occupation").agg(
            error("success_signal"), n=polars.len(), success=column("success_signal").mean()),
        "by_expertise_and_mode": lazy.group_by("expertise", "work_mode").agg(
            error("success_signal"), success=column("success_signal").mean(), full=(column("outcome") == "full").mean()),
        "value": lazy.group_by("month", "expertise").agg(value=column("task_value").log().mean().exp()),
        "users": lazy.group_by("month").agg(users=column("user_id").n_unique()),
        "by_subject_and_expertise": lazy.group_by("subject", "expertise").agg(
            error("actions_per_prompt"), n=polars.len(), actions=column("actions_per_prompt").mean(),
            words=column("output_words").log().mean().exp()),
    }
    return dict(zip(asked, polars.collect_all(list(asked.values()))))


FORMULAS = {
    "a1_1": "success_signal ~ expertise",
    "a1_2": "success_signal ~ expertise | mode_value",
    "a1_3": "success_signal ~ expertise | mode_value_month",
    "a1_4": "success_signal ~ expertise | mode_value_month + occupation",
    "a1_5": "success_signal ~ expertise | mode_value_month + occupation + subject",
    "a1_6": "success_signal ~ expertise + ln_words + ln_turns | mode_value_month + occupation + subject + model_length",
}


def regressions(rows):
    codes = lambda *names: polars.struct(names).rank("dense").cast(polars.Int32)
    frame = rows.select(
        "expertise",
        success_signal=column("success_signal").cast(polars.Float64),
        ln_words=column("output_words").log(),
        ln_turns=column("turns").log(),
        user_id=column("user_id").cast(polars.Categorical).to_physical(),
        occupation=column("occupation").cast(polars.Categorical).to_physical(),
        subject=column("subject").cast(polars.Categorical).to_physical(),
        mode_value=codes("work_mode", "value_band"),
        mode_value_month=codes("work_mode", "value_band", "month"),
        model_length=codes("model", "length_band"),
    ).to_pandas()
    for name, formula in FORMULAS.items():
        fitted = pyfixest.feols(formula, frame, vcov={"CRV1": "user_id"}, copy_data=False, store_data=False, lean=True)
        yield name, fitted.coef().to_dict(), fitted.se().to_dict()


def main():
    path = sys.argv[1]
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    rows = banded(polars.read_csv(path) if path.endswith(".csv") else polars.read_parquet(path))
    numbers = {"sha256": digest}
    for name, table in tables(rows).items():
        keys = [key for key in ("month", "expertise", "subject", "occupation", "work_mode") if key in table.columns]
        for row in table.iter_rows(named=True):
            for measure, value in row.items():
                if measure not in keys:
                    numbers[f"{name}/{measure}/" + ",".join(f"{key}={row[key]}" for key in keys)] = value
    for name, coefficients, errors in regressions(rows):
        for term, value in coefficients.items():
            numbers[f"{name}/{term}"] = value
            numbers[f"{name}/{term}.se"] = errors[term]
    json.dump(numbers, sys.stdout)


main()
