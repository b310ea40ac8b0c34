"""What the command line prints: progress, summaries and listings."""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

from tqdm import tqdm

from kernels import activations as activation_items
from kernels import losses, outputs, surfaces
from kernels.catalog import Catalog, Hyper, Item, Range, nearest_names
from workbench import moments
from workbench.compile_progress import CompileProgress
from workbench.errors import BadValue
from workbench.experiment import CATALOGS, Experiment, gallery
from workbench.reproductions import listed
from workbench.run import Snapshot


class Progress:
    """Loss, accuracy and steps per second on standard error. Call it with snapshots.

    On a terminal it is a live bar; elsewhere a line now and then, more rarely as time goes on.
    While kernels are being compiled it says which, by itself.
    """

    def __init__(self, name: str, steps: int) -> None:
        self._name, self._steps = name, steps
        self._bar: tqdm[Any] | None = None
        self._lines = _Lines(name, steps)
        self._started = False
        self._lock = threading.Lock()
        self._compiling = CompileProgress(self._say, live=sys.stderr.isatty())
        if sys.stderr.isatty():
            self._bar = tqdm(
                total=steps,
                desc=f"{name}: starting",
                unit=" steps",
                file=sys.stderr,
                dynamic_ncols=True,
            )
        else:
            print(f"{name}: starting, {steps} steps", file=sys.stderr, flush=True)

    def _say(self, text: str) -> None:
        if self._bar is None:
            print(f"{self._name}: {text}", file=sys.stderr, flush=True)
            return
        with self._lock:
            if not self._started:
                self._bar.set_description(f"{self._name}: {text}")

    def __call__(self, shown: Snapshot) -> None:
        moments.reached(moments.SHOWN)
        if self._bar is None:
            self._lines(shown)
            return
        if not self._started:
            with self._lock:
                self._started = True
                # The clock starts anew, so that the rate is that of steps alone.
                self._bar.reset()
                self._bar.set_description(self._name, refresh=False)
        self._bar.set_postfix_str(_figures(shown), refresh=False)
        # A run that diverges goes back to its last sound step; the bar stays where it is.
        self._bar.update(max(shown.step - self._bar.n, 0))

    def __enter__(self) -> Progress:
        self._compiling.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._compiling.__exit__()
        if self._bar is not None:
            self._bar.close()
        self._lines.close()


class _Lines:
    """Progress as plain lines: after one second, then at intervals that grow to half a minute."""

    def __init__(self, name: str, steps: int) -> None:
        self._name, self._steps = name, steps
        self._interval, self._next = 1.0, 0.0
        self._held = ""

    def __call__(self, shown: Snapshot) -> None:
        rate = f"{shown.steps_per_second:.0f} steps/s"
        self._held = f"step {shown.step} of {self._steps}, {_figures(shown)}, {rate}"
        now = time.monotonic()
        if not self._next:
            self._next = now + self._interval
        elif now >= self._next:
            self._interval = min(1.5 * self._interval, 30.0)
            self._next = now + self._interval
            self.close()

    def close(self) -> None:
        """Print what has not been printed yet."""
        if self._held:
            print(f"{self._name}: {self._held}", file=sys.stderr, flush=True)
            self._held = ""


def _figures(shown: Snapshot) -> str:
    loss, accuracy = f"loss {shown['loss']:.5g}", shown["accuracy_train"]
    return loss if accuracy != accuracy else f"{loss}, accuracy {accuracy:.4f}"


def summary(result: dict[str, Any]) -> str:
    """A few lines for people on a finished run."""

    def figure(value: float | None, digits: str = ".6g") -> str:
        return "none" if value is None else format(value, digits)

    accuracy = (
        f"{figure(result['accuracy_train'], '.4f')} training, "
        f"{figure(result['accuracy_test'], '.4f')} test"
    )
    if result["accuracy_train"] is None:
        accuracy = "–"
    lines = [
        f"parameters        {result['parameters']}",
        f"steps             {result['steps']} in {result['seconds']:.2f} s",
        f"training loss     {figure(result['loss_initial'])} → {figure(result['loss_final'])}",
        f"accuracy          {accuracy}",
        f"gradient norm     {figure(result['gradient_norm'], '.3e')}",
        f"run folder        {result['folder']}",
    ]
    return "\n".join(lines)


