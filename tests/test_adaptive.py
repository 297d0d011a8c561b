"""Adaptive strategies: triggers, searches, memory; what they see, and that worlds which share one stay apart."""

import copy
import json
from dataclasses import FrozenInstanceError, replace

import pytest
from worlds import CMR, CRM1, HOST, RICH, live, world

from ecosim.errors import UserError
from ecosim.strategies import STAY, STEP, SWITCH, FirmView, Levers, RivalView, Strategy
from ecosim.strategies.adaptive import STEPS, Adaptive, Temper, look, moved, seen
from ecosim.world import FIRM_STATE, fingerprint


def adaptive(trigger="loss", search="any", **more):
    temper = Temper(trigger=trigger, search=search, **more)
    return Adaptive("adaptive", CRM1.levers, (CRM1, CMR, HOST), temper)


def view(week=13, performance=100.0, aspiration=100.0, levers=CRM1.levers, luck=0.5, **more):
    return FirmView(week, levers, 0.0, 0.0, 0.0, 0.0, performance=performance, aspiration=aspiration,
                    luck=lambda index: luck, **more)  # fmt: skip


def play(strategy, views):
    """Return the decisions on a row of views, each with the memory and levers of the one before."""
    found, memory, levers = [], {}, strategy.levers
    for each in views:
        decision = strategy.review(each._replace(memory=copy.deepcopy(memory), levers=levers))
        memory, levers = decision.memory, decision.levers
        json.dumps(memory)
        fingerprint(memory)
        found.append(decision)
    return found


def test_by_date_it_goes_through_its_repertoire():
    weeks = range(13, 13 * 14, 13)
    found = play(adaptive("date", week=52), [view(week) for week in weeks])
    switched = [(week, each.levers) for week, each in zip(weeks, found, strict=True) if each.kind == SWITCH]
    assert switched == [(52, CMR.levers), (104, HOST.levers)]


def test_loss_needs_patience():
    strategy = adaptive("loss", "switch", patience=2)
    kinds = [each.kind for each in play(strategy, [view(performance=p) for p in (99, 101, 99, 99, 100)])]
    assert kinds == [STAY, STAY, STAY, SWITCH, STAY]


def test_a_firm_in_the_midst_of_a_change_waits():
    strategy = adaptive("loss", "switch", patience=1)
    assert [each.kind for each in play(strategy, [view(performance=1, calm=False)] * 3)] == [STAY] * 3


def test_pace_reacts_to_rivals_and_to_voices():
    strategy = adaptive("pace", "switch", alarm=0.05)
    rival = RivalView(1, 0.3, CRM1.levers.contact, CRM1.levers.offer)
    calm = view(rivals=(rival,), heard=1, sold=100)
    for moving in (
        calm._replace(rivals=(rival._replace(share=0.4),)),
        calm._replace(rivals=(rival._replace(contact=CMR.levers.contact),)),
        calm._replace(rivals=(rival._replace(offer=CMR.levers.offer),)),
        calm._replace(heard=20),
    ):
        assert [each.kind for each in play(strategy, [calm, calm, moving])] == [STAY, STAY, SWITCH]
    newcomer = calm._replace(rivals=(rival, rival._replace(firm=2)))
    assert play(strategy, [calm, newcomer])[1].kind == STAY


def test_after_all_have_been_tried_the_best_remembered_returns():
    strategy = adaptive("loss", "switch", patience=1)
    low = [
        view(week, performance=p, aspiration=1000) for week, p in zip((13, 26, 39, 52), (50, 90, 10, 10), strict=True)
    ]
    found = play(strategy, low)
    assert [each.levers for each in found] == [CMR.levers, HOST.levers, CMR.levers, CRM1.levers]


def test_a_copy_is_of_what_can_be_seen_of_the_largest():
    strategy = adaptive("loss", "copy", patience=1)
    rivals = tuple(
        RivalView(n, share, each.levers.contact, each.levers.offer)
        for n, share, each in ((1, 0.2, HOST), (2, 0.5, CMR))
    )
    (decision,) = play(strategy, [view(performance=1, share=0.3, rivals=rivals)])
    assert decision.levers == replace(CRM1.levers, contact=CMR.levers.contact, offer=CMR.levers.offer)
    (alone,) = play(strategy, [view(performance=1, share=0.6, rivals=rivals)])
    assert alone.kind == STEP


