"""How often gradient descent ends in a spurious local minimum of a two-layer ReLU network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import BadValue
from workbench.reproductions import Finding, Outcome, Setting, Table, Watch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.student_teacher import StudentCensus

SUMMARY = "how many starts of a ReLU student end in a spurious minimum"
SOURCE = (
    "Safran & Shamir 2018, Spurious local minima are common in two-layer ReLU neural networks, "
    "ICML, arXiv 1712.08968, section 4"
)
SETTINGS = (
    Setting("n", 8, (1, 64), "units of the student"),
    Setting("k", 8, (1, 64), "orthonormal units of the teacher"),
    Setting("starts", 1000, (1, 100_000), "students drawn, weights normal of variance 1/k"),
    Setting("seed", 0, (0, 2**32 - 1), "which students are drawn"),
)
# Of so many starts for each (n, k), how many ended in a minimum that is not global.
PUBLISHED_STARTS = 1000
PUBLISHED = {(6, 6): 3, (8, 8): 126, (13, 13): 730, (16, 16): 851, (13, 12): 3, (16, 15): 102}
_LEVEL = 0.01
_UNTOLD = "nothing for these n and k"


def carry_out(watch: Watch, n: int, k: int, starts: int, seed: int) -> Outcome:
    """Descend from every start, tell the ends apart, and compare with what was published.

    ``p_value`` takes the published share as exact; whether the two agree is decided by
    ``p_value_of_two_samples``, since that share is itself one of a thousand starts. Raises BadValue
    for a student smaller than the teacher, whose least loss is not known.
    """
    from workbench.census.completeness import judge
    from workbench.student_teacher import NO_MINIMUM, descend, draw_students, take_census

    if n < k:
        raise BadValue("n", f"must be at least k ({k}), so that the least loss is zero", n, k)
    ends = descend(draw_students(n, k, starts, seed), progress=watch.part(0.0, 0.9).at)
    census = take_census(ends, watch.part(0.9, 1.0).at)
    published = PUBLISHED.get((n, k))
    p_value, of_two = _p_values(census.in_local, starts, published)
    facts: dict[str, Any] = {
        "global": census.in_global,
        "local": census.in_local,
        "not_converged": census.not_converged,
        "distinct_minima": len(census.minima),
        "published": published,
        "published_starts": None if published is None else PUBLISHED_STARTS,
        "p_value": p_value,
        "p_value_of_two_samples": of_two,
        "minima": [
            {"loss": m.loss, "starts": m.count, "smallest_eigenvalue": m.smallest_eigenvalue}
            for m in census.minima
        ],
        "unseen_mass": judge(census.label[census.label != NO_MINIMUM]).unseen_mass,
        "steps": float(ends.steps.sum()),
    }
    findings = _share(census, starts, published, of_two), _proof(census, published)
    figures = {"losses": lambda: _draw(census, n, k)}
    return Outcome(findings, facts, _tables(census), figures)


def _p_values(local: int, starts: int, published: int | None) -> tuple[float | None, float | None]:
    """Two-sided and exact: of the binomial, and of two samples (Fisher)."""
    from scipy.stats import binomtest, fisher_exact

    if published is None:
        return None, None
    table = [[local, starts - local], [published, PUBLISHED_STARTS - published]]
    exact = binomtest(local, starts, published / PUBLISHED_STARTS).pvalue
    return float(exact), float(fisher_exact(table).pvalue)


def _share(census: StudentCensus, starts: int, published: int | None, p: float | None) -> Finding:
    from workbench.census.proportions import wilson

    low, high = (float(limit) for limit in wilson(census.in_local, starts))
    ours = f"{census.in_local} of {starts} ({low:.1%} to {high:.1%})"
    subject = "starts that end in a spurious minimum"
    if published is None or p is None:
        return Finding(subject, _UNTOLD, ours, None, "no test")
    told = f"{published} of {PUBLISHED_STARTS} ({published / PUBLISHED_STARTS:.1%})"
    return Finding(
        subject, told, ours, p >= _LEVEL, f"two samples, exact (Fisher), at {_LEVEL:g}", p
    )


def _proof(census: StudentCensus, published: int | None) -> Finding:
    least = [m.smallest_eigenvalue for m in census.minima if not m.is_global]
    ours = f"at least {min(least):.4g}, {len(least)} distinct" if least else "none was met"
    if census.elsewhere:
        ours += f"; not so at {census.elsewhere} ends"
    if astray := census.not_converged - census.elsewhere:
        ours += f"; {astray} starts came to no rest"
    subject = "eigenvalues of the Hessian there"
    if published is None:
        return Finding(subject, _UNTOLD, ours, None, "no test")
    return Finding(subject, "above 0", ours, not census.not_converged, "at every end")


def _tables(census: StudentCensus) -> dict[str, Table]:
    from workbench.census.proportions import wilson

    ends, starts = census.ends, len(census.label)
    rows = []
    for place, m in enumerate(census.minima):
        low, high = (float(limit) for limit in wilson(m.count, starts))
        share = m.count / starts
        rows.append((place, m.loss, m.count, share, low, high, m.smallest_eigenvalue, m.first))
    columns = census.label, ends.loss, ends.gradient_norm, ends.steps.astype(np.int64)
    each = zip(range(starts), *(column.tolist() for column in columns), strict=True)
    return {
        "minima": Table(
            ("minimum", "loss", "starts", "share", "low", "high", "smallest eigenvalue", "first"),
            rows,
        ),
        "ends": Table(("start", "minimum", "loss", "gradient norm", "steps"), list(each)),
    }


def _draw(census: StudentCensus, n: int, k: int) -> Figure:
    from matplotlib.figure import Figure

    from workbench.student_teacher import NO_MINIMUM

    figure = Figure(figsize=(8.0, 4.5), layout="constrained")
    axes = figure.subplots()
    loss = np.maximum(census.ends.loss[census.label != NO_MINIMUM], 0.0)
    edges = np.linspace(0.0, max(1.05 * float(loss.max(initial=0.0)), 0.01), 81)
    axes.hist(loss, edges.tolist(), color="#0072B2")
    axes.set(xlabel="loss at the end", ylabel="starts", yscale="log")
    axes.set_title(f"{n} student units, {k} of the teacher: {len(census.label):,} starts")
    axes.grid(alpha=0.2)
    return figure
