"""The plan of a comparison: which experiments, from how many starts, and what is kept of them."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import tomli_w

from kernels import batchings
from kernels.network import parameter_count
from workbench.comparison.axes import Axis, axes_of
from workbench.errors import BadValue, WorkbenchError
from workbench.experiment import Experiment
from workbench.fields import integer, only_keys, plain, table, within
from workbench.model import load_data
from workbench.stepper import limits_of

MOST_STARTS = 2**32
MOST_CASES = 100
MOST_TOLERANCES = 16
TOLERANCES = (0.1, 0.01, 0.001)
FORMAT = 1
PLAN_FILE = "comparison.toml"
# A part of a case's starts is what a killed comparison loses at most: some ten seconds of one core
# at 0.16 ns a parameter, sample and step, and a file of a size that is worth opening.
_PART_STARTS, _PART_BYTES, _PART_SECONDS, _NS = 4096, 64 << 20, 10.0, 0.16e-9
_ROWS, _BATCH_ROWS, _MOST_ROWS = 1000, 200, 10_000


@dataclass(frozen=True)
class Case:
    """One of the compared: its ``label`` for people, its ``folder``'s name, its ``experiment``."""

    index: int
    label: str
    folder: str
    experiment: Experiment


@dataclass(frozen=True)
class Plan:
    """Everything that determines a comparison's ends, made by ``Plan.of`` or ``Plan.load``.

    ``axes``: what is varied, none (one case) to two (a grid). Every case is trained from the starts
    0 … ``starts`` - 1. ``tolerances``: losses, for each of which the first step at which a start's
    training loss was seen at or below it is kept; it is looked at every ``every`` steps and at the
    end. ``parameters``: whether the ends' parameters are kept. ``part``: starts a file, which
    changes no result and is no part of ``hash``.
    """

    experiment: Experiment
    axes: tuple[Axis, ...]
    starts: int
    tolerances: tuple[float, ...]
    every: int
    parameters: bool
    part: int
    cases: tuple[Case, ...]

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        vary: Mapping[str, Any] | Sequence[Axis] = (),
        starts: Any = 1000,
        *,
        tolerances: Any = None,
        every: Any = None,
        parameters: bool = True,
        part: Any = None,
    ) -> Plan:
        """Validate a comparison; raises BadValue.

        ``tolerances``: None for the loss of the stop rule, or else 0.1, 0.01 and 0.001. ``every``:
        None for about a thousandth of the steps, with batches for what costs little.
        """
        base, axes = experiment.replace(start=0), axes_of(vary)
        cases = _cases(base, axes)
        if tolerances is None:
            tolerances = TOLERANCES if base.stop.loss is None else (base.stop.loss,)
        if every is None:
            every = max(_every(case.experiment) for case in cases)
        if part is None:
            part = min(_part(case.experiment) for case in cases)
        return cls(
            base,
            axes,
            integer("starts", plain(starts), 1, MOST_STARTS),
            _tolerances(tolerances),
            _checked_every(every, cases),
            bool(parameters),
            integer("part", plain(part), 1, 1 << 24),
            cases,
        )

    @property
    def hash(self) -> str:
        """16 hexadecimal digits; equal for comparisons that have the same ends."""
        content = [
            [case.label, case.experiment.hash] for case in self.cases
        ], self.starts, self.tolerances, self.every, self.parameters  # fmt: skip
        text = json.dumps(content, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def parts(self) -> int:
        """How many files hold the ends of one case."""
        return -(-self.starts // self.part)

    def part_range(self, number: int) -> range:
        """The starts of part ``number``."""
        return range(number * self.part, min((number + 1) * self.part, self.starts))

    @property
    def bytes(self) -> int:
        """About how much room the ends take on disk, before compression."""
        row = 8 * (7 + len(self.tolerances))
        total = 0
        for case in self.cases:
            e = case.experiment
            kept = parameter_count(e.network.sizes) * e.numpy_dtype.itemsize
            total += self.starts * (row + (kept if self.parameters else 0))
        return total

    def dumps(self) -> str:
        """The plan as TOML, with every value written out; ``loads`` of it equals this one."""
        content = {
            "comparison": {
                "format": FORMAT,
                "hash": self.hash,
                "starts": self.starts,
                "tolerances": list(self.tolerances),
                "every": self.every,
                "parameters": self.parameters,
                "part": self.part,
            },
            "vary": [axis.to_dict() for axis in self.axes],
            "experiment": self.experiment.to_dict(),
        }
        return tomli_w.dumps(content)

    @classmethod
    def loads(cls, text: str, source: str) -> Plan:
        """Read what ``dumps`` wrote; raises WorkbenchError, also where a file that the experiment
        names has another content by now."""
        try:
            content = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise WorkbenchError(f"{source}: is no valid TOML ({error})") from None
        try:
            only_keys("", content, ("comparison", "vary", "experiment"))
            given = table("comparison", content.get("comparison"))
            if given.pop("format", None) != FORMAT:
                raise WorkbenchError(f"{source}: was written by another version of the workbench")
            known = given.pop("hash", None)
            only_keys("comparison", given, ("starts", "tolerances", "every", "parameters", "part"))
            axes = [Axis.of(str(a["key"]), a["values"]) for a in content.get("vary", [])]
            experiment = Experiment.of(table("experiment", content.get("experiment")))
            plan = cls.of(experiment, axes, **given)
        except (KeyError, TypeError) as error:
            raise WorkbenchError(f"{source}: is no comparison's plan ({error})") from None
        except BadValue as error:
            error.args = (f"{source}: {error}",)
            raise
        if known != plan.hash:
            changed = "the plan, or a file that its experiment names, has changed since"
            raise WorkbenchError(f"{source}: {changed} ({known} then, {plan.hash} now)")
        return plan


def _cases(base: Experiment, axes: Sequence[Axis]) -> tuple[Case, ...]:
    last = [axis.key.rpartition(".")[2] for axis in axes]
    alone = len(set(last)) == len(last)
    named = [list(zip(a.labels(alone), a.values, strict=True)) for a in axes]
    cells = list(product(*named))
    if len(cells) > MOST_CASES:
        raise BadValue("vary", f"must make at most {MOST_CASES} cases", len(cells), "fewer values")
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for index, cell in enumerate(cells):
        changes: dict[str, Any] = {}
        # Whole sections first: a single value of the other axis then stands.
        pairs = sorted(zip(axes, cell, strict=True), key=lambda pair: "." in pair[0].key)
        for axis, (_, value) in pairs:
            changes |= axis.changes(base, value)
        experiment = base.replace(changes)
        label = ", ".join(text for text, _ in cell) or experiment.initializer.name
        if experiment.hash in seen:
            rule = f"must make different experiments; {seen[experiment.hash]} is the same"
            raise BadValue("vary", rule, label, "another value")
        seen[experiment.hash] = label
        cases.append(Case(index, label, _folder(label, cases), experiment))
    return tuple(cases)


def _folder(label: str, others: Sequence[Case]) -> str:
    """A name for files that says ``label``, and is none of the others' where case is ignored."""
    name = re.sub(r"[^A-Za-z0-9.=+-]+", "_", label).strip("._")[:60] or "case"
    taken = {case.folder.lower() for case in others}
    return name if name.lower() not in taken else f"{name}_{len(others)}"


def _tolerances(value: Any) -> tuple[float, ...]:
    given = plain(value)
    given = given if isinstance(given, list) else [given]
    found = tuple(within("tolerance", loss, "[0, inf)") for loss in given)
    if len(set(found)) < len(found) or len(found) > MOST_TOLERANCES:
        rule = f"must be at most {MOST_TOLERANCES} different losses"
        raise BadValue("tolerance", rule, given, sorted(set(found))[:MOST_TOLERANCES])
    return found


def _checked_every(value: Any, cases: Sequence[Case]) -> int:
    every = integer("every", plain(value), 1, 10**12)
    steps = max(case.experiment.stop.steps for case in cases)
    if steps > every * _MOST_ROWS:
        rule = f"must be so large that {steps} steps are at most {_MOST_ROWS} times it"
        raise BadValue("every", rule, every, -(-steps // _MOST_ROWS))
    return every


def _every(e: Experiment) -> int:
    if batchings.catalog.of(e.batching.item).facts["exact"]:
        return max(1, -(-e.stop.steps // _ROWS))
    # A look at the whole training set costs as much as an epoch's forward passes.
    epoch = limits_of(e, len(load_data(e).train.inputs)).every
    return max(1, epoch, -(-e.stop.steps // _BATCH_ROWS))


def _part(e: Experiment) -> int:
    """Starts of a file; see ``_PART_STARTS``."""
    n = parameter_count(e.network.sizes)
    size = int(batchings.size(e.batching.item, len(load_data(e).train.inputs)))
    seconds = n * size * max(e.stop.steps, 1) * _NS
    most = min(_PART_STARTS, _PART_BYTES // (n * e.numpy_dtype.itemsize), _PART_SECONDS / seconds)
    return 1 << max(4, int(most).bit_length() - 1)


def load_plan(folder: Path) -> Plan:
    """The plan of a comparison's folder; raises WorkbenchError where it holds none."""
    path = folder / PLAN_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WorkbenchError(f"{folder}: holds no comparison ({reason})") from None
    return Plan.loads(text, str(path))
