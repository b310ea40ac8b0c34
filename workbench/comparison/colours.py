"""The colours of the compared, the same in the report and in the window."""

from __future__ import annotations

# Okabe & Ito's colours keep apart for every common colour blindness; their black and yellow do not
# show on both light and dark paper.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#888888")


def colour_of(k: int) -> str:
    """The colour of case ``k``; after the last the first is used again."""
    return COLOURS[k % len(COLOURS)]
