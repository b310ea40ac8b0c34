"""What is written to files: pictures, paths, films; read back by others."""

from __future__ import annotations

import csv
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QProgressDialog

from ui.export import image, portable, replacing, save_picture
from ui.film import Filming
from ui.surface_exports import film
from workbench import WorkbenchError


@pytest.fixture
def page(make_user):
    user = make_user(play=False)
    QTest.keyClick(user.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    page = user.window.surface_page
    user.until(lambda: page.scene.traces and page.scene.grid and page.idle)
    QTest.qWait(50)
    page.user = user
    return page


def drawn(path, size):
    """An SVG file drawn by Qt's renderer, which reads another subset than Qt writes."""
    picture = QImage(size, QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFF)
    painter = QPainter(picture)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    renderer.render(painter)
    painter.end()
    return picture


def pixels(picture):
    whole = picture.convertToFormat(QImage.Format.Format_RGB32)
    held = np.frombuffer(whole.constBits().asstring(whole.sizeInBytes()), np.uint8)
    return held.reshape(whole.height(), whole.width(), 4)[:, :, :3].astype(float)


@pytest.mark.parametrize("name", ["the map", "the 3-D view", "the curves", "the surfaces page"])
def test_png_and_svg_show_what_the_window_shows(page, tmp_path, name):
    [picture] = [p for p in page.pictures if p.name == name]
    save_picture(picture.widget, tmp_path / "a.png")
    save_picture(picture.widget, tmp_path / "a.svg")
    with Image.open(tmp_path / "a.png") as found:
        assert found.size == (2 * picture.widget.width(), 2 * picture.widget.height())
    seen = pixels(image(picture.widget, 1.0))
    again = pixels(drawn(tmp_path / "a.svg", picture.widget.size()))
    # Texts and rims differ by the renderer; a missing or a misplaced part by far more.
    assert np.abs(seen - again).mean() < 9.0
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert not [e for e in root.iter() if "vector-effect" in e.attrib]


def test_lines_of_constant_width_are_moved_to_the_pictures_coordinates():
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    shapes = (
        '<path vector-effect="non-scaling-stroke" d="M1,2 L3,4 "/>'
        '<polyline vector-effect="non-scaling-stroke" points="1,2 3,4 "/>'
        '<rect vector-effect="non-scaling-stroke" x="0" y="0" width="1" height="2"/>'
        '<text x="1" y="1">a</text>'
    )
    source = f'{head}<g transform="matrix(10,0,0,-5,100,50)">{shapes}</g></svg>'
    group = ElementTree.fromstring(portable(source.encode(), 9, 9))[0]
    assert "transform" not in group.attrib
    path, line, box, text = group
    assert path.attrib["d"].split() == ["M110.00,40.00", "L130.00,30.00"]
    assert line.attrib["points"].split() == ["110.00,40.00", "130.00,30.00"]
    assert box.attrib["points"].split()[2] == "110.00,40.00"
    assert text.attrib["transform"] == "matrix(10,0,0,-5,100,50)"


def test_paths_are_a_table_that_reads_back_exactly(page, tmp_path, monkeypatch):
    page.panel.racers.add.click()
    page.user.until(lambda: len(page.scene.traces) == 2 and page.idle)
    file = tmp_path / "paths"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    [act] = [act for text, act in page.exports() if "CSV" in text]
    act()
    page.user.until(lambda: "saved" in page.user.window.state.text())
    with file.with_suffix(".csv").open() as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == sum(len(t.path) for t in page.scene.traces)
    first = next(row for row in rows if row["step"] == "7")
    found = [float(first[key]) for key in ("x", "y", "value", "df/dx", "df/dy")]
    assert found == page.scene.traces[0].path[7].tolist()


def test_a_film_is_written_and_shows_the_descent(page, tmp_path):
    page.user.enter(page.panel.numbers["steps"], "5")
    page.user.until(lambda: page.timeline.steps == 5 and page.idle)
    ended = []
    filming = film(page, page.map, tmp_path / "a.gif")
    filming.ended.connect(ended.append)
    page.user.until(lambda: bool(ended))
    assert ended[0].saved
    with Image.open(tmp_path / "a.gif") as found:
        assert found.n_frames == 6
        assert found.size == (page.map.width(), page.map.height())
        found.seek(0)
        first = np.asarray(found.convert("RGB"), float)
        found.seek(5)
        last = np.asarray(found.convert("RGB"), float)
    page.timeline.slider.setValue(5)
    assert np.abs(first - last).max() > 100
    shown = pixels(image(page.map, 1.0))[:, :, ::-1]
    assert np.abs(last - shown).mean() < 8.0


def test_a_cancelled_film_leaves_what_was_there(page, tmp_path):
    file = tmp_path / "a.gif"
    file.write_bytes(b"before")
    film(page, page.map, file)
    page.user.until(lambda: page.findChildren(QProgressDialog))
    [dialog] = page.findChildren(QProgressDialog)
    dialog.canceled.emit()
    page.user.until(lambda: "cancelled" in page.user.window.state.text())
    assert file.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".gif"] == ["a.gif"]


def test_a_film_that_cannot_be_written_says_so(qapp, qtbot, tmp_path):
    ended = []
    filming = Filming(
        tmp_path / "none" / "a.gif", [0], lambda _: QImage(4, 4, QImage.Format.Format_RGB32)
    )
    filming.ended.connect(ended.append)
    filming.start()
    qtbot.waitUntil(lambda: bool(ended))
    assert not ended[0].saved
    assert "cannot be written" in ended[0].text


def test_a_failed_write_is_one_line_and_loses_nothing(page, tmp_path):
    with pytest.raises(WorkbenchError, match="cannot be written"):
        save_picture(page.map, tmp_path / "no" / "a.png")
    file = tmp_path / "a.txt"
    file.write_text("before")

    def fill():
        with replacing(file) as unfinished:
            unfinished.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(WorkbenchError, match="No space left"):
        fill()
    assert file.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_the_menu_of_the_shown_page_offers_its_pictures(page):
    window = page.user.window
    window.export_menu.aboutToShow.emit()
    texts = [action.text() for action in window.export_menu.actions()]
    assert {"The map…", "The 3-D view…", "The paths as CSV…", "The whole window…"} <= set(texts)
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    window.export_menu.aboutToShow.emit()
    texts = [action.text() for action in window.export_menu.actions()]
    assert {"The loss…", "The network…", "The weights…", "The plane…"} <= set(texts)
