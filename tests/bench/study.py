"""Writes a study folder around the table of sessions: manifest with checksums, study.toml, method.toml.

    python3 tests/bench/study.py FOLDER [--scale K]

Studies `sessions-csv` and `sessions-parquet` of one method: six tables (counts, means, geometric means, distinct users) and six
regressions in the shape of the flagship's Table A1 (cumulative fixed effects, errors by user); `tables-…`: the tables
only; `read-…`: all of the method's columns, counted. FOLDER is then a --root.
"""

import argparse
import hashlib
import os
import shutil

import sessions

COLUMNS = """
session_id = { type = "string", not_null = true }
user_id = { type = "string", not_null = true }
month = { type = "string", not_null = true }
work_mode = { type = "string", not_null = true, one_of = [WORK] }
expertise = { type = "int", not_null = true, one_of = [1, 2, 3, 4, 5] }
occupation = { type = "string", not_null = true }
subject = { type = "string", not_null = true }
model = { type = "string", not_null = true }
task_value = { type = "float", not_null = true, min = 0 }
turns = { type = "int", not_null = true, min = 1 }
actions_per_prompt = { type = "float", not_null = true, min = 0 }
output_words = { type = "int", not_null = true, min = 1 }
success_signal = { type = "int", not_null = true, one_of = [0, 1] }
failure_signal = { type = "int", not_null = true, one_of = [0, 1] }
outcome = { type = "string", not_null = true }
lines_added = { type = "int", not_null = true, min = 0 }
""".replace("WORK", ", ".join(f'"{word}"' for word in sessions.WORK))

INPUT = '''[input.sessions]
columns = { user_id = "string", month = "string", work_mode = "string", expertise = "int", occupation = "string", subject = "string", model = "string", task_value = "float", turns = "int", actions_per_prompt = "float", output_words = "int", success_signal = "int", outcome = "string" }
'''

# For the regressions.
BANDS = '''
[[step]]
id = "banded"
[step.derive]
from = "sessions"
[step.derive.columns]
value_band = "case when task_value < 15 then 0 when task_value < 30 then 1 when task_value < 60 then 2 else 3 end"
length_band = "case when turns < 2 then 0 when turns < 5 then 1 when turns < 10 then 2 when turns < 20 then 3 when turns < 50 then 4 else 5 end"
'''

TABLES = {
    "by_month_and_mode": ("month,work_mode", {"n": "count"}),
    "by_month_and_occupation": ("month,occupation", {"n": "count", "success": "mean(success_signal)"}),
    "by_expertise_and_mode": ("expertise,work_mode", {"success": "mean(success_signal)", "full": "fraction(outcome = 'full')"}),
    "value": ("month,expertise", {"value": "geometric_mean(task_value)"}),
    "users": ("month", {"users": "distinct(user_id)"}),
    "by_subject_and_expertise": ("subject,expertise", {
        "n": "count", "actions": "mean(actions_per_prompt)", "words": "geometric_mean(output_words)"}),
}

EFFECTS = ["work_mode*value_band", "work_mode*value_band*month", "occupation", "subject", "model*length_band"]
# For each column of the table its fixed effects and what else it holds.
REGRESSIONS = {
    "a1_1": ([], []),
    "a1_2": (EFFECTS[:1], []),
    "a1_3": (EFFECTS[1:2], []),
    "a1_4": (EFFECTS[1:3], []),
    "a1_5": (EFFECTS[1:4], []),
    "a1_6": (EFFECTS[1:5], ["ln(output_words)", "ln(turns)"]),
}


COUNT = '\n[[step]]\nid = "rows"\n[step.summarise]\nfrom = "sessions"\nmeasures = { n = "count" }\n'


def method(tables=True, regressions=True):
    """The method's text; without either, only a count."""
    if not tables:
        return INPUT + COUNT
    text = INPUT + BANDS if regressions else INPUT
    source = "banded" if regressions else "sessions"
    for name, (by, measures) in TABLES.items():
        groups = ", ".join(f'"{key}"' for key in by.split(","))
        listed = ", ".join(f'{key} = "{measure}"' for key, measure in measures.items())
        text += f'\n[[step]]\nid = "{name}"\n[step.summarise]\nfrom = "{source}"\nby = [{groups}]\nmeasures = {{ {listed} }}\n'
    for name, (absorb, also) in REGRESSIONS.items() if regressions else ():
        terms = ", ".join(f'"{term}"' for term in ["expertise", *also])
        effects = ", ".join(f'"{effect}"' for effect in absorb)
        text += f'\n[[step]]\nid = "{name}"\n[step.regress]\nfrom = "banded"\noutcome = "success_signal"\non = [{terms}]\n'
        text += (f"absorb = [{effects}]\n" if absorb else "") + 'se = "cluster"\ncluster = ["user_id"]\npreset = "fixest"\n'
    return text


def write_study(folder, name, kind, text):
    """Writes one study over the dataset of a kind."""
    study = os.path.join(folder, "methods", name)
    os.makedirs(study, exist_ok=True)
    with open(os.path.join(study, "study.toml"), "w") as file:
        file.write(f'[study]\nid = "{name}"\ntitle = "Drawn sessions"\n')
        file.write('authors = ["nobody"]\ndate = 2026-11-26\nurl = "https://example.org/sessions"\n')
        file.write(f'\n[[run]]\nid = "drawn"\nbasis = "raw-data"\nbind = {{ sessions = "sessions-{kind}/sessions" }}\n')
    with open(os.path.join(study, "method.toml"), "w") as file:
        file.write(text)


def write(folder, scale=1):
    """Writes data, manifests and studies below `folder`."""
    paths = sessions.write(os.path.join(folder, "data"), scale)
    for path in paths:
        kind = path.rsplit(".", 1)[1]
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        dataset = os.path.join(folder, "data-manifests", f"sessions-{kind}")
        os.makedirs(dataset, exist_ok=True)
        name = os.path.basename(path)
        bytes_ = os.path.getsize(path)
        with open(os.path.join(dataset, "manifest.toml"), "w") as file:
            file.write(f'[dataset]\nid = "sessions-{kind}"\ntitle = "Sessions, drawn by tests/bench/sessions.py"\n')
            file.write('producer = "secondlook"\ncitation = "none"\nlicence = "MIT"\naccess = "public"\nretrieved = 2026-11-26\n')
            file.write(f'\n[[file]]\npath = "{name}"\nbytes = {bytes_}\nsha256 = "{digest}"\n')
            file.write(f'\n[table.sessions]\nfile = "{name}"\nrows = {sessions.ROWS * scale}\n[table.sessions.columns]{COLUMNS}')
        write_study(folder, f"sessions-{kind}", kind, method())
        write_study(folder, f"tables-{kind}", kind, method(regressions=False))
        write_study(folder, f"read-{kind}", kind, method(tables=False))
        shutil.move(path, os.path.join(dataset, name))
    shutil.rmtree(os.path.join(folder, "data"))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder")
    arguments.add_argument("--scale", type=int, default=1)
    given = arguments.parse_args()
    write(given.folder, given.scale)
