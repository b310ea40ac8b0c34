"""Published surfaces up to 1986: sums of squares and the classics of global optimization."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.proof.published import Published, size, squares


def _beale(x: Any, y: Any) -> Any:
    terms = zip((1.5, 2.25, 2.625), (1, 2, 3), strict=True)
    return sum((constant - x * (1 - y**power)) ** 2 for constant, power in terms)


def _camel(x: Any, y: Any) -> Any:
    return 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4


def _goldstein_price(x: Any, y: Any) -> Any:
    s, d = x + y, 2 * x - 3 * y
    first = 19 - 14 * s + 3 * s**2
    second = 18 - 16 * d + 3 * d**2
    return ((s + 1) ** 2 * first + 1) * (d**2 * second + 30)


def _shubert(x: Any, y: Any) -> Any:
    def wave(t: Any) -> Any:
        return sum(i * np.cos((i + 1) * t + i) for i in range(1, 6))

    return wave(x) * wave(y)


def _rotated_ravine(x: Any, y: Any, steepness: float, angle: float) -> Any:
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    matrix = np.array([[c, s], [-s, c]]).T @ np.diag([1, steepness]) @ np.array([[c, s], [-s, c]])
    return (matrix[0, 0] * x**2 + 2 * matrix[0, 1] * x * y + matrix[1, 1] * y**2) / 2


def _craters(x: Any, y: Any) -> Any:
    wells = (
        (1.6, 2, 1.0, 1.0),
        (1.2, 1, -1.2, 0.8),
        (1.0, 3, -0.8, -1.2),
        (0.8, 2, 1.2, -1.0),
    )
    return -sum(depth * np.exp(-narrow * squares(x - a, y - b)) for depth, narrow, a, b in wells)


SURFACES: dict[str, Published] = {
    # Beale 1958.
    "beale": Published(_beale, ((3.0, 0.5, 0.0),)),
    # De Jong 1975, F1.
    "bowl": Published(lambda x, y: x**2 + y**2, ((0.0, 0.0, 0.0),)),
    # Himmelblau 1972, problem 29; the minima as in Jamil & Yang 2013, arXiv 1308.4008, f65.
    "himmelblau": Published(
        lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        (
            (3.0, 2.0, 0.0),
            (-2.805118, 3.131312, 0.0),
            (-3.779310, -3.283186, 0.0),
            (3.584428, -1.848126, 0.0),
        ),
        1e-6,
    ),
    # Rastrigin 1974: the global minimum.
    "rastrigin": Published(
        lambda x, y: 20 + sum(v**2 - 10 * np.cos(2 * np.pi * v) for v in (x, y)),
        ((0.0, 0.0, 0.0),),
    ),
    # Polyak 1964: a quadratic of condition number ``steepness``.
    "ravine": Published(lambda x, y, steepness: (x**2 + steepness * y**2) / 2, ((0.0, 0.0, 0.0),)),
    # Rosenbrock 1960, eq. 10.
    "rosenbrock": Published(lambda x, y: 100 * (y - x**2) ** 2 + (1 - x) ** 2, ((1.0, 1.0, 0.0),)),
    # Dixon & Szegö 1978; the global minima as in Jamil & Yang 2013, f30.
    "six_hump_camel": Published(
        _camel, ((0.0898, -0.7126, -1.0316), (-0.0898, 0.7126, -1.0316)), 1e-4
    ),
    # The tilted double well; its minima solve 4x³ - 4x + 0.3 = 0, by Viète's formula.
    "two_valleys": Published(
        lambda x, y: (x**2 - 1) ** 2 + 0.3 * x + y**2,
        tuple(
            (x, 0.0, (x**2 - 1) ** 2 + 0.3 * x)
            for k in (0, 2)
            for x in [
                2 / np.sqrt(3) * np.cos(np.arccos(-0.1125 * np.sqrt(3)) / 3 - 2 * np.pi * k / 3)
            ]
        ),
    ),
    # Jamil & Yang 2013, arXiv 1308.4008.
    "booth": Published(lambda x, y: squares(x + 2 * y - 7, 2 * x + y - 5), ((1.0, 3.0, 0.0),)),
    "matyas": Published(lambda x, y: (x**2 + y**2) * 0.26 - x * y * 0.48, ((0.0, 0.0, 0.0),)),
    # Dixon & Szegö 1978: all four, in tenths.
    "goldstein_price": Published(
        _goldstein_price,
        ((0.0, -1.0, 3.0), (1.8, 0.2, 84.0), (-0.6, -0.4, 30.0), (1.2, 0.8, 840.0)),
        1e-9,
    ),
    "branin": Published(
        lambda x, y: (
            (y - 5.1 * (x / (2 * np.pi)) ** 2 + 5 * x / np.pi - 6) ** 2
            + 10
            + 10 * np.cos(x)
            - 10 * np.cos(x) / (8 * np.pi)
        ),
        (
            (-np.pi, 12.275, 0.397887),
            (np.pi, 2.275, 0.397887),
            (3 * np.pi, 2.475, 0.397887),
        ),
        1e-3,
        1e-6,
    ),
    "three_hump_camel": Published(
        lambda x, y: 2 * x**2 - x**4 * 1.05 + x**6 / 6 + x * y + y**2, ((0.0, 0.0, 0.0),)
    ),
    "bohachevsky_1": Published(
        lambda x, y: (
            squares(x) + 2 * y**2 - 0.3 * np.cos(3 * np.pi * x) - 0.4 * np.cos(4 * np.pi * y) + 0.7
        ),
        ((0.0, 0.0, 0.0),),
    ),
    "bohachevsky_2": Published(
        lambda x, y: x**2 + 2 * y**2 - 0.3 * np.cos(3 * np.pi * x) * np.cos(4 * np.pi * y) + 0.3,
        ((0.0, 0.0, 0.0),),
    ),
    "bohachevsky_3": Published(
        lambda x, y: x**2 + 2 * y**2 - 0.3 * np.cos(np.pi * (3 * x + 4 * y)) + 0.3,
        ((0.0, 0.0, 0.0),),
    ),
    "price_1": Published(
        lambda x, y: squares(size(x) - 5, size(y) - 5),
        tuple((x, y, 0.0) for x in (-5.0, 5.0) for y in (-5.0, 5.0)),
    ),
    "price_2": Published(
        lambda x, y: 1 + squares(np.sin(x), np.sin(y)) - np.exp(-squares(x, y)) / 10,
        ((0.0, 0.0, 0.9),),
    ),
    "price_4": Published(
        lambda x, y: squares(2 * x**3 * y - y**3, 6 * x - y**2 + y),
        ((0.0, 0.0, 0.0), (2.0, 4.0, 0.0), (1.464, -2.506, 0.0)),
        1e-3,
        1e-12,
    ),
    # Moré, Garbow & Hillstrom 1981, problems 2, 3, 4 and 6.
    "freudenstein_roth": Published(
        lambda x, y: squares(x - 13 - 2 * y + 5 * y**2 - y**3, x - 29 - 14 * y + y**2 + y**3),
        ((5.0, 4.0, 0.0), (11.41, -0.8968, 48.9842)),
        5e-3,
        5e-5,
    ),
    "powell_badly_scaled": Published(
        lambda x, y: squares(10000 * x * y - 1, np.exp(-x) + np.exp(-y) - 1.0001),
        ((1.098e-5, 9.106, 0.0),),
        5e-4,
        1e-12,
    ),
    "brown_badly_scaled": Published(
        lambda x, y: squares(x - 10**6, y - 2e-6, x * y - 2), ((1e6, 2e-6, 0.0),)
    ),
    "jennrich_sampson": Published(
        lambda x, y: sum((2 + 2 * i - np.exp(i * x) - np.exp(i * y)) ** 2 for i in range(1, 11)),
        ((0.2578, 0.2578, 124.362),),
        5e-5,
        5e-4,
    ),
    # Leon 1966.
    "leon": Published(lambda x, y: 100 * (y - x**3) ** 2 + (x - 1) ** 2, ((1.0, 1.0, 0.0),)),
    "schwefel": Published(
        lambda x, y: 418.9828872724337 * 2 - sum(v * np.sin(size(v) ** 0.5) for v in (x, y)),
        ((420.9687, 420.9687, 0.0),),
        1e-4,
        1e-9,
    ),
    "schwefel_2_6": Published(
        lambda x, y: np.maximum(size(x + 2 * y - 7), size(2 * x + y - 5)), ((1.0, 3.0, 0.0),)
    ),
    "shubert": Published(
        _shubert, ((-7.0835, 4.8580, -186.7309), (5.4828, 4.8580, -186.7309)), 1e-4
    ),
    "treccani": Published(
        lambda x, y: x**4 + 4 * x**3 + 4 * x**2 + y**2, ((-2.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    ),
    "zettl": Published(
        lambda x, y: (x**2 + y**2 - 2 * x) ** 2 + x / 4, ((-0.0299, 0.0, -0.003791),), 1e-4, 1e-6
    ),
    "hosaki": Published(
        lambda x, y: (1 - 8 * x + 7 * x**2 - 7 * x**3 / 3 + x**4 / 4) * y**2 * np.exp(-y),
        ((4.0, 2.0, -2.3458),),
        1e-4,
    ),
    "monkey_saddle": Published(lambda x, y: x**3 - 3 * x * y**2, ()),
    "saddle": Published(lambda x, y: (x - y) * (x + y), ()),
    # Teaching examples: their minima by arithmetic.
    "plateau": Published(lambda x, y: 1 - np.exp(-2 * squares(x, y)), ((0.0, 0.0, 0.0),)),
    "sombrero": Published(
        lambda x, y: 1 - 2 * squares(x, y) + squares(x, y) ** 2, ((1.0, 0.0, 0.0),)
    ),
    "rotated_ravine": Published(_rotated_ravine, ((0.0, 0.0, 0.0),)),
    "craters": Published(_craters, ()),
}
