"""Activations: scalar functions a = f(z) between layers, one a file.

Rules: ``value(item, z) -> a`` and ``slope(item, z, a) -> f'(z)``, both scalar, in the type of z.
"""

from kernels.catalog import Catalog
from kernels.rules import rule

catalog = Catalog("activation", __name__)
value = rule("value")
slope = rule("slope")
