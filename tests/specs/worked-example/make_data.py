"""Makes data-manifests/reading-letters/pupils.csv: a small made-up trial whose truth we know.

240 pupils in 12 classes; a coin gave half of each class a letter that recommends a book. Minutes read per week:
30 + 0.6 x minutes before + 8 with a letter + noise (normal, standard deviation 12). Run it, and the file has the same bytes.
"""

import random
from pathlib import Path

random.seed(20261122)
lines = ["pupil,class,letter,minutes_before,minutes_after"]
pupil = 0
for school_class in range(1, 13):
    letters = [0, 1] * 10
    random.shuffle(letters)
    for letter in letters:
        pupil += 1
        before = max(0, round(random.gauss(50, 15)))
        after = max(0, round(30 + 0.6 * before + 8 * letter + random.gauss(0, 12)))
        gone = random.random() < 0.03  # a few pupils moved away: no second measurement
        lines.append(f"{pupil},{school_class},{letter},{before},{'' if gone else after}")
target = Path(__file__).resolve().parent / "data-manifests" / "reading-letters" / "pupils.csv"
target.write_text("\n".join(lines) + "\n")
