"""Helpers of the network tests."""

import hashlib
from pathlib import Path

import numpy as np

from ecosim.networks import Graph, Network, build_network


def build(kind: str, n: int, seed: int = 1, **parameters: object) -> Graph:
    return build_network(Network(kind=kind, **parameters), n, seed)


def digest(graph: Graph) -> str:
    return hashlib.sha256(graph.indptr.tobytes() + graph.indices.tobytes()).hexdigest()


def make(folder: Path, content: bytes, name: str = "ties.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def ties(graph: Graph) -> list[tuple[int, int]]:
    rows = np.repeat(np.arange(graph.n), graph.degree())
    return [(i, j) for i, j in zip(rows.tolist(), graph.indices.tolist(), strict=True) if i < j]


def same(a: Graph, b: Graph) -> bool:
    if (a.weights is None) != (b.weights is None):
        return False
    heavy = a.weights is None or np.array_equal(a.weights, b.weights)
    return a.n == b.n and np.array_equal(a.indptr, b.indptr) and np.array_equal(a.indices, b.indices) and bool(heavy)
