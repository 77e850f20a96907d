"""Writes a table of sessions with the shape of the flagship study's withheld data: what the benchmarks run on.

    python3 tests/bench/sessions.py FOLDER [--scale K]

398,198 sessions of 234,751 users at scale 1; scale K repeats the profile with users of their own. Most users come once, a
few hundred times; levels of work, subjects and months are skewed; success depends on expertise, on the user and on the task.
Everything is drawn here from a fixed seed. Writes FOLDER/sessions.csv, FOLDER/sessions.parquet (zstd, text as text).
Needs numpy and pyarrow.
"""

import argparse
import os

import numpy
import pyarrow
import pyarrow.csv
import pyarrow.parquet

ROWS = 398_198
USERS = 234_751
# How many users come at least so often.
AT_LEAST = {2: 73_066, 6: 6_382, 11: 1_413}
MOST = 400

WORK = ["build", "debug", "refactor", "explain", "review", "test", "document", "deploy", "data_analysis"]
MONTHS = [f"2025-{month:02}" for month in range(4, 11)]
OCCUPATIONS = [f"occ_{place:02}" for place in range(24)]
SUBJECTS = [f"subject_{place:03}" for place in range(100)]
MODELS = ["m-opus-a", "m-opus-b", "m-sonnet-a", "m-sonnet-b", "m-haiku-a", "m-other"]
OUTCOMES = ["full", "partial", "none", "unclear"]


def falling(count, power):
    """Shares that fall as 1/rank to a power."""
    weights = 1.0 / numpy.arange(1, count + 1) ** power
    return weights / weights.sum()


def sessions_per_user(draw):
    """How often each user comes: the counts of AT_LEAST are met, and the total is ROWS."""
    often = AT_LEAST[11]
    some = AT_LEAST[6] - often
    few = AT_LEAST[2] - AT_LEAST[6]
    heavy = numpy.minimum(11 + (8 * draw.pareto(2.2, often)).astype(int), MOST)
    middle = draw.choice(numpy.arange(6, 11), some, p=[0.36, 0.25, 0.17, 0.12, 0.10])
    light = draw.choice(numpy.arange(2, 6), few, p=[0.55, 0.25, 0.13, 0.07])
    left = ROWS - (USERS - AT_LEAST[2]) - heavy.sum() - middle.sum() - light.sum()
    while left != 0:
        step = int(numpy.sign(left))
        free = numpy.flatnonzero(light < 5 if step > 0 else light > 2)
        chosen = draw.permutation(free)[: abs(left)]
        light[chosen] += step
        left -= step * len(chosen)
    counts = numpy.concatenate([numpy.ones(USERS - AT_LEAST[2], int), light, middle, heavy])
    return draw.permutation(counts)


def identifiers(numbers):
    """Sixteen hexadecimal digits that look like nothing: a bijection of 64 bits."""
    x = numbers.astype(numpy.uint64)
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53)):
        x = (x ^ (x >> numpy.uint64(shift))) * numpy.uint64(factor)
    digits = (x ^ (x >> numpy.uint64(33))).astype(">u8").tobytes().hex()
    return pyarrow.array([digits[at : at + 16] for at in range(0, len(digits), 16)])


