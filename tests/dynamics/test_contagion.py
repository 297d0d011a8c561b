"""States that spread along ties: counts made anew, closed forms, and each rule by hand."""

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecosim.draws import agent_key, own_key, stream_key, uniform
from ecosim.dynamics.contagion import STREAM, adopt_by_hazard, choose_brand, fall_ill, patience, spread_states
from ecosim.dynamics.hazard import share
from ecosim.jit import uncached_kernel
from ecosim.networks import Graph, Network, build_network

EVERYBODY = Network(kind="complete")


def period_key(period, seed, run):
    return own_key(own_key(stream_key(seed, STREAM, 0), run), period)


@uncached_kernel
def to_and_fro(i, state, seen, degree, p, key):
    """Go round 0, 1, 2, 0: faster, the more neighbours are ahead; so that states are left and entered again."""
    then = (state + 1) % 3
    return then if uniform(agent_key(key, i), 0) < p[0] + p[1] * (seen[then] if then > 0 else 0) else state


def anew(rule, graph, start, p, states, settled, periods, seed, run):
    """Return state, when and tally, everybody counting his neighbours in every period."""
    state, when, tally = start.copy(), np.zeros(graph.n, int), [np.bincount(start, minlength=states)]
    for period in range(periods):
        key, then = period_key(period, seed, run), state.copy()
        for i in np.flatnonzero(~np.isin(state, settled)):
            around = state if graph.complete else state[graph.indices[graph.indptr[i] : graph.indptr[i + 1]]]
            seen = np.bincount(around, minlength=states).astype(np.int32)
            then[i] = rule(int(i), int(state[i]), seen, int(graph.degree()[i]), p, key)
        when[then != state] = period + 1
        state = then
        tally.append(np.bincount(state, minlength=states))
    return state, when, np.array(tally)


def cases(n, seed):
    """Return rules with fresh parameters, their number of states and those that are settled."""
    return (
        (adopt_by_hazard, lambda: (0.01, 0.6, 0.5, patience(n, seed)), 2, [1]),
        (choose_brand, lambda: (0.02, 0.01, np.linspace(0, 1, n)), 3, [1, 2]),
        (fall_ill, lambda: (0.05, 0.4, 0.3, 0.2, 0.5), 4, [3]),
        (to_and_fro, lambda: (0.05, 0.1), 3, []),
    )


@settings(max_examples=12)
@given(
    kind=st.sampled_from(["erdos_renyi", "barabasi_albert", "watts_strogatz", "complete"]), n=st.integers(8, 40),
    seed=st.integers(1, 1000), first=st.integers(1, 5),
)  # fmt: skip
def test_counts_kept_are_counts_made_anew(kind, n, seed, first):
    """On any network, for rules that settle and for one that goes round: the same agents change in the same periods."""
    graph = build_network(EVERYBODY if kind == "complete" else Network(kind=kind, mean_degree=4.0), n, seed)
    for rule, parameters, states, settled in cases(n, seed):
        start = np.zeros(n, np.int8)
        start[:first] = 1 + np.arange(first) % (states - 1)
        found = spread_states(
            rule, graph, start, parameters(), states=states, settled=settled, periods=8, seed=seed, run=2
        )
        state, when, tally = anew(rule, graph, start, parameters(), states, settled, 8, seed, 2)
        assert found.state.tolist() == state.tolist()
        assert found.when.tolist() == when.tolist()
        assert found.tally.tolist() == tally.tolist()
        assert (found.tally.sum(axis=1) == n).all()
        assert (start[:first] > 0).all() and (start[first:] == 0).all()


def test_it_ends_when_all_have_settled_or_nobody_moves():
    graph = build_network(EVERYBODY, 50, 1)
    start = np.zeros(50, np.int8)
    ill = (0.0, 0.02, 1.0, 0.5, 1.0)
    for moving, periods in (((), 40), ((1, 2), 0)):
        found = spread_states(fall_ill, graph, start, ill, states=4, settled=[3], moving=moving, periods=40)
        assert found.periods == periods
        assert found.tally.tolist() == [[50, 0, 0, 0]] * 41
    start[:3] = 1
    found = spread_states(fall_ill, graph, start, ill, states=4, settled=[3], moving=[1, 2], periods=400)
    assert found.periods == found.when.max() < 400
    assert found.tally[found.periods - 1, 1:3].sum() > 0
    assert (found.tally[found.periods :] == found.tally[-1]).all() and found.tally[-1, 1:3].sum() == 0
    over = spread_states(fall_ill, graph, np.full(50, 3), ill, states=4, settled=[3], periods=9)
    assert over.periods == 0 and over.tally[:, 3].tolist() == [50] * 10


