"""Outputs: what turns the last layer's pre-activations z into the network's answer p.

Rules, on vectors of length n_out: ``respond(item, z, p)`` fills p; ``pull_back(item, z, p, delta)``
turns delta from dL/dp into dL/dz in place; ``bend_back(item, z, p, delta, matrix)`` does the same
and turns matrix (n_out, n_out) from d²L/dp², of which only the diagonal is given (the rest is zero,
since a loss is a sum over outputs), into d²L/dz² in full. z and p are only read by these two.
"""

from kernels.catalog import Catalog
from kernels.rules import rule

catalog = Catalog("output", __name__)
respond = rule("respond")
pull_back = rule("pull_back")
bend_back = rule("bend_back")