def test_a_step_moves_one_lever_and_is_taken_back_if_it_hurts():
    strategy = adaptive("loss", "step", patience=1)
    first, worse = play(strategy, [view(performance=50), view(performance=40, aspiration=0)])
    changed = [key for key in STEPS if look(first.levers, key) != look(CRM1.levers, key)]
    assert len(changed) == 1
    assert first.kind == worse.kind == STEP
    assert worse.levers == CRM1.levers
    _, better = play(strategy, [view(performance=50), view(performance=60, aspiration=0)])
    assert better.levers == first.levers


@pytest.mark.parametrize("luck", [0.001, 0.3, 0.499, 0.6, 0.999])
@pytest.mark.parametrize("start", [0.0, 0.1, 0.95, 1.0])
def test_steps_stay_within_bounds(luck, start):
    levers = Levers()
    for key in STEPS:
        levers = moved(levers, key, start)
    decision = adaptive("loss", "step", patience=1).review(view(performance=1, levers=levers, luck=luck))
    values = [look(decision.levers, key) for key in STEPS]
    assert all(0 <= value <= 1 for value in values)
    assert sum(value != start for value in values) == 1


def test_it_decides_by_what_it_is_shown_alone():
    """The same view gives the same decision however often it is asked, and asking changes neither view nor strategy."""
    strategy = adaptive("loss", patience=1)
    shown = view(performance=1, memory={"at": 0, "since": 0, "below": 3, "scores": {"crm1": 5.0}})
    before = copy.deepcopy(shown.memory)
    assert strategy.review(shown) == strategy.review(shown)
    assert shown.memory == before
    assert strategy.decide(shown) == strategy.review(shown).levers
    assert strategy == adaptive("loss", patience=1)
    with pytest.raises(FrozenInstanceError):
        strategy.name = "other"


def test_an_adaptive_strategy_needs_a_repertoire():
    with pytest.raises(UserError, match="repertoire"):
        Adaptive("a", Levers(), ())
    with pytest.raises(UserError, match="trigger='luck'"):
        Temper(trigger="luck")


FAST = {"organisation": {"training": 0.3, "contagion": 1.0}}
EAGER = (adaptive("loss", patience=1), adaptive("pace", alarm=0.0), adaptive("date", week=26), CRM1)


def test_worlds_with_adaptive_firms_are_reproducible_and_branch_safe():
    model = world(RICH, FAST, line_up=EAGER, weeks=60)
    other = world(RICH, FAST, line_up=EAGER, weeks=60, threads=2)
    assert model.digest() == other.digest()
    twin = model.branch()
    assert twin.digest() == model.digest()
    live(twin, 60)
    assert live(model, 60).digest() == twin.digest()
    assert "memory" in FIRM_STATE
    assert sum(firm.organisation.switches > 0 for firm in model.firms[:3]) >= 2
    assert model.firms[3].organisation.switches == 0
    assert [firm.strategy.name for firm in model.firms] == ["adaptive"] * 3 + ["crm1"]


def test_a_memory_belongs_to_its_world():
    model = world(RICH, FAST, line_up=EAGER, weeks=39)
    twin = model.branch()
    twin.firms[0].memory["scores"]["crm1"] = -1.0
    assert model.firms[0].memory["scores"]["crm1"] != -1.0
    assert model.digest() != twin.digest()


def test_a_switch_costs_and_a_step_does_not():
    found = {}
    for search in ("switch", "step"):
        strategy = adaptive("loss", search, patience=1)
        model = world(RICH, line_up=[strategy, CRM1, CRM1, CRM1], weeks=12)
        model.firms[0].adaptation.quarters, model.firms[0].adaptation.aspiration = 1, 1e15
        live(model, 1)
        found[search] = model.firms[0].organisation.owed
        assert model.firms[0].target != CRM1.levers
        assert (model.firms[0].culture == 1.0) == (search == "step")
    assert found["switch"] == round(0.1 * model.firms[0].organisation.sales) or found["switch"] > 0
    assert found["step"] == 0


def test_what_moves_is_only_what_can_be_seen():
    rival = RivalView(4, 0.3, CMR.levers.contact, CMR.levers.offer)
    assert seen(view(rivals=(rival,), heard=3, sold=12)) == {
        "voices": 0.25, "4.share": 0.3, "4.control": 0.9, "4.buyers": 0.9, "4.experience": 0.4, "4.self_service": 1.0,
    }  # fmt: skip


def test_what_an_event_tells_a_firm_its_strategy_keeps():
    model = world(RICH, {"organisation": {"active": False}}, weeks=5)
    firm = model.firms[0]
    firm.shift(moved(firm.target, "contact.dialogue", 0.9))
    live(model, 15)
    assert firm.levers.contact.dialogue == 0.9
    assert firm.strategy == Strategy("crm1", firm.levers)
