"""The page of comparisons as a user meets it, checked against ends and minima got apart from it."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QToolTip

import workbench as wb
from ui.compare_replay import ReplayNote
from ui.export import save_picture
from ui.theme import DARK, LIGHT, themes
from workbench.census.ends import settle
from workbench.comparison.replay import Replay
from workbench.comparison.tally import Tally
from workbench.comparison.watch import Watched
from workbench.multistart import train_starts

XOR = wb.Experiment.preset("xor").replace(
    {"penalty.name": "l2", "penalty.strength": 1e-3, "stop.steps": 400}
)
NAMES = ["glorot_normal", "he_normal"]


class Compare:
    """Acts on the page of a user's window."""

    def __init__(self, user):
        self.user, self.page = user, user.window.compare_page
        self.form, self.table = self.page.form, self.page.minima.table
        QTest.keyClick(user.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        user.pick(self.form.source, "from the run page")

    def fill(self, names=NAMES, **numbers):
        rows = self.form.initializers
        for k in range(rows.count()):
            row = rows.item(k)
            wanted = row.text() in names
            row.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
        for name, value in numbers.items():
            getattr(self.form, name).set_value(value)

    def key(self, key):
        QTest.keyClick(self.user.window, key)

    def settle(self):
        QTest.qWait(20)
        self.user.until(lambda: not self.page.job.running)
        QTest.qWait(20)

    def open(self, folder):
        self.page.open_comparison(folder)
        self.settle()

    def column(self, head):
        model = self.page.minima.sorted
        heads = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
        return heads.index(head)

    def cells(self, head):
        model, c = self.page.minima.sorted, self.column(head)
        return [model.index(r, c).data() for r in range(model.rowCount())]

    def click_head(self, head):
        across = self.table.horizontalHeader()
        c = self.column(head)
        at = QPoint(across.sectionViewportPosition(c) + 8, across.height() // 2)
        self.user.click(across.viewport(), at.x(), at.y())

    def click_row(self, row):
        at = self.table.visualRect(self.page.minima.sorted.index(row, 1)).center()
        self.user.click(self.table.viewport(), at.x(), at.y())

    def look(self, row):
        """Click a minimum, and wait for all that is shown of it."""
        self.page.tabs.setCurrentIndex(1)
        self.click_row(row)
        view = self.page.minimum
        QTest.qWait(20)
        self.user.until(lambda: not view.near.running and not view.basins.running)
        QTest.qWait(20)
        return view

    @property
    def shown(self):
        return self.page.shown


@pytest.fixture
def on(make_user):
    """The page in a window whose run is at rest."""
    return Compare(make_user(XOR, play=False))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished comparison with several minima."""
    folder = tmp_path_factory.mktemp("compared") / "xor"
    return wb.compare(XOR, {"initializer": NAMES}, 60, folder, polish=16, tolerances=[0.1, 0.06])


def test_distributions_fill_up_and_are_those_of_the_ends(on, tmp_path):
    on.fill(starts="64", polish="0", out=str(tmp_path / "made"))
    counts = []
    on.page.job.came.connect(lambda it: counts.append(sum(t.starts for t in it.tallies)))
    on.key(Qt.Key.Key_F5)
    assert not on.page.start.isEnabled()
    assert on.page.stop.isEnabled()
    on.settle()
    assert counts == sorted(counts)
    assert counts[-1] == 128
    comparison = wb.load_comparison(tmp_path / "made")
    assert comparison.finished
    view = on.page.distributions
    assert [view.table.item(k, 0).text() for k in range(2)] == NAMES
    for k in range(2):
        loss = comparison.ends(k, ["loss"])["loss"]
        edges, shares = view.bars.curves[k].getData()
        assert np.allclose(np.histogram(loss, 10.0**edges)[0] / 64, shares, atol=0.02)
        assert shares.sum() == pytest.approx(1.0)
        at, below = view.losses.curves[k].getData()
        for x, y in zip(at, below, strict=True):
            assert y == pytest.approx((loss < 10.0**x).mean())
        assert view.table.item(k, 3).text() == f"{loss.min():.4g}"
        across, up = view.spots.curves[k].getData()
        assert np.allclose(np.sort(10.0**across), np.sort(loss))
        assert (np.abs(up - k) < 0.4).all()
    assert "finished" in on.user.window.state.text()
    on.user.pick(view.tolerance, "0.01")
    reached = comparison.ends(0, ["steps_to_0.01"])["steps_to_0.01"]
    assert view.table.item(0, 5).text() == f"{np.isfinite(reached).mean():.1%}"


def test_stop_keeps_what_is_written_and_resume_carries_on(on, tmp_path):
    on.fill(starts="4000", steps="2000", polish="0", out=str(tmp_path / "made"))
    on.key(Qt.Key.Key_F5)
    on.user.until(lambda: on.shown is not None and sum(t.starts for t in on.shown.tallies) > 0)
    on.key(Qt.Key.Key_Escape)
    on.settle()
    assert "stopped" in on.user.window.state.text()
    there = sum(t.starts for t in on.shown.tallies)
    assert 0 < there < 8000
    assert on.page.how_far.text() == f"{there} of 8000 networks are there"
    assert there == sum(
        len(wb.load_comparison(tmp_path / "made").ends(k)["start"]) for k in range(2)
    )
    on.key(Qt.Key.Key_F6)
    on.user.until(lambda: sum(t.starts for t in on.shown.tallies) > there)
    on.key(Qt.Key.Key_Escape)
    on.settle()
    assert on.page.resume.isEnabled()


@pytest.mark.parametrize(
    ("names", "numbers", "said"),
    [
        ([], {}, "initializers: must be one or more"),
        (NAMES, {"starts": "9"}, "starts: must be a whole number from 10 to 1000000"),
        (NAMES, {"starts": "many"}, "starts"),
        (NAMES, {"steps": "0"}, "steps"),
        (NAMES, {"polish": "-1"}, "polish"),
        (NAMES, {"out": "taken"}, "folder: must be a new or an empty folder"),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_begins(on, tmp_path, names, numbers, said):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("mine")
    on.fill(names, **numbers)
    on.key(Qt.Key.Key_F5)
    assert on.form.message.text().startswith(said)
    assert "\n" not in on.form.message.text()
    assert not on.page.job.running
    assert on.shown is None
    assert (tmp_path / "taken" / "thesis.txt").read_text() == "mine"
    assert not (tmp_path / "runs").exists()


def test_a_wrong_number_is_refused_as_it_is_typed(on):
    on.user.enter(on.form.starts, "2000000")
    assert "nearest valid: 1000000" in on.form.message.text()
    on.user.enter(on.form.starts, "100")
    assert on.form.message.text() == ""


def test_a_folder_without_a_comparison_says_so(on, tmp_path, made):
    on.open(made.folder)
    on.open(tmp_path)
    assert "holds no comparison" in on.form.message.text()
    assert on.shown.comparison.folder == made.folder


def test_the_table_has_the_census_and_sorts_by_every_column(on, made):
    on.open(made.folder)
    on.page.tabs.setCurrentIndex(1)
    census = made.census
    assert len(census.minima) > 2
    assert on.cells("no.") == [str(m.id) for m in census.minima]
    hit = census.minima[0].hits[1]
    assert on.cells("he_normal")[0] == f"{hit.count} ({hit.low:.1%}–{hit.high:.1%})"
    keys = {
        "sharpness": lambda m: m.largest,
        "loss": lambda m: m.loss,
        "he_normal": lambda m: m.hits[1].count,
        "nearest": lambda m: m.nearest.distance,
        "barrier": lambda m: m.nearest.curve,
        "kind": lambda m: m.kind,
    }
    for head, key in keys.items():
        for reverse in (False, True):
            on.click_head(head)
            shown = [key(census.minima[int(k)]) for k in on.cells("no.")]
            order = on.page.minima.sorted.sortOrder()
            assert shown == sorted(shown, reverse=order == Qt.SortOrder.DescendingOrder)
            assert (order == Qt.SortOrder.DescendingOrder) == reverse
    total = sum(n for counts in census.kinds.values() for n in counts)
    digits = [int(w) for w in on.page.minima.verdicts.text().split() if w.isdigit()]
    assert sum(digits) == total == 32
    assert f"{100 * census.overall.unseen_mass:.2f} %" in on.page.minima.complete.text()


def test_what_is_not_known_comes_last(on, made):
    census = made.census
    bare = [m.__class__(**{**vars(m), "nearest": None}) for m in census.minima[:1]]
    some = census.__class__(**{**vars(census), "minima": (*bare, *census.minima[1:])})
    on.open(made.folder)
    on.page.tabs.setCurrentIndex(1)
    on.page.minima.show_censuses((some,))
    for _ in range(2):
        on.click_head("barrier")
        assert on.cells("barrier")[-1] == "–"


def test_a_click_on_a_minimum_shows_its_weights_surface_and_basin(on, made):
    on.open(made.folder)
    view = on.look(1)
    minimum = made.census.minima[1]
    assert view.minimum.id == 1
    shown = view.weights.displayed("weights", 0)
    assert np.array_equal(shown[:-1].ravel(), minimum.parameters[:8])
    surface = view.surface.made
    middle = tuple(n // 2 for n in surface.values.shape)
    assert surface.values[middle] == pytest.approx(minimum.loss, rel=1e-9)
    assert surface.values.min() == surface.values[middle]
    # Some pixels, trained and polished apart from the page.
    basin = view.basin.shown.made
    assert basin.stride == 1
    assert basin.label[basin.pixel(*view.basin.places[0])] == 1
    rng = np.random.default_rng(1)
    at = made.census.minima
    origin, side, third = (at[k].parameters for k in view.basin.ids)
    x = (side - origin) / np.linalg.norm(side - origin)
    y = (third - origin) - ((third - origin) @ x) * x
    y /= np.linalg.norm(y)
    across, up = basin.window.axes(basin.label.shape)
    rows, columns = rng.integers(0, 64, (2, 16))
    points = origin + across[columns][:, None] * x + up[rows][:, None] * y
    experiment = made.cases[0].experiment
    [block] = train_starts(experiment, 16, points=points.astype(np.float32))
    ends = [end for found in settle(experiment, block.parameters) for end in found]
    label = basin.label[rows, columns]
    known = label >= 0
    assert known.sum() > 8
    loss = np.array([end.loss for end in ends])
    wanted = np.array([m.loss for m in at])[label[known]]
    # One end of each label is polished, and a label takes in what is near that end.
    assert np.isclose(loss[known], wanted, rtol=1e-6).mean() > 0.8


def test_another_minimum_takes_the_place_of_the_one_before(on, made):
    on.open(made.folder)
    on.page.tabs.setCurrentIndex(1)
    on.click_row(0)
    QTest.keyClick(on.table, Qt.Key.Key_Down)
    QTest.keyClick(on.table, Qt.Key.Key_Down)
    view = on.page.minimum
    assert view.minimum.id == 2
    on.user.until(lambda: not view.near.running and not view.basins.running)
    QTest.qWait(20)
    assert view.basin.ids[0] == 2
    assert "minimum 2" in view.notes[2].text()


def test_another_plane_takes_the_place_of_the_one_before(on, made):
    on.open(made.folder)
    view = on.look(0)
    box = view.map.plot.getViewBox()
    box.setRange(xRange=(1e3, 1e3 + 1), yRange=(1e3, 1e3 + 1), padding=0.0)
    taken = {combo.currentText() for combo in view.others}
    combo = view.others[1]
    free = next(t for k in range(combo.count()) if (t := combo.itemText(k)) not in taken)
    combo.setCurrentText(free)
    combo.activated.emit(combo.currentIndex())
    assert view.basin is None
    assert view.map.image.image is None
    assert not any(text.isVisible() for text in view.names)
    assert "none yet" in view.notes[2].text()
    on.user.until(lambda: not view.basins.running)
    QTest.qWait(20)
    assert view.basin.ids[2] == int(free)
    low, high, *_ = view.basin.shown.made.window.sides
    assert box.viewRange()[0] == pytest.approx([low, high])


def test_two_minima_have_no_plane_and_nothing_is_said_of_the_last_one(on, made):
    on.open(made.folder)
    census = made.census
    few = replace(census, minima=tuple(replace(m, nearest=None) for m in census.minima[:2]))
    on.page.minima.show_censuses((census, few))
    late = on.look(0).basin
    on.page.minima.landscape.setCurrentIndex(1)
    on.page.minima.landscape.activated.emit(1)
    view = on.look(1)
    assert view.basin_stack.currentIndex() == 1
    view.basins.running = True
    view.basins.came.emit(late)
    view.basins.advanced.emit(0.5)
    view.basins.ended.emit("cancelled")
    view.basins.running = False
    assert view.basin is None
    assert view.notes[2].text() == ""


def test_a_click_on_a_start_replays_its_run(on, made):
    on.open(made.folder)
    spots = on.page.distributions.spots
    ends = made.ends("he_normal")
    start = int(np.argmax(ends["loss"]))  # no other lies on it
    place = spots.mapFromScene(spots.place_of(1, start))
    on.user.click(spots.viewport(), place.x(), place.y())
    page = on.user.page
    wanted = made.cases[1].experiment.replace(start=start)
    on.user.until(lambda: on.user.run is not None and on.user.run.experiment == wanted)
    assert on.user.window.page is page
    on.user.until(lambda: on.user.run.status == "finished")
    run = on.user.run
    begun = wb.initial_parameters(wanted)
    assert np.array_equal(run.model.initial_parameters(), begun)
    assert run.steps == ends["steps"][start]
    # The same start, carried out alone: it differs by rounding in float32.
    assert run.loss[-1] == pytest.approx(ends["loss"][start], rel=1e-3)
    end = made.parameters("he_normal", [start])[0]
    assert np.allclose(run.parameters, end, rtol=1e-3, atol=1e-3)
    assert np.array_equal(end, next(train_starts(made.cases[1].experiment, [start])).parameters[0])
    QTest.keyClick(on.user.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    on.user.until(lambda: on.page.note.reader.idle)
    QTest.qWait(20)
    on.page.open()
    text = on.page.note.text()
    assert f"start {start}: loss {ends['loss'][start]:.6g} after {run.steps} steps" in text
    assert "the same to the last bit" in text
    assert f"{abs(run.loss[-1] - ends['loss'][start]):.1g} apart by rounding" in text


def test_a_typed_start_is_replayed_and_a_wrong_one_refused(on, made):
    on.open(made.folder)
    view = on.page.distributions
    on.user.enter(view.start, "60")
    assert "start: must be a whole number from 0 to 59" in on.form.message.text()
    assert on.user.window.page is on.page
    on.user.pick(view.case, "he_normal")
    on.user.enter(view.start, "7")
    wanted = made.cases[1].experiment.replace(start=7)
    on.user.until(lambda: on.user.run.experiment == wanted)
    assert on.user.window.page is on.user.page


def test_a_minimum_replays_its_example(on, made):
    on.open(made.folder)
    view = on.look(2)
    on.user.click(view.replay, 10, 10)
    minimum = made.census.minima[2]
    case = made.cases[minimum.example_group]
    wanted = case.experiment.replace(start=minimum.example_start)
    on.user.until(lambda: on.user.run.experiment == wanted)


def test_another_landscape_shows_no_minimum_until_one_is_chosen(on, made):
    on.open(made.folder)
    census = made.census
    minima = tuple(replace(m, example_group=0, hits=m.hits[1:]) for m in census.minima)
    kinds = {kind: counts[1:] for kind, counts in census.kinds.items()}
    other = replace(census, groups=census.groups[1:], minima=minima, kinds=kinds)
    on.page.minima.show_censuses((census, other))
    on.look(0)
    landscape, view = on.page.minima.landscape, on.page.minimum
    on.user.pick(landscape, "he_normal")
    assert view.minimum is None
    assert not view.replay.isVisible()
    view = on.look(2)
    landscape.activated.emit(1)  # the one that is shown
    assert view.minimum is minima[2]
    on.user.click(view.replay, 10, 10)
    wanted = made.cases[1].experiment.replace(start=minima[2].example_start)
    on.user.until(lambda: on.user.run.experiment == wanted)


def test_an_unfinished_comparison_is_opened_and_resumed(on, made, tmp_path):
    folder = tmp_path / "half"
    shutil.copytree(made.folder, folder)
    (folder / "result.json").unlink()
    next(iter(sorted((folder / "ends").rglob("*.parquet")))).unlink()
    on.open(folder)
    assert "of 120 networks" in on.page.how_far.text()
    on.form.polish.set_value("16")
    on.key(Qt.Key.Key_F6)
    on.settle()
    assert (folder / "result.json").read_bytes() == (made.folder / "result.json").read_bytes()


def test_a_million_ends_cost_what_a_thousand_do(on, made):
    on.open(made.folder)
    rng = np.random.default_rng(0)
    tallies = []
    for k in range(2):
        tally = Tally.none(made.plan)
        for first in range(0, 1_000_000, 250_000):
            reached = rng.integers(0, 400, 250_000).astype(float)
            tally = tally.plus(
                {
                    "start": np.arange(first, first + 250_000),
                    "loss": rng.lognormal(-2.0 + k, 2.0, 250_000),
                    "steps": np.full(250_000, 400),
                    "code": np.zeros(250_000, np.int8),
                    "steps_to_0.1": reached,
                    "steps_to_0.06": reached,
                }
            )
        tallies.append(tally)
    on.page._came(Watched(on.shown.comparison, tuple(tallies)))
    view = on.page.distributions
    assert view.table.item(0, 1).text() == "1,000,000"
    drawn = [len(c.getData()[0]) for plot in (view.bars, view.losses) for c in plot.curves]
    assert max(drawn) < 12_000
    assert sum(len(c.getData()[0]) for c in view.spots.curves) <= 3000


def test_losses_below_the_bins_and_no_tolerance_are_told_as_they_are(on, tmp_path):
    none = wb.compare(XOR, {"initializer": NAMES}, 10, tmp_path / "n", polish=0, tolerances=[])
    on.open(none.folder)
    view = on.page.distributions
    assert view.table.horizontalHeaderItem(5).text() == "reached"
    assert [view.table.item(k, 5).text() for k in range(2)] == ["–", "–"]
    tally = on.shown.tallies[0]
    tiny = replace(tally, loss=tally.loss.plus(np.array([1e-31, 0.0])))
    on.page._came(replace(on.shown, tallies=(tiny, on.shown.tallies[1])))
    assert "2 losses are below 1e-30, left of every axis" in view.note.text()


def test_how_far_apart_diverged_runs_are_is_not_said(made):
    run = SimpleNamespace(
        experiment=made.cases[0].experiment.replace(start=3), steps=400, loss=[np.inf]
    )
    note = ReplayNote(lambda: run)
    note._keep(Replay(made.cases[0], 3, np.inf, 400, True))
    assert "the same to the last bit" in note.text()
    assert "apart" not in note.text()
    note.close_note()


def test_hovering_names_the_start(on, made, monkeypatch):
    on.open(made.folder)
    said = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, *__: said.append(text))
    spots = on.page.distributions.spots
    start = int(np.argmax(made.ends(1)["loss"]))
    spots._hover(spots.place_of(1, start))
    assert f"he_normal, start {start}: loss" in said[-1]


def test_everything_is_in_view_at_1280_by_720(on, made):
    on.open(made.folder)
    for tab, widgets in (
        (0, ["table", "bars", "losses", "steps", "spots", "note"]),
        (1, ["weights", "heights", "map", "replay"]),
    ):
        view = (on.page.distributions, on.page.minimum)[tab]
        on.page.tabs.setCurrentIndex(tab)
        if tab:
            on.look(0)
        for name in widgets:
            widget = getattr(view, name)
            inside = widget.mapTo(on.user.window, QPoint(0, 0))
            assert widget.isVisible()
            assert inside.x() + widget.width() <= 1280
            assert inside.y() + widget.height() <= 720
    assert on.table.height() > 100


def test_pictures_and_tables_are_exported_in_both_themes(on, made, tmp_path, monkeypatch):
    assert [picture.name for picture in on.page.pictures] == ["the comparison page"]
    assert on.page.exports() == []
    on.open(made.folder)
    on.look(0)
    seen = set()
    for tab, theme in ((0, LIGHT), (1, DARK)):
        themes.use(theme)
        on.page.tabs.setCurrentIndex(tab)
        for picture in on.page.pictures:
            seen.add(picture.name)
            for suffix in ("png", "svg"):
                path = tmp_path / f"{picture.name}.{suffix}"
                save_picture(picture.widget, path)
                assert path.stat().st_size > 1500
    assert {"the histogram", "the single starts", "the basins of minima"} < seen
    written = {}
    for text, act in on.page.exports():
        path = tmp_path / f"{text.split()[1]}.csv"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, p=path: (str(p), ""))
        act()
        written[path.stem] = list(csv.DictReader(io.StringIO(path.read_text())))
    assert set(written) == {"distributions", "minima", "verdicts", "completeness"}
    rows = written["minima"]
    assert [float(row["loss"]) for row in rows] == [m.loss for m in made.census.minima]
    loss = made.ends("he_normal")["loss"]
    for row in written["distributions"]:
        if (row["measure"], row["case"]) == ("loss", "he_normal"):
            assert float(row["share_below"]) == pytest.approx((loss < float(row["value"])).mean())
