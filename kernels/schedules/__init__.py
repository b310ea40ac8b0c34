"""Schedules: the factor on the learning rate over steps, one a file.

Rule: ``factor(item, step) -> float64``, a pure function of the step, which counts from 0.
"""

from kernels.catalog import Catalog
from kernels.rules import rule

catalog = Catalog("schedule", __name__)
factor = rule("factor")
