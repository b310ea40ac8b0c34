"""Initializers in plain NumPy over the published generator.

By name: ``(h, n_in, n_out, seed, start, place) -> (weights, bias)`` of one layer, ``place`` being
that of its first weight in the flat parameter vector.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from workbench.proof import philox

_STREAM = 1  # of initializers, among the streams of a seed


def _normals(n_in: int, n_out: int, seed: int, start: int, place: int) -> np.ndarray:
    places = range(place, place + n_in * n_out)
    drawn = [philox.normal(seed, _STREAM, start, k) for k in places]
    return np.array(drawn).reshape(n_in, n_out)


def _uniforms(n_in: int, n_out: int, seed: int, start: int, place: int) -> np.ndarray:
    places = range(place, place + n_in * n_out)
    drawn = [philox.uniform(seed, _STREAM, start, k) for k in places]
    return np.array(drawn).reshape(n_in, n_out)


def _of_variance(variance: Callable[[int, int], float], uniform: bool) -> Callable[..., Any]:
    def layer(h: Any, n_in: int, n_out: int, *place: int) -> tuple[np.ndarray, float]:
        if uniform:
            limit = np.sqrt(3 * variance(n_in, n_out))
            return limit * (2 * _uniforms(n_in, n_out, *place) - 1), 0.0
        return np.sqrt(variance(n_in, n_out)) * _normals(n_in, n_out, *place), 0.0

    return layer


def _orthogonal(h: Any, n_in: int, n_out: int, *place: int) -> tuple[np.ndarray, float]:
    # QR with a positive diagonal of R is Gram-Schmidt.
    drawn = _normals(n_in, n_out, *place)
    tall = drawn.T if n_out > n_in else drawn
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return h.gain * (q.T if n_out > n_in else q), 0.0


def _constant(h: Any, n_in: int, n_out: int, *place: int) -> tuple[np.ndarray, float]:
    return np.full((n_in, n_out), h.weight), h.bias


def _normal(h: Any, n_in: int, n_out: int, *place: int) -> tuple[np.ndarray, float]:
    return h.mean + h.deviation * _normals(n_in, n_out, *place), 0.0


def _uniform(h: Any, n_in: int, n_out: int, *place: int) -> tuple[np.ndarray, float]:
    return h.low + (h.high - h.low) * _uniforms(n_in, n_out, *place), 0.0


def _truncated_normal(h: Any, n_in: int, n_out: int, seed: int, start: int, place: int) -> Any:
    # A deviate beyond two standard deviations is drawn anew, attempt k from 2⁴⁰ k places further.
    def draw(k: int) -> float:
        attempts = (philox.normal(seed, _STREAM, start, k + (a << 40)) for a in range(1000))
        return next(value for value in attempts if abs(value) <= 2.0)

    drawn = [draw(k) for k in range(place, place + n_in * n_out)]
    return h.mean + h.deviation * np.array(drawn).reshape(n_in, n_out), 0.0


def _sparse(h: Any, n_in: int, n_out: int, seed: int, start: int, place: int) -> Any:
    # Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm S, for each unit.
    weights = h.deviation * _normals(n_in, n_out, seed, start, place)
    chances = _uniforms(n_in, n_out, seed, start, place + (1 << 40))
    for unit in range(n_out):
        kept = 0
        for k in range(n_in):
            if (n_in - k) * chances[k, unit] < min(h.connections, n_in) - kept:
                kept += 1
            else:
                weights[k, unit] = 0.0
    return weights, 0.0


REFERENCES: dict[str, Callable[..., Any]] = {
    "constant": _constant,
    "glorot_normal": _of_variance(lambda n, m: 2 / (n + m), uniform=False),
    "glorot_uniform": _of_variance(lambda n, m: 2 / (n + m), uniform=True),
    "identity": lambda h, n_in, n_out, *place: (h.gain * np.eye(n_in, n_out), 0.0),
    "he_normal": _of_variance(lambda n, m: 2 / n, uniform=False),
    "he_uniform": _of_variance(lambda n, m: 2 / n, uniform=True),
    "lecun_normal": _of_variance(lambda n, m: 1 / n, uniform=False),
    "normal": _normal,
    "orthogonal": _orthogonal,
    "sparse": _sparse,
    "truncated_normal": _truncated_normal,
    "uniform": _uniform,
    "zeros": lambda h, n_in, n_out, *place: (np.zeros((n_in, n_out)), 0.0),
}
