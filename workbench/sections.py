"""The sections of an experiment that are not one named item: the network and the stop rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernels import activations, losses, outputs
from kernels.network import parameter_count
from workbench.errors import BadValue
from workbench.fields import Choice, choose, integer, only_keys, table, within

# What a run keeps in memory grows with it: copies for stepping back, the optimizer's slots.
MOST_PARAMETERS = 10_000_000
# Each distinct activation is compiled into the kernels.
MOST_ACTIVATIONS = 16
_SIZES = [16, 6, 6, 2]


@dataclass(frozen=True)
class NetworkSpec:
    """Layer sizes, inputs first; one activation per hidden layer; output; loss."""

    sizes: tuple[int, ...]
    activations: tuple[Choice, ...]
    output: Choice
    loss: Choice

    @classmethod
    def of(cls, value: Any) -> NetworkSpec:
        """Validate a ``[network]`` table; raises BadValue."""
        given = table("network", value)
        only_keys("network", given, ("sizes", "activations", "output", "loss"))
        sizes = _sizes(given.get("sizes", _SIZES))
        chosen = _activations(given.get("activations", "relu"), sizes)
        output = choose("network.output", outputs.catalog, given.get("output", "softmax"))
        loss = choose("network.loss", losses.catalog, given.get("loss", "mean_squared_error"))
        accepts = losses.catalog.get(loss.name).facts.get("accepts")
        if accepts and output.name not in accepts:
            rule = f"must be {' or '.join(accepts)} with the loss {loss.name}"
            raise BadValue("network.output", rule, output.name, accepts[0])
        least = losses.catalog.get(loss.name).facts.get("least_outputs", 1)
        if sizes[-1] < least:
            rule = f"must end with at least {least} outputs with the loss {loss.name}"
            raise BadValue("network.sizes", rule, list(sizes), [*sizes[:-1], least])
        return cls(sizes, chosen, output, loss)

    def to_dict(self) -> dict[str, Any]:
        """A plain table; an item without hyper-parameters is its name alone."""
        return {
            "sizes": list(self.sizes),
            "activations": [c.brief() for c in self.activations],
            "output": self.output.brief(),
            "loss": self.loss.brief(),
        }


def _sizes(value: Any) -> tuple[int, ...]:
    rule = "must be a list of at least two layer sizes, whole numbers from 1 to 65536"
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise BadValue("network.sizes", rule, value, _SIZES)
    for n in value:
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 65536:
            raise BadValue("network.sizes", rule, value, _SIZES)
    count = parameter_count(value)
    if count > MOST_PARAMETERS:
        rule = f"must make at most {MOST_PARAMETERS} parameters, not {count}"
        raise BadValue("network.sizes", rule, value, "smaller or fewer layers")
    return tuple(value)


def _activations(value: Any, sizes: tuple[int, ...]) -> tuple[Choice, ...]:
    field, hidden = "network.activations", len(sizes) - 2
    if isinstance(value, str | Mapping):
        return (choose(field, activations.catalog, value),) * hidden
    rule = f"must be one name, or one per hidden layer ({hidden} for sizes {list(sizes)})"
    if not isinstance(value, list | tuple):
        raise BadValue(field, rule, value, "relu")
    if len(value) != hidden:
        known = [name for name in value if name in activations.catalog.names()]
        raise BadValue(field, rule, value, [*known, *["relu"] * hidden][:hidden])
    chosen = tuple(
        choose(f"{field}[{k}]", activations.catalog, item) for k, item in enumerate(value)
    )
    distinct = len({(choice.name, choice.item) for choice in chosen})
    if distinct > MOST_ACTIVATIONS:
        rule = f"must be at most {MOST_ACTIVATIONS} different ones"
        raise BadValue(field, rule, f"{distinct} different ones", MOST_ACTIVATIONS)
    return chosen


@dataclass(frozen=True)
class Stop:
    """The stop rule: at most ``steps`` steps, or sooner once the training loss, with penalty, or
    its gradient's norm is at most, or the training accuracy at least, the value given (None: no
    such rule), looked at every ``check_every`` steps (0: every step for full batches, else once an
    epoch). A loss above ``diverged_above``, or one that is not finite, ends the run as diverged."""

    steps: int = 2000
    loss: float | None = None
    gradient_norm: float | None = None
    accuracy: float | None = None
    diverged_above: float = 1e9
    check_every: int = 0

    @classmethod
    def of(cls, value: Any) -> Stop:
        """Validate a ``[stop]`` table; raises BadValue."""
        given = table("stop", value)
        only_keys("stop", given, tuple(cls.__dataclass_fields__))
        optional = {
            key: within(f"stop.{key}", given[key], interval)
            for key, interval in (
                ("loss", "[0, inf)"),
                ("gradient_norm", "[0, inf)"),
                ("accuracy", "[0, 1]"),
                ("diverged_above", "(0, inf]"),
            )
            if key in given
        }
        return cls(
            steps=integer("stop.steps", given.get("steps", cls.steps), 0, 10**12),
            check_every=integer("stop.check_every", given.get("check_every", 0), 0, 10**9),
            **optional,
        )

    def to_dict(self) -> dict[str, Any]:
        """A plain table without the rules that are not set."""
        return {key: value for key, value in vars(self).items() if value is not None}
