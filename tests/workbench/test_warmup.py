"""Warming up compiles what runs and views need, says what, and then has nothing to do."""

from __future__ import annotations

import workbench as wb
from kernels import compiling, surfaces


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
    for part in ("curvature", "starts", "surfaces"):
        assert f"mine.toml: {part} compiled" in first[1]
    second = python("-c", only + code, "warmup", "mine.toml", **cache)
    assert second[0] == 0
    (line,) = second[1].splitlines()
    assert line.startswith("nothing to do for mine.toml: all is in ")


def test_a_run_after_it_compiles_nothing(monkeypatch):
    from workbench.warmup import warm

    bowl = surfaces.catalog.get("bowl")
    monkeypatch.setattr(surfaces.catalog, "_items", {"bowl": bowl})
    experiment = wb.Experiment.preset("tutorial")
    list(warm({"tutorial": experiment}))
    before = len(compiling.done())
    run = wb.Run(experiment)
    run.step(5)
    wb.predict(experiment, run.parameters, run.model.train.inputs[0])
    wb.hessian(experiment, run.parameters)
    wb.hessian_vector(experiment, run.parameters, run.parameters)
    list(wb.train_starts(experiment.replace(stop={"steps": 3}), 20))
    assert len(compiling.done()) == before
