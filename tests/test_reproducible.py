"""The same run gives the same bits: whatever the threads, chunks, process, observers or objects beside it."""

import numpy as np
import pytest
from worlds import CMR, MIXED, RICH, live, python, rich, setting

import ecosim.model
from ecosim.job import Event, Job, run
from ecosim.records import Recorder

WEEKS = 30


@pytest.fixture(scope="module")
def plain():
    """The digest every variant has to reproduce."""
    return rich(weeks=WEEKS).digest()


def test_the_digest_tells_states_apart(plain):
    assert rich(weeks=WEEKS).digest() == plain
    assert rich(weeks=WEEKS, seed=2).digest() != plain
    assert rich(weeks=WEEKS - 1).digest() != plain
    touched = rich(weeks=WEEKS)
    touched.customers.expected[7, 0] = np.nextafter(touched.customers.expected[7, 0], np.float32(9))
    assert touched.digest() != plain
    paid = rich(weeks=WEEKS)
    paid.ledger.transfer(WEEKS, 0, paid.ledger.outside, "endowment", 1)
    assert paid.digest() != plain


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("chunk", [37, 128, 16_384])
def test_threads_and_chunks_make_no_difference(plain, threads, chunk, monkeypatch):
    monkeypatch.setattr(ecosim.model, "CHUNK", chunk)
    model = rich(weeks=WEEKS, threads=threads)
    assert max(hi - lo for lo, hi in model.chunks) <= chunk
    model.close()
    assert model.digest() == plain


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_threads_make_no_difference_in_a_world_of_several_chunks(threads, large):
    found = live(rich({"market": {"customers": 50_000}}, threads=threads), 6)
    found.close()
    assert (found.digest(), weekly_counts(found)) == large


@pytest.fixture(scope="module")
def large():
    model = live(rich({"market": {"customers": 50_000}}), 6)
    return model.digest(), weekly_counts(model)


def weekly_counts(model):
    """Return the counts of the week, without what is only room to work in."""
    return {name: n.tolist() for name, n in model.counts.items() if name not in ("inbox", "taken")}


CODE = "from worlds import rich\nprint(rich({'market': {'customers': 100}}, weeks=14).digest())"


def test_compiled_or_not_the_state_is_the_same():
    expected = rich({"market": {"customers": 100}}, weeks=14).digest()
    assert python(CODE, NUMBA_DISABLE_JIT="1") == expected


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_hash_seeds_make_no_difference(hash_seed):
    assert python(CODE, PYTHONHASHSEED=hash_seed) == rich({"market": {"customers": 100}}, weeks=14).digest()


def test_customers_made_into_agents_make_no_difference(plain):
    model = rich()
    assert len(model.agents) == 304
    live(model, WEEKS // 2)
    model.agents.select(lambda agent: True).get("unique_id")
    assert live(model, WEEKS - WEEKS // 2).digest() == plain


def test_another_run_in_between_makes_no_difference(plain):
    model, other = rich(), rich({"attention": {"load": 9.0}}, seed=5)
    for _ in range(WEEKS):
        model.step()
        other.step()
    assert model.digest() == plain


@pytest.mark.parametrize("record", [Recorder(), lambda model: model.digest()], ids=["recorder", "digest"])
def test_looking_on_makes_no_difference(plain, record):
    model = rich()
    model.observers.append(record)
    assert live(model, WEEKS).digest() == plain


@pytest.mark.parametrize("week", [0, 1, 12, 13, 14, 26, WEEKS - 1])
def test_a_branch_goes_on_as_the_original_would_have(plain, week):
    model = rich({"recovery": {"delay": 3}, "talk": {"listening": 1e5}}, weeks=week)
    twin = model.branch()
    assert twin.digest() == model.digest()
    live(twin, WEEKS - week)
    live(model, WEEKS - week)
    assert twin.digest() == model.digest()
    assert [firm.estimated_equity for firm in twin.firms] == [firm.estimated_equity for firm in model.firms]
    assert weekly_counts(twin) == weekly_counts(model)
    assert np.array_equal(twin.mail.recipient, model.mail.recipient)


def test_a_branch_is_independent(plain):
    model = rich(weeks=10)
    twin = model.branch()
    for firm in twin.firms:
        firm.adopt(CMR)
        firm.price = 0.5
    live(twin, WEEKS)
    assert live(model, WEEKS - 10).digest() == plain


def test_a_branch_of_a_branch(plain):
    model = rich(weeks=7).branch()
    assert live(live(model, 10).branch(), WEEKS - 17).digest() == plain


def test_a_branch_keeps_a_changed_setting():
    model = rich(weeks=7)
    model.change_setting(setting(RICH, {"attention": {"load": 9.0}}))
    twin = live(model.branch(), 9)
    assert twin.setting.attention.load == 9.0
    assert twin.digest() == live(model, 9).digest()


def job(**changes):
    base = {
        "scenario": "rich", "setting": setting(RICH), "baseline": MIXED[0], "arms": (CMR,), "weeks": 39, "history": 13,
        "burn_in": 13, "threads": 1, "seed": 3,
    }  # fmt: skip
    return Job(**{**base, **changes})


def digests(**changes):
    seen = {}
    tables = run(job(**changes), observe=lambda arm, m: seen.setdefault((arm, m.week), m.digest()))
    return seen, tables


def test_arms_share_a_past_and_only_differ_after_the_treatment():
    seen, _ = digests()
    alone, _ = digests(arms=())
    for (arm, week), digest in alone.items():
        assert seen[arm, week] == digest
    assert all(seen["crm1", week] != seen["cmr", week] for week in range(27, 53))
    assert ("cmr", 26) not in seen


def test_less_recorded_is_no_other_outcome():
    _, tables = digests()
    _, few = digests(record="none")
    assert set(tables) == {"outcomes", "quarterly", "yearly", "market", "ideas"}
    assert set(few) == {"outcomes"}
    assert few["outcomes"].equals(tables["outcomes"])


def test_an_arm_does_not_depend_on_the_arms_beside_it():
    both, tables = digests(arms=(CMR, MIXED[2]))
    other, again = digests(arms=(MIXED[2], CMR))
    assert both == {**other, **{key: both[key] for key in both if key not in other}}
    for name in ("crm1", "cmr", "host"):
        left, right = (t["outcomes"][t["outcomes"]["strategy"] == name].reset_index(drop=True) for t in (tables, again))
        assert left.equals(right)


def test_events_happen_on_their_day_and_not_before():
    event = Event(20, (("attention.load", 9.0),))
    seen, _ = digests(events=(event,))
    plain, _ = digests()
    assert all(seen["crm1", week] == plain["crm1", week] for week in range(14, 33))
    assert all(seen["crm1", week] != plain["crm1", week] for week in range(33, 53))
