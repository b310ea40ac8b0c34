"""A learning rate that stays as it is."""

from typing import Any, NamedTuple

from kernels.schedules import catalog, factor


class Constant(NamedTuple):
    """No hyper-parameters."""


def _factor(item: Any, step: Any) -> Any:
    return 1.0


catalog.register(Constant, "constant", "the learning rate stays as it is", rules={factor: _factor})
