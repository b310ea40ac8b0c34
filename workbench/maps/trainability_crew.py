"""The trainings of a trainability map, a tile of lanes at a time, on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from kernels.lanes import width_of
from kernels.tiles import aligned
from kernels.trainability import INVERSE, ROWS, TAIL, TOTAL, new_rates_bench, train_rates
from workbench.maps.trainability_settings import Setting

TAIL_STEPS = 20


class Crew:
    """What all threads share: the setting, and benches to work on."""

    def __init__(self, made: Setting, axes: str, threads: int | None) -> None:
        self.setting, self.axes = made, axes
        self.dtype = made.start.dtype
        self.width = width_of(self.dtype)
        self.threads = threads or os.cpu_count() or 1
        self.first_weights = int(made.network.sizes[0] * made.network.sizes[1])

    def train(
        self,
        points: np.ndarray,
        done: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> np.ndarray | None:
        """The measures (n,) of ``points`` (n, 2), decimal logarithms; None where cancelled."""
        lanes = len(self.width)
        measures = np.empty(len(points))
        queue, finished = SimpleQueue[int](), SimpleQueue[int]()
        for first in range(0, len(points), lanes):
            queue.put(first)

        def work() -> None:
            s = self.setting
            bench = new_rates_bench(s.network, s.samples, s.batches.shape[1], self.width)
            while not cancelled():
                try:
                    first = queue.get_nowait()
                except Empty:
                    return
                last = min(first + lanes, len(points))
                measures[first:last] = self._tile(points[first:last], bench)
                finished.put(last - first)
                done(sum_of(finished))

        count = [0]

        def sum_of(queue: SimpleQueue[int]) -> int:
            while not queue.empty():
                try:
                    count[0] += queue.get_nowait()
                except Empty:
                    break
            return count[0]

        with ThreadPoolExecutor(self.threads, "trainability") as pool:
            for future in [pool.submit(work) for _ in range(self.threads)]:
                future.result()
        return None if not queue.empty() or cancelled() else measures

    def _tile(self, points: np.ndarray, bench: Any) -> np.ndarray:
        s, lanes = self.setting, len(self.width)
        # The lanes left over repeat the last pixel.
        both = 10.0 ** np.vstack([points, np.repeat(points[-1:], lanes - len(points), 0)])
        p = aligned((len(s.start), lanes), self.dtype)
        p[:] = s.start[:, None]
        layers = len(s.factors)
        rates = np.repeat(both[None, :, 1], layers, 0)
        if self.axes == "rates":
            rates[:-1] = both[:, 0]
        elif self.axes == "scale":
            p *= both[:, 0].astype(self.dtype)
        else:
            p[: self.first_weights] += both[:, 0].astype(self.dtype)
        each = aligned((2 * layers, lanes), self.dtype)
        each[:] = (rates[:, None, :] * s.factors[:, :, None]).reshape(2 * layers, lanes)
        sums = aligned((ROWS, lanes), np.float64)
        tail = min(TAIL_STEPS, s.steps)
        train_rates(s.network, s.samples, s.batches, tail, p, each, bench, sums, self.width)
        converged = sums[TAIL] / tail < 1.0
        return np.where(converged, -sums[TOTAL], sums[INVERSE])[: len(points)]
