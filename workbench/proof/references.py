"""Optimizers in plain NumPy, written from the papers and from PyTorch's documentation.

``REFERENCES[name](h)`` is a fresh reference with the hyper-parameters ``h``; its
``advance(p, g, rate)`` returns the parameters after a step from p (n,) with the gradient g (n,).
Means are written as sums over all gradients so far rather than as recursions, where that is what
the paper defines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray


class Reference:
    """Remembers all gradients; ``direction`` gives what is subtracted from p, rate included."""

    def __init__(self, h: Any) -> None:
        self.h = h
        self.gradients: list[Array] = []
        self.kept: dict[str, Any] = {}

    def advance(self, p: Array, g: Array, rate: float) -> Array:
        """The parameters after one more step."""
        self.gradients.append(g)
        return p - self.move(p, g, rate, len(self.gradients))

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        """What step ``t``, counted from 1, subtracts."""
        raise NotImplementedError

    def mean(self, beta: float, values: list[Array] | None = None) -> Array:
        """Σₖ (1 - β) βᵗ⁻ᵏ of the gradients, or of ``values``."""
        series = np.array(self.gradients if values is None else values)
        weights = (1 - beta) * beta ** np.arange(len(series))[::-1]
        return np.asarray(np.tensordot(weights, series, 1))

    def mean_square(self, beta: float) -> Array:
        """The same of the squared gradients."""
        return self.mean(beta, [g * g for g in self.gradients])

    def keep(self, name: str, start: Any, change: Callable[[Any], Any]) -> Any:
        """Replace the number ``name``, ``start`` at first, by ``change`` of it."""
        self.kept[name] = change(self.kept.get(name, start))
        return self.kept[name]


class SGD(Reference):
    """Robbins & Monro 1951."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        return rate * g


class Momentum(Reference):
    """Polyak 1964, eq. 9, in PyTorch's form: v = Σ momentumᵗ⁻ᵏ gₖ."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        return rate * self.mean(self.h.momentum) / (1 - self.h.momentum)


class Nesterov(Reference):
    """Sutskever et al. 2013, in PyTorch's form: g + momentum v."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        velocity = self.mean(self.h.momentum) / (1 - self.h.momentum)
        return rate * (g + self.h.momentum * velocity)


class AdaGrad(Reference):
    """Duchi, Hazan & Singer 2011, diagonal form."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        total = np.sum([past * past for past in self.gradients], axis=0)
        return rate * g / (np.sqrt(total) + self.h.epsilon)


class RMSProp(Reference):
    """Tieleman & Hinton 2012, lecture 6e."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        return rate * g / (np.sqrt(self.mean_square(self.h.decay)) + self.h.epsilon)


class AdaDelta(Reference):
    """Zeiler 2012, algorithm 1."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        changes = self.kept.setdefault("changes", [])
        earlier = self.mean(self.h.decay, [c * c for c in changes]) if changes else 0.0
        square = self.mean_square(self.h.decay)
        change = np.sqrt(earlier + self.h.epsilon) / np.sqrt(square + self.h.epsilon) * g
        changes.append(change)
        return rate * change


class Adam(Reference):
    """Kingma & Ba 2015, algorithm 1."""

    def first(self, t: int) -> Array:
        """The mean gradient, corrected for its start."""
        return self.mean(self.h.beta1) / (1 - self.h.beta1**t)

    def second(self, t: int) -> Array:
        """The mean square, corrected for its start."""
        return self.mean_square(self.h.beta2) / (1 - self.h.beta2**t)

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        return rate * self.first(t) / (np.sqrt(self.second(t)) + self.h.epsilon)


class AdamW(Adam):
    """Loshchilov & Hutter 2019, algorithm 2, the decay scaled by the rate as in PyTorch."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        return super().move(p, g, rate, t) + rate * self.h.weight_decay * p


class Adamax(Adam):
    """Kingma & Ba 2015, algorithm 2, with PyTorch's epsilon: u = maxₖ β₂ᵗ⁻ᵏ (|gₖ| + epsilon)."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        sizes = [
            self.h.beta2 ** (t - k) * (np.abs(past) + self.h.epsilon)
            for k, past in enumerate(self.gradients, 1)
        ]
        return rate * self.first(t) / np.max(sizes, axis=0)


class AMSGrad(Adam):
    """Reddi, Kale & Kumar 2018, algorithm 2, corrected for the start as in PyTorch."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        square = self.mean_square(self.h.beta2)
        largest = self.keep("largest", np.zeros_like(g), lambda w: np.maximum(w, square))
        root = np.sqrt(largest / (1 - self.h.beta2**t))
        return rate * self.first(t) / (root + self.h.epsilon)