def part(seed, place):
    """One profile of users with all their sessions, as arrow columns."""
    draw = numpy.random.default_rng([seed, place])
    user = numpy.repeat(numpy.arange(USERS), sessions_per_user(draw))
    skill = draw.standard_normal(USERS)
    usual = numpy.clip(numpy.rint(2.8 + 0.9 * skill), 1, 5)
    expertise = numpy.clip(usual[user] + draw.choice([-1, 0, 1], ROWS, p=[0.15, 0.7, 0.15]), 1, 5).astype(int)
    trade = draw.choice(24, USERS, p=falling(24, 0.9))
    occupation = numpy.where(draw.random(ROWS) < 0.85, trade[user], draw.integers(0, 24, ROWS))
    subject = draw.choice(100, ROWS, p=falling(100, 0.7))
    near = (4 * occupation + draw.integers(0, 4, ROWS)) % 100
    subject = numpy.where(draw.random(ROWS) < 0.3, near, subject)
    work = draw.choice(9, ROWS, p=[0.28, 0.2, 0.12, 0.1, 0.08, 0.08, 0.05, 0.04, 0.05])
    growth = 1.18 ** numpy.arange(7)
    month = draw.choice(7, ROWS, p=growth / growth.sum())
    model = numpy.minimum(draw.binomial(5, 0.15 + 0.08 * month), 5)
    value = numpy.round(numpy.exp(3.4 + 0.25 * (expertise - 3) + 0.02 * occupation + 1.1 * draw.standard_normal(ROWS)), 4)
    turns = 1 + draw.negative_binomial(1.2, 1.2 / (8.2 + expertise), ROWS)
    actions = numpy.round(numpy.exp(0.9 + 0.08 * expertise + 0.5 * draw.standard_normal(ROWS)), 3)
    words = numpy.rint(turns * numpy.exp(5 + 0.6 * draw.standard_normal(ROWS))).astype(int)
    index = 0.16 * (expertise - 3) + 0.5 * skill[user] + 0.0125 * (work - 4) + 0.03 * month + 0.05 * model
    index += 0.1 * numpy.sin(subject) + 0.08 * numpy.cos(occupation) - 0.15 * numpy.log(turns) + 0.05 * numpy.log(value) - 0.9
    chance = draw.logistic(size=ROWS)
    bad = numpy.where(draw.random(ROWS) < 0.6, 2, 3)
    outcome = numpy.where(index > chance, 0, numpy.where(index + 1.1 > chance, 1, bad))
    success = ((outcome == 0) & (draw.random(ROWS) < 0.75)) | (draw.random(ROWS) < 0.05)
    failure = ((outcome == 2) & (draw.random(ROWS) < 0.6)) | (draw.random(ROWS) < 0.04)
    lines = numpy.rint(numpy.exp(2.5 + 0.5 * numpy.log(turns) + 1.2 * draw.standard_normal(ROWS))).astype(int)
    lines[draw.random(ROWS) < 0.35] = 0
    order = draw.permutation(ROWS)

    def text(places, names):
        codes = pyarrow.array(places[order].astype(numpy.int32))
        return pyarrow.DictionaryArray.from_arrays(codes, pyarrow.array(names)).cast(pyarrow.string())

    def number(values, kind):
        return pyarrow.array(values[order].astype(kind))

    return pyarrow.table({
        "session_id": identifiers(numpy.arange(ROWS) + place * ROWS + (1 << 40)),
        "user_id": identifiers(user[order] + place * USERS + 1),
        "month": text(month, MONTHS),
        "work_mode": text(work, WORK),
        "expertise": number(expertise, "int8"),
        "occupation": text(occupation, OCCUPATIONS),
        "subject": text(subject, SUBJECTS),
        "model": text(model, MODELS),
        "task_value": number(value, "float64"),
        "turns": number(turns, "int32"),
        "actions_per_prompt": number(actions, "float64"),
        "output_words": number(numpy.maximum(words, 1), "int64"),
        "success_signal": number(success, "int8"),
        "failure_signal": number(failure, "int8"),
        "outcome": text(outcome, OUTCOMES),
        "lines_added": number(lines, "int32"),
    })


def write(folder, scale=1, seed=20_261):
    """Writes both files; returns their paths."""
    os.makedirs(folder, exist_ok=True)
    paths = [os.path.join(folder, name) for name in ("sessions.csv", "sessions.parquet")]
    plain = pyarrow.csv.WriteOptions(quoting_style="none")
    text = packed = None
    for place in range(scale):
        table = part(seed, place)
        if text is None:
            text = pyarrow.csv.CSVWriter(paths[0], table.schema, write_options=plain)
            packed = pyarrow.parquet.ParquetWriter(paths[1], table.schema, compression="zstd")
        text.write(table)
        packed.write_table(table)
    text.close()
    packed.close()
    return paths


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder")
    arguments.add_argument("--scale", type=int, default=1)
    given = arguments.parse_args()
    print("\n".join(write(given.folder, given.scale)))
