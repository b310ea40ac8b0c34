"""Comparisons from scripts: made, resumed, and read from their folders while they still grow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kernels.catalog import nearest_name
from kernels.network import parameter_count
from workbench.comparison.folder import claim, ends_of, verdicts_of
from workbench.comparison.parts import existing, path_of, read_part, read_parts
from workbench.comparison.plan import Case, Plan, load_plan
from workbench.comparison.training import State, steps_column
from workbench.errors import BadValue, WorkbenchError
from workbench.experiment import Experiment
from workbench.multistart import train_starts

if TYPE_CHECKING:
    from workbench.census.census import Census
    from workbench.census.ends import End
    from workbench.comparison.outcomes import Statistics

    Counted = tuple[list[Case], list[list[End]], Census]

RESULT = "result.json"


class Comparison:
    """What there is of a comparison in its ``folder``; nothing of it is written to.

    ``plan``: what is compared; ``cases``: the compared, whose labels or numbers name them in the
    methods. While it grows, each call sees what is there by then: whole parts only.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        self.plan: Plan = load_plan(self.folder)
        self._held: tuple[object, list[Counted]] | None = None

    def __repr__(self) -> str:
        cases = ", ".join(case.label for case in self.cases)
        return f"<Comparison of {cases}: {self.plan.starts} starts, in {self.folder}>"

    @property
    def cases(self) -> tuple[Case, ...]:
        """The compared, in order."""
        return self.plan.cases

    def case(self, named: Case | str | int) -> Case:
        """A case by its label or number; raises BadValue."""
        if isinstance(named, Case):
            return named
        labels = [case.label for case in self.cases]
        if isinstance(named, int | np.integer) and 0 <= named < len(labels):
            return self.cases[named]
        if named not in labels:
            near = nearest_name(str(named), labels) or ", ".join(labels)
            raise BadValue("case", "must be one of the compared", named, near)
        return self.cases[labels.index(str(named))]

    @property
    def finished(self) -> bool:
        """Whether all starts of all cases are trained and the result is there."""
        return (self.folder / RESULT).exists()

    @property
    def result(self) -> dict[str, Any]:
        """What ``result.json`` holds; raises WorkbenchError while there is none."""
        try:
            found = json.loads((self.folder / RESULT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise WorkbenchError(f"{self.folder}: the comparison is not finished") from None
        return dict(found)

    @property
    def censuses(self) -> tuple[Census, ...]:
        """What the polished ends are and which minima there are, one census for all cases with the
        same training loss; of the verdicts that are there while it grows, then without neighbours.
        """
        return tuple(census for _, _, census in self._counted())

    @property
    def census(self) -> Census | None:
        """The one census, or None where no end is polished or there are several."""
        found = self.censuses
        return found[0] if len(found) == 1 else None

    @property
    def statistics(self) -> Statistics:
        """Summaries of the cases and paired tests between them, of the starts that are there of all
        cases, at most a million. Raises WorkbenchError where there are none."""
        from workbench.comparison.results import statistics_of

        return statistics_of(self, self._counted())

    def _counted(self) -> list[Counted]:
        """Of each landscape its cases, ends and census; empty where no end is polished. Counted
        once for all verdicts that are there at a time."""
        files = tuple(path for c in self.cases for path in existing(verdicts_of(self.folder, c)))
        result = self.folder / RESULT
        there = (files, result.stat().st_mtime_ns if result.exists() else None)
        if self._held is None or self._held[0] != there:
            self._held = (there, self._count() if files else [])
        return self._held[1]

    def _count(self) -> list[Counted]:
        from workbench.comparison.counting import take, with_neighbours

        known = self.result if self.finished else {}
        polished = known.get("polished", self.plan.starts)
        if not polished:
            return []
        found = take(self.plan, self.folder, polished, neighbours=0)
        kept = known.get("censuses", [])
        return (
            [
                (cases, ends, with_neighbours(census, row["minima"]))
                for (cases, ends, census), row in zip(found, kept, strict=True)
            ]
            if kept
            else found
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of ``ends``."""
        names = ["start", "loss", "loss_test", "accuracy", "accuracy_test", "gradient_norm"]
        names += ["steps", "code", *map(steps_column, self.plan.tolerances)]
        return (*names, "parameters") if self.plan.parameters else tuple(names)

    def paths(self, case: Case | str | int) -> list[Path]:
        """The files of a case's ends that are there, in order of their starts."""
        return existing(ends_of(self.folder, self.case(case)))

    def ends(
        self, case: Case | str | int, columns: Sequence[str] | None = None
    ) -> dict[str, np.ndarray]:
        """The ends of a case that are there, in order of ``start``: arrays (m,) by column.

        ``columns``: all but the parameters (m, n) where left out. Steps to a tolerance are float64,
        NaN where it was never reached; ``code`` as in ``Starts``. Raises BadValue for a column
        that is none.
        """
        wanted = self._columns(columns)
        found = list(self.parts(case, wanted))
        n = self.parameter_count(case)
        return {
            name: np.concatenate([part[name] for part in found])
            if found
            else np.empty((0, n) if name == "parameters" else 0)
            for name in wanted
        }

    def parts(
        self, case: Case | str | int, columns: Sequence[str] | None = None, since: int = 0
    ) -> Iterator[dict[str, np.ndarray]]:
        """As ``ends``, a file at a time, from the file ``since`` on: memory stays bounded."""
        wanted = self._columns(columns)
        yield from (
            {name: _wide(name, values) for name, values in part.items()}
            for part in read_parts(self.paths(case)[since:], wanted)
        )

    def end(self, case: Case | str | int, start: int) -> dict[str, float]:
        """The columns of one start's end but its parameters; empty where it is not there."""
        path = path_of(ends_of(self.folder, self.case(case)), start // self.plan.part)
        if not path.exists():
            return {}
        part = read_part(path, self._columns(None))
        return {name: float(values[start % self.plan.part]) for name, values in part.items()}

    def _columns(self, columns: Sequence[str] | None) -> list[str]:
        if columns is None:
            return [name for name in self.columns if name != "parameters"]
        for name in columns:
            if name not in self.columns:
                near = nearest_name(str(name), list(self.columns)) or ", ".join(self.columns)
                raise BadValue("columns", "must be columns of the ends", name, near)
        return list(columns)

    def parameter_count(self, case: Case | str | int) -> int:
        """How many parameters the networks of a case have."""
        sizes = self.case(case).experiment.network.sizes
        return int(parameter_count(sizes))

    def parameters(self, case: Case | str | int, starts: Sequence[int] | np.ndarray) -> np.ndarray:
        """Where some ``starts`` of a case ended: (m, n), of the experiment's dtype.

        Read where they were kept and are there, else trained again, to the same bits.
        """
        chosen, index = self.case(case), np.asarray(starts, np.int64).reshape(-1)
        if len(index) and not (index.min() >= 0 and index.max() < self.plan.starts):
            rule = f"must be from 0 to {self.plan.starts - 1}"
            raise BadValue("starts", rule, [int(index.min()), int(index.max())], 0)
        made = np.empty((len(index), self.parameter_count(chosen)), chosen.experiment.numpy_dtype)
        lacking = np.ones(len(index), bool)
        for number in np.unique(index // self.plan.part) if self.plan.parameters else ():
            path = path_of(ends_of(self.folder, chosen), int(number))
            if path.exists():
                here = index // self.plan.part == number
                held = read_part(path, ["parameters"])["parameters"]
                made[here] = held[index[here] - number * self.plan.part]
                lacking &= ~here
        if lacking.any():
            blocks = train_starts(chosen.experiment, index[lacking])
            made[lacking] = np.concatenate([block.parameters for block in blocks])
        return made


def _wide(name: str, values: np.ndarray) -> np.ndarray:
    return values.astype(np.float64) if name.startswith("steps_to") else values


def load_comparison(folder: str | Path) -> Comparison:
    """The comparison in ``folder``, finished or not; raises WorkbenchError where there is none."""
    return Comparison(folder)


def compare(
    experiment: Experiment,
    vary: Mapping[str, Any],
    starts: int = 1000,
    out: str | Path | None = None,
    *,
    polish: int | str | None = None,
    threads: int | None = None,
    progress: Callable[[State], None] = lambda state: None,
    cancelled: Callable[[], bool] = lambda: False,
    **options: Any,
) -> Comparison:
    """Train ``experiment`` from ``starts`` starts in every case, and say how the cases differ.

    ``vary``: one or two keys with the values that are compared, as a grid: a dotted name as
    ``Experiment.replace`` takes it (``{"optimizer.learning_rate": [0.01, 0.1]}``), a section
    (``{"initializer": ["he_normal", "orthogonal"]}``), ``width`` of the hidden layers, or
    ``batch_size``, a number or ``"full"``. Start i of every case draws from the same random
    numbers, and all see the same data in the same order.

    ``out``: a folder, new or empty, or one that holds this comparison, which is then resumed (None:
    runs/…, below the current folder). ``polish``: of how many ends of every case, the first ones,
    it is found out what they are (``"all"``; 0: of none; None: 256, or none of large networks).
    ``options`` are those of ``Plan.of``: tolerances, every, parameters. ``threads`` changes no
    result. ``progress`` is told the state now and then; once ``cancelled`` says True, what is done
    stays, and the comparison is not ``finished``. Raises WorkbenchError.
    """
    from workbench.comparison.runner import carry_out
    from workbench.comparison.verdicts import polish_count

    plan = Plan.of(experiment, vary, starts, **options)
    count = polish_count(polish, plan)
    folder = claim(out, plan)
    for state in carry_out(folder, count, threads, cancelled):
        progress(state)
    return Comparison(folder)


def compare_initializers(
    experiment: Experiment,
    initializers: Sequence[Any],
    starts: int = 1000,
    out: str | Path | None = None,
    **options: Any,
) -> Comparison:
    """``compare`` of initializers, by name or as tables with ``name`` and hyper-parameters."""
    return compare(experiment, {"initializer": list(initializers)}, starts, out, **options)
