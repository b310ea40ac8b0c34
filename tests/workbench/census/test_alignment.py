"""The nearest order of hidden units, against all orders tried one by one."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import numpy as np
import pytest

from workbench.census.alignment import Move, align, moved
from workbench.symmetry import Units

PLAIN, SIGNED = Units(True, False, 0.0), Units(False, True, 0.0)


def drawn(sizes, rng):
    return [rng.normal(size=(i + 1, o)) for i, o in pairwise(sizes)]


def shuffled(layers, kinds, rng):
    """The layers after random orders and signs, and these."""
    moves = []
    for layer, kind in zip(layers[:-1], kinds, strict=True):
        n = layer.shape[1]
        signs = rng.choice([-1.0, 1.0], n) if kind.signs else np.ones(n)
        moves.append(Move(rng.permutation(n), signs))
    return moved(layers, tuple(moves))


def gap(a, b):
    return np.sqrt(sum(np.sum((x - y) ** 2) for x, y in zip(a, b, strict=True)))


def tried_one_by_one(a, b, kinds):
    """The least distance over every order and sign of every layer."""

    def ways(k):
        n = a[k].shape[1]
        flips = product((1.0, -1.0), repeat=n) if kinds[k].signs else [(1.0,) * n]
        return [(p, s) for s in flips for p in permutations(range(n))]

    least = np.inf
    for choice in product(*(ways(k) for k in range(len(kinds)))):
        total, before, sign_before = 0.0, None, None
        for k, layer in enumerate(b):
            rows = layer if before is None else layer[[*before, len(layer) - 1]].copy()
            if before is not None:
                rows[:-1] *= np.array(sign_before)[:, None]
            if k < len(choice):
                before, sign_before = choice[k]
                rows = rows[:, list(before)] * np.array(sign_before)
            total += np.sum((a[k] - rows) ** 2)
        least = min(least, total)
    return np.sqrt(least)


CASES = [
    ((3, 4, 2), [PLAIN]),
    ((3, 3, 2), [SIGNED]),
    ((2, 3, 4, 2), [PLAIN, PLAIN]),
    ((2, 3, 2, 2), [SIGNED, SIGNED]),
    ((2, 3, 3, 1), [SIGNED, PLAIN]),
    ((2, 2, 3, 2, 2), [PLAIN, PLAIN, PLAIN]),
    ((2, 2, 3, 2, 2), [SIGNED, PLAIN, SIGNED]),
    ((2, 2, 2, 2, 2, 1), [PLAIN, PLAIN, PLAIN, PLAIN]),
]


@pytest.mark.parametrize(("sizes", "kinds"), CASES)
def test_no_order_is_nearer(sizes, kinds):
    rng = np.random.default_rng(sum(sizes))
    for spread in (0.0, 0.3, 10.0):
        a = drawn(sizes, rng)
        b = shuffled([x + spread * rng.normal(size=x.shape) for x in a], kinds, rng)
        found = align(a, b, kinds)
        assert found.exact
        assert found.distance == pytest.approx(tried_one_by_one(a, b, kinds), abs=1e-12)
        assert gap(a, moved(b, found.moves)) == pytest.approx(found.distance, abs=1e-12)


def test_units_that_tie_in_one_layer_are_told_apart_by_the_next():
    # All units of the first layer are entered alike: only what leaves them says which is which.
    rng = np.random.default_rng(5)
    a = drawn((2, 4, 4, 1), rng)
    a[0][:] = a[0][:, :1]
    kinds = [PLAIN, PLAIN]
    found = align(a, shuffled(a, kinds, rng), kinds)
    assert found.distance == pytest.approx(0.0, abs=1e-12)


def test_six_and_six_signed_units_are_found_exactly():
    rng = np.random.default_rng(8)
    kinds = [SIGNED, SIGNED]
    a = drawn((4, 6, 6, 2), rng)
    b = shuffled([x + 0.01 * rng.normal(size=x.shape) for x in a], kinds, rng)
    found = align(a, b, kinds)
    assert found.exact
    # The planted order is the nearest: one unit elsewhere would cost far more than the noise.
    assert found.distance < 0.01 * np.sqrt(2.0 * sum(x.size for x in a))


def test_larger_networks_are_matched_by_a_heuristic_that_says_so():
    rng = np.random.default_rng(9)
    kinds = [PLAIN, SIGNED]
    a = drawn((5, 20, 20, 3), rng)
    found = align(a, shuffled(a, kinds, rng), kinds)
    assert not found.exact
    assert found.distance == pytest.approx(0.0, abs=1e-10)
    # Never nearer than the exact answer where both can be had, and rarely farther.
    farther = 0
    for _ in range(20):
        a, b = drawn((3, 4, 4, 2), rng), drawn((3, 4, 4, 2), rng)
        exact = align(a, b, [PLAIN, PLAIN]).distance
        guess = align(a, b, [PLAIN, PLAIN], most=0)
        assert not guess.exact
        assert guess.distance >= exact - 1e-12
        farther += guess.distance > exact + 1e-9
    assert farther < 20


def test_no_hidden_layer_leaves_nothing_to_move():
    a, b = [np.ones((3, 2))], [np.zeros((3, 2))]
    found = align(a, b, [])
    assert found == ((), pytest.approx(np.sqrt(6.0)), True)
