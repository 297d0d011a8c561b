"""The network's parameters: each has an effect or is refused, and impossible values name the range."""

import pytest

from ecosim.errors import UserError
from ecosim.networks import NETWORKS, Network, build_network, count_nodes

from .helpers import digest

USED = [(g.name, name) for g in NETWORKS for name in ("mean_degree", "rewiring", "blocks", "within", "exponent")]
OTHER = {"mean_degree": 4.0, "rewiring": 0.3, "blocks": 3, "within": 0.5, "exponent": 3.0}


@pytest.mark.parametrize(("kind", "name"), USED)
def test_a_parameter_has_an_effect_or_is_refused(kind: str, name: str) -> None:
    entry = next(g for g in NETWORKS if g.name == kind)
    changed = Network(kind=kind, **{name: OTHER[name]})
    if name in entry.uses:
        assert digest(build_network(changed, 100, 1)) != digest(build_network(Network(kind=kind), 100, 1))
    else:
        with pytest.raises(UserError, match=rf"network\.{name}=.* has no effect for kind {kind}"):
            build_network(changed, 100, 1)


@pytest.mark.parametrize(
    ("n", "parameters", "message"),
    [
        (10, {"kind": "erdos_renyi"}, "from 0 to 9 is needed for 10 nodes"),
        (10, {"kind": "watts_strogatz"}, "a number from 0 to 8 is needed for 10 nodes"),
        (10, {"kind": "barabasi_albert"}, "even whole number from 0 to 8"),
        (1, {"kind": "barabasi_albert"}, "from 0 to 0 is needed for 1 nodes"),
        (100, {"kind": "ring", "mean_degree": 5.0}, r"network\.mean_degree=5: an even whole number from 0 to 98"),
        (100, {"kind": "ring", "mean_degree": 2.5}, "even whole number"),
        (5, {"kind": "configuration"}, "from 0 to 4"),
        (5, {"kind": "stochastic_block"}, r"network\.blocks=10: a whole number from 1 to 5"),
        (100, {"kind": "stochastic_block", "within": 0.95}, "=0.95: a number from 0 to 0.9 .*10 blocks of 100 nodes"),
        (100, {"kind": "stochastic_block", "blocks": 1}, r"network\.within=0.8: a number from 1 to 1"),
        (20, {"kind": "grid"}, "such as 16 or 25, not 20"),
        (20, {"kind": "grid", "width": 6}, "a divisor of 20 nodes is needed, such as 5"),
        (20, {"kind": "edge_list"}, "needs the path"),
        (0, {"kind": "complete"}, "customers=0"),
    ],
)
def test_impossible_networks_are_refused_with_the_range(n: int, parameters: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        build_network(Network(**parameters), n, 1)


def test_the_registry_is_complete() -> None:
    assert [g.name for g in NETWORKS] == [g.function.__name__ for g in NETWORKS]
    assert all(g.source for g in NETWORKS)
    assert {u for g in NETWORKS for u in g.uses} | {"kind"} == set(Network.__dataclass_fields__)
    assert count_nodes(Network()) is None
    with pytest.raises(UserError, match="did you mean 'ring'"):
        Network(kind="rings")
