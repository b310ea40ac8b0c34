"""Opening and saving on the page of runs: experiments as files, a run as a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog

from workbench import Experiment, WorkbenchError

if TYPE_CHECKING:
    from ui.run_page import RunPage

_KIND = "Experiments (*.toml)"


def open_experiment(page: RunPage) -> None:
    """Ask for an experiment's file, and train it."""
    name, _ = QFileDialog.getOpenFileName(page, "Open experiment", "", _KIND)
    if name:
        try:
            page.open_experiment(Experiment.load(name))
        except WorkbenchError as error:
            page.say(str(error))


def save_experiment(page: RunPage) -> None:
    """Ask for a file, and save what the form says."""
    name, _ = QFileDialog.getSaveFileName(page, "Save experiment", "experiment.toml", _KIND)
    if name and page.form.experiment is not None:
        try:
            page.form.experiment.save(name)
            page.told.emit(f"saved {name}")
        except WorkbenchError as error:
            page.say(str(error))


def save_run(page: RunPage) -> None:
    """Ask for a new folder, and save the run shown; it is paused."""
    run = page.bridge.run
    name, _ = QFileDialog.getSaveFileName(page, "Save run folder (a new folder)", "run")
    if name and run is not None:
        from workbench import store

        try:
            folder = store.choose_folder(name, run.experiment, Path(name).name)
        except WorkbenchError as error:
            page.say(str(error))
            return
        page.bridge.pause()
        page.bridge.do(lambda: store.save_run(run, folder), f"saved {folder}")
