"""Arguments that the commands for surfaces share: which surface, from where, how far."""

from __future__ import annotations

import argparse
import re
from typing import Any

from workbench.arguments import read_value
from workbench.errors import BadValue

_TEXTS = ("title", "surface.formula")


def add_descent(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that ``changes`` reads."""
    take_minus_as_value(parser)
    parser.add_argument(
        "surface",
        help="a name (`workbench list surfaces`), a formula of x and y such as 'x^2 + 3*y^2', or "
        "a descent's TOML file",
    )
    parser.add_argument("--schedule", metavar="NAME", help="learning rate over steps")
    parser.add_argument("--start", metavar="X,Y", help="where to start")
    parser.add_argument("--steps", metavar="N", help="steps to make (default: 200)")
    parser.add_argument(
        "--domain",
        metavar="XLOW,XHIGH,YLOW,YHIGH",
        help="in place of the surface's own, for formulas of -5,5,-5,5",
    )
    parser.add_argument(
        "--noise", metavar="S", help="standard deviation of noise added to the gradient"
    )
    parser.add_argument("--seed", metavar="N", help="seed of the noise (default: 0)")
    parser.add_argument("--out", metavar="DIR", help="write a folder, new or empty")
    parser.add_argument(
        "--film",
        metavar="NAME.gif|NAME.mp4",
        help="write a film into that folder too (.mp4 where ffmpeg is installed)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object as last line")
    parser.add_argument("--no-pictures", action="store_true", help="leave out the pictures")


def take_minus_as_value(parser: argparse.ArgumentParser) -> None:
    """Have what begins with one hyphen be a value: -1,2 or -x^2. Python allows that for -1."""
    parser._negative_number_matcher = re.compile(r"-(?!h$)[^-]")


def add_settings(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Declare ``--set``, which may be repeated."""
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=meaning)


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """The keys and values of ``--set``, in order; raises BadValue."""
    found: dict[str, Any] = {}
    for text in options.set:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise BadValue("--set", "must read KEY=VALUE", text, "learning_rate=0.01")
        found[key] = read_value(value.strip(), as_text=key in _TEXTS)
    return found


def changes(options: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    """The experiment of a file, or None, and what the other arguments say of it, by dotted names.

    ``DescentExperiment.replace`` takes the latter. Raises WorkbenchError.
    """
    from workbench.descents.experiment import DescentExperiment
    from workbench.descents.surface import Surface

    found: dict[str, Any] = {}
    held = None
    if options.surface.endswith(".toml"):
        held = DescentExperiment.load(options.surface)
        if options.domain is not None:
            found["surface.domain"] = numbers("--domain", options.domain)
    else:
        domain = None if options.domain is None else numbers("--domain", options.domain)
        found["surface"] = Surface.of(options.surface, domain)
    if options.schedule is not None:
        found["schedule"] = options.schedule
    if options.start is not None:
        found["descent.start"] = numbers("--start", options.start)
    for name in ("steps", "noise"):
        if getattr(options, name) is not None:
            found[f"descent.{name}"] = read_value(getattr(options, name))
    if options.seed is not None:
        found["seed"] = read_value(options.seed)
    return held, found


def numbers(field: str, text: str) -> list[float]:
    """Numbers with commas between them; raises BadValue."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise BadValue(field, "must be numbers with commas between", text, "0.5,-1") from None


def check_film(options: argparse.Namespace) -> None:
    """Raise BadValue where ``--film`` cannot be written, before anything runs."""
    if options.film is None:
        return
    from workbench.films import check_name

    check_name("--film", options.film)
    if options.out is None:
        rule = "is written into the folder of --out, which is missing"
        raise BadValue("--film", rule, options.film, f"--out runs/first --film {options.film}")


def folder_for(options: argparse.Namespace, made: Any) -> Any:
    """The folder of ``--out``, made and empty, or None; raises WorkbenchError."""
    from workbench.store import choose_folder

    return None if options.out is None else choose_folder(options.out, made, "descent")
