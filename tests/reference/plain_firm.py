"""The firm of the plain model: an offer, a contact plan, books kept in whole money units."""

from math import floor

import mesa

from ecosim.draws import bits, exp, log, normal, own_key, purpose, stream_key, uniform
from ecosim.strategies import FirmView

FIXED = 1 << 24
MOST_MESSAGES = 100.0


def to_money(amount):
    """Return currency as whole units of a ten-thousandth."""
    return round(amount * 10_000)


class PlainFirm(mesa.Agent):
    """One provider; ``row`` is its id."""

    def __init__(self, model, row, share, largest, strategy):
        super().__init__(model)
        market = model.setting.market
        self.row, self.strategy, self.levers = row, strategy, strategy.levers
        self.active, self.quarters_in_debt = True, 0
        self.share, self.cash, self.contact_budget = share, 0, 0.0
        self.position = (row + 0.5) / market.firms
        self.presence = share**market.presence_exponent
        floor_ = market.availability_floor
        self.usually_available = floor_ + (1.0 - floor_) * (share / largest) ** market.availability_exponent
        key = own_key(stream_key(model.seed, purpose("firm.contribution"), 0), row)
        self.contributions = [
            min(max(market.quality + market.quality_spread * normal(uniform(key, j)), 1e-3), 1.0)
            for j in range(market.components)
        ]
        covered = round(market.coverage * market.components)
        self.covers = [(j - row) % market.components < covered for j in range(market.components)]
        self.repeat_rate, self.estimated_equity = None, 0.0
        self.books = {"sales": 0, "costs": 0}

    def make_offer(self):
        """Work out what customers meet: value per segment, claim, personalisation, style."""
        model, p = self.model, self.model.setting.experience
        rest = 1.0 - self.levers.insight.personalisation
        self.personal = 1.0 - rest * rest
        self.tool = self.levers.offer.self_service
        self.style = p.style * self.levers.offer.experience
        self.availability = self.usually_available if self.active else 0.0
        self.values = [self.value_for(weights) for weights in model.segment_weights]
        whole = sum(value * size for value, size in zip(self.values, model.segment_sizes, strict=True))
        self.claim = whole / sum(model.segment_sizes) + self.style

    def value_for(self, weights):
        """Return what the covered job is worth to a segment: CES over components, less trips for what is missing."""
        p = self.model.setting.experience
        parts = [c if here else p.generic for c, here in zip(self.contributions, self.covers, strict=True)]
        rho, total = p.elasticity, 0.0
        for weight, part in zip(weights, parts, strict=True):
            if rho == 1.0:
                total += weight * part
            elif rho == 0.0:
                total += weight * log(part)
            else:
                total += weight * exp(rho * log(part))
        if rho == 0.0:
            total = exp(total)
        elif rho != 1.0:
            total = exp(log(total) / rho)
        return total - p.missing_cost * self.covers.count(False)

    def plan_contact(self):
        """Serve invitations first; spread what is left of the budget by degree."""
        model, lever = self.model, self.levers.contact
        n = len(model.customers)
        self.limit = self.contact_budget / (n * model.setting.contact.cost) if self.active else 0.0
        invited = model.last["invited"][self.row] / FIXED / n
        pace = (1.0 - lever.control) * max(0.0, self.limit - invited)
        attraction = {d: exp(lever.influencer_focus * log(1.0 + d)) for d in model.degree_counts}
        total = 0.0
        for degree, count in model.degree_counts.items():
            total += attraction[degree] * count
        self.rate = {d: min(MOST_MESSAGES, pace * (a * (n / total))) for d, a in attraction.items()}
        self.quiet = {d: exp(-rate) for d, rate in self.rate.items()}

    def plan_listening(self):
        """Set the share of last week's volume of voices that can be taken in."""
        talk, n = self.model.setting.talk, len(self.model.customers)
        volume = max(1, self.model.last["voiced"][self.row])
        self.listening = min(1.0, talk.listening * n / 10_000 * self.levers.contact.dialogue / volume)

    def settle(self):
        """Take this week's sales and pay this week's bills."""
        setting, counts, j = self.model.setting, self.model.counts, self.row
        sold = counts["purchases"][j]
        bills = (
            (sold, setting.market.unit_cost),
            (counts["sent"][j], setting.contact.cost),
            (counts["heard"][j], setting.talk.listening_cost),
            (counts["tool_uses"][j], setting.experience.tool_cost),
            (counts["recovered"][j], setting.recovery.cost),
            (sold, setting.experience.style_cost * self.levers.offer.experience),
        )
        self.books["sales"] = sold * to_money(setting.market.price)
        self.books["costs"] = sum(number * to_money(price) for number, price in bills)
        self.model.pay(self, self.books["sales"] - self.books["costs"])

    def close_books(self):
        """Count quarters in debt; leave the market if there are too many in a row."""
        if self.active:
            self.quarters_in_debt = self.quarters_in_debt + 1 if self.cash < 0 else 0
            if self.quarters_in_debt >= self.model.setting.market.patience:
                self.active = False
                self.model.firms_changed()

    def estimate_equity(self):
        """Value the customers from this firm's own repeat sales."""
        p, market = self.model.setting.equity, self.model.setting.market
        repeat, before = self.model.quarter["repeat"][self.row] / 13.0, self.repeat_rate
        self.repeat_rate = repeat if before is None else before + p.smoothing * (repeat - before)
        loss = max(0.0, 1.0 - self.repeat_rate / before) / 13.0 if before else 0.0
        self.estimated_equity = (market.price - market.unit_cost) * self.repeat_rate / (p.discount + loss)

    def decide(self):
        """Let the strategy look at the books and set the levers."""
        if not self.active:
            return
        sales, costs = self.books["sales"], self.books["costs"]
        view = FirmView(
            self.model.week, self.levers, float(sales - costs), float(sales), float(self.cash), self.estimated_equity
        )
        self.adopt(self.strategy, self.strategy.decide(view))

    def adopt(self, strategy, levers=None):
        """Follow a strategy from now on."""
        wanted = strategy.levers if levers is None else levers
        self.strategy = strategy
        if wanted != self.levers:
            self.levers = wanted
            self.model.firms_changed()

    def gather_community(self):
        """Tie this firm's present buyers together in small groups."""
        model = self.model
        ties = model.setting.talk.community * self.levers.contact.dialogue * self.active
        members = [c for c in model.customers if c.last_provider == self.row]
        if not ties or len(members) < 2:
            return
        place, size = (own_key(model.stream(f"community.{what}"), self.row) for what in ("member", "size"))
        members.sort(key=lambda c: int(bits(place, c.ident)))
        start = group = 0
        while start < len(members):
            others = min(floor(ties + uniform(size, group)), max(1, model.setting.talk.community))
            circle = members[start : start + 1 + others]
            for member in circle:
                member.community = [other for other in circle if other is not member]
            start, group = start + len(circle), group + 1