def test_runs_and_seeds_differ_and_repeat():
    graph, start = build_network(EVERYBODY, 50, 1), np.repeat([0, 1], [40, 10])

    def play(**luck):
        return spread_states(
            to_and_fro, graph, start, (0.1, 0.01), states=3, settled=[], periods=9, **luck
        ).when.tolist()

    assert play(seed=1, run=0) == play(seed=1, run=0)
    assert len({tuple(play(seed=s, run=r)) for s in (1, 2) for r in (0, 1)}) == 4


# -- two brands --------------------------------------------------------------------------------------------------------


def chances(first, second, q, seen):
    """Return the chances of A and of B by taking cases: only A, only B, both."""
    a, b = 1 - (1 - first) * (1 - q) ** seen[1], 1 - (1 - second) * (1 - q) ** seen[2]
    return a * (1 - b) + a * b * a / (a + b), b * (1 - a) + a * b * b / (a + b)


def test_brands_by_hand():
    """pA = .1, pB = .2, q = .3, two have A and one has B: a = .559, b = .44, both .246."""
    to_a, to_b = chances(0.1, 0.2, 0.3, (0, 2, 1))
    assert to_a == pytest.approx(0.559 * 0.56 + 0.24596 * 0.559 / 0.999, abs=1e-12)
    assert to_a + to_b == pytest.approx(1 - 0.441 * 0.56)
    key, seen, q = period_key(0, 1, 0), np.array([7, 2, 1], np.int32), np.full(1000, 0.3)
    for i in range(1000):
        u = uniform(own_key(key, i), 0)
        expected = 1 if u < to_a else 2 if u < to_a + to_b else 0
        assert choose_brand(i, 0, seen, 10, (0.1, 0.2, q), key) == expected


@pytest.mark.parametrize(
    ("first", "second", "q"), [(0.1, 0.2, 0.3), (0.0, 0.05, 0.0), (1.0, 1.0, 0.5), (0.0, 0.0, 1.0)]
)
def test_brands_by_frequency(first, second, q):
    """Of 40,000 people who see two A and one B, within 5 standard errors; nobody adopts where nothing can be known."""
    n = 40_000
    start = np.zeros(n, np.int8)
    start[:3] = [1, 1, 2]
    found = spread_states(
        choose_brand, build_network(EVERYBODY, n, 1), start, (first, second, np.full(n, q)), states=3, settled=[1, 2],
        periods=1,
    )  # fmt: skip
    to = chances(first, second, q, (0, 2, 1)) if first + second + q > 0 else (0, 0)
    assert sum(to) <= 1 + 1e-12
    for brand, p, before in zip((1, 2), to, (2, 1), strict=True):
        assert abs((found.tally[1, brand] - before) / (n - 3) - p) <= 5 * math.sqrt(p * (1 - p) / n) + 1e-9


def test_who_knows_of_nothing_adopts_nothing():
    assert choose_brand(0, 0, np.zeros(3, np.int32), 0, (0.0, 0.0, np.zeros(1)), period_key(0, 1, 0)) == 0


# -- hazards -----------------------------------------------------------------------------------------------------------


def test_a_constant_hazard_gives_exponential_times():
    """Everybody adopts in the first step by whose end p t has reached his exponential draw, neighbours or none."""
    n, p, dt = 5000, 0.1, 0.25
    left = patience(n, 3, 1)
    assert abs(left.mean() - 1) < 5 / math.sqrt(n)
    assert abs((left > 1).mean() - math.exp(-1)) < 5 * math.sqrt(0.233 / n)
    alone = Graph(n, np.zeros(n + 1, np.int64), np.zeros(0, np.int32))
    for graph, q in ((build_network(EVERYBODY, n, 1), 0.0), (alone, 5.0)):
        found = spread_states(
            adopt_by_hazard, graph, np.zeros(n, np.int8), (p, q, dt, left.copy()), states=2, settled=[1], periods=2000
        )
        assert found.when.tolist() == np.ceil(left / (p * dt) - 1e-9).tolist()
        assert found.periods == found.when.max()


