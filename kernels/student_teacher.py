"""A student of n ReLU units that learns a teacher of k units, over all Gaussian inputs at once.

Both answer the sum of their units; the loss F(W) = ½ E[(Σ relu(wᵢ·x) - Σ relu(vⱼ·x))²] over
standard normal x has a closed form. With θ the angle between w and v,

    f(w, v) = E[relu(w·x) relu(v·x)] = |w| |v| (sin θ + (π - θ) cos θ) / 2π
    F(W) = ½ ΣΣ f(wᵢ, wⱼ) - ΣΣ f(wᵢ, vⱼ) + ½ ΣΣ f(vᵢ, vⱼ).

Cho & Saul 2009, "Kernel methods for deep learning", section 2.1 (the arc-cosine kernel of degree
1); Safran & Shamir 2018, "Spurious local minima are common in two-layer ReLU neural networks",
arXiv 1712.08968, sections 2 and 4 (objective, gradient and Hessian). F is twice continuously
differentiable wherever no wᵢ is zero; there wᵢ is taken to be at a right angle to all others. A
unit shorter than TINY, whose square may be too small for a number, counts as zero.

``student`` (n, d) and ``teacher`` (k, d) are float64, one unit a row. kernels.student_tiles
descends from many starts at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.jit import exact_kernel

TINY = 1e-140
_TURN = 2.0 * np.pi


@exact_kernel
def _length(units: Any, i: Any) -> Any:
    total = 0.0
    for a in range(units.shape[1]):
        total += units[i, a] * units[i, a]
    return np.sqrt(total)


@exact_kernel
def _meet(units: Any, i: Any, others: Any, j: Any) -> Any:
    """Of two units: their lengths, and the cosine and sine of the angle between them."""
    long, other = _length(units, i), _length(others, j)
    if long <= TINY or other <= TINY:
        return long, other, 0.0, 1.0
    cosine = 0.0
    for a in range(units.shape[1]):
        cosine += (units[i, a] / long) * (others[j, a] / other)
    # From what is left of one beside the other: √(1 - c²) would lose small angles.
    square = 0.0
    for a in range(units.shape[1]):
        rest = others[j, a] / other - cosine * (units[i, a] / long)
        square += rest * rest
    return long, other, cosine, np.sqrt(square)


@exact_kernel
def _shared(units: Any, others: Any) -> Any:
    """ΣΣ f over all pairs of a unit of the one and of the other."""
    total = 0.0
    for i in range(units.shape[0]):
        for j in range(others.shape[0]):
            long, other, cosine, sine = _meet(units, i, others, j)
            total += long * other * (sine + np.arctan2(sine, -cosine) * cosine)
    return total / _TURN


@exact_kernel
def objective(student: Any, teacher: Any) -> Any:
    """F(W), float64; it is rounded to about 1e-16 (n + k)²."""
    own, both = _shared(student, student), _shared(student, teacher)
    return 0.5 * own - both + 0.5 * _shared(teacher, teacher)


@exact_kernel
def _pull(student: Any, i: Any, others: Any, j: Any, sign: Any, gradient: Any) -> None:
    """Add ``sign`` ∂f(wᵢ, vⱼ)/∂wᵢ = (|vⱼ| sin θ wᵢ/|wᵢ| + (π - θ) vⱼ) / 2π to gradient[i]."""
    long, other, cosine, sine = _meet(student, i, others, j)
    along = other * sine / long if long > TINY else 0.0
    beside = np.arctan2(sine, -cosine)
    for a in range(student.shape[1]):
        pulled = along * student[i, a] + beside * others[j, a]
        gradient[i, a] += sign / _TURN * pulled


@exact_kernel
def slope(student: Any, teacher: Any, gradient: Any) -> None:
    """∂F/∂W: overwrites ``gradient``, float64 (n, d)."""
    n, d = student.shape
    for i in range(n):
        for a in range(d):
            gradient[i, a] = 0.5 * student[i, a]
        for j in range(n):
            if j != i:
                _pull(student, i, student, j, 1.0, gradient)
        for j in range(teacher.shape[0]):
            _pull(student, i, teacher, j, -1.0, gradient)


@exact_kernel
def _beside(units: Any, i: Any, long: Any, others: Any, j: Any, meeting: Any, a: Any) -> Any:
    """Component ``a`` of unit i's direction, and of the direction of j at a right angle to it."""
    _, other, cosine, sine = meeting
    along = units[i, a] / long if long > TINY else 0.0
    rest = others[j, a] / other - cosine * along if other > TINY else 0.0
    return along, rest / sine if sine > 0.0 else 0.0


@exact_kernel
def _bend_own(student: Any, i: Any, others: Any, j: Any, sign: Any, hessian: Any) -> None:
    """Add ``sign`` ∂²f(wᵢ, vⱼ)/∂wᵢ², |vⱼ| sin θ / (2π |wᵢ|) (I - u u' + p p'), to its block.

    u is the direction of wᵢ, and p that of what vⱼ has at a right angle to it.
    """
    d = student.shape[1]
    meeting = _meet(student, i, others, j)
    long, other, _, sine = meeting
    factor = sign / _TURN * (other * sine / long if long > TINY else 0.0)
    for a in range(d):
        ua, pa = _beside(student, i, long, others, j, meeting, a)
        hessian[i * d + a, i * d + a] += factor
        for b in range(d):
            ub, pb = _beside(student, i, long, others, j, meeting, b)
            hessian[i * d + a, i * d + b] += factor * (pa * pb - ua * ub)


@exact_kernel
def _bend_both(student: Any, i: Any, j: Any, hessian: Any) -> None:
    """Fill in the blocks of ∂²f(wᵢ, wⱼ)/∂wᵢ∂wⱼ, and of its transpose.

    With u and p as in ``_bend_own``, c = cos θ and s = sin θ it is, times 2π, (π - θ) I + s² (u p'
    + p u') + s c (u u' - p p'): what the paper has, with no quotient that is lost at s = 0.
    """
    d = student.shape[1]
    meeting = _meet(student, i, student, j)
    long, _, cosine, sine = meeting
    beside = np.arctan2(sine, -cosine)
    for a in range(d):
        ua, pa = _beside(student, i, long, student, j, meeting, a)
        for b in range(d):
            ub, pb = _beside(student, i, long, student, j, meeting, b)
            bent = sine * (sine * (ua * pb + pa * ub) + cosine * (ua * ub - pa * pb))
            bent = (bent + (beside if a == b else 0.0)) / _TURN
            hessian[i * d + a, j * d + b] = bent
            hessian[j * d + b, i * d + a] = bent


@exact_kernel
def bend(student: Any, teacher: Any, hessian: Any) -> None:
    """∂²F/∂W²: overwrites ``hessian``, float64 (n d, n d), W in the order of its rows.

    Where a unit is zero F has a kink; what is in proportion to 1/|wᵢ| is left out there.
    """
    n, d = student.shape
    hessian[:] = 0.0
    for i in range(n):
        for a in range(d):
            hessian[i * d + a, i * d + a] = 0.5
        for j in range(n):
            if j != i:
                _bend_own(student, i, student, j, 1.0, hessian)
        for j in range(teacher.shape[0]):
            _bend_own(student, i, teacher, j, -1.0, hessian)
        for j in range(i):
            _bend_both(student, i, j, hessian)
