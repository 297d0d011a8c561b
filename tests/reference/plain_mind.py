"""The mind of a customer of the plain model: memory, attention to messages, and asking around."""

from typing import NamedTuple

from plain_firm import FIXED
from plain_relation import NOBODY, Relation, single
from plain_sharing import Sharing

from ecosim.draws import PAIR, binomial, normal, own_key, poisson, uniform

TRAITS = (
    "ident", "need_rate", "skill", "concern", "capacity", "talk", "price_sensitivity", "ideal_contact", "segment",
    "taste",
)  # fmt: skip


class Report(NamedTuple):
    """What one customer tells another."""

    sender: int
    provider: int
    value: float
    tie: float
    depth: int


class Mind(Sharing):
    """Half of a customer: traits, slots of considered providers, neighbours, an inbox."""

    def __init__(self, model, traits, start):
        super().__init__(model)
        for name in TRAITS:
            setattr(self, name, traits[name])
        firms = model.setting.market.firms
        self.slots = [Relation(*first) for first in zip(*start, strict=True)]
        self.known = {relation.provider: relation for relation in self.slots if relation.provider != NOBODY}
        self.refreshed = self.taste_week = self.needs = 0
        self.approach_week, self.contributed = -1, 0
        self.bought, self.bought_year, self.bought_before = [0] * firms, [0] * firms, [0] * firms
        self.last_provider, self.last_value = NOBODY, 0.0
        self.heard_provider, self.heard_depth = NOBODY, 0
        self.stories = 0
        self.neighbours, self.community = [], []
        self.inbox, self.purchases, self.tastes = [], [], {}

    def key(self, purpose, week=None):
        """Return the key of this customer's draws for a purpose this week."""
        return own_key(self.model.stream(purpose, week), self.ident)

    # -- memory

    def touch(self):
        """Fade to the present week, and forget what is too faint."""
        model = self.model
        weeks = model.week - self.refreshed
        if weeks == 0:
            return
        self.refreshed = model.week
        fading, ignorance = model.fading[weeks], model.setting.insight.prior_variance
        faintest = model.setting.consideration.floor
        for relation in self.slots:
            relation.fade(fading.salience, fading.evidence, fading.error_scale, fading.error_gain, ignorance)
            if relation.provider != NOBODY and relation.salience < faintest:
                del self.known[relation.provider]
                relation.forget()

    def remind(self, provider, gain):
        """Bring a provider to mind; return its relation, or None if it does not get into the set."""
        relation = self.known.get(provider)
        if relation is not None:
            relation.salience = single(relation.salience + gain)
            return relation
        if gain < self.model.setting.consideration.floor:
            return None
        relation = next((r for r in self.slots if r.provider == NOBODY), None)
        if relation is None:
            relation = min(self.slots, key=lambda r: (r.salience, -r.provider))
            if relation.salience >= gain:
                return None
            del self.known[relation.provider]
        relation.meet(provider, gain, self.model.setting)
        self.known[provider] = relation
        return relation

    # -- attention

    def attend(self):
        """Receive messages and reports; process as many as attention allows."""
        model = self.model
        reports, self.inbox = self.inbox, []
        best, push = model.most_processed(), self.key("attention.push")
        open_ = {row: poisson(uniform(push, row), best * rate) for row, rate in model.cadence[self.degree]}
        for relation in self.slots:
            if relation.consent:
                row, rate = relation.provider, self.invited_rate(relation)
                model.counts["invited"][row] += int(rate * FIXED)
                open_[row] += poisson(uniform(self.key("attention.invited"), row), best * rate)
        if any(open_.values()) or reports or model.loudest[self.degree] * best > self.ideal_contact:
            self.touch()
            self.process(self.spared_inbox(best), best, reports)
        else:
            self.count_unread(best)

    def count_unread(self, best):
        """Have what is written in vain to this customer counted together with that of others."""
        model = self.model
        model.unread[self.degree] += 1
        for relation in self.slots:
            if relation.provider != NOBODY:
                row = relation.provider
                model.unread_asked[row] += int(self.invited_rate(relation) * FIXED)
                if relation.first_week > 0:
                    model.unread_bought[row] += int(model.firms[row].rate[self.degree] * FIXED)

    def spared_inbox(self, best):
        """Return the open and the lost messages of each firm that writes, in order."""
        push, invited, spare = (self.key(f"attention.{what}") for what in ("push", "invited", "spare"))
        inbox = {}
        for row, rate in self.model.cadence[self.degree]:
            part = self.model.firms[row].kept[self.is_buyer(row)]
            relation = self.known.get(row)
            wanted = self.invited_rate(relation) if relation else 0.0
            numbers = []
            for index, chance in ((row, best), (PAIR + row, 1.0 - best)):
                number = poisson(uniform(push, index), chance * rate)
                if part < 1.0:
                    number = binomial(uniform(spare, index), number, part)
                numbers.append(number + (poisson(uniform(invited, index), chance * wanted) if wanted else 0))
            if sum(numbers):
                inbox[row] = numbers
        return inbox

    def is_buyer(self, row):
        """Return whether this customer has bought there, as far as he remembers."""
        relation = self.known.get(row)
        return relation is not None and relation.first_week > 0

    def invited_rate(self, relation):
        """Return how often a firm writes because it may."""
        return min(self.ideal_contact, self.model.firms[relation.provider].limit) if relation.consent else 0.0

    def message_weight(self, row):
        """Return the attention a firm's message gets: trust and relevance buy some."""
        relation = self.known.get(row)
        if relation is None:
            return 1.0
        p, ignorance = self.model.setting.attention, self.model.setting.insight.prior_variance
        relevance = self.model.firms[row].personal
        return 1.0 + p.trust_gain * relation.trust + p.relevance_gain * relevance * (1.0 - relation.error / ignorance)

    def process(self, inbox, best, reports):
        """Thin the inbox as the week finds it, then take in what is left, firms first."""
        counts, setting = self.model.counts, self.model.setting
        p = setting.attention
        load = p.load * self.capacity + p.peer_weight * len(reports)
        weights = {row: self.message_weight(row) for row in inbox}
        for row, numbers in inbox.items():
            load += sum(numbers) * weights[row]
            counts["sent"][row] += sum(numbers)
        share = self.capacity / max(load, 1e-300)
        process = self.key("attention.process")
        taken = {
            row: binomial(uniform(process, row), open_, min(1.0, share * weights[row] / best))
            for row, (open_, _) in inbox.items()
        }
        self.resent(best, share)
        for row, number in taken.items():
            counts["push_processed"][row] += number
            for _ in range(number):
                relation = self.remind(row, setting.consideration.push_gain)
                if relation:
                    self.be_approached(self.model.firms[row], relation)
        peer = self.key("attention.peer") if reports else None
        for report in reports:
            counts["peer_received"][report.provider] += 1
            if uniform(peer, report.sender) < min(1.0, share * p.peer_weight):
                counts["peer_processed"][report.provider] += 1
                self.hear_peer(report)

    def be_approached(self, firm, relation):
        """Take in a firm's message: its claim, its sales talk, and what it knows without having asked."""
        setting = self.model.setting
        relation.hear_claim(firm.claim, setting.trust)
        if firm.closing > 0.0:
            if self.approach_week < self.model.week:
                for other in self.slots:
                    other.approached = False
            self.approach_week, relation.approached = self.model.week, True
        if firm.personal > 0.0 and not relation.shares_data:
            known = firm.personal * max(0.0, 1.0 - relation.error / setting.insight.prior_variance)
            relation.broken = single(relation.broken + setting.trust.intrusion * known * self.concern)

    def resent(self, best, share):
        """Hold contacts beyond the ideal against the firms known."""
        if self.model.loudest[self.degree] * best <= self.ideal_contact:
            return
        for relation in self.slots:
            if relation.provider != NOBODY:
                firm = self.model.firms[relation.provider]
                pushed = firm.rate[self.degree] * firm.kept[relation.first_week > 0]
                contacts = pushed + self.invited_rate(relation)
                excess = contacts * min(1.0, share * self.message_weight(relation.provider)) - self.ideal_contact
                if excess > 0.0:
                    relation.broken = single(relation.broken + self.model.setting.trust.reactance * excess)

    def hear_peer(self, report):
        """Take in a neighbour's report."""
        setting = self.model.setting
        known = report.provider in self.known
        relation = self.remind(report.provider, setting.consideration.peer_gain)
        if relation:
            self.model.counts["met"][report.provider] += not known
            relation.referred |= not known
            relation.live_through(report.value, setting.trust.peer_weight * report.tie, setting.trust)
            self.heard_provider, self.heard_depth = report.provider, report.depth

    def drift(self):
        """Let taste wander to the present week."""
        weeks = self.model.week - self.taste_week
        if weeks > 0:
            fading = self.model.fading[weeks]
            xi = normal(uniform(self.key("insight.drift"), 0))
            self.taste = single(self.taste * fading.taste_scale + fading.taste_sd * xi)
            self.taste_week = self.model.week

    # -- search

    def search(self):
        """Ask around, need by need, while unsure of the first provider in mind."""
        self.touch()
        self.drift()
        setting, crowd = self.model.setting, len(self.model.customers)
        ask = self.key("search.ask")
        for occasion in range(self.needs):
            first = max(self.known_in_order(), key=lambda r: r.salience, default=None)
            doubt = first.uncertainty if first else 1.0
            if doubt <= setting.search.threshold:
                continue
            for q in range(setting.search.neighbours if crowd > 1 else 0):
                other, tie = self.one_neighbour(uniform(ask, occasion * PAIR + q))
                if other and other.last_provider != NOBODY:
                    self.hear_answer(other.last_provider, other.last_value, tie)
            self.try_tools()

    def known_in_order(self):
        """Return the relations with somebody in them, by slot."""
        return [r for r in self.slots if r.provider != NOBODY]

    def one_neighbour(self, u):
        """Return one neighbour, of network or community, and the weight of the tie."""
        model = self.model
        if model.complete:
            place = int(u * (len(model.customers) - 1))
            return model.customers[place + (place >= self.ident)], 1.0
        ties = len(self.neighbours) + len(self.community)
        if ties == 0:
            return None, 0.0
        place = int(u * ties)
        if place < len(self.neighbours):
            return self.neighbours[place]
        return self.community[place - len(self.neighbours)], 1.0

    def hear_answer(self, provider, value, tie):
        """Take a neighbour's answer as a report."""
        setting = self.model.setting
        known = provider in self.known
        relation = self.remind(provider, setting.consideration.search_gain)
        self.model.counts["answers"][provider] += 1
        if relation:
            relation.referred |= not known
            relation.live_through(value, setting.trust.peer_weight * tie, setting.trust)
            self.ask_consent(relation)
