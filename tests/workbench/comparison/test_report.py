"""The report: a sound page with nothing from outside, the tables' own numbers, the same bytes."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from workbench.census.barriers import Neighbour
from workbench.census.census import Census, DistinctMinimum, Hits
from workbench.census.completeness import judge
from workbench.census.paired import differences, shift
from workbench.comparison import figures, wording
from workbench.comparison.compared import Compared
from workbench.comparison.outcomes import Rate, analyse
from workbench.comparison.report import report_page, write_report
from workbench.comparison.sections import findings
from workbench.errors import WorkbenchError

NASTY = 'x=1 & <b>"bold"</b> $\\frac$ <script>alert(1)</script> é'
NAMES = ("he_normal", NASTY)
VOID = {"meta", "br", "path", "use", "rect", "line"}


def some(n=200, names=NAMES, **changes):
    rng = np.random.default_rng(2)
    common = rng.normal(size=n)
    loss = [10 ** (common + rng.normal(k, 0.5, n) - 3) for k in range(len(names))]
    loss[-1][:7] = np.inf
    steps = {t: [np.where(x <= t, 1 + x * 1e4, -1) for x in loss] for t in (0.01, 0.001)}
    given = {
        "steps": [np.full(n, 900)] * len(names),
        "diverged": [np.isinf(x) for x in loss],
        "tolerances": (0.01, 0.001),
        "steps_to": steps,
        "loss_test": [2 * x for x in loss],
        "meta": {
            "title": f"Title {NASTY}",
            "experiment": f'title = "{NASTY}"\n[network]\n',
            "versions": {"NumPy": "2", "<i>": "3"},
            "seeds": [1, 2],
        },
    }
    return Compared(names, loss, **(given | changes))


@pytest.fixture(scope="module")
def census():
    labels = np.array([0] * 50 + [1] * 9 + [2])
    near = Neighbour(1, 0.25, True, 0.125, 0.0625, 0.03125)
    hits = (Hits(30, 40, 0.6, 0.86), Hits(20, 40, 0.35, 0.65))
    minima = tuple(
        DistinctMinimum(
            k,
            "strict minimum",
            0.5 + k,
            0.75,
            3.5,
            7.25,
            hits,
            k % 2,
            11 * k,
            np.zeros(3),
            True,
            near if k == 0 else None,
        )
        for k in range(3)
    )
    kinds = {"strict minimum": (30, 30), "saddle": (10, 3), "plateau": (0, 7)}
    each = (judge(labels[:30]), judge(labels[30:]))
    return Census(NAMES, (40, 40), minima, labels, kinds, each, judge(labels), 0.95)


class Page(HTMLParser):
    """Checks that elements nest, and collects texts, ids and references."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.text = [], set(), [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for key, value in attrs:
            if key == "id":
                self.ids.append(value)
            if key in ("src", "href", "xlink:href"):
                self.links.append(value)
            self.links += re.findall(r"url\(([^)]*)\)", value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(census, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    compared = some()
    statistics = analyse(compared)
    return folder, compared, statistics, write_report(folder, compared, statistics, census)


def test_the_page_is_sound_and_needs_nothing_from_outside(written):
    text = (written[0] / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "image", "b", "i"} & page.tags
    assert len(page.ids) == len(set(page.ids))
    assert page.links
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert text.count("<svg") == 4
    assert figures.INK not in text


def test_users_texts_are_shown_as_they_are(written):
    page = Page((written[0] / "report.html").read_text(encoding="utf-8"))
    assert f"Title {NASTY}" in page.text
    assert f'title = "{NASTY}"\n[network]\n' in page.text
    assert NASTY in page.text
    assert "versions: <i>" in page.text
    # In a plot the middle of a long name is left out, and $ begins no formula.
    assert any(t.startswith("x=1 & <b>") and "…" in t for t in page.text)


def test_the_same_input_makes_the_same_bytes(written, census, tmp_path):
    folder, _, _, paths = written
    again = write_report(tmp_path, some(), analyse(some()), census)
    assert [p.name for p in again] == [p.name for p in paths]
    for path in paths:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert {p.name for p in folder.iterdir()} == {p.name for p in paths}


def test_tables_have_every_digit(written):
    folder, compared, statistics, _ = written
    cases, tests = read(folder / "cases.csv"), read(folder / "tests.csv")
    assert [row["case"] for row in cases] == list(NAMES)
    for row, loss in zip(cases, compared.loss, strict=True):
        assert float(row["loss_median"]) == np.median(loss)
        assert float(row["success (loss ≤ 0.01) hits"]) == (loss <= 0.01).sum()
        assert row["accuracy_median"] == ""
    assert len(tests) == len(statistics.tests) == 5
    for row, test in zip(tests, statistics.tests, strict=True):
        assert (float(row["p"]), float(row["p_holm"])) == (test.p, test.p_holm)
    loss = next(row for row in tests if row["measure"] == "final loss")
    d = differences(*compared.loss)
    found = shift(d[np.isfinite(d)])
    assert (float(loss["shift"]), float(loss["shift_low"])) == (found.estimate, found.low)
    assert int(loss["shift_pairs"]) == 193
    curve = [r for r in read(folder / "ecdf_loss.csv") if r["case"] == NASTY]
    assert len(curve) == 193
    assert float(curve[-1]["share"]) == 193 / 200
    steps = read(folder / "ecdf_steps.csv")
    assert {row["tolerance"] for row in steps} == {"0.01", "0.001"}


def test_the_census_is_shown(written, census):
    folder = written[0]
    rows = read(folder / "minima.csv")
    assert [float(row["loss"]) for row in rows] == [0.5, 1.5, 2.5]
    assert float(rows[0]["barrier_curve"]) == 0.03125
    verdicts = {(r["verdict"], r["case"]): r["ends"] for r in read(folder / "verdicts.csv")}
    assert verdicts["plateau", NASTY] == "7"
    complete = read(folder / "completeness.csv")
    assert [row["case"] for row in complete] == [*NAMES, "all cases"]
    assert int(complete[-1]["distinct"]) == 3
    text = " ".join(Page((folder / "report.html").read_text(encoding="utf-8")).text)
    assert "60 ends met 3 distinct minima, 1 of them only once" in text
    assert "0.12 · 0.062 · 0.031" in text.replace("\u00a0", " ")
    assert "McNemar 1947. Q. McNemar" in text
    assert "Boender & Rinnooy Kan 1987. C." in text


def test_methods_cite_only_what_was_used():
    text = report_page(some(), analyse(some()))
    assert "What the ends are" not in text
    assert "Rinnooy" not in text
    assert "Wilson 1927. E. B. Wilson" in text


@pytest.mark.parametrize(
    "case",
    [
        "one case", "one start", "all failed", "all equal", "all zero", "none reached", "many",
        "no tolerance", "negative", "empty",
    ],
)  # fmt: skip
def test_odd_comparisons_have_a_report(case, recwarn):
    n = 30
    failed = [np.full(n, np.nan)] * 2
    compared = {
        "one case": lambda: some(n, ("only",)),
        "one start": lambda: some(1),
        "all failed": lambda: Compared(NAMES, failed, failed, [np.ones(n, bool)] * 2),
        "all equal": lambda: Compared(NAMES, [np.ones(n)] * 2, [np.ones(n)] * 2, [np.zeros(n)] * 2),
        "all zero": lambda: Compared(NAMES, [np.zeros(n)] * 2, [np.ones(n)] * 2, [np.zeros(n)] * 2),
        "none reached": lambda: some(
            n, tolerances=(1e-9,), steps_to={1e-9: [np.full(n, np.nan)] * 2}
        ),
        "many": lambda: some(12, tuple(f"a case with a name that is long, {k}" for k in range(15))),
        "no tolerance": lambda: some(n, tolerances=(), steps_to={}),
        "negative": lambda: Compared(
            NAMES, [np.linspace(-1, 1, n)] * 2, [np.ones(n)] * 2, [np.zeros(n)] * 2
        ),
        "empty": lambda: Compared(NAMES, [np.zeros(0)] * 2, [np.zeros(0)] * 2, [np.zeros(0)] * 2),
    }[case]()
    Page(report_page(compared, analyse(compared)))
    assert [str(w.message) for w in recwarn] == []


def test_a_census_without_minima_says_why_instead_of_empty_tables(written, census, tmp_path):
    _, compared, statistics, paths = written
    none = judge(np.zeros(0, int))
    kinds = {"diverged": (4, 0), "kink": (5, 6)}
    empty = Census(NAMES, (9, 6), (), np.full(15, -1), kinds, (none, none), none, 0.95)
    write_report(tmp_path, compared, statistics, census)
    written = {path.name for path in write_report(tmp_path, compared, statistics, empty)}
    # Those of the earlier census are no longer true.
    assert written == {path.name for path in paths} - {"minima.csv", "completeness.csv"}
    assert {path.name for path in tmp_path.iterdir()} == written
    text = " ".join(Page((tmp_path / "report.html").read_text(encoding="utf-8")).text)
    assert "No end is a minimum, of 15 looked at: 11 kink, 4 diverged." in text
    assert "How complete the list is" not in text
    nothing = replace(empty, starts=(0, 0), kinds={}, labels=np.zeros(0, int))
    Page(report_page(compared, statistics, nothing))


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbenchError, match="cannot be written to"):
        write_report(tmp_path / "file", some(20), analyse(some(20)))


def test_a_file_that_cannot_be_replaced_stays_and_leaves_no_remains(tmp_path, monkeypatch):
    (tmp_path / "cases.csv").write_text("former")

    def refuse(*_paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(WorkbenchError, match="No space left"):
        write_report(tmp_path, some(20), analyse(some(20)))
    assert [p.name for p in tmp_path.iterdir()] == ["cases.csv"]
    assert (tmp_path / "cases.csv").read_text() == "former"


def test_curves_are_the_distribution_functions():
    compared = some(50)
    axes = figures.loss_figure(compared, 0.95).axes[0]
    for line, loss in zip(axes.get_lines(), compared.loss, strict=True):
        x, y = line.get_data()
        for value in np.geomspace(axes.get_xlim()[0] * 1.01, axes.get_xlim()[1] * 0.99, 57):
            at = y[np.searchsorted(x, value, "right") - 1]
            assert at == pytest.approx((loss <= value).mean())


def test_findings_tell_leaders_by_median_from_better_pairs():
    # From most starts b is lower, while a has the lower median.
    a = np.concatenate([np.full(60, 0.5), np.linspace(1, 2, 40)])
    b = np.concatenate([np.full(55, 0.6), np.zeros(5), np.linspace(0.7, 0.9, 40)])
    steps = [np.ones(100)] * 2
    won = next(findings(analyse(Compared(("a", "b"), [a, a + 0.1], steps, [steps[0] < 0] * 2))))
    assert "a leads with a median of 0.500; shown better than b" in won
    made = Compared(("a", "b"), [a, b], steps, [steps[0] < 0] * 2)
    assert "a leads with a median of 0.500; worse, pair by pair, than b" in next(
        findings(analyse(made))
    )


def test_p_values_and_differences_lose_nothing_at_the_ends():
    assert wording.rate(Rate(0, 0, 0, 1)) == ("–", "")
    assert wording.p_value(0.0) == "< 10⁻³⁰⁰"
    shares = (0.123, -0.0004, 0.00004, -1e-9, 0.0)
    assert [wording.points(x) for x in shares] == ["+12.3", "−0.04", "+0.004", "−0.0000", "+0.0"]
    assert wording.p_value(0.5) == "0.500"
    assert wording.p_value(0.0312) == "0.031"


def test_readings_name_who_did_better():
    statistics = analyse(some(names=("low", "high")))
    for test in statistics.tests:
        assert test.p_holm < 0.05
        assert wording.reading(test).startswith("low ")
    ones = [np.ones(9)] * 2
    none = analyse(Compared(("a", "b"), [ones[0], 2 * ones[1]], ones, [np.zeros(9)] * 2)).tests[0]
    assert wording.reading(none).startswith("a ended lower than b, from 100.0 %")
    assert wording.reading(none, level=1e-9) == "No difference shown."


def test_readings_say_where_fewer_pairs_outweigh_the_others():
    d = np.concatenate([np.full(48, 1.0), np.full(52, -0.1)]) + np.linspace(0, 0.01, 100)
    pair = [np.full(100, 2.0), 2.0 + d]
    steps = [np.ones(100)] * 2
    test = analyse(Compared(("a", "b"), pair, steps, [steps[0] < 0] * 2)).tests[0]
    said = wording.reading(test)
    assert said.startswith("a ended lower than b by larger differences, though from 48.0 %")


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (2e-5, 9e-4, ["2 × 10⁻⁵", "5 × 10⁻⁵", "10⁻⁴", "2 × 10⁻⁴", "5 × 10⁻⁴"]),
        (0.003, 0.3, ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2"]),
        (2e-6, 0.5, ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1"]),
    ],
)
def test_logarithmic_axes_have_enough_numbers_to_read_by(low, high, labels):
    loss = [np.geomspace(low, high, 50)]
    figure = figures.loss_figure(Compared(("a",), loss, [np.ones(50)], [np.zeros(50)]), 0.95)
    (axes,) = figure.axes
    shown = [x for x in axes.get_xticks() if axes.get_xlim()[0] <= x <= axes.get_xlim()[1]]
    assert [axes.xaxis.get_major_formatter()(x, 0) for x in shown] == labels
