"""The plain model: the same rules as ecosim, written as an ordinary Mesa model with one Python object per agent.

It shares with ecosim only what its contract fixes: settings, strategies, networks, traits at the start and the draws.
The rules are written anew, so that a world of each, built alike, must end in the same state to the last bit.

Two conventions are part of the rules: numbers are rounded to 32 bits when stored, and what fades does so when its
owner is next touched.
"""

from __future__ import annotations

import sys
from math import sqrt
from pathlib import Path

import mesa
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from plain_customer import PlainCustomer
from plain_firm import PlainFirm, to_money
from plain_mind import TRAITS
from plain_relation import NOBODY
from plain_state import Fading, columns_of, digest

from ecosim.agents.customers import make_customers
from ecosim.draws import bits, log, own_key, purpose, stream_key, uniform
from ecosim.networks import build_network
from ecosim.strategies import Strategy

COUNTS = (
    "sent", "push_processed", "peer_received", "peer_processed", "invited", "met", "answers", "trials", "trial_effort",
    "noticed", "unmet", "intents", "bids_won", "rebates", "influenced", "purchases", "tool_uses", "effort", "tau_saved",
    "repeat", "disconfirmation", "delighted", "disappointed", "voiced", "heard", "recovered", "talks", "praise",
    "passed_on", "talk_depth", "recorded", "readable", "profiles_read", "invitations", "interviews",
)  # fmt: skip
QUARTER = 13


