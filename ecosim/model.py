"""The model: build a world from a setting, a line-up of strategies and a seed, and step it a week at a time."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import mesa
import numpy as np

from ecosim import ahead
from ecosim import world as views
from ecosim.agents.aggregator import AssemblingFirm
from ecosim.agents.customers import Customer, make_customers
from ecosim.agents.firm import Firm
from ecosim.agents.partner import count_accounts, endow, make_partners
from ecosim.columns import Table
from ecosim.draws import log, own_key, power, purpose, stream_key, uniform
from ecosim.errors import UserError
from ecosim.jit import Calls, ThreadPool
from ecosim.ledger import Ledger, check_bound, to_money
from ecosim.mechanisms import COUNTS, MECHANISMS, PERIOD, due
from ecosim.mechanisms.base import QUARTER, Clock, World
from ecosim.mechanisms.entry import opening_sizes
from ecosim.mechanisms.memory import fade_tables
from ecosim.mechanisms.settlement import tariff
from ecosim.mechanisms.talk import Mail, no_mail
from ecosim.metrics import panel
from ecosim.networks import Graph, build_network
from ecosim.setting import Setting
from ecosim.strategies import Strategy

CHUNK = 32_768
"""Most rows handed to a thread at a time; results do not depend on it."""

WORTHWHILE = 8_192
"""Fewest rows that are worth waking a thread for."""

WEIGHTS = purpose("world.weights")


def cut(n: int, threads: int) -> list[tuple[int, int]]:
    """Return ``n`` rows cut into even pieces of at most `CHUNK`: as many for each thread, if that pays."""
    pieces = max(-(-n // CHUNK), min(threads, n // WORTHWHILE), 1)
    if pieces > threads:
        pieces = threads * -(-pieces // threads)
    size = max(1, -(-n // pieces))
    return [(lo, min(lo + size, n)) for lo in range(0, n, size)]


class Ecosystem(mesa.Model):
    """A market of firms and customers on a network.

    ``line_up`` is one strategy for all firms or one for each. ``week`` counts from 0. ``customers`` is the table of
    columns, drawn if not given; ``agents`` and ``agents_by_type`` hold firms and customers, these made on first use.
    Raises `UserError` where the setting cannot be built.
    """

    def __init__(
        self,
        setting: Setting,
        line_up: Strategy | Sequence[Strategy],
        seed: int = 1,
        threads: int = 2,
        graph: Graph | None = None,
        ident: np.ndarray | None = None,
        customer_class: type[Customer] = Customer,
        customers: Table | None = None,
    ) -> None:
        if not 0 <= seed < 2**63:
            raise UserError(f"seed={seed}: a whole number from 0 to 2^63 - 1 is needed")
        super().__init__(rng=seed)
        market = setting.market
        check_bound(market.customers, 10_000, setting.needs.rate, market.price)
        self.setting, self.seed, self.week, self.pool = setting, seed, 0, ThreadPool(threads)
        self.observers: list[Any] = []
        self._customer_class = customer_class
        self._made: list[Customer] = []
        n = market.customers
        self.graph = build_network(setting.network, n, seed) if graph is None else graph
        if self.graph.n != n:
            raise UserError(f"market.customers={n}: the network has {self.graph.n} nodes; the two must agree")
        self.chunks = cut(n, self.pool.threads)
        self.firms = self._make_firms(line_up)
        self.census: dict[str, np.ndarray] = {}
        self.intent_benefit = setting.intents.start
        presence = np.array([firm.presence for firm in self.firms])
        if customers is None:
            ids = np.arange(n, dtype=np.int32) if ident is None else np.asarray(ident, np.int32)
            customers = make_customers(setting, seed, ids, presence / presence.sum(), self.pool)
        self.customers = customers
        self._open_world()
        self.partners = make_partners(self)
        self._open_books(presence)
        self._open_states()
        self.firms_changed()
        ahead.begin()

    # -- building ------------------------------------------------------------------------------------------------

    def _make_firms(self, line_up: Strategy | Sequence[Strategy]) -> list[Firm]:
        market = self.setting.market
        strategies = [line_up] * market.firms if isinstance(line_up, Strategy) else list(line_up)
        if len(strategies) != market.firms:
            raise UserError(f"line_up: {len(strategies)} strategies for market.firms={market.firms}")
        sizes = opening_sizes(self.setting)
        shares = [size / sum(sizes) for size in sizes]
        kinds = [AssemblingFirm if j in market.aggregators else Firm for j in range(market.firms)]
        return [kind(self, j, shares[j], max(shares), strategies[j]) for j, kind in enumerate(kinds)]

    def _open_world(self) -> None:
        setting, market = self.setting, self.setting.market
        classes = np.unique(self.graph.degree(), return_inverse=True, return_counts=True)
        self.degrees, reach, self.degree_counts = classes
        self.customers.reach[:] = reach
        self.segment_weights = self._draw_weights()
        self.segment_sizes = np.bincount(self.customers.segment, minlength=market.segments)
        firms = views.make_firm_arrays(market.firms, market.segments, self.degrees.size)
        firms.centre[:] = (np.arange(market.segments) + 0.5) / market.segments
        self.mail: Mail = no_mail()
        self.events = [views.make_events(0, market.firms, self.degrees.size) for _ in self.chunks]
        self.promises: dict[int, list[list[tuple[np.ndarray, ...]]]] = {}
        rules = views.make_rules(setting)
        fade = fade_tables(rules, 1024)
        graph = views.make_graph(self.graph)
        self.world = World(Clock(self.seed, 0), rules, self.customers.view, firms, graph, fade, self.mail)
        self.call = Calls()
        self._tally = np.zeros((len(self.chunks), len(COUNTS), market.firms + 1), np.int64)
        self.tallies = [views.Tally(*part) for part in self._tally]
        self.counted, self.counted_quarter = np.zeros((2, *self._tally.shape[1:]), np.int64)
        self.counts = self.last = dict(zip(COUNTS, self.counted, strict=True))
        self.quarter = dict(zip(COUNTS, self.counted_quarter, strict=True))

    def _draw_weights(self) -> np.ndarray:
        """Return attribute weights ``[g, d]``, uniform on the simplex."""
        market = self.setting.market
        key = stream_key(self.seed, WEIGHTS, 0)
        each = [[-log(uniform(own_key(key, g), j)) for j in range(market.components)] for g in range(market.segments)]
        raw = np.array(each)
        return raw / raw.sum(axis=1, keepdims=True)

    def _open_books(self, presence: np.ndarray) -> None:
        """Endow firms with cash, and set contact budgets from the sales expected at their starting shares."""
        setting, market = self.setting, self.setting.market
        self.ledger = Ledger(market.firms, count_accounts(self.partners))
        sales = market.customers * setting.needs.rate * market.price
        exponent = setting.contact.budget_exponent
        weights = np.array([power(firm.share_start, exponent) if firm.active else 0.0 for firm in self.firms])
        for firm, weight in zip(self.firms, weights / weights.sum(), strict=True):
            firm.contact_budget = setting.contact.budget * sales * float(weight)
            firm.insight_budget = setting.insight.budget * sales * firm.share_start
            cash = to_money(market.cash * QUARTER * sales * firm.share_start)
            self.ledger.transfer(0, self.ledger.outside, firm.row, "endowment", cash)
        endow(self)

    def _open_states(self) -> None:
        """Attach to each firm what mechanisms keep of it."""
        for mechanism in MECHANISMS:
            for firm in self.firms if mechanism.firm_state is not None else ():
                setattr(firm, mechanism.name, mechanism.firm_state(self, firm))  # type: ignore[misc]

    # -- the week ------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one week: every step of the schedule whose turn it is, then record."""
        self._begin_week()
        for turn in self.turns():
            turn(self)
        for observer in self.observers:
            observer(self)
        if self.week % QUARTER == 0:
            panel.close(self)
            self.ledger.open_quarter()
            self.counted_quarter[:] = 0

    def turns(self) -> Iterable[Callable[[Ecosystem], None]]:
        """Return what this week consists of, in order."""
        return due(self.week % PERIOD)

    def _begin_week(self) -> None:
        self.week += 1
        self.ledger.open_week()
        self._tally[:] = 0
        self.last = self.counts
        fade = self.world.fade
        if self.week >= fade.salience.size:
            fade = fade_tables(self.world.rules, 2 * fade.salience.size)
        self.world = self.world._replace(clock=Clock(self.seed, self.week), mail=self.mail, fade=fade)

    def close_counts(self) -> None:
        """Add up this week's counts over all customers, ``counts[name]`` [f + 1]; nothing is counted after this."""
        self.counted = self._tally.sum(axis=0)
        self.counts = dict(zip(COUNTS, self.counted, strict=True))
        self.counted_quarter += self.counted

    def run_kernels(self, kernels: Sequence[Callable[..., None]]) -> None:
        """Take every customer through ``kernels``."""

        def run(n: int, lo: int, hi: int) -> None:
            for kernel in kernels:
                self.call(kernel, lo, hi, self.world, self.events[n], self.tallies[n])

        self.each_chunk(run)

    def each_chunk(self, work: Callable[[int, int, int], None]) -> None:
        """Call ``work(n, lo, hi)`` for every chunk of rows, on all threads; the order does not matter."""
        self.pool.map(lambda n: work(n, *self.chunks[n]), len(self.chunks))

    def open_events(self, n: int, size: int) -> views.Events:
        """Return new room for this week's needs of chunk ``n``, of which there are ``size``."""
        self.events[n] = views.make_events(size, self.setting.market.firms, self.degrees.size)
        return self.events[n]

    def open_community(self) -> np.ndarray:
        """Return an empty overlay of community ties, ``[n, slots] int32`` of -1, now part of the world."""
        shape = (len(self.customers), max(1, self.setting.talk.community))
        if self.world.graph.community.shape != shape:
            graph = self.world.graph._replace(community=np.empty(shape, np.int32))
            self.world = self.world._replace(graph=graph)
        self.world.graph.community[:] = -1
        return self.world.graph.community

    def close_community(self) -> None:
        """Remove the overlay of community ties."""
        graph = self.world.graph._replace(community=np.empty((0, 1), np.int32))
        self.world = self.world._replace(graph=graph)

    def firms_changed(self) -> None:
        """Bring what customers meet, and what a sale brings and costs, up to date with the firms' offers and levers."""
        firms = self.world.firms
        total = 0.0
        for firm in self.firms:
            firm.show(firms, self.segment_weights, self.segment_sizes)
            total += firm.presence if firm.active else 0.0
            firms.presence[firm.row] = total
        self.per_sale = tariff(self)

    def change_setting(self, setting: Setting) -> None:
        """Put a changed setting in force from next week on (a dated event); build-time parameters have no effect."""
        views.refresh_all(self.world)
        self.setting = setting
        rules = views.make_rules(setting)
        self.world = self.world._replace(rules=rules, fade=fade_tables(rules, self.world.fade.salience.size))
        self.call = Calls()
        self.firms_changed()

    # -- state ---------------------------------------------------------------------------------------------------

    def branch(self) -> Ecosystem:
        """Return an independent copy of this world, history included; observers and Mesa customers stay behind."""
        twin = object.__new__(type(self))
        Ecosystem.__init__(
            twin, self.setting, [firm.strategy for firm in self.firms], self.seed, self.pool.threads, self.graph,
            None, self._customer_class, self.customers.copy(),
        )  # fmt: skip
        views.copy_state(self, twin)
        return twin

    def digest(self) -> str:
        """Return SHA-256 over all customer columns, accounts and levers, in declared order."""
        return views.digest(self)

    # -- Mesa ----------------------------------------------------------------------------------------------------

    def _make_agents(self) -> None:
        if not self._made and hasattr(self, "customers"):
            self._made = [None]  # type: ignore[list-item]  # guards against re-entry while agents register
            self._made = [self._customer_class(self, row) for row in range(len(self.customers))]

    @property
    def agents(self) -> Any:
        """All agents, firms and customers (a Mesa AgentSet)."""
        self._make_agents()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Agents by class (Mesa AgentSets)."""
        self._make_agents()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """The classes of agents present."""
        self._make_agents()
        return super().agent_types

    def neighbours_of(self, row: int) -> list[Customer]:
        """Return the customers tied to the customer of row ``row``."""
        self._make_agents()
        if self.graph.complete:
            return self._made[:row] + self._made[row + 1 :]
        return [self._made[j] for j in self.graph.indices[self.graph.indptr[row] : self.graph.indptr[row + 1]]]

    def close(self) -> None:
        """Stop the threads and let Mesa forget this model, which version 3.3 otherwise keeps for ever."""
        self.pool.close()
        getattr(mesa.Agent, "_ids", collections.UserDict()).pop(self, None)
