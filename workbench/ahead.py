"""A run that begins before there is a window to show it."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from workbench.experiment import Experiment
from workbench.run import Run


def begin(experiment: Experiment) -> Future[Run]:
    """Make a run of ``experiment`` and let it train, both on threads of their own, from now on.

    Returns at once; the future holds the run, or what making it raised.
    """
    made: Future[Run] = Future()

    def make() -> None:
        try:
            run = Run(experiment)
            run.resume()
        except BaseException as error:
            made.set_exception(error)
        else:
            made.set_result(run)

    threading.Thread(target=make, name="ahead", daemon=True).start()
    return made


def abandon(made: Future[Run]) -> None:
    """Let the run pause as soon as it has been made; returns at once."""

    def pause(made: Future[Run]) -> None:
        if made.exception() is None:
            made.result().pause(wait=False)

    made.add_done_callback(pause)
