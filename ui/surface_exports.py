"""What the page of surfaces exports beside pictures: paths as CSV, a descent as a film."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QFileDialog, QProgressDialog, QWidget

from ui.export import Said, choose_and_save_table, image
from ui.film import Filming
from ui.racing import Trace
from workbench.films import frames_of, kinds

if TYPE_CHECKING:
    from ui.surface_page import SurfacePage

_COLUMNS = ("racer", "step", "x", "y", "value", "df/dx", "df/dy")


def paths_csv(traces: Sequence[Trace]) -> bytes:
    """All paths as a CSV table, a row a step; numbers that read back as the same floats."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for trace in traces:
        for step, row in enumerate(trace.path.tolist()):
            table.writerow([trace.racer.label, step, *map(repr, row)])
    return text.getvalue().encode()


def save_paths(page: SurfacePage) -> Said | None:
    """Ask for a file, and write the paths that are shown."""
    return choose_and_save_table(page, "paths", paths_csv(page.scene.traces))


def choose_film(page: SurfacePage, stage: QWidget) -> Filming | None:
    """Ask for a file, and begin to film ``stage`` while the descent is played."""
    found = kinds()
    filters = ";;".join(f"{kind.upper()} (*.{kind})" for kind in found)
    name, chosen = QFileDialog.getSaveFileName(page, "Export film", "descent.gif", filters)
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower().removeprefix(".") not in found:
        path = path.with_name(f"{path.name}.{'mp4' if 'mp4' in chosen else 'gif'}")
    return film(page, stage, path)


def film(page: SurfacePage, stage: QWidget, path: Path) -> Filming:
    """Film ``stage`` into ``path``, with a dialog that shows progress and can cancel."""
    timeline = page.timeline
    timeline.stop()
    before = timeline.step
    steps = frames_of(timeline.steps)

    def draw(step: int) -> QImage:
        timeline.slider.setValue(step)
        if stage.isAncestorOf(page.relief):
            page.relief.draw_now()
        return image(stage, 1.0)

    filming = Filming(path, steps, draw, page)
    # The page must not change while it is filmed.
    dialog = QProgressDialog("Making the film…", "Cancel", 0, len(steps) + 1, page)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setWindowTitle("Export film")
    dialog.setMinimumDuration(0)
    dialog.setAutoReset(False)
    filming.advanced.connect(dialog.setValue)
    dialog.canceled.connect(filming.cancel)

    def ended(said: Said) -> None:
        dialog.canceled.disconnect()
        dialog.close()
        dialog.deleteLater()
        timeline.slider.setValue(before)
        (page.told if said.saved else page.wrong).emit(said.text)
        page.filming = None
        filming.deleteLater()

    filming.ended.connect(ended)
    page.filming = filming
    filming.start()
    return filming
