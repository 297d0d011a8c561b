"""Relations about who stands where: storage order, isolated strangers, swapped names and firms' labels."""

import numpy as np
import pytest
from worlds import CORE, CRM1, MIXED, RICH, assert_same, columns, live, rich, setting, world

from ecosim.model import Ecosystem
from ecosim.networks import Graph, build_network


def permuted(graph, order):
    """Return ``graph`` with row k now holding who was row order[k]; each row keeps its neighbours in their order."""
    where = np.argsort(order)
    rows = [where[graph.indices[graph.indptr[i] : graph.indptr[i + 1]]] for i in order]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Graph(graph.n, starts, np.concatenate(rows).astype(np.int32))


@pytest.mark.parametrize("threads", [1, 2])
def test_storage_order_makes_no_difference(threads):
    """Rows, network and identities permuted together: every column is the same for the same identity, to the bit."""
    chosen = setting(RICH)
    graph = build_network(chosen.network, 300, 1)
    order = np.random.default_rng(5).permutation(300)
    plain = live(Ecosystem(chosen, MIXED, 1, 1, graph=graph), 40)
    other = live(Ecosystem(chosen, MIXED, 1, threads, graph=permuted(graph, order), ident=order), 40)
    assert np.array_equal(other.customers.ident, order)
    assert_same(columns(plain), columns(other), rows=order)
    assert plain.ledger.accounts.tolist() == other.ledger.accounts.tolist()
    for name in ("purchases", "talks", "heard", "effort", "disconfirmation", "invited"):
        assert plain.counts[name].tolist() == other.counts[name].tolist(), name


def test_an_isolated_newcomer_changes_nobody_else():
    """With nothing shared (contact, listening, communities, insight, bids) one without ties leaves all others alone."""
    apart = {
        **CORE, "contact": {"budget": 0.0}, "talk": {"listening": 0.0, "community": 0}, "insight": {"budget": 0.0},
        "intents": {"answering": 0.0},
    }  # fmt: skip
    chosen, bigger = setting(RICH, apart), setting(RICH, apart, {"market": {"customers": 301}})
    graph = build_network(chosen.network, 300, 1)
    wider = Graph(301, np.append(graph.indptr, graph.indptr[-1]), graph.indices)
    plain = live(Ecosystem(chosen, MIXED, 1, 1, graph=graph), 40)
    other = live(Ecosystem(bigger, MIXED, 1, 1, graph=wider), 40)
    without = ("reach",)
    assert_same(columns(plain, without), columns(other, without), other_rows=slice(0, 300))
    assert other.customers.bought[300].sum() + other.customers.bought_year[300].sum() > 0


def test_an_isolated_newcomer_hardly_changes_anybody_where_budgets_are_shared():
    chosen, bigger = setting(RICH), setting(RICH, {"market": {"customers": 301}})
    graph = build_network(chosen.network, 300, 1)
    wider = Graph(301, np.append(graph.indptr, graph.indptr[-1]), graph.indices)
    plain = live(Ecosystem(chosen, CRM1, 1, 1, graph=graph), 20)
    other = live(Ecosystem(bigger, CRM1, 1, 1, graph=wider), 20)
    same = plain.customers.last_provider == other.customers.last_provider[:300]
    assert same.mean() > 0.8


def test_without_word_of_mouth_the_network_is_irrelevant():
    silent = {"talk": {"base": 0.0, "surprise": 0.0, "community": 0}, "search": {"neighbours": 0}}
    line_up = [CRM1] * 4
    plain = rich(silent, line_up=line_up, weeks=30)
    for other in (
        rich(silent, {"network": {"mean_degree": 20.0}}, line_up=line_up, weeks=30),
        world({k: v for k, v in RICH.items() if k != "network"}, {"network": {"kind": "complete"}}, silent,
              line_up=line_up, weeks=30),
    ):  # fmt: skip
        assert_same(columns(plain, ("reach",)), columns(other, ("reach",)))
        assert plain.ledger.accounts.tolist() == other.ledger.accounts.tolist()


def test_with_word_of_mouth_the_network_matters():
    plain, other = rich(weeks=30), rich({"network": {"mean_degree": 20.0}}, weeks=30)
    assert plain.ledger.accounts.tolist() != other.ledger.accounts.tolist()


def test_firms_that_swap_labels_swap_shares():
    """Two firms of size 3 to 1: the large one's share is the same whether it is called 0 or 1, within 5 sigma.

    12 seeds each way; sigma is the standard error of the difference of means from the spread over seeds.
    """
    found = {}
    for label in (0, 1):
        sizes = [3.0, 1.0] if label == 0 else [1.0, 3.0]
        shares = []
        for seed in range(12):
            model = world(
                {"market": {"customers": 400, "firms": 2, "shares": sizes}, "needs": {"rate": 0.5}},
                seed=100 * label + seed,
            )
            bought = np.zeros(2)
            for _ in range(30):
                model.step()
                bought += model.counts["purchases"][:2]
            shares.append(bought[label] / bought.sum())
        found[label] = np.array(shares)
    error = np.sqrt(sum(s.var(ddof=1) / 12 for s in found.values()))
    assert abs(found[0].mean() - found[1].mean()) < 5 * error
    assert found[0].mean() > 0.55
