"""Batchings: which samples a step sees, one a file.

Rules: ``size(item, n) -> int`` is the largest number of samples of one step out of n;
``select(item, seed, step, order, batch) -> int`` fills ``batch`` with the sample indices of that
step and returns how many there are. ``order`` (int64, (n + 1,)) is scratch that the item may use
to remember the permutation of an epoch: order[n] is -1 before first use. What is selected is a
pure function of (seed, step, n), so a run can be cut anywhere and resumed.
An item with the fact ``single`` selects one sample a step; ``draw(item, seed, step, n, drawn)``
fills ``drawn`` int64 (k,) with those of the k steps from ``step`` on.
"""

from kernels.catalog import Catalog
from kernels.rules import rule

catalog = Catalog("batching", __name__)
size = rule("size")
select = rule("select")
draw = rule("draw")
