"""Writes tests/specs/people.parquet: the twelve people of the integration tests, by another writer (pyarrow).

    python3 tests/reference/people_parquet.py
"""

import pyarrow as pa
import pyarrow.parquet as pq

ARM = [0] * 6 + [1] * 6
AGE = [17, 25, 31, 44, 52, 60, 19, 27, 35, 41, 55, 63]
SCORE = [4.0, 5.5, 6.0, 7.5, 8.0, 9.5, 6.5, 7.0, 8.5, 9.0, 11.0, 11.5]

table = pa.table(
    {
        "id": pa.array(range(1, 13), pa.int64()),
        "arm": pa.array(ARM, pa.int32()),
        "age": pa.array(AGE, pa.int16()),
        "score": pa.array(SCORE, pa.float64()),
    }
)
pq.write_table(table, "tests/specs/people.parquet", compression="snappy")
