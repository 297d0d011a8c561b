"""Who talks to whom: one generator a file, each straight to compressed sparse rows and a pure function of its seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import NamedTuple

from ecosim.errors import UserError, nearest
from ecosim.networks import edge_list as _edge_list
from ecosim.networks.barabasi_albert import SOURCE as BARABASI_ALBERT
from ecosim.networks.barabasi_albert import barabasi_albert
from ecosim.networks.complete import SOURCE as COMPLETE
from ecosim.networks.complete import complete
from ecosim.networks.configuration import SOURCE as CONFIGURATION
from ecosim.networks.configuration import configuration
from ecosim.networks.erdos_renyi import SOURCE as ERDOS_RENYI
from ecosim.networks.erdos_renyi import erdos_renyi
from ecosim.networks.graph import Graph
from ecosim.networks.grid import SOURCE as GRID
from ecosim.networks.grid import grid
from ecosim.networks.ring import SOURCE as RING
from ecosim.networks.ring import ring
from ecosim.networks.stochastic_block import SOURCE as STOCHASTIC_BLOCK
from ecosim.networks.stochastic_block import stochastic_block
from ecosim.networks.watts_strogatz import SOURCE as WATTS_STROGATZ
from ecosim.networks.watts_strogatz import watts_strogatz
from ecosim.parameters import Parameters, param

__all__ = ["NETWORKS", "Generator", "Graph", "Network", "build_network", "count_nodes", "generator"]

MOST_NODES = 100_000_000


class Generator(NamedTuple):
    """A kind of network: its name, ``function(n, seed, **parameters)``, its literature and the parameters it uses."""

    name: str
    function: Callable[..., Graph]
    source: str
    uses: tuple[str, ...]


NETWORKS: tuple[Generator, ...] = (
    Generator("erdos_renyi", erdos_renyi, ERDOS_RENYI, ("mean_degree",)),
    Generator("watts_strogatz", watts_strogatz, WATTS_STROGATZ, ("mean_degree", "rewiring")),
    Generator("barabasi_albert", barabasi_albert, BARABASI_ALBERT, ("mean_degree",)),
    Generator("configuration", configuration, CONFIGURATION, ("mean_degree", "exponent")),
    Generator("stochastic_block", stochastic_block, STOCHASTIC_BLOCK, ("mean_degree", "blocks", "within")),
    Generator("complete", complete, COMPLETE, ()),
    Generator("ring", ring, RING, ("mean_degree",)),
    Generator("grid", grid, GRID, ("width", "torus")),
    Generator("edge_list", _edge_list.edge_list, _edge_list.SOURCE, ("path",)),
)


@dataclass(frozen=True)
class Network(Parameters):
    """The network among customers."""

    kind: str = param(
        "watts_strogatz",
        "how ties among customers arise",
        unit="name",
        source="see ecosim.networks.NETWORKS",
        build=True,
        choices=tuple(g.name for g in NETWORKS),
    )
    mean_degree: float = param(
        10.0, "mean number of neighbours; even for a ring lattice and preferential attachment", unit="neighbours",
        low=0, high=1000, sweep=(2, 80), build=True,
    )  # fmt: skip
    rewiring: float = param(
        0.1, "share of a ring's ties moved to anybody (watts_strogatz)", source=WATTS_STROGATZ,
        low=0, high=1, sweep=(0, 1), build=True,
    )  # fmt: skip
    blocks: int = param(
        10, "number of communities (stochastic_block)", unit="communities", low=1, high=100_000, sweep=(2, 100),
        build=True,
    )  # fmt: skip
    within: float = param(
        0.8, "share of ties inside a community (stochastic_block)", low=0, high=1, sweep=(0.1, 1), build=True
    )
    exponent: float = param(
        2.5, "exponent of the power law of degrees (configuration)",
        source="between 2 and 3 in most networks: Newman (2003), SIAM Review 45(2), 167-256", low=1.5, high=10,
        sweep=(2, 4), build=True,
    )  # fmt: skip
    width: int = param(
        0, "columns of a grid; 0 is a square (grid)", unit="customers", low=0, high=MOST_NODES, build=True
    )
    torus: bool = param(True, "whether the edges of a grid are joined (grid)", unit="true or false", build=True)
    path: str = param("", "the user's file of ties (edge_list)", unit="path", source="the user's file", build=True)


def generator(spec: Network) -> Generator:
    """Return the generator of the kind asked for; refuse a changed parameter that this kind does not use."""
    by_name = {g.name: g for g in NETWORKS}
    if spec.kind not in by_name:
        raise UserError(f"network.kind={spec.kind!r}: no such network{nearest(spec.kind, by_name)}")
    chosen = by_name[spec.kind]
    for field in fields(spec):
        value = getattr(spec, field.name)
        if field.name not in ("kind", *chosen.uses) and value != field.default:
            users = " or ".join(g.name for g in NETWORKS if field.name in g.uses)
            raise UserError(
                f"network.{field.name}={value!r} has no effect for kind {spec.kind}; "
                f"leave it out, or set network.kind to {users}"
            )
    return chosen


def count_nodes(spec: Network) -> int | None:
    """Return the number of customers a network dictates (edge_list), or None where any number will do."""
    if generator(spec).name != "edge_list":
        return None
    if not spec.path:
        raise UserError("network.path='': network.kind=edge_list needs the path of an edge list")
    return _edge_list.count_nodes(spec.path)


def build_network(spec: Network, n: int, seed: int) -> Graph:
    """Return the network of ``n`` nodes (at least 1): the same bits for the same (spec, n, seed), always."""
    chosen = generator(spec)
    if not 1 <= n <= MOST_NODES:
        raise UserError(f"customers={n}: a whole number from 1 to {MOST_NODES} is needed")
    return chosen.function(n, seed, **{name: getattr(spec, name) for name in chosen.uses})
