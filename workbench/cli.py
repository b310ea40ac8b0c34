"""The command ``workbench``: run, find-rate, list, and the window.

Exit codes: 0 done, 2 bad input (one line on standard error), 3 the run diverged, 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import threading
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from workbench import __version__
from workbench.errors import BadValue, WorkbenchError

_COMMANDS = ("run", "find-rate", "list", "window")
_FIGURES = (
    "parameters",
    "loss_initial",
    "loss_final",
    "accuracy_train",
    "accuracy_test",
    "gradient_norm",
    "steps",
    "diverged",
    "seconds",
    "seed",
    "experiment_hash",
    "folder",
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise WorkbenchError(f"{message} (see: {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="workbench",
        allow_abbrev=False,
        description="Watch, measure and compare how neural networks learn. "
        "Without a command, the window opens with the tutorial's experiment learning in it.",
    )
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="{run,find-rate,list,window}")
    run = commands.add_parser(
        "run",
        help="carry out an experiment in the terminal",
        description="Carry out an experiment in the terminal, with live progress, and write a run "
        "folder: experiment.toml, history.csv, parameters.npz, result.json and pictures.",
        epilog="Exit codes: 0 done, 2 bad input, 3 the run diverged, 130 interrupted; "
        "in all but the second the run folder is written. `workbench list` shows what there is.",
        allow_abbrev=False,
    )
    run.set_defaults(action=_run)
    _add_experiment(run)
    run.add_argument("--out", metavar="DIR", help="run folder, new or empty (default: runs/…)")
    run.add_argument("--json", action="store_true", help="one JSON object as last line of output")
    run.add_argument("--no-pictures", action="store_true", help="leave out the PNG files")
    finder = commands.add_parser(
        "find-rate",
        help="find a learning rate by a short run in which it grows",
        description="Train with a learning rate that grows until the loss explodes, suggest a "
        "rate, and write a folder: rates.csv, rates.png, result.json and experiment.toml.",
        allow_abbrev=False,
    )
    finder.set_defaults(action=_find_rate)
    _add_experiment(finder)
    for name, meaning in (("low", "the first rate"), ("high", "the last rate")):
        finder.add_argument(f"--{name}", metavar="RATE", help=meaning)
    finder.add_argument("--points", metavar="N", help="how many rates are tried, a step each")
    finder.add_argument("--out", metavar="DIR", help="folder, new or empty (default: runs/…)")
    finder.add_argument("--json", action="store_true", help="one JSON object as last line")
    listing = commands.add_parser(
        "list", help="list the gallery and the catalogues", allow_abbrev=False
    )
    listing.set_defaults(action=_list)
    listing.add_argument("kind", nargs="?", help="gallery, optimizers, surfaces, …")
    listing.add_argument("--json", action="store_true", help="one JSON object as last line")
    window = commands.add_parser(
        "window", help="open an experiment in the window", allow_abbrev=False
    )
    window.set_defaults(action=_window)
    _add_experiment(window)
    return parser


def _add_experiment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "experiment",
        nargs="?",
        default="tutorial",
        help="a gallery name or a TOML file (default: tutorial)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="change one value, e.g. optimizer.learning_rate=0.5; may be repeated",
    )
    parser.add_argument("--seed", metavar="N", help="the same as --set seed=N")
    parser.add_argument("--steps", metavar="N", help="the same as --set stop.steps=N")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except WorkbenchError as error:
        print(f"workbench: {error}", file=sys.stderr)
        return 2
    except MemoryError:
        print("workbench: not enough memory for this experiment", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("workbench: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone; Python would complain again while closing the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    if arguments and not arguments[0].startswith("-") and arguments[0] not in _COMMANDS:
        from kernels.catalog import nearest_names
        from workbench.experiment import gallery

        known = [*_COMMANDS, *(f"run {name}" for name in gallery())]
        near = nearest_names(arguments[0], known) or _COMMANDS
        raise BadValue("command", "must be a command", arguments[0], ", ".join(near))
    options = _parser().parse_args(arguments)
    if options.command is None:
        return _start()
    action: Callable[[argparse.Namespace], int] = options.action
    return action(options)


def _prepare_streams() -> None:
    # A program without a console has no streams at all, and a legacy encoding lacks "→".
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _experiment(options: argparse.Namespace) -> Any:
    from workbench.experiment import Experiment, gallery, is_text

    name = options.experiment
    known = gallery()
    if name in known:
        experiment = Experiment.preset(name)
    elif name.endswith(".toml") or os.sep in name or _exists(name):
        experiment = Experiment.load(name)
    else:
        experiment = Experiment.preset(name)  # raises, with the nearest names
    changes: dict[str, Any] = {}
    for text in options.set:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise BadValue("--set", "must read SECTION.KEY=VALUE", text, "stop.steps=1000")
        key = key.strip()
        changes[key] = _value(value.strip(), as_text=key == "title" or is_text(key))
    if options.seed is not None:
        changes["seed"] = _value(options.seed)
    if options.steps is not None:
        changes["stop.steps"] = _value(options.steps)
    return experiment.replace(changes)


def _exists(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):
        return False


def _value(text: str, as_text: bool = False) -> Any:
    """A value as TOML reads it; a bare word is text, bare commas make a list."""
    for attempt in (text, f"[{text}]") if "," in text else (text,):
        try:
            read = tomllib.loads(f"value = {attempt}")
        except (ValueError, RecursionError):
            continue
        if list(read) == ["value"] and (isinstance(read["value"], str) or not as_text):
            return read["value"]
    return [part.strip() for part in text.split(",")] if "," in text and not as_text else text


def _run(options: argparse.Namespace) -> int:
    from workbench.store import choose_folder

    experiment = _experiment(options)
    name = Path(options.experiment).stem
    folder = choose_folder(options.out, experiment, name)
    return _carry_out(experiment, name, folder, options.json, not options.no_pictures)


def _find_rate(options: argparse.Namespace) -> int:
    from workbench.rate_finder import describe, find_learning_rate, save_scan
    from workbench.store import choose_folder, release_folder

    experiment = _experiment(options)
    given = {"low": options.low, "high": options.high, "steps": options.points}
    values = {key: _value(text) for key, text in given.items() if text is not None}
    folder = choose_folder(options.out, experiment, f"{Path(options.experiment).stem}-rates")
    try:
        scan = find_learning_rate(experiment, **values)
        result = save_scan(scan, folder)
    finally:
        release_folder(folder)
    print(describe(scan), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(result))
    return 0


def _carry_out(experiment: Any, name: str, folder: Path, as_json: bool, pictures: bool) -> int:
    from workbench.run import Run
    from workbench.store import release_folder, save_run
    from workbench.terminal import Progress, summary

    try:
        with _Interrupt(lambda: release_folder(folder)) as interrupt:
            with Progress(name, experiment.stop.steps) as progress:
                run = Run(experiment)
                run.finish(interrupt.pausing(run, progress))
            result = save_run(run, folder, pictures)
    finally:
        release_folder(folder)
    unfinished = interrupt.pressed and not run.reason
    if run.reason:
        print(run.reason, file=sys.stderr)
    if unfinished:
        print(f"interrupted after step {run.steps}; kept in {folder}", file=sys.stderr)
    if as_json:
        print(json.dumps({key: result[key] for key in _FIGURES}))
    else:
        print(summary(result))
    return 130 if unfinished else 3 if run.diverged else 0


class _Interrupt:
    """While it is entered, a first Ctrl-C is only noted, so that what a run has is kept.

    A second one ends the process after calling ``clear``. It raises no exception: that would be
    lost wherever it hits one of the compiler's callbacks.
    """

    def __init__(self, clear: Callable[[], None]) -> None:
        self.pressed = False
        self._clear = clear
        self._in_main = threading.current_thread() is threading.main_thread()
        self._former: Any = None

    def __enter__(self) -> _Interrupt:
        if self._in_main:
            self._former = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._in_main:
            signal.signal(signal.SIGINT, self._former)

    def _press(self, *_: object) -> None:
        if self.pressed:
            self._clear()
            # Not through the stream, in the middle of whose own work this may be.
            with contextlib.suppress(OSError):
                os.write(2, b"workbench: interrupted\n")
            os._exit(130)
        self.pressed = True

    def pausing(self, run: Any, show: Callable[[Any], None]) -> Callable[[Any], None]:
        """``show``, and then a pause of ``run`` once Ctrl-C was pressed."""

        def shown(snapshot: Any) -> None:
            show(snapshot)
            if self.pressed:
                run.pause()

        return shown


def _list(options: argparse.Namespace) -> int:
    from workbench.terminal import listing

    print(listing(options.kind, options.json))
    return 0


def _window(options: argparse.Namespace) -> int:
    from workbench.display import open_window, why_no_window

    experiment = _experiment(options)
    problem = why_no_window()
    if problem:
        raise WorkbenchError(f"window: {problem}; use: workbench run {options.experiment}")
    return open_window(experiment)


def _start() -> int:
    from workbench.display import open_window, why_no_window
    from workbench.experiment import Experiment
    from workbench.store import choose_folder

    experiment = Experiment.preset("tutorial")
    problem = why_no_window()
    if not problem:
        return open_window(experiment)
    print(f"{problem}; running the tutorial's experiment in the terminal", file=sys.stderr)
    folder = choose_folder(None, experiment, "tutorial")
    return _carry_out(experiment, "tutorial", folder, as_json=False, pictures=True)
