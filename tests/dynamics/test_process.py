"""Any rule in a declared order: each order by hand, the same bits with and without compiling, and when it ends."""

import hashlib

import numpy as np
import pytest
from worlds import python

from ecosim.draws import agent_key, stream_key, uniform
from ecosim.dynamics import arrivals, contagion, opinion, organisation, search, trust
from ecosim.dynamics.directed import influence_network
from ecosim.dynamics.process import ORDERS, Process, some_of, uniforms
from ecosim.dynamics.swaps import swapped
from ecosim.errors import UserError
from ecosim.jit import uncached_kernel
from ecosim.mechanisms.landscape import landscape
from ecosim.networks import Graph, Network, build_network


@uncached_kernel
def add_the_one_before(i, x, new, ties, p, key):
    """Become what one and the one before are together, up to ``cap``; note who looks, and his luck."""
    cap, who, luck = p
    who[0] += 1
    who[who[0]], luck[who[0]] = i, uniform(agent_key(key, i), 0)
    before = x[i]
    new[i] = min(cap, before + x[i - 1])
    return new[i] != before


def chain(order, x=(1, 2, 3, 4), cap=1e9, **more):
    """Return a process of this module's rule, and its notes: who looked, and the luck of each look."""
    who, luck = np.zeros(4000, np.int64), np.zeros(4000)
    return Process(add_the_one_before, np.array(x, float), (float(cap), who, luck), order=order, **more), who, luck


def test_all_at_once_see_the_period_before():
    process, who, _ = chain("synchronous")
    assert process.advance() == 1
    assert process.x.tolist() == [1 + 4, 2 + 1, 3 + 2, 4 + 3]
    assert who[1:5].tolist() == [0, 1, 2, 3]


def test_in_a_sweep_each_sees_those_before_him():
    process, who, _ = chain("sweep")
    process.advance(2)
    assert process.x.tolist() == [19, 26, 36, 50]  # by way of 5, 7, 10, 14
    assert who[1:9].tolist() == [0, 1, 2, 3] * 2


def replay(x, who):
    for i in who:
        x[i] += x[i - 1]
    return x


def test_shuffled_everybody_looks_once_in_another_order_each_period():
    process, who, _ = chain("shuffled")
    process.advance(12)
    turns = who[1:49].reshape(12, 4)
    assert np.sort(turns, axis=1).tolist() == [[0, 1, 2, 3]] * 12
    assert len({tuple(row) for row in turns}) > 6
    assert process.x.tolist() == replay([1.0, 2.0, 3.0, 4.0], who[1:49])


def test_at_random_some_look_twice_and_with_new_luck():
    """Of 900 periods of 4 looks each agent has 900, within 5 standard errors of 26; no two share their luck."""
    process, who, luck = chain("random", cap=1e6)
    process.advance(900)
    assert who[0] == 3600
    assert np.abs(np.bincount(who[1:3601]) - 900).max() < 130
    assert len(set(luck[1:3601])) == 3600
    once = [len(set(row)) == 4 for row in who[1:3601].reshape(900, 4)]
    assert abs(np.mean(once) - 24 / 256) < 5 * 0.01
    short, who, _ = chain("random")
    short.advance(3)
    assert short.x.tolist() == replay([1.0, 2.0, 3.0, 4.0], who[1:13])


def test_still_until_and_record():
    """1 0 0 0, up to 8: sums 1 2 4 8 16 28 32, and then nothing moves."""
    start = (1, 0, 0, 0)
    process, _, _ = chain("synchronous", start, 8)
    assert process.record(np.sum, 7).tolist() == [1, 2, 4, 8, 16, 28, 32, 32]
    process, _, _ = chain("synchronous", start, 8)
    assert process.advance(50, still=True) == process.period == 7
    assert process.advance(50, still=True) == 1
    for every, limit, period in ((1, 100, 4), (3, 100, 6), (3, 5, 5), (3, 0, 0)):
        process, _, _ = chain("synchronous", start, 8)
        assert process.until(lambda x: x.max() >= 4, every, limit) == period
        assert process.period == period


def test_periods_may_be_played_in_parts():
    for order in ORDERS:
        whole, parts = chain(order)[0], chain(order)[0]
        whole.advance(5)
        for periods in (1, 3, 1):
            parts.advance(periods)
        assert whole.x.tolist() == parts.x.tolist()


def test_the_start_is_left_alone():
    start = np.ones(3)
    process = Process(opinion.meet, start, (1.0, 0.5), order="random")
    process.x[0] = 5
    process.advance(3)
    assert start.tolist() == [1, 1, 1]