class NAdam(Adam):
    """Dozat 2016, algorithm 2, with the momenta and the β₁ mean of PyTorch."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        k = np.arange(1, t + 2)
        momenta = self.h.beta1 * (1 - 0.5 * 0.96 ** (k * self.h.momentum_decay))
        ahead = momenta[t] * self.mean(self.h.beta1) / (1 - np.prod(momenta))
        now = (1 - momenta[t - 1]) * g / (1 - np.prod(momenta[:t]))
        return rate * (ahead + now) / (np.sqrt(self.second(t)) + self.h.epsilon)


class RAdam(Adam):
    """Liu et al. 2020, algorithm 2, with PyTorch's threshold 5 and place of epsilon."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        b = self.h.beta2
        longest = 2 / (1 - b) - 1
        length = longest - 2 * t * b**t / (1 - b**t)
        if length <= 5:
            return rate * self.first(t)
        above = (length - 4) * (length - 2) * longest
        below = (longest - 4) * (longest - 2) * length
        adaptive = np.sqrt(1 - b**t) / (np.sqrt(self.mean_square(b)) + self.h.epsilon)
        return rate * self.first(t) * np.sqrt(above / below) * adaptive


class Lion(Reference):
    """Chen et al. 2023, algorithm 2."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        earlier = self.gradients[:-1]
        momentum = self.mean(self.h.beta2, earlier) if earlier else np.zeros_like(g)
        sign = np.sign(self.h.beta1 * momentum + (1 - self.h.beta1) * g)
        return rate * (sign + self.h.weight_decay * p)


class Yogi(Adam):
    """Zaheer et al. 2018, algorithm 2, corrected for the start as in Optax, both means from 0."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        b, new = self.h.beta2, g * g
        square = self.keep(
            "square", np.zeros_like(g), lambda v: v - (1 - b) * np.sign(v - new) * new
        )
        return rate * self.first(t) / (np.sqrt(square / (1 - b**t)) + self.h.epsilon)


class AdaBelief(Adam):
    """Zhuang et al. 2020, algorithm 2."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        b, distance = self.h.beta2, (g - self.mean(self.h.beta1)) ** 2
        belief = self.keep(
            "belief", np.zeros_like(g), lambda s: b * s + (1 - b) * distance + self.h.epsilon
        )
        return rate * self.first(t) / (np.sqrt(belief / (1 - b**t)) + self.h.epsilon)


class QHM(Reference):
    """Ma & Yarats 2019, eqs. 3 and 4."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        return rate * ((1 - self.h.share) * g + self.h.share * self.mean(self.h.momentum))


class QHAdam(Adam):
    """Ma & Yarats 2019, section 4."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        h = self.h
        above = (1 - h.share1) * g + h.share1 * self.first(t)
        below = np.sqrt((1 - h.share2) * g * g + h.share2 * self.second(t)) + h.epsilon
        return rate * above / below


class Rprop(Reference):
    """Riedmiller & Braun 1993 without weight backtracking (iRprop⁻, Igel & Hüsken 2003)."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        h = self.h
        lengths = self.kept.setdefault("lengths", np.full(g.size, h.learning_rate))
        former = self.kept.setdefault("former", np.zeros(g.size))
        heeded = g.copy()
        for i in range(g.size):
            if former[i] * g[i] > 0:
                lengths[i] = min(lengths[i] * h.growth, h.longest)
            elif former[i] * g[i] < 0:
                lengths[i] = max(lengths[i] * h.shrinkage, h.shortest)
                heeded[i] = 0.0
        self.kept["former"] = heeded
        return rate / h.learning_rate * np.sign(heeded) * lengths


class SGDClipped(Reference):
    """Pascanu, Mikolov & Bengio 2013, algorithm 1, with momentum."""

    def move(self, p: Array, g: Array, rate: float, t: int) -> Any:
        size = np.sqrt(np.sum(g * g))
        short = g * min(1.0, self.h.max_norm / size)
        m = self.h.momentum
        return rate * self.keep("velocity", np.zeros_like(g), lambda v: m * v + short)


REFERENCES: dict[str, Callable[[Any], Reference]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adadelta": AdaDelta,
    "adam": Adam,
    "adamw": AdamW,
    "adamax": Adamax,
    "amsgrad": AMSGrad,
    "nadam": NAdam,
    "radam": RAdam,
    "lion": Lion,
    "yogi": Yogi,
    "adabelief": AdaBelief,
    "qhm": QHM,
    "qhadam": QHAdam,
    "rprop": Rprop,
    "sgd_clipped": SGDClipped,
}
