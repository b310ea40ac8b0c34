"""Outputs: what turns the last layer's pre-activations z into the network's answer p.

Rules, on vectors of length n_out: ``respond(item, z, p)`` fills p; ``pull_back(item, z, p, delta)``
turns delta from dL/dp into dL/dz in place. z and p are only read by ``pull_back``.
"""

from kernels.catalog import Catalog
from kernels.rules import rule

catalog = Catalog("output", __name__)
respond = rule("respond")
pull_back = rule("pull_back")
