"""Files of parts: whole or not there, the same bytes, and readable by anybody's Parquet reader."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.comparison.parts import is_part, read_part, vectors, write_part

ABOUT = {"case": "he_normal", "first": 0}


def columns(rows=5):
    return {
        "start": np.arange(rows),
        "loss": np.array([0.5, np.nan, np.inf, 1e-300, -0.0])[:rows],
        "parameters": vectors(np.arange(3.0 * rows, dtype=np.float32).reshape(rows, 3)),
    }


def test_a_part_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "deep" / "part-000000.parquet"
    write_part(path, columns(), ABOUT)
    table = pq.read_table(path)
    assert table.column_names == ["start", "loss", "parameters"]
    assert table["parameters"].to_pylist()[1] == [3.0, 4.0, 5.0]
    found = read_part(path)
    assert found["parameters"].dtype == np.float32
    assert np.array_equal(found["parameters"], np.arange(15.0).reshape(5, 3))
    assert np.array_equal(found["start"], np.arange(5))
    assert found["loss"].tobytes() == columns()["loss"].tobytes()
    assert list(read_part(path, ["loss"])) == ["loss"]
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_same_content_is_the_same_bytes(tmp_path):
    paths = [tmp_path / str(k) / "part.parquet" for k in range(2)]
    for path in paths:
        write_part(path, columns(), ABOUT)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_part_is_told_by_its_rows_and_what_it_is_of(tmp_path):
    path = tmp_path / "part.parquet"
    assert not is_part(path, 5, ABOUT)
    write_part(path, columns(), ABOUT)
    assert is_part(path, 5, ABOUT)
    assert not is_part(path, 4, ABOUT)
    assert not is_part(path, 5, ABOUT | {"case": "zeros"})
    path.write_bytes(path.read_bytes()[:-1])
    assert not is_part(path, 5, ABOUT)
    with pytest.raises(wb.WorkbenchError, match="cannot be read"):
        read_part(path)


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(wb.WorkbenchError, match="cannot be written"):
        write_part(tmp_path / "file" / "part.parquet", columns(), ABOUT)
    (tmp_path / "part.parquet").mkdir()
    with pytest.raises(wb.WorkbenchError, match="cannot be written"):
        write_part(tmp_path / "part.parquet", columns(), ABOUT)
    assert {p.name for p in tmp_path.iterdir()} == {"file", "part.parquet"}


def test_an_empty_part_can_be_read(tmp_path):
    path = tmp_path / "part.parquet"
    write_part(path, columns(0), ABOUT)
    found = read_part(path)
    assert found["parameters"].shape == (0, 3)
