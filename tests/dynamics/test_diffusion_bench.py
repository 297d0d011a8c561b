"""The three ways to run Bass on a network that the benchmark compares find the same adopters."""

import sys

from worlds import ROOT

from ecosim import bench_diffusion
from ecosim.networks import Network, build_network


def test_three_ways_agree():
    graph = build_network(Network(kind="erdos_renyi", mean_degree=10.0), 800, 3)
    found = bench_diffusion.spread(graph)
    assert 0 < found <= 800
    assert bench_diffusion.sparse(graph) == found
    assert bench_diffusion.run_mesa(ROOT / "tests" / "reference" / "mesa_bass.py", graph) == found
    assert str(ROOT / "tests" / "reference") not in sys.path[:1]
