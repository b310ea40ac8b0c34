"""Schedules against PyTorch's, and against the formulas of the papers."""

from __future__ import annotations

import numpy as np
import pytest

from kernels import schedules
from kernels.jit import kernel
from kernels.schedules import current, new_schedule_memory, note

RATE = 0.3
STEPS = 1000
HYPERS = {
    "step": {"decay": 0.3, "every": 70},
    "exponential": {"decay": 0.9, "every": 1},
    "cosine": {"steps": 400, "low": 0.1},
    "warm_restarts": {"steps": 50, "growth": 2, "low": 0.05},
    "one_cycle": {"steps": 600, "rise": 0.25, "start": 20, "end": 1000},
    "linear_warmup": {"steps": 30, "start": 0.2},
    "inverse_square_root": {"warmup": 40},
}
PLATEAU = {"decay": 0.4, "every": 7, "patience": 3, "threshold": 0.01, "cooldown": 2, "low": 0.05}


@kernel
def factors(item, losses, memory, out):
    for step in range(out.size):
        out[step] = current(item, step, memory)
        note(item, memory, losses[step])


def rates(name, hypers, losses=None, steps=STEPS):
    item = schedules.catalog.get(name).make(hypers)
    out = np.empty(steps)
    losses = np.zeros(steps) if losses is None else losses
    factors(item, losses, new_schedule_memory(item), out)
    return RATE * out


def torch_rates(make, steps=STEPS, losses=None):
    import warnings

    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = make(torch.optim.lr_scheduler, optimizer)
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the optimizer makes no steps here
        for k in range(steps):
            found.append(optimizer.param_groups[0]["lr"])
            if losses is None:
                schedule.step()
            elif (k + 1) % PLATEAU["every"] == 0:
                schedule.step(losses[k + 1 - PLATEAU["every"] : k + 1].mean())
    return np.array(found)


TWINS = {
    "step": lambda s, o: s.StepLR(o, 70, 0.3),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.9),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, 400, 0.1 * RATE),
    "warm_restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 50, 2, 0.05 * RATE),
    "one_cycle": lambda s, o: s.OneCycleLR(
        o, RATE, 600, pct_start=0.25, div_factor=20, final_div_factor=1000, cycle_momentum=False
    ),
    "linear_warmup": lambda s, o: s.LinearLR(o, 0.2, 1.0, 30),
}
LENGTHS = {"cosine": 401, "one_cycle": 600}  # PyTorch's go up again, or end


@pytest.mark.peers
@pytest.mark.parametrize("name", TWINS)
def test_rates_are_those_of_pytorch(name):
    steps = LENGTHS.get(name, STEPS)
    wanted = torch_rates(TWINS[name], steps)
    assert np.allclose(rates(name, HYPERS[name])[:steps], wanted, rtol=1e-9, atol=1e-15)


def losses_with_plateaus():
    rng = np.random.default_rng(4)
    falls = np.exp(-np.maximum(np.arange(STEPS) - 300, 0) / 100.0)
    return 1.0 + falls + 0.05 * rng.normal(size=STEPS)


@pytest.mark.peers
def test_rates_on_plateaus_are_those_of_pytorch():
    losses = losses_with_plateaus()
    wanted = torch_rates(
        lambda s, o: s.ReduceLROnPlateau(
            o, factor=0.4, patience=3, threshold=0.01, cooldown=2, min_lr=0.05 * RATE, eps=0.0
        ),
        losses=losses,
    )
    assert len(set(wanted)) > 3
    assert np.allclose(rates("reduce_on_plateau", PLATEAU, losses), wanted, rtol=1e-12)


def test_the_rate_drops_after_patience_and_not_while_the_loss_falls():
    hypers = {"decay": 0.5, "every": 2, "patience": 1}
    falling = rates("reduce_on_plateau", hypers, np.linspace(2.0, 1.0, 40), 40)
    assert (falling == RATE).all()
    flat = rates("reduce_on_plateau", hypers, np.ones(40), 40)
    # Windows of two steps: the first sets the mark, the next two are bad, so six steps in all.
    assert flat[:12].tolist() == [RATE] * 6 + [RATE / 2] * 4 + [RATE / 4] * 2


def closed_form(name, k):
    """The papers' formulas, for all steps ``k`` at once."""
    h = HYPERS[name]
    if name == "cosine":
        return 0.1 + 0.45 * (1 + np.cos(np.pi * np.minimum(k, 400) / 400))
    if name == "warm_restarts":
        starts, lengths = np.array([0, 50, 150, 350, 750]), np.array([50, 100, 200, 400, 800])
        cycle = np.searchsorted(starts, k, "right") - 1
        return 0.05 + 0.475 * (1 + np.cos(np.pi * (k - starts[cycle]) / lengths[cycle]))
    if name == "inverse_square_root":
        # Vaswani et al., eq. 3, for d_model = 512, over its value at the end of the warm-up.
        rate = 512**-0.5 * np.minimum((k + 1) ** -0.5, (k + 1) * 40**-1.5)
        return rate / rate.max()
    if name == "one_cycle":
        places = [0, 0.25 * 600 - 1, 599, 1000]
        ends = [1 / 20, 1.0, 1 / 20_000, 1 / 20_000]
        part = np.clip(np.searchsorted(places, k, "right") - 1, 0, 2)
        share = (k - np.take(places, part)) / np.diff(places)[part]
        low, high = np.take(ends, part), np.take(ends, part + 1)
        return high + (low - high) * (1 + np.cos(np.pi * share)) / 2
    if name == "step":
        return h["decay"] ** (k // 70)
    if name == "exponential":
        return 0.9 ** (k / 1.0)
    return np.interp(k, [0, 30], [0.2, 1.0])


@pytest.mark.parametrize("name", HYPERS)
def test_rates_are_those_of_the_formula(name):
    k = np.arange(STEPS)
    assert np.allclose(rates(name, HYPERS[name]), RATE * closed_form(name, k), rtol=1e-9)


@pytest.mark.parametrize("name", schedules.catalog.names())
def test_factors_stay_between_zero_and_one(name):
    far = 10**15
    item = schedules.catalog.get(name).make()
    memory = new_schedule_memory(item)
    found = [current(item, step, memory) for step in (0, 1, 10, 499, 500, 1999, 2000, far)]
    assert all(0.0 <= f <= 1.0 for f in found)
    assert max(found) > 0.0


@pytest.mark.parametrize("growth", [1, 3])
def test_warm_restarts_far_out_take_no_time(growth):
    item = schedules.catalog.get("warm_restarts").make({"steps": 10, "growth": growth})
    assert 0.0 <= current(item, 10**15 + 5, np.zeros(0)) <= 1.0
