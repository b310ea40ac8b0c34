"""Ends: where descents ended, polished to a critical point, and what is there, with its evidence.

The verdicts, in the order in which they are considered:

- *diverged*: the loss or a parameter is not finite.
- *infimum at infinity*: bounded outputs (softmax, sigmoid) and no penalty, and the loss never rises
  as the last layer is scaled up, while the gradient fades (``rays``).
- *kink*: a pre-activation of a training sample is at its activation's kink, or the gradient jumps
  next to the point (``kinks``): the Hessian means nothing there.
- *escaping*: no critical point was reached, or one that is flat, and the loss falls on along the
  way that polishing went, or that Newton's method would go, up to 16 times its length, while the
  parameters grow; from a critical point that way may be bent. Or it never rises as the weights into
  saturated units are scaled up, and is higher when they are scaled down (``rays``).
- *not converged*: no critical point was reached, or one that is flat, from where the little
  gradient that is left leads on.
- *saddle*: the Hessian, on the complement of the known symmetry directions, has a negative
  eigenvalue, and a step along its eigenvector lowers the loss by more than rounding. Also where no
  eigenvalue is negative but a descent from a flat direction, on the same side of all kinks and near
  by, leads below: a saddle of higher order, as deep linear networks have at zero.
- *plateau*: no negative eigenvalue, and hidden units that are dead on all samples; along a path of
  constant loss they come to life, and from there the loss falls (``valleys``).
- *degenerate minimum*: no negative eigenvalue, some that are zero, none of the above. Dead units
  that could do nothing for the loss are part of such.
- *strict minimum*: all eigenvalues on the complement are positive.

An eigenvalue counts as zero where its magnitude is at most 1e-10 of the largest, and where Newton's
step along it is no small one even though the gradient is as good as zero: near a minimum of fourth
order the second derivative is as small as the distance squared, and tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.census import kinks, rays, valleys
from workbench.census.directions import Symmetries
from workbench.census.polish import GENTLE, Polished, noise, polish
from workbench.census.site import Point, Site
from workbench.census.spectrum import FLAT, Spectrum
from workbench.experiment import Experiment

KINDS = (
    "strict minimum",
    "degenerate minimum",
    "saddle",
    "plateau",
    "kink",
    "infimum at infinity",
    "not converged",
    "escaping",
    "diverged",
)
_QUIET = 1e-6  # gradient norm from which on wrong samples do not keep a ray from being looked at
_SHOWN = 6  # eigenvalues that an end keeps
_UNSURE = 1e-6  # of 1 + the parameters' length: a longer step of Newton's says that a zero is near
_LEAKING = 1e-6  # of the Hessian, on directions that should be null: more is worth a word
_STEPS = (1e-4, 1e-3, 1e-2)  # of 1 + the parameters' length, along negative curvature
_NOTHING = 1e-18  # a loss that is as good as zero, below which none can be
_LEAST = 1e-12  # of the loss of a network of zeros: what a gradient of GENTLE leaves of a loss of 0


@dataclass(frozen=True, eq=False)
class End:
    """A polished end point and the verdict on it; plain values that can be pickled.

    ``kind`` is one of ``KINDS``. ``parameters`` (n,) float64 after polishing, with their training
    ``loss``, penalty included, and ``gradient_norm``. On the complement of the ``symmetries`` known
    directions: ``inertia``, how many eigenvalues of the Hessian are negative, zero, positive;
    ``eigenvalues``, the smallest few, ascending; ``largest``, that of largest magnitude. ``trace``
    is the whole Hessian's. ``kink_distance``: the smallest relative distance of a pre-activation to
    a kink (inf where activations have none). ``steps`` of polishing. ``reason``: one line that says
    what the verdict rests on. What was not computed (a diverged end) is NaN, 0 or empty.
    """

    kind: str
    parameters: np.ndarray
    loss: float
    gradient_norm: float
    inertia: tuple[int, int, int]
    symmetries: int
    eigenvalues: tuple[float, ...]
    largest: float
    trace: float
    kink_distance: float
    steps: int
    reason: str

    @property
    def is_minimum(self) -> bool:
        """Whether this is a minimum at finite parameters, strict or degenerate."""
        return self.kind in KINDS[:2]


class Judge:
    """Polishes ends of one experiment and says what they are; serves one thread at a time."""

    def __init__(self, experiment: Experiment) -> None:
        self.site = Site(experiment)
        self.symmetries = Symmetries(self.site.model)
        self.bounded = not self.site.penalized and rays.is_bounded(self.site)
        self._unheld = rays.unheld(self.site)
        zeros = self.site.loss(np.zeros(self.site.model.parameter_count))
        # Where outputs have no bounds, a loss of zero may be reached by finite parameters.
        self._least = _NOTHING if self.bounded else max(_NOTHING, _LEAST * zeros)

    def settle(self, start: np.ndarray) -> End:
        """The end that ``start`` (n,), float64, is or leads to; it is not mutated."""
        if not (np.isfinite(start).all() and self.site.look(start).finite):
            what = "the loss" if np.isfinite(start).all() else "a parameter"
            return _diverged(start, 0, f"{what} is not finite at the start of polishing")
        done = polish(self.site, self.symmetries, start, self._endless)
        if not done.point.finite:
            return _diverged(done.parameters, done.steps, "the loss is not finite after polishing")
        p, point = done.parameters, done.point
        spectrum = done.spectrum or Spectrum.at(self.site, self.symmetries, p, point)
        units = self.site.units(p)
        near = kinks.nearest(self.site, units)
        verdicts = self._verdicts(start, done, spectrum, near)
        kind, inertia, reason = next(verdicts)
        return End(
            kind,
            p,
            point.loss,
            point.size,
            inertia,
            spectrum.known.basis.shape[1],
            tuple(float(v) for v in spectrum.values[:_SHOWN]),
            spectrum.largest,
            spectrum.trace,
            near.distance,
            done.steps,
            reason,
        )

    def _endless(self, parameters: np.ndarray, point: Point) -> bool:
        return self._ray(parameters, point) is not None

    def _ray(self, parameters: np.ndarray, point: Point) -> rays.Ray | None:
        """The ray to infinity on which the loss falls, if there is one."""
        if not self.bounded or not (point.right == self.site.count or point.size <= _QUIET):
            return None
        ray = rays.scaled_outputs(self.site, parameters, point)
        return ray if ray.falls and ray.rises_back else None

    def _verdicts(
        self, start: np.ndarray, done: Polished, spectrum: Spectrum, near: kinks.Kink
    ) -> Iterator[tuple[str, tuple[int, int, int], str]]:
        """(kind, inertia, reason) for what holds, the first one first."""
        site, p, point = self.site, done.parameters, done.point
        inertia = spectrum.inertia()
        slope = f"gradient norm {point.size:.1e}"
        ray = self._ray(p, point)
        if ray:
            right = ""
            if site.model.data.classes:
                right = f"{point.right} of {site.count} samples right; "
            fall = f"{point.loss:.3g} to {ray.limit:.3g}"
            yield (
                "infimum at infinity",
                inertia,
                f"{right}scaling the last layer by 2 … {ray.largest:g} takes the loss from {fall} "
                f"without a rise, {slope} and fading, no penalty",
            )
        if not (done.arrived and point.loss <= _NOTHING and inertia[1]):  # no loss is lower
            yield from self._kink(done, spectrum, near, inertia)
        if not done.arrived:
            yield from self._escape(start, done, spectrum, inertia)
            yield (
                "not converged",
                inertia,
                f"{slope} after {done.steps} steps of polishing, wanted {GENTLE:g}",
            )
        yield from self._critical(start, done, spectrum, slope)

    def _escape(
        self, start: np.ndarray, done: Polished, spectrum: Spectrum, inertia: tuple[int, int, int]
    ) -> Iterator[tuple[str, tuple[int, int, int], str]]:
        p, point = done.parameters, done.point
        for way in (p - start, spectrum.slide(1.0 + float(np.linalg.norm(p)))):
            outwards = np.where(self._unheld, way, 0.0)
            ray = rays.onward(self.site, p, point, outwards, done.arrived)
            if ray.falls:
                yield (
                    "escaping",
                    inertia,
                    f"gradient norm {point.size:.1e} after {done.steps} steps of polishing; "
                    f"{ray.largest:g} times as far on the loss has fallen from "
                    f"{point.loss:.6g} by {point.loss - ray.limit:.1e}, and the parameters grow",
                )
        out = rays.scaled_units(self.site, p, point)
        if out and out.falls and out.rises_back:
            yield (
                "escaping",
                inertia,
                f"gradient norm {point.size:.1e} after {done.steps} steps of polishing; scaling "
                f"what comes into saturated units by 2 … {out.largest:g} takes the loss from "
                f"{point.loss:.6g} to {out.limit:.6g} without a rise, and nearer it is higher",
            )

    def _kink(
        self, done: Polished, spectrum: Spectrum, near: kinks.Kink, inertia: tuple[int, int, int]
    ) -> Iterator[tuple[str, tuple[int, int, int], str]]:
        site, p, point = self.site, done.parameters, done.point
        close = kinks.CLOSE if done.arrived else kinks.CLOSE_WHEN_STUCK
        what = ""
        if near.distance <= close:
            what = (
                f"unit {near.unit} of hidden layer {near.layer} is {near.distance:.1e} from its "
                f"kink at sample {near.sample} (relative)"
            )
        else:
            for reach in (kinks.CLOSE,) if done.arrived else (kinks.CLOSE, kinks.CLOSE_WHEN_STUCK):
                size = kinks.jump(site, p, point, spectrum, reach)
                if size and not what:
                    what = f"the gradient jumps by {size:.1e} within a relative {reach:g}"
        if what:
            lower, draws = kinks.neighbourhood(site, p, point)
            yield (
                "kink",
                inertia,
                f"{what}; {lower} of {draws} random perturbations lower the loss, gradient norm "
                f"{point.size:.1e}; the Hessian means nothing",
            )

    def _critical(
        self, start: np.ndarray, done: Polished, spectrum: Spectrum, slope: str
    ) -> Iterator[tuple[str, tuple[int, int, int], str]]:
        p, point = done.parameters, done.point
        inertia, unsure = _sure(spectrum, p)
        about = f"{slope}; {spectrum.known.describe()}"
        if spectrum.leak > _LEAKING:
            about += f", on which the Hessian is {spectrum.leak:.0e} instead of 0"
        if inertia[0]:
            fall = self._fall(p, point, spectrum)
            if fall > 0.0:
                yield (
                    "saddle",
                    inertia,
                    f"{inertia[0]} of {len(spectrum.values)} eigenvalues negative, the lowest "
                    f"{spectrum.values[0]:.2e}; along it the loss falls by {fall:.1e}; {about}",
                )
            # What rounding cannot tell from zero is zero.
            inertia = (0, inertia[0] + inertia[1], inertia[2])
        if not inertia[1]:
            lowest = spectrum.values[0] if len(spectrum.values) else 0.0
            rest = f"all {len(spectrum.values)} other eigenvalues positive, the least {lowest:.2e}"
            yield "strict minimum", inertia, f"{rest}; {about}"
        yield from self._escape(start, done, spectrum, inertia)
        zeros = f"{inertia[1]} eigenvalues zero to {FLAT:g} of {spectrum.largest:.2e}{unsure}"
        if point.loss > _NOTHING:
            yield from self._valley(p, point, spectrum, inertia, f"{zeros}; {about}")
        floor = ""
        if point.loss <= self._least:
            floor = f"; no loss is below zero, and this one is {point.loss:.0e}"
        yield "degenerate minimum", inertia, f"none negative, {zeros}{floor}; {about}"

    def _valley(
        self,
        p: np.ndarray,
        point: Point,
        spectrum: Spectrum,
        inertia: tuple[int, int, int],
        about: str,
    ) -> Iterator[tuple[str, tuple[int, int, int], str]]:
        which = valleys.dead(self.site.units(p))
        if which:
            lower = valleys.revived(self.site, p, which)
            if lower is not None:
                noun = "unit is" if len(which) == 1 else "units are"
                yield (
                    "plateau",
                    inertia,
                    f"{len(which)} hidden {noun} dead on all samples; brought to life at equal "
                    f"loss, the loss falls from {point.loss:.6g} to {lower:.6g}; {about}",
                )
        if spectrum.flat.any():
            below = valleys.below(self.site, p, point, spectrum)
            if below and (below.hidden or point.loss > self._least):
                what = "the gradient that is left leads on"
                if below.hidden:
                    what = "a saddle of higher order"
                yield (
                    "saddle" if below.hidden else "not converged",
                    inertia,
                    f"no negative eigenvalue, but next to a flat direction the loss falls from "
                    f"{point.loss:.9g} to {below.loss:.9g}: {what}; {about}",
                )

    def _fall(self, p: np.ndarray, point: Point, spectrum: Spectrum) -> float:
        """By how much a step along the most negative curvature lowers the loss, beyond rounding;
        0.0 where it does not."""
        best, span = 0.0, 1.0 + float(np.linalg.norm(p))
        for length in _STEPS:
            for sign in (1.0, -1.0):
                there = self.site.loss(p + sign * length * span * spectrum.vectors[:, 0])
                best = max(best, point.loss - there)
        return best if best > noise(point.loss) else 0.0


def _sure(spectrum: Spectrum, p: np.ndarray) -> tuple[tuple[int, int, int], str]:
    """The inertia without eigenvalues that Newton's step says are about to vanish, and a word."""
    flat = spectrum.flat
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.abs(spectrum.slopes / spectrum.values)
    doubtful = ~flat & (steps > _UNSURE * (1.0 + np.linalg.norm(p)))
    if not doubtful.any():
        return spectrum.inertia(), ""
    sure = spectrum.values[~(flat | doubtful)]
    below = int((sure < 0.0).sum())
    zero = int(flat.sum() + doubtful.sum())
    return (below, zero, len(sure) - below), f" or by Newton's steps ({int(doubtful.sum())})"


def _diverged(p: np.ndarray, steps: int, reason: str) -> End:
    nan = float("nan")
    return End("diverged", p.copy(), nan, nan, (0, 0, 0), 0, (), nan, nan, nan, steps, reason)
