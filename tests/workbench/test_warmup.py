"""Warming up compiles what runs and views need, says what, and then has nothing to do."""

from __future__ import annotations

import threading
import time
from multiprocessing import active_children

import pytest

import workbench as wb
from kernels import compiling, surfaces
from workbench.warmup import pieces, warm, warm_all


def test_compiles_in_an_empty_cache_and_then_has_nothing_to_do(python, tmp_path):
    (tmp_path / "mine.toml").write_text(
        '[data]\nname = "drawn01_4x4"\n[network]\nactivations = "tanh"\n', encoding="utf-8"
    )
    code = "import sys; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    # One surface and no gallery, to be quick.
    only = (
        "from workbench import experiment; experiment.gallery = lambda: []; "
        "from kernels import surfaces; surfaces.catalog.discover(); "
        "surfaces.catalog._items = {'bowl': surfaces.catalog.get('bowl')}; "
    )
    first = python("-c", only + code, "warmup", "mine.toml", **cache)
    assert first[0] == 0
    assert "mine.toml: training compiled" in first[1]
    for part in ("curvature", "starts", "surfaces from bowl"):
        assert f"mine.toml: {part} compiled" in first[1]
    second = python("-c", only + code, "warmup", "mine.toml", **cache)
    assert second[0] == 0
    (line,) = second[1].splitlines()
    assert line.startswith("nothing to do for mine.toml: all is in ")


def test_a_run_after_it_compiles_nothing(monkeypatch):
    bowl = surfaces.catalog.get("bowl")
    monkeypatch.setattr(surfaces.catalog, "_items", {"bowl": bowl})
    experiment = wb.Experiment.preset("tutorial")
    for piece in pieces({"tutorial": experiment}):
        warm(piece)
    before = len(compiling.done())
    run = wb.Run(experiment)
    run.step(5)
    wb.predict(experiment, run.parameters, run.model.train.inputs[0])
    wb.hessian(experiment, run.parameters)
    wb.hessian_vector(experiment, run.parameters, run.parameters)
    list(wb.train_starts(experiment.replace(stop={"steps": 3}), 20))
    assert len(compiling.done()) == before


def test_pieces_hold_every_surface_once_for_each_kind_of_descent():
    made = {name: wb.Experiment.preset(name) for name in ("tutorial", "xor", "digits_8x8")}
    found = pieces(made)
    assert [piece.name for piece in found if not piece.surfaces] == list(made)
    for name in ("tutorial", "digits_8x8"):  # xor descends as the tutorial does
        listed = [s for piece in found if piece.name == name for s in piece.surfaces]
        assert listed == surfaces.catalog.names()
    assert not any(piece.surfaces for piece in found if piece.name == "xor")


@pytest.mark.compiled
@pytest.mark.timeout(120)
def test_a_process_that_dies_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))  # of the processes: they have to compile

    def kill():
        time.sleep(1.5)  # by then they compile, which takes them half a minute
        active_children()[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(wb.WorkbenchError, match="died"):
        list(warm_all({"xor": wb.Experiment.preset("xor")}, print))
    killer.join()
    give_up = time.monotonic() + 30
    while active_children() and time.monotonic() < give_up:
        time.sleep(0.01)
    assert not active_children()
