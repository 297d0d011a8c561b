"""Influence maximisation: whom to seed on a network so that a message spreads furthest."""

from ecosim.influence.diffusion import MODELS, Diffusion, diffusion
from ecosim.influence.forward import celf, simulate
from ecosim.influence.greedy import lazy_greedy
from ecosim.influence.multigraph import Multigraph, of_graph, read_multigraph
from ecosim.influence.reverse import Spread, judge, ris
from ecosim.influence.seeding import by_degree, by_distance, random_order
from ecosim.influence.study import METHODS, Maximisation, maximise

__all__ = [
    "METHODS", "MODELS", "Diffusion", "Maximisation", "Multigraph", "Spread", "by_degree", "by_distance", "celf",
    "diffusion", "judge", "lazy_greedy", "maximise", "of_graph", "random_order", "read_multigraph", "ris", "simulate",
]  # fmt: skip
