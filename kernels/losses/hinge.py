"""Hinge loss, one output against the rest: max(0, margin - s_j z_j), averaged over outputs.

s_j = +1 where the target t_j is above 1/2, otherwise -1: targets may be one-hot, 0 and 1, or ±1. A
single output is the binary support vector machine, and is right when its sign is. At the kink the
slope is 0; the second derivative is 0. Cortes & Vapnik 1995, "Support-vector networks"; one
against the rest: Rifkin & Klautau 2004, "In defense of one-vs-all classification", JMLR 5.
"""

from typing import Any, NamedTuple

from kernels.losses import bend, catalog, judge, largest_is_right, slope, value
from kernels.rules import const, select


class Hinge(NamedTuple):
    """``margin``: the score from which on an answer costs nothing."""

    margin: float = 1.0


def _value(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    lack = const(p, item.margin) - select(t > const(t, 0.5), p, -p)
    # This way round NaN stays NaN, and does not look like an answer that costs nothing.
    return select(lack < const(p, 0.0), const(p, 0.0), lack) / const(p, n_out)


def _slope(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    one = const(p, 1.0)
    sign = select(t > const(t, 0.5), one, -one)
    return select(sign * p < const(p, item.margin), -sign, const(p, 0.0)) / const(p, n_out)


def _bend(item: Any, p: Any, t: Any, n_out: Any) -> Any:
    return const(p, 0.0)


def _is_right(loss: Any, answer: Any, targets: Any) -> Any:
    if answer.size == 1:
        one, zero = const(answer[0], 1.0), const(answer[0], 0.0)
        wanted = const(answer[0], 1.0 if targets[0] > 0.5 else 0.0)
        return select(answer[0] > zero, one, zero) == wanted
    return largest_is_right(loss, answer, targets)


catalog.register(
    Hinge,
    "hinge",
    "each output's score must clear a margin on its target's side; needs identity outputs",
    hypers={"margin": ("(0, inf)", "the score from which on an answer costs nothing")},
    rules={value: _value, slope: _slope, bend: _bend},
    accepts=("identity",),
)
judge(Hinge, _is_right)
