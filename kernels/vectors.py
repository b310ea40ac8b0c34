"""Vectors and small symmetric systems: what optimizers of whole vectors compute with.

Sums run in float64 whatever the vectors' type.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import kernel
from kernels.rules import const


@kernel
def dot(a: Any, b: Any) -> Any:
    """Σ aᵢ bᵢ in float64."""
    total = 0.0
    for i in range(a.size):
        total += np.float64(a[i]) * np.float64(b[i])
    return total


@kernel
def norm(vector: Any) -> Any:
    """Euclidean norm, summed in float64."""
    return np.sqrt(dot(vector, vector))


@kernel
def total(vector: Any) -> Any:
    """Σ |vᵢ| in float64."""
    found = 0.0
    for i in range(vector.size):
        found += abs(np.float64(vector[i]))
    return found


@kernel
def add_scaled(target: Any, factor: Any, vector: Any) -> None:
    """target += factor · vector; mutates ``target`` (n,). ``factor`` is float64."""
    f = const(target[0], factor)
    for i in range(target.size):
        target[i] += f * vector[i]


@kernel
def turn(direction: Any, share: Any, gradient: Any) -> None:
    """direction ← share · direction - gradient; mutates ``direction`` (n,).

    With share 0 what was there does not matter, even where it was not finite.
    """
    kept = const(gradient[0], share)
    for i in range(direction.size):
        direction[i] = kept * direction[i] - gradient[i] if share != 0.0 else -gradient[i]


@kernel
def resolution(like: Any) -> Any:
    """The distance from 1 to the next number of the type of ``like``, as float64."""
    one = const(like, 1.0)
    return np.float64(np.nextafter(one, const(like, 2.0)) - one)


@kernel
def factorise(matrix: Any, shift: Any) -> Any:
    """Cholesky's L of H + shift · 1, where H stands in the upper triangle of ``matrix``.

    ``matrix`` is float64 (n + 2, n); row n holds the diagonal of H. L is written to the lower
    triangle and the diagonal; H stays. Returns whether all pivots were positive by a margin.
    Golub & Van Loan 2013, "Matrix computations", algorithm 4.2.1.
    """
    n = matrix.shape[1]
    diagonal = matrix[n]
    largest = 0.0
    for i in range(n):
        largest = max(largest, abs(diagonal[i] + shift))
    least = n * resolution(largest) * largest
    for i in range(n):
        for j in range(i):
            rest = matrix[j, i]
            for k in range(j):
                rest -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = rest / matrix[j, j]
        pivot = diagonal[i] + shift
        for k in range(i):
            pivot -= matrix[i, k] * matrix[i, k]
        # Written so that NaN is refused too.
        if not pivot > least:
            return False
        matrix[i, i] = np.sqrt(pivot)
    return True


@kernel
def solve(matrix: Any, x: Any) -> None:
    """Solve L Lᵀ x = b in place for the L of ``factorise``; mutates ``x`` float64 (n,)."""
    n = x.size
    for i in range(n):
        for k in range(i):
            x[i] -= matrix[i, k] * x[k]
        x[i] /= matrix[i, i]
    for i in range(n - 1, -1, -1):
        x[i] /= matrix[i, i]
        for k in range(i):
            x[k] -= matrix[i, k] * x[i]
