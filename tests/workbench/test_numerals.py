"""Numbers in words, and what they say at the ends of their ranges."""

from __future__ import annotations

import pytest

from workbench.numerals import count, number, percent, ten_to


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0123456, "0.0123"), (1.234e-9, "1.23 × 10⁻⁹"), (-0.5, "−0.500"), (12345.0, "12345"),
        (float("inf"), "∞"), (float("nan"), "–"), (0.0, "0"), (0.99996, "1.00"),
        (1.5e8, "1.50 × 10⁸"),
    ],
)  # fmt: skip
def test_numbers_read_well(value, text):
    assert number(value) == text


def test_powers_of_ten_and_counts():
    assert [ten_to(power) for power in (-16, -1, 0, 1, 300)] == [
        "10⁻¹⁶",
        "10⁻¹",
        "1",
        "10¹",
        "10³⁰⁰",
    ]
    assert count(1234567) == "1\u202f234\u202f567"


def test_shares_lose_nothing_at_the_ends():
    assert percent(0) == "0.0 %"
    assert percent(1) == "100.0 %"
    assert percent(1 / 3000) == "0.03 %"
    assert percent(2999 / 3000) == "99.97 %"
    assert percent(1e-9) == "< 0.0001 %"
    assert percent(1 - 1e-9) == "> 99.9999 %"