def _catalogs() -> dict[str, Catalog]:
    from workbench.landscape import heights, kinds

    found = {
        "data": CATALOGS["data"],
        "activations": activation_items.catalog,
        "outputs": outputs.catalog,
        "losses": losses.catalog,
        "surfaces": surfaces.catalog,
        "planes": kinds.catalog,
        "heights": heights.catalog,
    }
    found |= {_plural(name): catalog for name, catalog in CATALOGS.items() if name != "data"}
    return found


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def listing(kind: str | None, as_json: bool) -> str:
    """The gallery and the catalogues, or one of them, as text or as one JSON object."""
    catalogs = _catalogs()
    kinds = ["gallery", *sorted([*catalogs, "reproductions"])]
    if kind is not None and kind not in kinds:
        singular = {c.kind.replace(" ", "_"): name for name, c in catalogs.items()}
        if kind not in singular:
            near = nearest_names(kind, kinds) or kinds
            raise BadValue("kind", "must be a kind that can be listed", kind, ", ".join(near))
        kind = singular[kind]
    wanted = kinds if kind is None else [kind]
    if as_json:
        made: dict[str, Any] = {}
        for name in wanted:
            rows = _named_rows(name)
            made[name] = (
                _items_json(catalogs[name])
                if rows is None
                else [{"name": named, "summary": text} for named, text in rows]
            )
        return json.dumps(made, ensure_ascii=False)
    blocks = []
    for name in wanted:
        rows = _named_rows(name) or _item_rows(catalogs[name])
        width = max((len(row[0]) for row in rows), default=0)
        lines = [f"  {left:<{width}}  {right}".rstrip() for left, right in rows]
        blocks.append("\n".join([name, *lines]))
    return "\n\n".join(blocks)


def _named_rows(kind: str) -> list[tuple[str, str]] | None:
    """Names and summaries of what is no catalogue's, else None."""
    if kind == "gallery":
        return [(name, Experiment.preset(name).title) for name in gallery()]
    if kind == "reproductions":
        return [(name, file.SUMMARY) for name, file in listed()]
    return None


def _item_rows(catalog: Catalog) -> list[tuple[str, str]]:
    return [(item.name, item.summary + _hypers_text(item)) for item in catalog]


def _hypers_text(item: Item) -> str:
    shown = ", ".join(_hyper_text(hyper) for hyper in item.hypers)
    return f"  [{shown}]" if shown else ""


def _hyper_text(hyper: Hyper) -> str:
    if isinstance(hyper.domain, Range):
        return f"{hyper.name} = {hyper.default:g} in {hyper.domain.text}"
    default = f" = {hyper.default}" if hyper.default else ""
    return f"{hyper.name}{default} ({hyper.domain.text})"


def _items_json(catalog: Catalog) -> list[dict[str, Any]]:
    return [
        {
            "name": item.name,
            "summary": item.summary,
            "aliases": list(item.aliases),
            "hyper_parameters": [
                {
                    "name": h.name,
                    "default": h.default,
                    "range": h.domain.text,
                    "meaning": h.meaning,
                }
                for h in item.hypers
            ],
        }
        | {key: _fact(key, value) for key, value in item.facts.items() if not callable(value)}
        for item in catalog
    ]


def _fact(key: str, value: Any) -> Any:
    if key == "minima":
        return [
            {"x": x, "y": y, "value": height, "kind": "global" if lowest else "local"}
            for x, y, height, lowest in value
        ]
    return list(value) if isinstance(value, tuple) else value