class PlainMarket(mesa.Model):
    """A market of plain firms and customers; ``line_up`` is one strategy for all firms or one for each."""

    def __init__(self, setting, line_up, seed=1):
        super().__init__(rng=seed)
        self.setting, self.seed, self.week = setting, seed, 0
        self.purposes, self.streams, self.promises = {}, {}, {}
        market = setting.market
        sizes = market.shares or (1.0,) * market.firms
        shares = [size / sum(sizes) for size in sizes]
        strategies = [line_up] * market.firms if isinstance(line_up, Strategy) else line_up
        self.firms = [PlainFirm(self, j, shares[j], max(shares), strategies[j]) for j in range(market.firms)]
        self.make_people()
        self.segment_weights = self.draw_weights()
        self.segment_sizes = [0] * market.segments
        for customer in self.customers:
            self.segment_sizes[customer.segment] += 1
        self.endow(market)
        self.firms_changed()
        self.restart_fading()
        self.counts = self.no_counts()
        self.quarter = self.no_counts()

    # -- building

    def make_people(self):
        """Make customers with the traits and first considerations of the contract, and tie them."""
        setting, n = self.setting, self.setting.market.customers
        presence = np.array([firm.presence for firm in self.firms])
        table = make_customers(setting, self.seed, np.arange(n, dtype=np.int32), presence / presence.sum())
        traits = {name: getattr(table, name).tolist() for name in TRAITS}
        slots = [getattr(table, name).tolist() for name in ("provider", "salience", "expected", "error")]
        self.customers = []
        for i in range(n):
            first = [column[i] for column in slots]
            self.customers.append(PlainCustomer(self, {name: trait[i] for name, trait in traits.items()}, first))
        graph = build_network(setting.network, n, self.seed)
        self.complete, degrees = graph.complete, graph.degree().tolist()
        classes = {degree: k for k, degree in enumerate(sorted(set(degrees)))}
        self.degree_counts = dict.fromkeys(classes, 0)
        for customer, degree in zip(self.customers, degrees, strict=True):
            customer.degree, customer.reach = degree, classes[degree]
            self.degree_counts[degree] += 1
            if not graph.complete:
                here = slice(graph.indptr[customer.ident], graph.indptr[customer.ident + 1])
                ties = [1.0] * degree if graph.weights is None else graph.weights[here].tolist()
                others = [self.customers[j] for j in graph.indices[here]]
                customer.neighbours = list(zip(others, ties, strict=True))

    def draw_weights(self):
        """Draw what each segment finds important, uniform on the simplex."""
        market, key = self.setting.market, stream_key(self.seed, purpose("world.weights"), 0)
        raw = np.array(
            [[-log(uniform(own_key(key, g), j)) for j in range(market.components)] for g in range(market.segments)]
        )
        return (raw / raw.sum(axis=1, keepdims=True)).tolist()

    def endow(self, market):
        """Give firms cash and a contact budget in proportion to the sales they may expect."""
        setting = self.setting
        sales = market.customers * setting.needs.rate * market.price
        weights = np.array([firm.share**setting.contact.budget_exponent for firm in self.firms])
        self.outside, self.bidders, self.intent_benefit = 0, [], setting.intents.start
        for firm, weight in zip(self.firms, weights / weights.sum(), strict=True):
            firm.contact_budget = setting.contact.budget * sales * float(weight)
            firm.insight_budget = setting.insight.budget * sales * firm.share
            self.pay(firm, to_money(market.cash * QUARTER * sales * firm.share))

    def restart_fading(self):
        """Work out what is left after no week, after one, and so on to the present."""
        self.fading = [Fading(1.0, 1.0, 1.0, 0.0, 1.0, 0.0)]
        self.error_sum = 0.0
        for _ in range(self.week):
            self.fade_one_week_more()

    def fade_one_week_more(self):
        """Work out what is left after one week more than so far."""
        p, last = self.setting, self.fading[-1]
        pull = 1.0 - p.insight.drift_pull
        self.error_sum += last.error_scale
        gain = p.insight.drift_sd * p.insight.drift_sd * self.error_sum
        self.fading.append(
            Fading(
                last.salience * p.consideration.decay,
                last.evidence * p.trust.memory,
                last.error_scale * (pull * pull),
                gain,
                last.taste_scale * pull,
                sqrt(gain),
            )
        )

    def change_setting(self, setting):
        """Put a changed setting in force from next week on."""
        for customer in self.customers:
            customer.touch()
            customer.drift()
            customer.tastes = {}
        self.setting = setting
        self.restart_fading()
        self.firms_changed()

    # -- the week

    def step(self):
        """Live one week."""
        self.begin_week()
        firms = self.agents_by_type[PlainFirm]
        customers = self.agents_by_type[PlainCustomer]
        firms.do("plan_contact")
        firms.do("plan_listening")
        firms.do("plan_insight")
        self.call_for_bids()
        self.gather_plans()
        customers.do("attend")
        firms.do("write_in_vain")
        customers.do("feel_needs")
        shoppers = customers.select(lambda customer: customer.needs > 0)
        for phase in ("search", "choose", "consume", "evaluate", "speak", "teach"):
            shoppers.do(phase)
        self.recover(shoppers)
        shoppers.do("tell")
        for name, total in self.quarter.items():
            for j, number in enumerate(self.counts[name]):
                total[j] += number
        firms.do("settle")
        self.close_bids()
        if self.week % QUARTER == 0:
            for duty in ("close_books", "estimate_equity", "decide"):
                firms.do(duty)
            self.gather_communities(firms, customers)
            customers.do("turn_page")
            firms.do("open_quarter")
            self.quarter = self.no_counts()

    def begin_week(self):
        """Turn the calendar."""
        self.week += 1
        self.last, self.counts, self.streams = self.counts, self.no_counts(), {}
        self.fade_one_week_more()
        p = self.setting.needs
        wave = 4.0 * abs((self.week - p.season_peak) / 52.0 % 1.0 - 0.5) - 1.0
        self.season = p.growth * (1.0 + p.season_amplitude * wave)

    def call_for_bids(self):
        """Let the firms that answer intents set their price: the first ones in the order of a hash."""
        key = stream_key(self.seed, purpose("intents.answering"), 0)
        order = sorted(self.firms, key=lambda firm: int(bits(key, firm.row)))
        some = order[: round(self.setting.intents.answering * len(order))]
        self.bidders = [firm for firm in some if firm.active]
        for firm in self.bidders:
            firm.plan_bid()

    def close_bids(self):
        """Pay for bids, and let everybody learn what telling firms of a need has brought."""
        p, asked = self.setting.intents, sum(self.counts["intents"])
        if asked:
            saved = sum(self.counts["rebates"]) / 10_000 / asked
        elif self.bidders:
            saved = sum(firm.discount for firm in self.bidders) / 10_000 / len(self.bidders)
        if self.bidders:
            self.intent_benefit += p.smoothing * (saved - self.intent_benefit)
        for firm in self.bidders:
            firm.pay_for_bids(asked)

    def gather_plans(self):
        """Put together what customers of each degree are about to get: whose messages, how often, how loud at most."""
        self.cadence, self.loudest = {}, {}
        for degree in self.degree_counts:
            self.cadence[degree] = [(firm.row, firm.rate[degree]) for firm in self.firms]
            self.loudest[degree] = max(firm.rate[degree] + firm.limit for firm in self.firms)

        self.unread = dict.fromkeys(self.degree_counts, 0)
        self.unread_asked, self.unread_bought = ([0] * len(self.firms) for _ in range(2))

    def most_processed(self):
        """Return the probability above which no message is ever processed."""
        p = self.setting.attention
        return min(1.0, (1.0 + p.trust_gain + p.relevance_gain) / max(p.load, 1e-300))

    def no_counts(self):
        """Return counts of nothing, per firm and one more for what concerns no firm."""
        return {name: [0] * (len(self.firms) + 1) for name in COUNTS}

    def recover(self, shoppers):
        """Queue the complaints heard, and make good those that are due."""
        p = self.setting.recovery
        due = self.promises.setdefault(self.week + p.delay, [])
        for customer in shoppers:
            for purchase in customer.purchases:
                if purchase.gap > 0.0:
                    due.append((customer, purchase.provider, purchase.experience + p.share * purchase.gap))
        for customer, provider, value in self.promises.pop(self.week, []):
            customer.make_good(provider, value)

    def gather_communities(self, firms, customers):
        """Part all communities, and let firms in dialogue gather theirs."""
        for customer in customers:
            customer.community = []
        firms.do("gather_community")

    def firms_changed(self):
        """Bring offers and the shelf up to date with the firms."""
        self.shelf, total = [], 0.0
        for firm in self.firms:
            firm.make_offer()
            total += firm.presence if firm.active else 0.0
            self.shelf.append(total)

    def from_shelf(self, u):
        """Return the provider that ``u`` in (0, 1) draws in proportion to presence."""
        total = self.shelf[-1]
        if total <= 0.0:
            return NOBODY
        return next((j for j, presence in enumerate(self.shelf) if u * total < presence), NOBODY)

    def centre(self, segment):
        """Return the middle of a segment's tastes on the circle."""
        return (segment + 0.5) / self.setting.market.segments

    def pay(self, firm, amount):
        """Move money from outside to a firm, or back if negative."""
        firm.cash += amount
        self.outside -= amount

    def stream(self, name, week=None):
        """Return the key of the draws for a purpose, this week's or, with week 0, those made once."""
        key = self.streams.get((name, week))
        if key is None:
            if name not in self.purposes:
                self.purposes[name] = purpose(name)
            key = stream_key(self.seed, self.purposes[name], self.week if week is None else week)
            self.streams[name, week] = key
        return key

    # -- state

    def columns(self):
        """Return the state of all customers as arrays, by column in declared order."""
        return columns_of(self.customers, len(self.firms))

    def accounts(self):
        """Return every firm's money and, last, everybody else's."""
        return [firm.cash for firm in self.firms] + [self.outside]

    def digest(self):
        """Return SHA-256 over columns, accounts and the rebate expected."""
        return digest(self.week, self.columns(), self.accounts(), self.intent_benefit)
