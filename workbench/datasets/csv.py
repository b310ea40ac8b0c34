"""A user's table of text: CSV with commas, semicolons, tabs or blanks, gzip or plain, in UTF-8.

RFC 4180 quoting. A first line without a single number in it is a header. All columns that are
neither targets nor left out are inputs, in their order, and must be numbers.
"""

from __future__ import annotations

import csv
import io
import math
from typing import Any, NamedTuple

import numpy as np

from kernels.catalog import nearest_name
from kernels.domains import FilePath, Text, Words
from workbench import files
from workbench.datasets import COMMON, Table, catalog, classes_of, labelled
from workbench.errors import BadValue

MOST_BYTES = 256 << 20
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "blank": " "}
_COLUMNS = Text("names of columns, or their numbers from 1, with commas between them")


class Csv(NamedTuple):
    """``path`` of the file; ``targets``: its columns of targets, by name or by number from 1, with
    commas between them (none: the last column); ``leave_out``: columns that are not to be used;
    ``task`` that the targets are for: ``classes`` takes one column of labels, words or numbers;
    ``separator`` of the columns and whether there is a ``header``."""

    path: str = ""
    targets: str = ""
    leave_out: str = ""
    task: str = "classes"
    separator: str = "auto"
    header: str = "auto"
    test_fraction: float = 0.25
    split_seed: float = 0
    scaling: str = "none"


def _table(item: Any) -> Table:
    header, rows, lines = _rows(item)
    names = header or [f"column {k + 1}" for k in range(len(rows[0]))]
    width = len(names)
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            rule = f"must have {width} columns in every line (line {line} has not)"
            raise BadValue("data.path", rule, f"{len(row)} columns", f"{width} columns")
    targets = _columns("data.targets", item.targets, header, width) or [width - 1]
    left_out = _columns("data.leave_out", item.leave_out, header, width)
    inputs = [k for k in range(width) if k not in targets and k not in left_out]
    if not inputs:
        rule = "must leave a column for the inputs"
        raise BadValue("data.targets", rule, item.targets or names[-1], "fewer targets")
    if len(rows) * width > files.MOST_VALUES:
        rule = f"must hold at most {files.MOST_VALUES} values"
        raise BadValue("data.path", rule, len(rows) * width, "an .npz file, or fewer columns")
    given = _numbers(rows, lines, inputs, names)
    if item.task == "regression":
        return Table(given, _numbers(rows, lines, targets, names))
    if len(targets) > 1:
        rule = "must be one column, of labels, for classes"
        raise BadValue("data.targets", rule, item.targets, 'one of them, or task = "regression"')
    labels, classes = classes_of("data.targets", _labels(rows, lines, targets[0], names))
    return labelled(given, labels, classes)


def _rows(item: Any) -> tuple[list[str], list[list[str]], list[int]]:
    """Header (or nothing), rows that are not blank, and the line that each one ends on."""
    content = files.read("data.path", item.path, MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        rule = f"must be text in UTF-8 (line {line} is not)"
        raise BadValue("data.path", rule, item.path, "the file saved as UTF-8") from None
    separator = _separator(item.separator, text)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        skipinitialspace=separator == " ",
        strict=True,
    )
    rows, lines = [], []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if separator == " " and len(cells) > 1 and not cells[-1]:
                del cells[-1]  # blanks at the end of a line part no columns
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num)
    except csv.Error as error:
        rule = f"must be a table of text (line {reader.line_num}: {error})"
        raise BadValue("data.path", rule, item.path, "a whole CSV file") from None
    header: list[str] = []
    if rows and (
        item.header == "yes"
        or (item.header == "auto" and not any(_number(cell) is not None for cell in rows[0]))
    ):
        header = rows.pop(0)
        del lines[0]
    if not rows:
        raise BadValue("data.path", "must hold at least one line of data", item.path, "more lines")
    return header, rows, lines


def _separator(name: str, text: str) -> str:
    if name in _SEPARATORS:
        return _SEPARATORS[name]
    first = next((line for line in io.StringIO(text) if line.strip()), "").strip()
    # A decimal comma or a list with blanks stands in cells that stronger marks part.
    return next((mark for mark in "\t;, " if mark in first), ",")


def _columns(field: str, text: str, header: list[str], width: int) -> list[int]:
    """Places of the columns that ``text`` names."""
    found = []
    for part in (part.strip() for part in text.split(",")):
        if not part:
            continue
        if part in header:
            place = header.index(part)
        elif part.isascii() and part.isdigit() and 1 <= int(part[:9]) <= width:
            place = int(part[:9]) - 1
        else:
            near = nearest_name(part, header) or f"a number from 1 to {width}"
            raise BadValue(field, "must name columns of the file", part, near)
        if place not in found:
            found.append(place)
    return found


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _numbers(
    rows: list[list[str]], lines: list[int], places: list[int], names: list[str]
) -> np.ndarray:
    """The columns at ``places`` as float64 (n, len(places)); raises BadValue with the line."""
    made = np.empty((len(rows), len(places)))
    for k, place in enumerate(places):
        try:
            made[:, k] = [float(row[place]) for row in rows]
        except ValueError:
            made[:, k] = [math.nan if (x := _number(row[place])) is None else x for row in rows]
        bad = np.flatnonzero(~np.isfinite(made[:, k]))
        if len(bad):
            i = int(bad[0])
            rule = f"must hold finite numbers in {names[place]!r} (line {lines[i]})"
            near = f"a number, or leave_out = {names[place]!r}"
            raise BadValue("data.path", rule, rows[i][place], near)
    return made


def _labels(rows: list[list[str]], lines: list[int], place: int, names: list[str]) -> np.ndarray:
    """One column as numbers where all are, else as words."""
    cells = [row[place] for row in rows]
    if "" in cells:
        rule = f"must hold a label in {names[place]!r} (line {lines[cells.index('')]})"
        raise BadValue("data.path", rule, "", "a word or a number")
    numbers = [_number(cell) for cell in cells]
    if all(number is not None and math.isfinite(number) for number in numbers):
        return np.array(numbers, np.float64)
    return np.array(cells)


catalog.register(
    Csv,
    "csv",
    "a user's CSV file, for classes or for regression",
    hypers={
        "path": (FilePath("the path of a CSV file"), "the file"),
        "targets": (_COLUMNS, "columns of the targets; empty: the last one"),
        "leave_out": (_COLUMNS, "columns that are not used"),
        "task": (Words(("classes", "regression")), "what the targets stand for"),
        "separator": (Words(("auto", *_SEPARATORS)), "what parts the columns"),
        "header": (Words(("auto", "yes", "no")), "whether the first line names the columns"),
    }
    | COMMON,
    classes=lambda item: item.task == "classes",
    table=_table,
)
