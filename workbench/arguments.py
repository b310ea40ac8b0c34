"""Arguments that several commands share: which experiment, with which values changed."""

from __future__ import annotations

import argparse
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import BadValue

if TYPE_CHECKING:
    from workbench.experiment import Experiment


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that ``read_experiment`` reads."""
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


def read_experiment(options: argparse.Namespace) -> Experiment:
    """The experiment that the arguments describe; raises WorkbenchError."""
    from workbench.experiment import is_text

    experiment = named_experiment(options.experiment)
    changes: dict[str, Any] = {}
    for text in options.set:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise BadValue("--set", "must read SECTION.KEY=VALUE", text, "stop.steps=1000")
        key = key.strip()
        changes[key] = read_value(value.strip(), as_text=key == "title" or is_text(key))
    if options.seed is not None:
        changes["seed"] = read_value(options.seed)
    if options.steps is not None:
        changes["stop.steps"] = read_value(options.steps)
    return experiment.replace(changes)


def named_experiment(name: str) -> Experiment:
    """The experiment of a gallery name or of a TOML file; raises WorkbenchError."""
    from workbench.experiment import Experiment, gallery

    if name not in gallery() and (name.endswith(".toml") or os.sep in name or _exists(name)):
        return Experiment.load(name)
    return Experiment.preset(name)


def read_value(text: str, as_text: bool = False) -> Any:
    """A value as TOML reads it, and .5 as well; a bare word is text, bare commas make a list."""
    if re.fullmatch(r"[+-]?\.\d+([eE][+-]?\d+)?", text) and not as_text:
        return float(text)
    for attempt in (text, f"[{text}]") if "," in text else (text,):
        try:
            read = tomllib.loads(f"value = {attempt}")
        except (ValueError, RecursionError):
            continue
        if list(read) == ["value"] and (isinstance(read["value"], str) or not as_text):
            return read["value"]
    return [part.strip() for part in text.split(",")] if "," in text and not as_text else text


def _exists(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):
        return False
