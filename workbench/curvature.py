"""The curvature of a training loss: exact Hessians, and products with them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from kernels import curvature, hessian, network
from workbench.errors import BadValue

MAX_PARAMETERS = 16_384  # of a Hessian as a matrix: 2 GiB in float64
_PARTS = 8  # sums over samples that a product is made of, whatever the number of threads
_WORTH_A_THREAD = 4e6  # multiply-adds, about a millisecond


class Curvature:
    """Second derivatives of a network's training loss over ``samples``, penalty included.

    Computes in the dtype of ``samples``. ``threads`` None is one a core, where the work is worth
    them; results do not depend on it. Keeps scratch of the size of what is asked for between calls,
    so an instance serves one caller at a time.

    At kinks (ReLU at zero, absolute errors) second derivatives are those of the piece that the
    item's docstring names; the jump of the slope is not in them.
    """

    def __init__(
        self, net: network.Network, samples: network.Samples, threads: int | None = None
    ) -> None:
        self.network, self.samples = net, samples
        self.threads = threads or os.cpu_count() or 1
        self.dtype = samples.inputs.dtype
        self.parameter_count = network.parameter_count(net.sizes)
        self._width = curvature.tile_width(self.dtype)
        self._panel = hessian.panel_width(self.dtype)
        self._curves: list[curvature.Curve] = []
        self._panels: list[hessian.Panels] = []

    def hessian(self, parameters: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The Hessian at ``parameters`` (n,), (n, n), symmetric to the last bit.

        ``parameters`` is of the samples' dtype; ``out``, if given, is (n, n) of any float dtype and
        is overwritten. Raises BadValue above MAX_PARAMETERS parameters.
        """
        n = self.parameter_count
        if n > MAX_PARAMETERS:
            rule = f"must have at most {MAX_PARAMETERS} parameters for a Hessian as a matrix"
            raise BadValue("network", rule, n, "hessian_vector")
        result = np.empty((n, n), self.dtype) if out is None else out
        shares = self._shares()
        curves = self._scratch(len(shares))
        while len(self._panels) < len(shares):
            made = hessian.new_panels(self.network, self.dtype, self._width, self._panel)
            shared = self._panels[0].upper if self._panels else made.upper
            self._panels.append(made._replace(upper=shared))

        upper = self._panels[0].upper
        upper[:] = 0.0

        def rows(k: int) -> None:
            hessian.hessian_rows(
                self.network,
                parameters,
                self.samples,
                shares[k],
                self._width,
                self._panel,
                curves[k],
                self._panels[k],
            )

        _together(rows, len(shares), self.threads)
        hessian.complete(self.network, parameters, curves[0].diagonal, upper, result)
        return result

    def hessian_vector(self, parameters: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """H ``vector`` (n,) at ``parameters`` (n,), all of the samples' dtype, without a matrix."""
        n, tile = len(self.samples.inputs), len(self._width)
        tiles = -(-n // tile)
        worth = 6.0 * n * self.parameter_count / _WORTH_A_THREAD
        parts = min(_PARTS, tiles) if worth > 1 else 1
        ends = [min(k * tiles // parts * tile, n) for k in range(parts + 1)]
        curves = self._scratch(parts)
        sums = np.zeros((parts, self.parameter_count), self.dtype)

        def part(k: int) -> None:
            curvature.hessian_vector(
                self.network,
                parameters,
                self.samples,
                (ends[k], ends[k + 1]),
                vector,
                self._width,
                curves[k],
                sums[k],
            )

        _together(part, parts, self.threads)
        for k in range(1, parts):
            sums[0] += sums[k]
        return sums[0]

    def _scratch(self, count: int) -> list[curvature.Curve]:
        while len(self._curves) < count:
            self._curves.append(curvature.new_curve(self.network, self.dtype, self._width))
        return self._curves

    def _shares(self) -> list[tuple[int, int]]:
        """Spans of units, of about equal work, one a thread."""
        sizes, n = self.network.sizes, self.parameter_count
        costs: list[int] = []
        offset = 0
        for n_in, n_out in pairwise(sizes):
            costs += [int((n_in + 1) * (n - offset))] * int(n_out)
            offset += int((n_in + 1) * n_out)
        work = np.cumsum([0, *costs]).astype(float)
        worth = int(work[-1] * len(self.samples.inputs) / _WORTH_A_THREAD) + 1
        threads = min(self.threads, worth, len(costs))
        bounds = np.searchsorted(work, work[-1] * np.arange(threads + 1) / threads)
        ends = [0, *(int(b) for b in bounds[1:-1]), len(costs)]
        return [(a, b) for a, b in pairwise(ends) if b > a]


def _together(task: Any, count: int, threads: int) -> None:
    if min(count, threads) < 2:
        for k in range(count):
            task(k)
        return
    with ThreadPoolExecutor(min(count, threads), "curvature") as pool:
        for _ in pool.map(task, range(count)):
            pass
