"""Published surfaces with many minima, as collected by Jamil & Yang 2013 (arXiv 1308.4008) and
Surjanovic & Bingham 2013 (Virtual Library of Simulation Experiments), whose minima these are."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.proof.published import Published, size, squares

_FOUR = ((1, 1), (1, -1), (-1, 1), (-1, -1))


def _ackley(x: Any, y: Any) -> Any:
    waves = np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)
    return -20 * np.exp(-((squares(x, y) / 50) ** 0.5)) - np.exp(waves / 2) + 20 + np.exp(1.0)


def _levy(x: Any, y: Any) -> Any:
    a, b = (x + 3) / 4, (y + 3) / 4
    middle = (a - 1) ** 2 * (1 + 10 * np.sin(np.pi * a + 1) ** 2)
    return np.sin(np.pi * a) ** 2 + middle + (b - 1) ** 2 * (1 + np.sin(2 * np.pi * b) ** 2)


def _levy_13(x: Any, y: Any) -> Any:
    return (
        np.sin(3 * np.pi * x) ** 2
        + (x - 1) ** 2 * (1 + np.sin(3 * np.pi * y) ** 2)
        + (y - 1) ** 2 * (1 + np.sin(2 * np.pi * y) ** 2)
    )


def _eggholder(x: Any, y: Any) -> Any:
    return -(y + 47) * np.sin(size(y + x / 2 + 47) ** 0.5) - x * np.sin(size(x - (y + 47)) ** 0.5)


def _holder_table(x: Any, y: Any) -> Any:
    return -size(np.sin(x) * np.cos(y) * np.exp(size(1 - squares(x, y) ** 0.5 / np.pi)))


def _cross_in_tray(x: Any, y: Any) -> Any:
    grown = np.exp(size(100 - squares(x, y) ** 0.5 / np.pi))
    return -(10**-4) * (size(np.sin(x) * np.sin(y) * grown) + 1) ** 0.1


def _schaffer_2(x: Any, y: Any) -> Any:
    return 0.5 + (np.sin(x**2 - y**2) ** 2 - 0.5) / (1 + squares(x, y) / 1000) ** 2


def _schaffer_4(x: Any, y: Any) -> Any:
    wave = np.cos(np.sin(size(x**2 - y**2))) ** 2
    return 0.5 + (wave - 0.5) / (1 + squares(x, y) / 1000) ** 2


def _michalewicz(x: Any, y: Any) -> Any:
    pairs = ((1, x), (2, y))
    return -sum(np.sin(v) * np.sin(i * v**2 / np.pi) ** 20 for i, v in pairs)


def _trefethen(x: Any, y: Any) -> Any:
    return (
        np.exp(np.sin(50 * x))
        + np.sin(60 * np.exp(y))
        + np.sin(70 * np.sin(x))
        + np.sin(np.sin(80 * y))
        - np.sin(10 * (x + y))
        + squares(x, y) / 4
    )


def _bird(x: Any, y: Any) -> Any:
    first = np.sin(x) * np.exp((np.cos(y) - 1) ** 2)
    return first + np.cos(y) * np.exp((np.sin(x) - 1) ** 2) + (y - x) ** 2


def _giunta(x: Any, y: Any) -> Any:
    angles = [v * 16 / 15 - 1 for v in (x, y)]
    return 0.6 + sum(np.sin(a) + np.sin(a) ** 2 + np.sin(4 * a) / 50 for a in angles)


def _salomon(x: Any, y: Any) -> Any:
    r = squares(x, y) ** 0.5
    return 1 - np.cos(2 * np.pi * r) + r / 10


SURFACES: dict[str, Published] = {
    "ackley": Published(_ackley, ((0.0, 0.0, 0.0),)),
    "alpine": Published(
        lambda x, y: sum(size(v * np.sin(v) + v / 10) for v in (x, y)), ((0.0, 0.0, 0.0),)
    ),
    "bird": Published(
        _bird,
        ((4.70104, 3.15294, -106.764537), (-1.58214, -3.13024, -106.764537)),
        1e-4,
        1e-6,
    ),
    "cosine_mixture": Published(
        lambda x, y: sum(v**2 - np.cos(5 * np.pi * v) / 10 for v in (x, y)), ((0.0, 0.0, -0.2),)
    ),
    "cross_in_tray": Published(
        _cross_in_tray, tuple((1.3494 * a, 1.3494 * b, -2.06261) for a, b in _FOUR), 1e-4
    ),
    "drop_wave": Published(
        lambda x, y: -(1 + np.cos(12 * squares(x, y) ** 0.5)) / (squares(x, y) / 2 + 2),
        ((0.0, 0.0, -1.0),),
    ),
    "easom": Published(
        lambda x, y: -np.cos(x) * np.cos(y) * np.exp(-squares(x - np.pi, y - np.pi)),
        ((np.pi, np.pi, -1.0),),
    ),
    "egg_crate": Published(
        lambda x, y: squares(x, y) + 25 * squares(np.sin(x), np.sin(y)), ((0.0, 0.0, 0.0),)
    ),
    # Its published optimum is on its domain's boundary.
    "eggholder": Published(_eggholder, ()),
    "giunta": Published(_giunta, ((0.46732, 0.46732, 0.0644704),), 1e-5, 1e-6),
    "griewank": Published(
        lambda x, y: squares(x, y) / 4000 - np.cos(x) * np.cos(y * 2**-0.5) + 1,
        ((0.0, 0.0, 0.0),),
    ),
    "holder_table": Published(
        _holder_table, tuple((8.05502 * a, 9.66459 * b, -19.2085) for a, b in _FOUR), 1e-4
    ),
    "keane": Published(
        lambda x, y: -((np.sin(x - y) * np.sin(x + y)) ** 2) / squares(x, y) ** 0.5,
        ((0.0, 1.39325, -0.673668), (1.39325, 0.0, -0.673668)),
        1e-4,
        1e-6,
    ),
    "levy": Published(_levy, ((1.0, 1.0, 0.0),)),
    "levy_13": Published(_levy_13, ((1.0, 1.0, 0.0),)),
    "mccormick": Published(
        lambda x, y: np.sin(x + y) + (x - y) ** 2 - x * 3 / 2 + y * 5 / 2 + 1,
        ((-0.54719, -1.54719, -1.9133),),
        1e-4,
    ),
    "michalewicz": Published(_michalewicz, ((2.20, 1.57, -1.8013),), 5e-3, 5e-5),
    "parsopoulos": Published(
        lambda x, y: squares(np.cos(x), np.sin(y)),
        tuple((i * np.pi / 2, j * np.pi, 0.0) for i in (-3, -1, 1, 3) for j in (-1, 0, 1)),
    ),
    "salomon": Published(_salomon, ((0.0, 0.0, 0.0),)),
    "schaffer_2": Published(_schaffer_2, ((0.0, 0.0, 0.0),)),
    "schaffer_4": Published(
        _schaffer_4,
        tuple((1.25313 * a, 1.25313 * b, 0.292579) for a, b in ((0, 1), (0, -1), (1, 0), (-1, 0))),
        1e-5,
        1e-6,
    ),
    "styblinski_tang": Published(
        lambda x, y: sum(v**4 - 16 * v**2 + 5 * v for v in (x, y)) / 2,
        ((-2.903534, -2.903534, -78.332),),
        1e-6,
        5e-4,
    ),
    # Bornemann et al. 2004: the answer to the challenge, to ten digits and more.
    "trefethen": Published(_trefethen, ((-0.0244031, 0.2106124, -3.306868647475237),), 1e-7, 1e-12),
}
