"""The firm of the plain model: an offer, a contact plan, books kept in whole money units."""

from math import floor

import mesa
from scipy.special import wrightomega

from ecosim.draws import bits, exp, log, normal, own_key, poisson_many, purpose, stream_key, uniform
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
        self.share, self.cash, self.contact_budget, self.insight_budget = share, 0, 0.0, 0.0
        self.price, self.closing, self.over_claim = market.price, 0.0, 0.0
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
        self.sales = self.profit = 0

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
        self.claim = (whole / sum(model.segment_sizes) + self.style) * (1.0 + self.over_claim)
        self.custody, self.extensible = self.levers.insight.custody, self.levers.offer.extensibility
        self.missing = p.missing_cost * self.covers.count(False)
        self.open_tool = self.active and self.levers.offer.open_tool and self.tool != "none"

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

    # -- plans

    def plan_contact(self):
        """Serve invitations first; spread what is left of the budget by degree, and spare some buyers or strangers."""
        model, lever = self.model, self.levers.contact
        n = len(model.customers)
        self.limit = self.contact_budget / (n * model.setting.contact.cost) if self.active else 0.0
        invited = model.last["invited"][self.row] / FIXED / n
        strangers = 1.0 - lever.control
        buyers = strangers if lever.control_buyers < 0 else 1.0 - lever.control_buyers
        most = max(strangers, buyers)
        self.kept = {False: strangers / most, True: buyers / most} if most > 0 else {False: 1.0, True: 1.0}
        pace = most * max(0.0, self.limit - invited)
        attraction = {d: exp(lever.influencer_focus * log(1.0 + d)) for d in model.degree_counts}
        total = 0.0
        for degree, count in model.degree_counts.items():
            total += attraction[degree] * count
        self.rate = {d: min(MOST_MESSAGES, pace * (a * (n / total))) for d, a in attraction.items()}

    def write_in_vain(self):
        """Count the messages that reached customers who had no reason to look at any."""
        model, rate = self.model, 0.0
        for degree in sorted(model.unread):
            rate += model.unread[degree] * self.rate[degree]
        buyers = model.unread_bought[self.row] / FIXED
        rate = self.kept[False] * (rate - buyers) + self.kept[True] * buyers + model.unread_asked[self.row] / FIXED
        key = own_key(model.stream("attention.lost"), self.row)
        mean = max(0.0, (1.0 - model.most_processed()) * rate)
        model.counts["sent"][self.row] += poisson_many(uniform(key, 0), mean)

    def plan_listening(self):
        """Set the share of last week's volume of voices that can be taken in."""
        talk, n = self.model.setting.talk, len(self.model.customers)
        volume = max(1, self.model.last["voiced"][self.row])
        self.listening = min(1.0, talk.listening * n / 10_000 * self.levers.contact.dialogue / volume)

    def plan_insight(self):
        """Spread the insight budget over last week's stories and profiles, and over last week's buyers."""
        p, last, mix = self.model.setting.insight, self.model.last, self.levers.insight
        talks = mix.participation + self.levers.innovation.customers
        budget = self.insight_budget / max(1.0, mix.profiles + talks) if self.active else 0.0
        self.observing = min(1.0, mix.data)
        self.reading = min(1.0, mix.profiles * budget / p.profile_cost / max(1, last["readable"][self.row]))
        self.inviting = min(1.0, talks * budget / p.interview_cost / max(1, last["purchases"][self.row]))

    def plan_bid(self):
        """Set the price that is best for this firm by its own logit, with the share it has won as the list price's."""
        setting, weight = self.model.setting, self.model.setting.choice.price_weight
        share = min(max(self.share_won(), 1e-3), 1.0 - 1e-3)
        best = self.price
        if weight > 0.0:
            cost = min(setting.market.unit_cost / max(1e-9, 1.0 - setting.intents.fee), self.price)
            appeal = log(share / (1.0 - share)) + weight * (self.price - cost)
            best = min(self.price, cost + (1.0 + float(wrightomega(appeal - 1.0))) / weight)
        self.discount = to_money(self.price) - to_money(best)
        self.bid = self.price - self.discount / 10_000

    def share_won(self):
        """Return this firm's share of last week's intents, or of purchases where there was none."""
        last = self.model.last
        asked, sold = sum(last["intents"]), sum(last["purchases"])
        return last["bids_won"][self.row] / asked if asked else last["purchases"][self.row] / max(1, sold)

    # -- books

    def settle(self):
        """Take this week's sales and pay this week's bills."""
        setting, counts, j = self.model.setting, self.model.counts, self.row
        sold = counts["purchases"][j]
        bills = (
            (sold, setting.market.unit_cost),
            (counts["sent"][j], setting.contact.cost),
            (counts["heard"][j], setting.talk.listening_cost),
            (counts["tool_uses"][j] + counts["trials"][j], setting.experience.tool_cost),
            (counts["recovered"][j], setting.recovery.cost),
            (sold, setting.experience.style_cost * self.levers.offer.experience),
            (counts["profiles_read"][j], setting.insight.profile_cost),
            (counts["interviews"][j], setting.insight.interview_cost),
        )
        sales = sold * to_money(self.price) - counts["rebates"][j]
        self.earn(sales, sales - sum(number * to_money(price) for number, price in bills))

    def pay_for_bids(self, asked):
        """Pay for a bid on each of the ``asked`` intents, and the broker for those won."""
        p, counts = self.model.setting.intents, self.model.counts
        taken = counts["bids_won"][self.row] * to_money(self.price) - counts["rebates"][self.row]
        self.earn(0, -asked * to_money(p.bid_cost) - round(p.fee * taken))

    def earn(self, sales, profit):
        """Book sales and profit of this week."""
        self.sales += sales
        self.profit += profit
        self.model.pay(self, profit)

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
        view = FirmView(
            self.model.week, self.levers, float(self.profit), float(self.sales), float(self.cash), self.estimated_equity
        )
        self.adopt(self.strategy, self.strategy.decide(view))

    def open_quarter(self):
        """Start the books of a new quarter."""
        self.sales = self.profit = 0

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