def test_what_cannot_be_is_refused_in_one_sentence():
    with pytest.raises(UserError, match=r"^order=sweeping: no such order; did you mean 'sweep'\?$"):
        chain("sweeping")
    everybody = build_network(Network(kind="complete"), 4, 1)
    with pytest.raises(UserError, match=r"^graph: ties of 0 agents are listed, 4 are needed"):
        chain("sweep", graph=everybody)
    with pytest.raises(UserError, match=r"^graph: ties of 3 agents are listed, 4 are needed"):
        chain("sweep", graph=Graph(3, np.zeros(4, np.int64), np.zeros(0, np.int32)))


def test_without_a_graph_nobody_has_ties():
    process = Process(opinion.average, np.array([0.0, 1.0]), (), order="synchronous")
    assert process.advance(9, still=True) == 1
    assert process.x.tolist() == [0, 1]


def test_uniforms_and_some_of():
    key = stream_key(1, np.uint64(5), 0)
    assert uniforms(3, key).tolist() == [uniform(key, k) for k in range(3)]
    chosen = some_of(10, 4, key)
    assert len(set(chosen.tolist())) == 4
    assert chosen.tolist() == sorted(range(10), key=lambda k: uniform(key, k))[:4]


def results(seed, run):
    """Yield what every rule of the package, and this module's own, comes to in a small world."""
    graph = build_network(Network(kind="watts_strogatz", mean_degree=4.0), 12, 1)
    land, luck, one = landscape(1, 6, 2), {"seed": seed, "run": run}, np.ones(3)
    x = uniforms(12, stream_key(seed, np.uint64(1), run))
    walkers = search.searchers(12, land, stream_key(seed, np.uint64(2), 0), run)
    kinds = np.arange(12) % 3
    payoffs = np.array([[20, 10, 1], [10, 20, 1]])
    staff = organisation.organisation(5, 6, seed, run)
    for rule, start, p, order, more in (
        (opinion.average, x, (), "sweep", {"graph": graph}),
        (opinion.average_but_remember, x, (x, x), "synchronous", {"graph": graph}),
        (opinion.average_the_near, x, (0.2,), "shuffled", {}),
        (opinion.meet, x, (0.5, 0.3), "random", {}),
        (search.climb, walkers, (land.ties, land.table, True), "synchronous", {}),
        (search.copy_best, walkers, (land.ties, land.table, 0.7, 0.2), "shuffled", {"graph": graph}),
        (arrivals.try_and_buy, arrivals.shelf(one, one, 0.5), (one, one, 0.7 * one, 0.5), "sweep", {"agents": 20}),
        (arrivals.take_technology, np.zeros(2, np.int64), (payoffs,), "sweep", {"agents": 9}),
        (organisation.socialise, staff, (0.3, 0.4, 0.1, 0.1, True), "synchronous", {}),
        (trust.imitate, np.append(kinds, [4, 4, 4]), (6.0, 8.0, 20.0), "random", {"agents": 12}),
        (trust.imitate_near, kinds, (6.0, 8.0, 20.0), "random", {"graph": graph}),
    ):
        process = Process(rule, start, p, order=order, **more, **luck)
        process.advance(5)
        yield rule.__name__, process.x
    for order in ORDERS:
        yield order, chain(order, **luck)[0].record(lambda x: x.copy(), 6)
    start = np.zeros(12, np.int8)
    start[:2] = 1
    for rule, p, states, settled in (
        (contagion.adopt_by_hazard, (0.05, 0.5, 0.5, contagion.patience(12, seed, run)), 2, [1]),
        (contagion.choose_brand, (0.1, 0.1, x), 3, [1, 2]),
        (contagion.fall_ill, (0.2, 0.3, 0.2, 0.2, 0.5), 4, [3]),
    ):
        end = contagion.spread_states(rule, graph, start, p, states=states, settled=settled, periods=9, **luck)
        yield rule.__name__, np.concatenate([end.state, end.when, end.tally.ravel()])
    yield "swaps", swapped(graph, 0.8, **luck).indices
    yield "directed", influence_network(12, 3.0, **luck).indices


def digests(seed=3, run=1):
    return {name: hashlib.sha256(np.ascontiguousarray(x).tobytes()).hexdigest()[:12] for name, x in results(seed, run)}


def test_the_same_seed_and_run_give_the_same_bits_compiled_or_not():
    found = digests()
    assert digests() == found
    assert python("from dynamics.test_process import digests; print(digests())", NUMBA_DISABLE_JIT="1") == str(found)


@pytest.mark.parametrize(("seed", "run"), [(3, 2), (4, 1)])
def test_another_run_or_seed_has_other_luck(seed, run):
    one, other = digests(), digests(seed, run)
    same = {name for name in one if one[name] == other[name]}
    assert same <= {"synchronous", "sweep"}, same
