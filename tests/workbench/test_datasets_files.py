"""Data sets read from a user's files: CSV, NPZ and IDX, and what is said of broken ones."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

import workbench as wb
from tests.example_files import CSV, write_idx
from workbench import datasets, files


def load(folder, name, **values):
    """Inputs, targets and names in the order of the file."""
    values = {"test_fraction": 0} | values
    item = datasets.catalog.get(name).make(values)
    n_in, n_out = datasets.shape(name, item)
    network = {"sizes": [n_in, n_out], "output": "identity"}
    data = wb.load_data(
        wb.Experiment.of({"data": {"name": name} | values, "network": network, "dtype": "float64"})
    )
    return data.train.inputs, data.train.targets, data


@pytest.fixture
def table(tmp_path):
    """Write a CSV file from text or bytes and load it."""

    def read(content, name="t.csv", **values):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(tmp_path, "csv", path=str(path), **values)

    return read


NUMBERS = [[1, 2.5], [2, 0.5], [3, 1.5], [4, -1], [0.5, 1]]
KINDS = [1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        CSV.encode("utf-8-sig"),
        CSV.replace("\n", "\r\n"),
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        CSV.replace(",", "  "),
        CSV.replace("1,2.5", '"1", 2.5'),
        CSV.replace("\n", "\n\n"),
        CSV.replace(",oak\n", ", oak \n"),
        CSV.partition("\n")[2],
        CSV[:-1],
        gzip.compress(CSV.encode(), mtime=0),
    ],
    ids=lambda c: repr(c[:24]),
)
def test_a_table_of_classes(table, content):
    inputs, targets, data = table(content)
    np.testing.assert_array_equal(inputs, NUMBERS)
    np.testing.assert_array_equal(targets, np.eye(2)[KINDS])
    assert data.class_names == ("elm", "oak")


def test_a_decimal_comma_is_no_separator_but_no_number_either(table):
    with pytest.raises(wb.BadValue, match=r"finite numbers in 'a' \(line 2\), got '1,5'"):
        table("a;b\n1,5;x\n2;y\n")


def test_targets_by_name_and_by_number(table):
    text = "a,b,c,d\n1,2,3,4\n5,6,7,8\n"
    for targets in ("b,d", " 2 , 4", "b,4", "b,b,d"):
        inputs, wanted, data = table(text, targets=targets, task="regression")
        np.testing.assert_array_equal(inputs, [[1, 3], [5, 7]])
        np.testing.assert_array_equal(wanted, [[2, 4], [6, 8]])
        assert not data.classes
    inputs, wanted, _ = table(text, targets="a", leave_out="c,4", task="regression")
    np.testing.assert_array_equal(inputs, [[2], [6]])
    np.testing.assert_array_equal(wanted, [[1], [5]])


def test_labels_that_are_numbers_are_in_their_order(table):
    _, targets, data = table("1,10\n2,9\n3,10\n4,-1.5\n", header="no")
    assert data.class_names == ("-1.5", "9.0", "10.0")
    np.testing.assert_array_equal(targets.argmax(1), [2, 1, 2, 0])
    assert table("1,10\n2,9\n")[2].class_names == ("9", "10")


def test_a_header_may_be_told(table):
    assert table("1,2\n3,4\n5,6\n", header="yes", task="regression")[0].tolist() == [[3], [5]]
    with pytest.raises(wb.BadValue, match=r"finite numbers in 'column 1' \(line 1\), got 'a'"):
        table("a,b\n3,4\n", header="no", task="regression")


@pytest.mark.parametrize(
    ("content", "values", "said"),
    [
        ("", {}, "at least one line of data"),
        ("a,b\n", {}, "at least one line of data"),
        ("a,b\n1,x\n2\n", {}, r"2 columns in every line \(line 3 has not\), got '1 columns'"),
        ('a,b\n"1\n\n",x\n2,y\n3\n', {}, r"line 6 has not"),
        ("a,b\n1,x\n?,y\n", {}, r"finite numbers in 'a' \(line 3\), got '\?'"),
        ("a,b\n1,x\n,y\n", {}, r"finite numbers in 'a' \(line 3\), got ''"),
        ("a,b\n1,x\nnan,y\n", {}, r"finite numbers in 'a' \(line 3\), got 'nan'"),
        ("a,b\n1,x\n2,\n", {}, r"a label in 'b' \(line 3\)"),
        ("a,b\n1,x\n2,x\n", {}, r"2 to 1000 different classes, got '1'"),
        ("a,b\n" + "".join(f"{k},{k}\n" for k in range(1001)), {}, r"classes, got '1001'"),
        ("a,b\n1,x\n2,y\n", {"targets": "c"}, r"data\.targets: must name columns.*'c'"),
        ("a,b\n1,x\n2,y\n", {"targets": "3"}, r"data\.targets: must name columns"),
        ("a,b\n1,x\n2,y\n", {"targets": "0"}, r"data\.targets: must name columns"),
        ("a,b\n1,x\n2,y\n", {"targets": "1" * 3000}, r"data\.targets: must name columns"),
        ("a,b\n1,x\n2,y\n", {"targets": "a,b"}, "must leave a column for the inputs"),
        ("a,b,c\n1,x,2\n2,y,3\n", {"targets": "b,c"}, "must be one column, of labels"),
        ("a,b\n1,x\n2,y\n", {"task": "regression"}, r"finite numbers in 'b' \(line 2\)"),
        ('a,b\n1,"x\n2,y\n', {}, r"a table of text \(line 3"),
        (b"a,b\n1,\xe9\n", {}, r"text in UTF-8 \(line 2"),
        (b"\x1f\x8bxx", {}, "not whole"),
        (gzip.compress(CSV.encode(), mtime=0)[:-6], {}, "not whole"),
        ("x" * 200_000, {}, "field larger than field limit"),
    ],
    ids=lambda v: repr(v)[:30],
)
def test_broken_tables_are_refused_with_their_line(table, content, values, said):
    with pytest.raises(wb.BadValue, match=said) as caught:
        table(content, **values)
    assert caught.value.field.startswith("data.")
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 700


def test_a_file_that_is_not_there_names_the_nearest(table, tmp_path):
    (tmp_path / "flowers.csv").write_text(CSV)
    for wrong in ("flower.csv", "flowres.csv"):
        with pytest.raises(wb.BadValue, match=r"data\.path: .*No such file.*flowers\.csv$"):
            load(tmp_path, "csv", path=str(tmp_path / wrong))


@pytest.mark.parametrize("path", ["", ".", "missing/x", "x" * 300, "/dev/zero", "~nobody-at-all/x"])
def test_what_is_no_file_is_refused(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, field in (("csv", "path"), ("npz", "path"), ("idx", "images")):
        with pytest.raises(wb.BadValue, match=rf"data\.{field}: must be the path of a file"):
            wb.Experiment.of({"data": {"name": name, field: path}})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(wb.BadValue, match="no regular file"):
        load(tmp_path, "csv", path=str(tmp_path / "pipe"))


def test_packed_files_are_unpacked_up_to_a_limit(tmp_path):
    path = tmp_path / "bomb.csv"
    path.write_bytes(gzip.compress(bytes(4_000_000), mtime=0))
    with pytest.raises(wb.BadValue, match="at most 1 MiB, unpacked"):
        files.read("data.path", str(path), 1 << 20)
    assert len(files.read("data.path", str(path), 4_000_000)) == 4_000_000


# -- NPZ -------------------------------------------------------------------------------------------


@pytest.fixture
def arrays(tmp_path):
    """Write an .npz file and load it."""

    def read(values=None, /, **held):
        np.savez(tmp_path / "a.npz", **held)
        return load(tmp_path, "npz", path=str(tmp_path / "a.npz"), **(values or {}))

    return read


X = np.arange(24.0).reshape(6, 4) / 7
LABELS = np.array([3, 1, 3, 7, 1, 3])


@pytest.mark.parametrize(
    "labels",
    [LABELS, LABELS[:, None], LABELS.astype(np.uint8), LABELS.astype(">f4"), np.asfortranarray],
    ids=["int", "column", "bytes", "big-endian floats", "by columns"],
)
def test_labels_become_one_hot(arrays, labels):
    inputs = X
    if callable(labels):
        inputs, labels = labels(X), LABELS
    made, targets, data = arrays(inputs=inputs, targets=labels)
    np.testing.assert_array_equal(made, X)
    assert data.class_names == ("1", "3", "7")
    np.testing.assert_array_equal(targets, np.eye(3)[[1, 0, 1, 2, 0, 1]])


def test_one_hot_rows_pictures_names_and_regression(arrays):
    pictures = np.arange(36).reshape(6, 2, 3).astype(np.uint8)
    eye = np.eye(3)[[0, 2, 1, 0, 1, 2]]
    inputs, targets, data = arrays({"inputs": "p", "targets": "t"}, p=pictures, t=eye, x=X)
    assert data.image_shape == (2, 3)
    np.testing.assert_array_equal(inputs, pictures.reshape(6, 6))
    np.testing.assert_array_equal(targets, eye)
    for wanted in (X[:, 0], X[:, :2]):
        _, targets, data = arrays({"task": "regression"}, inputs=X, targets=wanted)
        np.testing.assert_array_equal(targets, wanted.reshape(6, -1))
        assert not data.classes


@pytest.mark.parametrize(
    ("held", "values", "said"),
    [
        ({"inputs": X}, {}, r"data\.targets: must name an array of .*got 'targets'"),
        ({"input": X, "targets": LABELS}, {}, r"data\.inputs: .*nearest valid: input$"),
        ({"inputs": X, "targets": LABELS[:5]}, {}, r"data\.targets: must be an array of shape"),
        ({"inputs": X[0], "targets": LABELS}, {}, r"data\.inputs: must be an array of shape"),
        ({"inputs": X[:0], "targets": LABELS[:0]}, {}, r"data\.inputs: must be an array"),
        ({"inputs": X * 1j, "targets": LABELS}, {}, "holding real numbers"),
        ({"inputs": X, "targets": np.array(list("abcabc"))}, {}, "holding real numbers"),
        ({"inputs": X, "targets": X[:, :3]}, {}, "labels or one-hot rows"),
        ({"inputs": X, "targets": np.eye(6)[:, :3]}, {}, r"row 3, counting from 0"),
        ({"inputs": X, "targets": np.ones(6)}, {}, "different classes, got '1'"),
        ({"inputs": np.where(X[2, 1] == X, np.nan, X), "targets": LABELS}, {}, "at 2, 1 is not"),
        ({"inputs": X, "targets": LABELS * np.inf}, {}, r"data\.targets: must hold finite"),
    ],
    ids=range(12),
)
def test_arrays_that_do_not_fit_are_refused(arrays, held, values, said):
    with pytest.raises(wb.BadValue, match=said):
        arrays(values, **held)


class Malice:
    """Unpickling this would leave a file behind."""

    def __reduce__(self):
        return open, ("unpickled", "w")


def npy(shape, dtype="<f8", content=b""):
    head = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape!r}, }}".encode()
    head = head.ljust(118 - 1) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + content


def test_nothing_is_unpickled_and_no_claim_believed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickled = io.BytesIO()
    np.savez(pickled, inputs=np.array([Malice()], object), targets=LABELS)

    def archive(content, method=zipfile.ZIP_DEFLATED):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", method) as file:
            file.writestr("inputs.npy", content)
            file.writestr("targets.npy", npy((6,), "<f8", LABELS.astype("<f8").tobytes()))
        return made.getvalue()

    whole = archive(npy((6, 4), "<f8", X.tobytes()))
    contents = {
        "object": pickled.getvalue(),
        "bare pickle": pickle.dumps(Malice()),
        "objects in a header": archive(npy((1,), "|O", pickle.dumps(Malice()))),
        "claims too much": archive(npy((10**6, 10**6))),
        "cut short": archive(npy((6, 4), "<f8", X.tobytes()[:-1])),
        "negative": archive(npy((-6, 4), "<f8", X.tobytes())),
        "no header": archive(b"\x93NUMPY\x09\x00"),
        "bad header": archive(b"\x93NUMPY\x01\x00\x10\x00__import__('os')"),
        "empty": b"",
        "half an archive": whole[: len(whole) // 2],
        "an archive with a hole": whole[:60] + bytes(40) + whole[100:],
    }
    for name, content in contents.items():
        (tmp_path / "a.npz").write_bytes(content)
        with pytest.raises(wb.BadValue, match=r"data\.path: ") as caught:
            load(tmp_path, "npz", path="a.npz")
        assert len(str(caught.value).splitlines()) == 1, name
    assert {p.name for p in tmp_path.iterdir()} == {"a.npz"}
    (tmp_path / "a.npz").write_bytes(whole)
    np.testing.assert_array_equal(load(tmp_path, "npz", path="a.npz")[0], X)


# -- IDX -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_images_and_labels_of_mnists_format(tmp_path, ending):
    rng = np.random.default_rng(8)
    images = rng.integers(0, 256, (40, 5, 3)).astype(np.uint8)
    labels = rng.integers(0, 10, 40).astype(np.uint8)
    paths = {"images": tmp_path / f"i{ending}", "labels": tmp_path / f"l{ending}"}
    write_idx(paths["images"], images, 8)
    write_idx(paths["labels"], labels, 8)
    paths = {key: str(path) for key, path in paths.items()}
    inputs, targets, data = load(tmp_path, "idx", **paths)
    np.testing.assert_allclose(inputs, images.reshape(40, 15) / 255, rtol=1e-15)
    np.testing.assert_array_equal(targets, labels[:, None] == np.unique(labels))
    assert data.image_shape == (5, 3)
    assert data.class_names == tuple(map(str, np.unique(labels)))
    some, _, _ = load(tmp_path, "idx", samples=12, **paths)
    np.testing.assert_array_equal(some, inputs[:12])


def test_a_file_of_the_format_byte_for_byte(tmp_path):
    """From the description: 00 00 0D 02, two sizes, then big-endian floats by rows."""
    rows = b"\0\0\x0d\2\0\0\0\2\0\0\0\3" + struct.pack(">6f", 1, 2, 3, -4, 5.5, 6)
    (tmp_path / "i").write_bytes(rows)
    (tmp_path / "l").write_bytes(b"\0\0\x08\1\0\0\0\2\x09\x02")
    paths = {"images": str(tmp_path / "i"), "labels": str(tmp_path / "l")}
    inputs, targets, data = load(tmp_path, "idx", **paths)
    assert inputs.tolist() == [[1, 2, 3], [-4, 5.5, 6]]
    assert targets.tolist() == [[0, 1], [1, 0]]
    assert (data.class_names, data.image_shape) == (("2", "9"), None)


@pytest.mark.parametrize("size", [1, 2, 4, 8])
@pytest.mark.parametrize("kind", [8, 9, 11, 12, 13, 14])
def test_broken_idx_files_are_refused(tmp_path, size, kind):
    good = b"\0\0" + bytes([kind, 2]) + struct.pack(">II", 2, 2)
    width = {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}[kind]
    write_idx(tmp_path / "l", np.array([0, 1], np.uint8), 8)
    paths = {"images": str(tmp_path / "i"), "labels": str(tmp_path / "l")}
    broken = [good[:size], good, good + bytes(4 * width - 1), good + bytes(4 * width + 1)]
    broken += [b"\0\1" + good[2:], b"\0\0\7\2" + good[4:], b"\0\0" + bytes([kind, 0])]
    broken += [b"\0\0" + bytes([kind, 2]) + struct.pack(">II", 2**32 - 1, 2**32 - 1)]
    for content in broken:
        (tmp_path / "i").write_bytes(content)
        with pytest.raises(wb.BadValue, match=r"data\.images: must be an IDX file"):
            load(tmp_path, "idx", **paths)
    (tmp_path / "i").write_bytes(good + bytes(4 * width))
    assert load(tmp_path, "idx", **paths)[0].shape == (2, 2)


def test_labels_must_be_as_many_as_images(tmp_path):
    write_idx(tmp_path / "i", np.zeros((4, 2, 2), np.uint8), 8)
    write_idx(tmp_path / "l", np.arange(3).astype(np.uint8), 8)
    paths = {"images": str(tmp_path / "i"), "labels": str(tmp_path / "l")}
    with pytest.raises(wb.BadValue, match=r"data\.labels: must hold one label for each of the 4"):
        load(tmp_path, "idx", **paths)
