"""The benchmark finds all it is asked for, of worlds that do the same; how fast they are is not tested."""

import json
import sys

import pytest
from worlds import ROOT

from ecosim import bench
from ecosim.bench import clock, diffusion, machine, phases, start, sweeps, worlds
from ecosim.commands import bench as command
from ecosim.conf import request
from ecosim.figures.bench import speed

SIZES = (20_000, 30_000, 40_000)


@pytest.fixture
def small(monkeypatch):
    """Sizes, repeats and machine of a benchmark that takes seconds; its worlds live in this process."""
    for module, name, value in (
        (bench, "SIZES", SIZES), (bench, "MILLION", SIZES[-1]), (bench, "alone", lambda f, *words: f(*words)),
        (clock, "REPEATS", 1), (worlds, "WARM_UP", 1), (worlds, "QUARTERS", 1), (worlds, "PLAIN_CUSTOMERS", 200),
        (machine, "COPIED", 1 << 20), (machine, "DRAWN", 1000), (phases, "WARM_UP", 1),
        (sweeps, "RUNS", 2), (sweeps, "CUSTOMERS", 100), (sweeps, "WEEKS", 26), (sweeps, "REPEATS", 1),
        (diffusion, "NODES", 2000), (diffusion, "FEW", 100),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(clock, "reference", lambda name: None)
    monkeypatch.setattr(sweeps, "reference", lambda name: None)  # its batch runner changes how processes start
    monkeypatch.setattr(start, "starts", lambda: {})


def test_everything_is_measured(small):
    found = bench.main(request("bench", ["customers=50000"]))
    assert all(value > 0 for value in found.values())
    for which in ("", "everything on: "):
        for size in (*SIZES, 50_000):
            assert f"{which}customer-weeks per second, {size:,} customers" in found
            assert f"{which}the same on one thread, {size:,} customers" in found
        assert f"{which}memory, GB, 50,000 customers" in found
    steps = {name.partition(": ")[2] for name in found if name.startswith("nanoseconds")}
    assert {"choose (choice)", "attend (attention)", "the rest"} <= steps
    assert found["times plain Mesa"] > 1
    assert found["bytes touched a customer-week"] < found["state, bytes per customer"]
    axes = speed(found).axes[0]
    lines = [line for line in axes.get_lines() if line.get_marker() != "None"]
    assert len(lines) == 4
    assert all(list(line.get_xdata()) == [*SIZES, 50_000] for line in lines)


def test_the_command_keeps_what_it_found(monkeypatch, tmp_path, capsys):
    published = ROOT / "results" / "published" / "bench"
    found = json.loads((published / "bench.json").read_text())
    monkeypatch.setattr(bench, "main", lambda asked: found)
    assert command.main([f"results={tmp_path}", "format=json"]) == 0
    assert json.loads(capsys.readouterr().out) == found
    assert json.loads((tmp_path / "bench" / "bench.json").read_text()) == found
    lines = [(folder / "bench.csv").read_text().splitlines() for folder in (tmp_path / "bench", published)]
    assert sorted(lines[0]) == sorted(lines[1])
    manifest = json.loads((tmp_path / "bench" / "manifest.json").read_text())
    assert manifest["status"] == "finished"
    assert manifest["command"][:2] == ["ecosim", "bench"]


def test_a_size_between_the_usual_ones_is_not_asked_for(small):
    found = bench.main(request("bench", ["customers=25000"]))
    assert "customer-weeks per second, 25,000 customers" not in found


def test_reference_models_leave_no_trace_in_the_path():
    before = list(sys.path)
    assert clock.reference("mesa_bass").adopters
    assert clock.reference("no_such_model") is None
    assert sys.path == before


def test_three_ways_to_spread_find_the_same_adopters():
    graph = diffusion.random_network(800)
    found = diffusion.spread(graph)
    assert 0 < found <= 800
    assert diffusion.sparse(graph) == found
    plain = clock.reference("mesa_bass")
    assert plain.adopters(graph, diffusion.P, diffusion.Q, diffusion.STEPS, 1) == found
