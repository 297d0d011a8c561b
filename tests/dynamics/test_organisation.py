"""People and their code: one person by hand, the majority's chance of being heard, and a world that turns."""

import math

import numpy as np
import pytest

from ecosim.draws import stream_key
from ecosim.dynamics.organisation import action, knowledge, organisation, random_belief, settled, socialise
from ecosim.dynamics.process import Process

KEY = stream_key(1, np.uint64(3), 0)


def play(rows, p1, p2, p3=0.0, p4=0.0, program=False, periods=1, run=0):
    """Return people, code and reality after some periods, ``[people + 2, dimensions]``."""
    process = Process(socialise, np.array(rows, np.int8), (p1, p2, p3, p4, program), order="synchronous", run=run)
    process.advance(periods)
    return process.x


ONE = [[1, 0, -1, 1, -1], [-1, 1, 1, 0, -1], [1, 1, 1, 1, 1]]
"""A person who is right on two and wrong on two; a code that is right on two and wrong on two."""


def test_one_person_takes_over_the_code_by_hand():
    """As told, the belief is the code's wherever it has one; as programmed, it moves one step. The code stays."""
    assert play(ONE, 1.0, 0.0).tolist() == [[-1, 1, 1, 1, -1], *ONE[1:]]
    assert play(ONE, 1.0, 0.0, program=True).tolist() == [[0, 1, 0, 1, -1], *ONE[1:]]
    assert play(ONE, 1.0, 0.0, program=True, periods=2).tolist() == [[-1, 1, 1, 1, -1], *ONE[1:]]
    assert play(ONE, 0.0, 0.0).tolist() == ONE


def test_the_code_takes_over_one_better_person_by_hand():
    """The person scores 1, the code 0: it learns wherever the person believes. One who is as good is not asked."""
    better = [[1, 0, 1, -1], [-1, 1, 0, 0], [1, 1, 1, 1]]
    assert play(better, 0.0, 1.0).tolist() == [better[0], [1, 1, 1, -1], better[2]]
    equal = [[1, 0, 0, -1], [-1, 1, 0, 0], [1, 1, 1, 1]]
    assert play(equal, 0.0, 1.0).tolist() == equal


def test_both_learn_from_what_was_before():
    """All at once: the person takes the code's old values while the code takes the person's."""
    both = [[1, 1, 1], [-1, -1, 1], [1, 1, 1]]
    assert play(both, 1.0, 1.0).tolist() == [[-1, -1, 1], [1, 1, 1], [1, 1, 1]]


def test_the_majority_of_k_is_heard_with_its_chance():
    """Three who know better than the code, which knows nothing; a fourth who knows less is not asked.

    They agree on 3,000 dimensions (k = 3), are two to one on 2,000 (k = 1) and one to one on 1,000 (k = 0), where the
    third has no belief: 1 - (1 - p2)^k, 5 standard errors.
    """
    p2, parts = 0.2, [slice(3000), slice(3000, 5000), slice(5000, 6000)]
    people = np.ones((4, 6000), int)
    people[2, parts[1]], people[2, parts[2]], people[1, parts[2]] = -1, 0, -1
    people[3] = -1
    code = play([*people, np.zeros(6000), np.ones(6000)], 0.0, p2)[4]
    for part, k in zip(parts, (3, 1, 0), strict=True):
        chance = 1 - (1 - p2) ** k
        assert abs(code[part].mean() - chance) <= 5 * math.sqrt(chance * (1 - chance) / code[part].size)
        assert code[part].min() == 0


def test_beliefs_are_taken_over_with_their_chance():
    m = 4000
    rows = [np.ones(m), -np.ones(m), np.ones(m)]
    assert abs((play(rows, 0.3, 0.0)[0] == -1).mean() - 0.3) < 5 * math.sqrt(0.21 / m)


def test_actions_and_random_beliefs():
    """Where nothing is believed a coin decides, or nothing is done; whoever believes acts on it."""
    coins = np.array([action(0, KEY, d, True) for d in range(4000)])
    assert set(coins.tolist()) == {-1, 1} and abs(coins.mean()) < 5 / math.sqrt(4000)
    assert [action(0, KEY, d, False) for d in range(5)] == [0] * 5
    assert [action(b, KEY, 0, program) for b in (-1, 1) for program in (False, True)] == [-1, -1, 1, 1]
    assert [random_belief(u) for u in (0.01, 0.33, 0.34, 0.66, 0.67, 0.99)] == [-1, -1, 0, 0, 1, 1]


def test_knowledge_by_hand():
    assert knowledge(np.array(ONE, np.int8)) == 0
    assert knowledge(np.array([[0, 0, 0, 0], [1, 1, 0, -1], [1, 1, 1, 1]], np.int8)) == pytest.approx(0.25)


def test_at_the_start_the_code_knows_nothing():
    """Beliefs one third each and reality a half each, within 5 standard errors; other runs, other beliefs."""
    x = organisation(50, 200, 1)
    assert x.shape == (52, 200) and x.dtype == np.int8
    shares = np.bincount(x[:50].ravel() + 1) / 10_000
    assert np.abs(shares - 1 / 3).max() < 5 * math.sqrt(2 / 9 / 10_000)
    assert (x[50] == 0).all() and set(x[51]) == {-1, 1} and abs(x[51].mean()) < 5 / math.sqrt(200)
    assert (x != organisation(50, 200, 1, 1)).any() and (x == organisation(50, 200, 1)).all()


@pytest.mark.parametrize("program", [False, True])
def test_it_settles_when_all_believe_the_code_and_stays(program):
    process = Process(socialise, organisation(20, 15, 1), (0.5, 0.5, 0.0, 0.0, program), order="synchronous")
    assert not settled(process.x)
    period = process.until(settled, limit=2000)
    assert 0 < period < 2000
    assert (process.x[:-2] == process.x[-2]).all() and knowledge(process.x) > 0
    before = process.x.copy()
    assert process.advance(50, still=True) == 1
    assert (process.x == before).all()
    off = before.copy()
    off[3, 4] = -off[3, 4] or 1
    assert not settled(off)


def test_turbulence_flips_reality_and_turnover_renews_people():
    """A tenth of 4,000 dimensions flip in a period, none without; half of 400 people are renewed, who hold a third."""
    m = 4000
    rows = np.array([np.ones(m), np.zeros(m), np.ones(m)])
    flipped = play(rows, 0.0, 0.0, p4=0.1)[2]
    assert set(flipped.tolist()) == {-1, 1} and abs((flipped == -1).mean() - 0.1) < 5 * math.sqrt(0.09 / m)
    assert (play(rows, 0.0, 0.0, periods=5)[2] == 1).all()
    people = play([*np.ones((400, 20)), np.zeros(20), np.ones(20)], 0.0, 0.0, p3=0.5)[:400]
    renewed = (people != 1).any(axis=1)
    assert abs(renewed.mean() - 0.5) < 5 * math.sqrt(0.25 / 400)
    shares = np.bincount(people[renewed].ravel() + 1) / people[renewed].size
    assert np.abs(shares - 1 / 3).max() < 5 * math.sqrt(2 / 9 / people[renewed].size)