def test_a_hazard_with_imitation_follows_bass():
    """All see all: within 4 / sqrt(n), passed by chance in fewer than 1 %, and a step's growth (dt / 2)."""
    n, p, q, dt = 20_000, 0.03, 0.38, 0.05
    found = spread_states(
        adopt_by_hazard, build_network(EVERYBODY, n, 1), np.zeros(n, np.int8), (p, q, dt, patience(n, 1)), states=2,
        settled=[1], periods=400,
    )  # fmt: skip
    gap = found.tally[:, 1] / n - share(dt * np.arange(401), p, q)
    assert np.abs(gap).max() < 4 / math.sqrt(n) + dt * (p + q) ** 2 / (4 * q)


def test_without_contacts_stays_are_geometric():
    """All exposed at first; still so after k steps: (1 - r)^k with r = 1 - exp(-dt / stay), 5 standard errors."""
    n, dt, e, i = 20_000, 0.1, 0.5, 0.25
    found = spread_states(
        fall_ill, build_network(EVERYBODY, n, 1), np.ones(n, np.int8), (0.0, 0.0, e, i, dt), states=4, settled=[3],
        periods=1000,
    )  # fmt: skip
    expected = np.exp(-e * dt * np.arange(60))
    assert (np.abs(found.tally[:60, 1] / n - expected) <= 5 * np.sqrt(expected * (1 - expected) / n)).all()
    stays = [dt / (1 - math.exp(-rate * dt)) for rate in (e, i)]
    assert found.tally[-1, 3] == n
    assert dt * found.when.mean() == pytest.approx(sum(stays), abs=5 * math.hypot(*stays) / math.sqrt(n))


def test_contacts_infect_at_the_hazard_that_was_said():
    """One step on the complete network, 30 exposed and 20 infectious: 1 - exp(-(30 a + 20 b) dt) of the others."""
    n = 40_000
    start = np.zeros(n, np.int8)
    start[:50] = np.repeat([1, 2], [30, 20])
    found = spread_states(
        fall_ill, build_network(EVERYBODY, n, 1), start, (0.01, 0.03, 0.0, 0.0, 0.5), states=4, settled=[3], periods=1
    )
    p = 1 - math.exp(-(30 * 0.01 + 20 * 0.03) * 0.5)
    assert abs((found.tally[1, 1] - 30) / (n - 50) - p) < 5 * math.sqrt(p * (1 - p) / n)
    assert found.tally[1, 2:].tolist() == [20, 0]


# -- independent libraries ---------------------------------------------------------------------------------------------


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_eon_agrees_on_final_sizes():
    """Where the exposed infect nobody, being exposed changes when and not who: final sizes are those of SIR.

    400 runs of each on the same graph, an infectious node at first: mean size and share of small outbreaks within 4
    standard errors, and .01 for steps of 1/50 of a stay, in which a tie passes it on with .2331 rather than .2308.
    """
    eon = pytest.importorskip("EoN")
    n, runs, pass_on, dt = 300, 400, 0.3, 0.02
    graph = build_network(Network(kind="erdos_renyi", mean_degree=8.0), n, 1)
    theirs = nx.Graph([(i, int(j)) for i in range(n) for j in graph.indices[graph.indptr[i] : graph.indptr[i + 1]]])
    rng, start = np.random.default_rng(1), np.zeros(n, np.int8)
    start[7] = 2
    sizes = np.empty((2, runs))
    for run in range(runs):
        sizes[0, run] = eon.fast_SIR(theirs, pass_on, 1.0, initial_infecteds=[7], rng=rng)[3][-1] / n
        tally = spread_states(
            fall_ill, graph, start, (0.0, pass_on, 2.0, 1.0, dt), states=4, settled=[3], moving=[1, 2], periods=20_000,
            run=run,
        ).tally  # fmt: skip
        assert tally[-1, 1:3].sum() == 0
        sizes[1, run] = tally[-1, 3] / n
    for measure in (sizes, (sizes < 0.1).astype(float)):
        gap = measure[1].mean() - measure[0].mean()
        assert abs(gap) < 4 * math.sqrt(measure.var(axis=1, ddof=1).sum() / runs) + 0.01
    large = [size[size > 0.1] for size in sizes]
    errors = math.hypot(*(each.std(ddof=1) / math.sqrt(each.size) for each in large))
    assert abs(large[1].mean() - large[0].mean()) < 4 * errors + 0.01
