"""Directions along which a network's training loss is constant whatever the targets: known zeros.

At every point these directions span the tangent space of the orbit of a group that leaves the
answers to the training samples as they are, and at a critical point the Hessian vanishes on them.
The spectrum is judged on their complement. They are told from the structure of the network:

- *rescaling*: what comes into a unit, weights and bias, times c > 0, what leaves it times 1/c, for
  activations with f(cz) = c f(z): one direction a unit;
- *linear maps* between the sides of an identity layer of h units, W, b → WA, bA, and the next
  layer's weights → A⁻¹W: h² directions (rescalings among them); *translations*, b → b + v and the
  next bias → its value minus vW: h more;
- *shift*: a number added to all scores, where loss and outputs see their differences only (softmax,
  the multi-class hinge loss): the same number added to all last biases, or to all weights from one
  unit: 1 + (units of the last hidden layer) directions;
- *data*: vectors orthogonal to the inputs (x, 1) of all training samples, added to what comes into
  a unit of the first hidden layer: weights of pixels that are never on, of columns that repeat one
  another. They are symmetries on this data set, not of the network's answers elsewhere.

16-6-6-2 with ReLU and softmax has 12 + 7 of the first three kinds. A penalty on the weights breaks
rescaling, data and all shifts but that of the biases, which go free, as translations do; where it
is quadratic, orthogonal maps of identity layers are left: h(h - 1)/2 directions.

Chen, Lu & Hecht-Nielsen 1993, Neural Computation 5(6); Kunin et al. 2021, "Neural mechanics",
arXiv 2012.04728, section 3, where these are the symmetries of translation and scale.

Flat directions that a point has by itself are no symmetries and stay in the complement: those of
dead units, of units that coincide, of a layer whose activations are linearly dependent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernels.losses import compare
from kernels.network import Network
from kernels.outputs import respond
from kernels.penalties import cost
from workbench.model import Model
from workbench.symmetry import is_homogeneous, is_odd

_RANK = 1e-8  # of the largest singular value: what is less adds no direction
_SMALL = 1e-7  # of 1 + the parameters' length: a unit with less is zero but for rounding
_CLOSE = 1e-9
_SCORES = (0.3, -1.1, 0.8, 2.0, -0.4)


class Known(NamedTuple):
    """``basis`` (n, r), orthonormal columns, spans the known directions at one point; ``kinds``
    counts how many each kind brings, before what they share is taken away; ``refused``, how many
    more there would be, had the Hessian not shown otherwise."""

    basis: np.ndarray
    kinds: dict[str, int]
    refused: int = 0

    def describe(self) -> str:
        """ "43 known symmetry directions (12 of rescaling, 7 of shift, 24 of data)"."""
        rank = self.basis.shape[1]
        parts = ", ".join(f"{n} of {kind}" for kind, n in self.kinds.items() if n)
        noun = "direction" if rank == 1 else "directions"
        told = f"{rank} known symmetry {noun}" + (f" ({parts})" if parts else "")
        return told + (f", {self.refused} not confirmed" if self.refused else "")


class Symmetries:
    """The known directions of one network on its training samples, with its penalty."""

    def __init__(self, model: Model) -> None:
        self.model, net = model, model.network
        self.places, self.n = model.layers, model.parameter_count
        items = [net.activations[kind] for kind in net.kinds]
        self._scaled = [is_homogeneous(item) for item in items]
        self._linear = [is_homogeneous(item) and is_odd(item) for item in items]
        one, two = (float(cost(net.penalty, w)) for w in (1.0, 2.0))
        self._free = one == 0.0
        self._round = self._free or abs(two - 4.0 * one) <= _CLOSE * one
        self._fixed = {"shift": self._shift(), "data": self._data()}

    def at(self, parameters: np.ndarray) -> Known:
        """The known directions at ``parameters`` (n,)."""
        columns: dict[str, list[np.ndarray]] = {"rescaling": [], "linear maps": []}
        for k, (scaled, linear) in enumerate(zip(self._scaled, self._linear, strict=True)):
            if linear:
                maps = self._maps(parameters, k), self._translations(parameters, k)
                columns["linear maps"] += maps
            elif scaled and self._free:
                columns["rescaling"].append(self._rescaling(parameters, k))
        least = _SMALL * (1.0 + float(np.linalg.norm(parameters)))
        found = {kind: [_unit(b, least) for b in blocks] for kind, blocks in columns.items()}
        found |= {kind: [block] for kind, block in self._fixed.items()}
        kinds = {kind: sum(block.shape[1] for block in blocks) for kind, blocks in found.items()}
        together = np.concatenate([block for blocks in found.values() for block in blocks], axis=1)
        return Known(_span(together) if together.shape[1] else together, kinds)

    def _weights(self, parameters: np.ndarray, k: int) -> np.ndarray:
        place = self.places[k]
        return parameters[place.weights].reshape(place.shape)

    def _bias(self, k: int) -> slice:
        return self.places[k].bias

    def _room(self, k: int, count: int) -> np.ndarray:
        """(n_in, n_out, count) of layer ``k``."""
        return np.zeros((*self.places[k].shape, count))

    def _rescaling(self, p: np.ndarray, k: int) -> np.ndarray:
        h = self.places[k].shape[1]
        out = np.zeros((self.n, h))
        into, away, j = self._room(k, h), self._room(k + 1, h), np.arange(h)
        into[:, j, j] = self._weights(p, k)
        away[j, :, j] = -self._weights(p, k + 1)
        out[self.places[k].weights] = into.reshape(-1, h)
        out[self._bias(k)] = np.diag(p[self._bias(k)])
        out[self.places[k + 1].weights] = away.reshape(-1, h)
        return out

    def _maps(self, p: np.ndarray, k: int) -> np.ndarray:
        """Column (i, j): unit i of layer ``k`` is added to unit j."""
        h = self.places[k].shape[1]
        count = h * h
        out = np.zeros((self.n, count))
        into, away, bias = self._room(k, count), self._room(k + 1, count), np.zeros((h, count))
        w, b, after = self._weights(p, k), p[self._bias(k)], self._weights(p, k + 1)
        for i in range(h):
            for j in range(h):
                into[:, j, i * h + j] = w[:, i]
                bias[j, i * h + j] = b[i]
                away[i, :, i * h + j] = -after[j]
        out[self.places[k].weights] = into.reshape(-1, count)
        out[self._bias(k)] = bias
        out[self.places[k + 1].weights] = away.reshape(-1, count)
        if self._free:
            return out
        if not self._round:
            return out[:, :0]
        pairs = [(i * h + j, j * h + i) for i in range(h) for j in range(i)]
        return np.stack([out[:, a] - out[:, b] for a, b in pairs], 1) if pairs else out[:, :0]

    def _translations(self, p: np.ndarray, k: int) -> np.ndarray:
        h = self.places[k].shape[1]
        out = np.zeros((self.n, h))
        out[self._bias(k)] = np.eye(h)
        out[self._bias(k + 1)] = -self._weights(p, k + 1).T
        return out

    def _shift(self) -> np.ndarray:
        last = self.places[-1]
        n_in, n_out = last.shape
        if not sees_differences(self.model.network):
            return np.zeros((self.n, 0))
        out = np.zeros((self.n, 1 + n_in))
        out[last.bias, 0] = 1.0
        rows = np.zeros((n_in, n_out, n_in))
        rows[np.arange(n_in), :, np.arange(n_in)] = 1.0
        out[last.weights, 1:] = rows.reshape(-1, n_in)
        return _unit(out if self._free else out[:, :1])

    def _data(self) -> np.ndarray:
        place, x = self.places[0], self.model.train.inputs
        if not self._free:
            return np.zeros((self.n, 0))
        extended = np.concatenate([x, np.ones((len(x), 1))], axis=1)
        _, sizes, vectors = np.linalg.svd(extended, full_matrices=True)
        rank = int((sizes > _RANK * sizes[0]).sum())
        idle = vectors[rank:]
        h = place.shape[1]
        out = np.zeros((self.n, len(idle) * h))
        for d, vector in enumerate(idle):
            for j in range(h):
                into = self._room(0, 1)[..., 0]
                into[:, j] = vector[:-1]
                out[place.weights, d * h + j] = into.ravel()
                out[place.bias.start + j, d * h + j] = vector[-1]
        return out


def sees_differences(network: Network) -> bool:
    """Whether outputs and loss together are the same for all scores plus one number."""
    n = int(network.sizes[-1])
    z = np.resize(_SCORES, n).astype(np.float64)
    for wanted in range(min(n, 2)):
        targets = np.zeros(n)
        targets[wanted] = 1.0
        losses = []
        for shift in (0.0, 0.7, -2.5):
            p, delta = np.empty(n), np.empty(n)
            respond(network.output, z + shift, p)
            losses.append(
                float(compare(network.loss, network.output, z + shift, p, targets, delta))
            )
        if max(losses) - min(losses) > _CLOSE * (1.0 + abs(losses[0])):
            return False
    return True


def _unit(columns: np.ndarray, least: float = 0.0) -> np.ndarray:
    """The columns that are longer than ``least``, scaled to length 1."""
    sizes = np.linalg.norm(columns, axis=0)
    kept = sizes > least
    return columns[:, kept] / sizes[kept]


def _span(columns: np.ndarray) -> np.ndarray:
    """An orthonormal basis (n, r) of what the columns of length 1 span."""
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.ascontiguousarray(left[:, sizes > _RANK * sizes[0]])
