"""A world in which firms bid, close, ask, build, and treat buyers and strangers apart: same bits however it is run."""

import numpy as np
import pytest
from worlds import RICH, assert_same, columns, live, merged, python, setting, world

from ecosim.mechanisms.base import APPROACHED, DATA, PLATFORM, TAKES_PART, USED_TOOL
from ecosim.model import Ecosystem
from ecosim.networks import build_network
from ecosim.strategies import Contact, Insight, Levers, Offer, Strategy
from ecosim.strategies.levers import Innovation
from metamorphic.test_order import permuted

BUSY = merged(
    RICH,
    {
        "market": {"customers": 120},
        "intents": {"answering": 0.8},
        "choice": {"price_weight": 5.0},
        "insight": {"budget": 0.2},
        "experience": {"platform_uptake": 0.5},
        "search": {"threshold": 0.3},
    },
)
SLOTS = ("provider", "salience", "expected", "kept", "broken", "error", "consent", "flags", "first_week")


def school(control, buyers, custody, extensibility):
    return Strategy(
        "school",
        Levers(
            Contact(control, 0.5, 0.5, buyers), Insight(0.8, 0.9, 0.5, 0.5, custody),
            Offer("optional", 0.3, True, 0.0, extensibility), Innovation(customers=0.2, share=0.3, governance=0.3),
        ),
    )  # fmt: skip


LINE_UP = (
    school(0.0, -1.0, 0.5, 0.8),
    school(0.1, 0.9, 1.0, 0.5),
    school(0.8, 0.0, 0.0, 0.3),
    school(0.0, 1.0, 0.3, 0.0),
)


def closing(model):
    """Let every firm make a sales effort."""
    for firm in model.firms:
        firm.closing = 0.3
    model.firms_changed()
    return model


def busy(weeks=0, threads=1):
    return live(closing(world(BUSY, line_up=LINE_UP, threads=threads)), weeks)


def test_everything_happens_in_this_world():
    model = busy(12)
    for name in ("intents", "rebates", "trials", "tau_saved", "readable", "profiles_read", "interviews"):
        assert model.quarter[name].sum() > 0, name
    for bit in (DATA, TAKES_PART, USED_TOOL, PLATFORM, APPROACHED):
        assert (model.customers.flags & bit).any()
    assert not model.customers.flags[model.customers.provider < 0].any()


def test_compiled_or_not():
    code = "from metamorphic.test_everything_on import busy; print(busy(9).digest())"
    assert python(code, NUMBA_DISABLE_JIT="1") == busy(9).digest()


@pytest.mark.parametrize("threads", [1, 3])
def test_rows_may_be_cut_anywhere(threads, monkeypatch):
    whole = busy(14)
    monkeypatch.setattr("ecosim.model.cut", lambda n, t: [(0, 1), (1, 50), (50, 77), (77, n)])
    cut = busy(14, threads)
    assert len(cut.chunks) == 4
    assert cut.digest() == whole.digest()
    cut.close()


def test_storage_order_makes_no_difference():
    """Rows, network and identities permuted together: the same for the same identity, to the bit, and in money."""
    chosen = setting(BUSY)
    graph = build_network(chosen.network, 120, 1)
    order = np.random.default_rng(5).permutation(120)
    plain = live(closing(Ecosystem(chosen, LINE_UP, 1, 1, graph=graph)), 14)
    other = live(closing(Ecosystem(chosen, LINE_UP, 1, 1, graph=permuted(graph, order), ident=order)), 14)
    assert_same(columns(plain), columns(other), rows=order)
    np.testing.assert_array_equal(plain.ledger.accounts, other.ledger.accounts)
    assert plain.intent_benefit == other.intent_benefit


def test_a_copy_goes_the_same_way():
    model = busy(7)
    twin = model.branch()
    assert live(twin, 7).digest() == live(model, 7).digest()


def by_provider(model):
    """Return the slot columns with each row in the order of its providers, and the other columns as they are."""
    found = columns(model)
    order = np.argsort(found["provider"], axis=1, kind="stable")
    held = np.take_along_axis(found["provider"], order, axis=1) >= 0
    for name in SLOTS:
        found[name] = np.where(held, np.take_along_axis(found[name], order, axis=1), 0)
    return found


def test_slots_have_no_meaning():
    """Every row's slots turned round in the middle of the run: the same for each customer and provider, to the bit.

    All slots are used, since there are as many as firms; nobody is displaced.
    """
    plain, turned = busy(5), busy(5)
    for name in SLOTS:
        column = getattr(turned.customers, name)
        column[:] = column[:, ::-1].copy()
    live(plain, 8)
    live(turned, 8)
    assert_same(by_provider(plain), by_provider(turned))
    np.testing.assert_array_equal(plain.ledger.accounts, turned.ledger.accounts)
    assert plain.intent_benefit == turned.intent_benefit


@pytest.mark.parametrize(
    "layer",
    [
        {"choice": {"price_weight": 0.0}}, {"choice": {"price_weight": 1e4}}, {"choice": {"value_weight": 0.0}},
        {"insight": {"profile_cost": 1e-4, "interview_cost": 1e-4, "data_noise": 1e-9, "profile_noise": 1e-9}},
        {"insight": {"prior_variance": 1e-6, "interview_noise": 1e6}}, {"market": {"price": 0.0}},
        {"market": {"unit_cost": 5.0}}, {"market": {"price": 1e4, "unit_cost": 1.0}}, {"attention": {"load": 0.0}},
        {"intents": {"bid_cost": 100.0, "fee": 1.0, "smoothing": 1.0}}, {"insight": {"budget": 0.0}},
    ],
    ids=str,
)  # fmt: skip
def test_extremes_leave_numbers_that_can_be(layer):
    """Everything finite and within its declared range, money conserved, no negative count."""
    model = world(BUSY, layer, line_up=LINE_UP)
    total = model.ledger.accounts.sum()
    for _ in range(8):
        model.step()
        assert all((count >= 0).all() for name, count in model.counts.items() if name != "disconfirmation")
        assert model.counts["bids_won"].sum() <= model.counts["intents"].sum()
        assert model.intent_benefit >= 0
    for column in model.customers.columns:
        values = getattr(model.customers, column.name).astype(float)
        assert np.isfinite(values).all(), column.name
        assert values.min() >= column.low, column.name
        assert values.max() <= column.high, column.name
    for array in model.world.firms:
        assert np.isfinite(array).all()
    assert model.ledger.accounts.sum() == total
