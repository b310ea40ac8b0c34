"""Gradient descent with momentum on gradients whose norm is clipped.

g ← g · min(1, max_norm / ‖g‖), v ← momentum v + g, p ← p - rate v, with the norm of the whole
gradient. Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks",
arXiv 1211.5063, algorithm 1. As in Optax; PyTorch's ``clip_grad_norm_`` adds 1e-6 to the norm.
"""

from typing import Any, NamedTuple

from kernels.optimizers import catalog, prepare, update


class SGDClipped(NamedTuple):
    """``learning_rate``: step length per unit of velocity; ``max_norm``: greatest norm of the
    gradient that is not shortened; ``momentum``: share of the velocity kept each step."""

    learning_rate: float = 0.1
    max_norm: float = 1.0
    momentum: float = 0.0


def _prepare(item: Any, rate: Any, step: Any, norm: Any) -> Any:
    scale = 1.0
    if norm > item.max_norm:
        scale = item.max_norm / norm
    return rate, scale, item.momentum


def _update(item: Any, c: Any, g: Any, p: Any, slots: Any) -> Any:
    velocity = c[2] * slots[0] + c[1] * g
    return p - c[0] * velocity, (velocity,)


catalog.register(
    SGDClipped,
    "sgd_clipped",
    "gradient descent whose gradients have a greatest length",
    hypers={
        "learning_rate": ("(0, inf)", "step length per unit of velocity"),
        "max_norm": ("(0, inf)", "gradients longer than this are shortened to it"),
        "momentum": ("[0, 1)", "share of the velocity kept each step"),
    },
    rules={prepare: _prepare, update: _update},
    slots=1,
)
