"""Customers are Mesa agents to whoever asks: sets, collectors, subclasses; and columns to the model, at once."""

import gc
import weakref

import mesa
import numpy as np
import pytest
from worlds import MIXED, RICH, live, rich, setting, world

from ecosim.agents.customers import COLUMNS, Customer
from ecosim.agents.firm import Firm
from ecosim.model import Ecosystem


@pytest.fixture
def model():
    found = rich({"market": {"customers": 80}}, weeks=6)
    yield found
    found.close()


def test_firms_and_customers_are_agents_by_type(model):
    assert isinstance(model, mesa.Model)
    assert set(model.agent_types) == {Customer, Firm}
    assert len(model.agents_by_type[Customer]) == 80
    assert list(model.agents_by_type[Firm]) == model.firms
    assert len(model.agents) == 84
    assert sorted(agent.row for agent in model.agents_by_type[Customer]) == list(range(80))
    assert len({agent.unique_id for agent in model.agents}) == 84


@pytest.mark.parametrize("column", [c.name for c in COLUMNS if c.axes == "n"])
def test_agents_agree_with_columns(model, column):
    values = model.agents_by_type[Customer].get(column)
    assert values == getattr(model.customers, column).tolist()


def test_rows_of_slots_are_arrays(model):
    agent = next(iter(model.agents_by_type[Customer]))
    np.testing.assert_array_equal(agent.salience, model.customers.salience[agent.row])
    here = model.customers.provider[agent.row] >= 0
    assert set(agent.considered) == set(model.customers.provider[agent.row][here].tolist())


def test_select_agg_groupby_and_do_work_on_customers(model):
    customers, c = model.agents_by_type[Customer], model.customers
    assert customers.agg("skill", np.mean) == pytest.approx(c.skill.astype(float).mean())
    assert customers.agg("need_rate", max) == c.need_rate.max()
    assert len(customers.select(lambda agent: agent.skill > 0.5)) == np.count_nonzero(c.skill > 0.5)
    groups = customers.groupby("segment").agg("skill", np.mean)
    for segment, mean in groups.items():
        assert mean == pytest.approx(c.skill[c.segment == segment].astype(float).mean())
    seen = []
    customers.do(lambda agent: seen.append(agent.row))
    assert sorted(seen) == list(range(80))
    assert [agent.skill for agent in customers.sort("skill", ascending=True)] == sorted(c.skill.tolist())


def test_writing_through_an_agent_changes_the_column(model):
    customers = model.agents_by_type[Customer]
    agent = list(customers)[7]
    agent.skill = 0.25
    agent.expected = 0.5
    assert model.customers.skill[agent.row] == 0.25
    assert (model.customers.expected[agent.row] == 0.5).all()
    customers.set("talk", 2.0)
    assert (model.customers.talk == 2.0).all()


def test_neighbours_are_the_ties_of_the_network(model):
    for agent in list(model.agents_by_type[Customer])[:5]:
        start, stop = model.graph.indptr[agent.row : agent.row + 2]
        assert [other.row for other in agent.neighbours] == model.graph.indices[start:stop].tolist()
    everybody = world({"market": {"customers": 4, "firms": 2}, "network": {"kind": "complete"}})
    assert [other.row for other in list(everybody.agents_by_type[Customer])[1].neighbours] == [0, 2, 3]


def test_a_data_collector_sees_model_and_agents():
    model = rich({"market": {"customers": 30}})
    collector = mesa.DataCollector(
        model_reporters={"week": "week", "cash": lambda m: int(m.ledger.accounts[0])},
        agenttype_reporters={Customer: {"skill": "skill", "last": "last_provider"}, Firm: {"active": "active"}},
    )
    digests = []
    for _ in range(4):
        model.step()
        collector.collect(model)
        digests.append((model.week, int(model.ledger.accounts[0])))
    frame = collector.get_model_vars_dataframe()
    assert list(frame.itertuples(index=False, name=None)) == digests
    customers = collector.get_agenttype_vars_dataframe(Customer)
    assert len(customers) == 4 * 30
    assert customers["last"].tolist()[-30:] == model.customers.last_provider.tolist()
    assert collector.get_agenttype_vars_dataframe(Firm)["active"].all()


def test_agent_reporters_over_all_agents():
    model = rich({"market": {"customers": 20}}, weeks=2)
    collector = mesa.DataCollector(agent_reporters={"row": "row"})
    collector.collect(model)
    assert len(collector.get_agent_vars_dataframe()) == 24


class Guest(Customer):
    """A user's own customer, with a method and a state of his own."""

    def __init__(self, model, row):
        super().__init__(model, row)
        self.visits = 0

    @property
    def happy(self):
        """Whether the last purchase was better than ordinary."""
        return self.last_value > 0.5

    def visit(self):
        """Count a visit."""
        self.visits += 1


def test_a_users_own_customer():
    model = rich({"market": {"customers": 40}}, customer_class=Guest)
    live(model, 6)
    guests = model.agents_by_type[Guest]
    guests.do("visit")
    assert [guest.visits for guest in guests] == [1] * 40
    happy = model.customers.last_value > np.float32(0.5)
    assert guests.get("happy") == happy.tolist()
    assert set(model.agent_types) == {Guest, Firm}
    assert live(model, 5).digest() == rich({"market": {"customers": 40}}, weeks=11).digest()
    assert type(next(iter(model.branch().agents_by_type[Guest]))) is Guest


class Diary(Ecosystem):
    """A user's own model: keeps a diary and runs on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.diary = []

    def step(self):
        """Live a week and write it down."""
        super().step()
        self.diary.append(self.week)


def test_a_users_own_model():
    chosen = setting(RICH)
    model = Diary(chosen, MIXED, 1, 1)
    live(model, 5)
    assert model.diary == [1, 2, 3, 4, 5]
    assert model.digest() == rich(weeks=5).digest()
    assert model.branch().digest() == model.digest()
    assert type(model.branch()) is Diary


def test_two_models_side_by_side_do_not_disturb_each_other():
    left, right = rich({"market": {"customers": 30}}), rich({"market": {"customers": 50}}, seed=9)
    a = list(left.agents_by_type[Customer])[3]
    skill = a.skill
    b = list(right.agents_by_type[Customer])[3]
    live(right, 3)
    assert a.skill == skill == left.customers.skill[3]
    assert b.skill == right.customers.skill[3] != skill
    b.skill = 0.125
    assert a.skill == skill
    assert len(left.agents) == 34
    assert len(right.agents) == 54
    a.needs = 5
    assert left.customers.needs[3] == 5


def test_stepping_makes_no_objects():
    made = []

    class Counted(Customer):
        def __init__(self, model, row):
            made.append(row)
            super().__init__(model, row)

    model = live(rich(customer_class=Counted), 20)
    model.branch().step()
    model.digest()
    assert made == []
    assert len(model.agents_by_type[Counted]) == 300
    assert made == list(range(300))
    live(model, 3)
    assert len(model.agents) == 304
    assert len(made) == 300


@pytest.mark.parametrize("with_agents", [False, True])
def test_a_closed_model_can_be_collected(with_agents):
    model = live(rich(threads=2), 2)
    if with_agents:
        assert len(model.agents) == 304
    gone = weakref.ref(model)
    model.close()
    del model
    gc.collect()
    assert gone() is None


def test_mesa_runs_the_model():
    model = rich()
    for _ in range(3):
        model.step()
    assert model.week == 3
    assert model.running
