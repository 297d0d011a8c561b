"""The customer of the plain model: one Mesa agent that lives its week phase by phase."""

from math import floor

from plain_firm import FIXED
from plain_mind import Mind, Report
from plain_relation import NOBODY, single

from ecosim.draws import PAIR, gumbel, log, normal, poisson, uniform

MOST_NEEDS, DEEPEST, NEVER = 255, 254, -100.0
FURTHEST = 1e12


class Purchase:
    """One need and what came of it."""

    __slots__ = ("occasion", "provider", "experience", "gap", "story")

    def __init__(self, occasion, provider):
        self.occasion, self.provider = occasion, provider
        self.experience, self.gap, self.story = 0.0, 0.0, None

    @property
    def index(self):
        """What tells this purchase's luck from that of others in the same week."""
        return self.occasion * PAIR + self.provider


class PlainCustomer(Mind):
    """One customer: a mind that has needs, buys, judges and talks."""

    def feel_needs(self):
        """Draw how often the category is needed this week."""
        rate = self.need_rate * self.model.season
        u = uniform(self.key("needs.count"), 0)
        self.needs = min(poisson(u, min(rate, 100.0)), MOST_NEEDS) if u > 1.0 - rate else 0

    # -- choice

    def choose(self):
        """At each need: look at the shelf, choose, and let the purchase crowd the others out."""
        model, p = self.model, self.model.setting.choice
        memory, counts = model.setting.consideration, model.counts
        notice, self.purchases = self.key("choice.notice"), []
        keys = [self.key(f"choice.{what}") for what in ("available", "gumbel", "fallback")]
        for occasion in range(self.needs):
            if uniform(notice, occasion) < p.notice:
                seen = model.from_shelf(uniform(self.key("choice.shelf"), occasion))
                if seen != NOBODY:
                    self.remind(seen, memory.shelf_gain)
                    counts["noticed"][seen] += 1
            chosen = self.pick(occasion * PAIR, *keys)
            for relation in self.slots:
                if relation.salience:
                    relation.salience = single(relation.salience * memory.interference)
            if chosen != NOBODY:
                self.remind(chosen, memory.purchase_gain)
            else:
                counts["unmet"][0] += 1
            self.purchases.append(Purchase(occasion, chosen))

    def pick(self, base, available, noise, fallback):
        """Return the provider of greatest utility, or nobody if not buying is better."""
        firms, setting = self.model.firms, self.model.setting
        outside = setting.choice.outside_utility
        best, chosen = None, NOBODY
        for r in self.known_in_order():
            j = r.provider
            if uniform(available, base + j) > firms[j].availability:
                continue
            u = self.utility(firms[j], r.expected, r.trust, r.salience, r.error) + gumbel(uniform(noise, base + j + 1))
            if best is None or (u, -j) > (best, -chosen):
                best, chosen = u, j
        if best is None:
            chosen = self.model.from_shelf(uniform(fallback, base))
            if chosen == NOBODY or outside <= NEVER:
                return chosen
            stranger = (setting.trust.expected_start, 0.5, 0.0, setting.insight.prior_variance)
            best = self.utility(firms[chosen], *stranger) + gumbel(uniform(noise, base + chosen + 1))
        if outside > NEVER and outside + gumbel(uniform(noise, base)) > best:
            return NOBODY
        return chosen

    def utility(self, firm, expected, trusted, salience, error):
        """Return the utility of buying from a firm, without noise."""
        p = self.model.setting.choice
        return (
            p.value_weight * (trusted * expected + (1.0 - trusted) * p.unknown_value)
            - p.price_weight * self.price_sensitivity * self.model.setting.market.price
            - p.effort_weight * self.effort(firm, error)
            + p.salience_weight * log(1.0 + salience)
            + self.taste_for(firm.row)
        )

    def taste_for(self, provider):
        """Return this customer's lasting taste for a provider."""
        sd = self.model.setting.choice.taste_sd
        if sd > 0.0 and provider not in self.tastes:
            self.tastes[provider] = sd * normal(uniform(self.key("choice.taste", 0), provider))
        return self.tastes.get(provider, 0.0)

    # -- experience

    def mismatch(self, firm, error):
        """Return how far a firm's offer is from what this customer is trying to do."""
        d = self.model.centre(self.segment) + self.taste - firm.position
        d -= floor(d)
        d = min(d, 1.0 - d)
        return (1.0 - firm.personal) * d * d + firm.personal * error

    def own_mismatch(self):
        """Return the mismatch of what this customer configures himself."""
        return (1.0 - self.skill) * (1.0 - self.skill) * self.model.setting.insight.prior_variance

    def takes_tool(self, firm, error):
        """Return whether this customer serves himself."""
        if firm.tool != "optional":
            return firm.tool == "forced"
        p = self.model.setting.experience
        gain = self.mismatch(firm, error) - self.own_mismatch()
        return gain * p.fit_weight > p.tool_effort * (1.0 - self.skill)

    def effort(self, firm, error):
        """Return the effort of buying: signing in, and the tool where it is used."""
        p = self.model.setting.experience
        return p.sign_in + p.tool_effort * (1.0 - self.skill) if self.takes_tool(firm, error) else p.sign_in

    def consume(self):
        """Live through each purchase."""
        model, service = self.model, self.key("experience.service")
        counts = model.counts
        for purchase in self.purchases:
            j = purchase.provider
            if j == NOBODY:
                continue
            firm, relation = model.firms[j], self.known.get(j)
            error = relation.error if relation else model.setting.insight.prior_variance
            tool, effort = self.takes_tool(firm, error), self.effort(firm, error)
            loss = self.own_mismatch() if tool else self.mismatch(firm, error)
            mean = firm.values[self.segment] - model.setting.experience.fit_weight * loss - effort + firm.style
            noise = normal(uniform(service, purchase.index))
            purchase.experience = single(mean + model.setting.market.service_sd * noise)
            counts["purchases"][j] += 1
            counts["effort"][j] += int(effort * FIXED)
            counts["tool_uses"][j] += tool

    # -- evaluation

    def evaluate(self):
        """Compare with expectation, complain, learn, and decide who may write."""
        setting, counts = self.model.setting, self.model.counts
        for purchase in self.purchases:
            j, x = purchase.provider, purchase.experience
            if j == NOBODY:
                continue
            self.bought[j] += 1
            relation = self.known.get(j)
            if relation is None:
                continue
            surprise = x - relation.expected
            counts["disconfirmation"][j] += floor(surprise * FIXED)
            counts["delighted"][j] += surprise > setting.trust.scale
            if surprise < 0.0:
                counts["disappointed"][j] += 1
                if self.complain(purchase):
                    purchase.gap = single(relation.expected - x)
            relation.live_through(x, 1.0, setting.trust)
            if relation.first_week:
                counts["repeat"][j] += 1
            else:
                relation.first_week = min(self.model.week, 65535)
            self.ask_consent(relation)

    def complain(self, purchase):
        """Voice disappointment; return whether the firm hears."""
        return self.voice(uniform(self.key("evaluation.complaint"), purchase.index), purchase.provider)

    def voice(self, u, provider):
        """Speak within a firm's earshot, perhaps; return whether the firm hears."""
        earshot, counts = self.model.setting.talk.earshot, self.model.counts
        heard = u < earshot * self.model.firms[provider].listening
        counts["voiced"][provider] += u < earshot
        counts["heard"][provider] += heard
        return heard

    def make_good(self, provider, value):
        """Live through what a firm did to make up for a complaint."""
        self.touch()
        self.model.counts["recovered"][provider] += 1
        relation = self.known.get(provider)
        if relation:
            relation.live_through(value, 1.0, self.model.setting.trust)

    # -- talk, and what firms learn

    def speak(self):
        """Decide which experiences are worth telling."""
        p, counts, key = self.model.setting.talk, self.model.counts, self.key("talk.speak")
        for purchase in self.purchases:
            j, x = purchase.provider, purchase.experience
            if j == NOBODY or uniform(key, purchase.index) >= self.talk * (p.base + p.surprise * abs(x - p.norm)):
                continue
            purchase.story = min(self.heard_depth + 1, DEEPEST) if self.heard_provider == j else 0
            self.stories += 1
            counts["talks"][j] += 1
            counts["praise"][j] += x > p.norm
            counts["passed_on"][j] += purchase.story > 0
            counts["talk_depth"][j] += purchase.story
            self.voice(uniform(self.key("talk.earshot"), purchase.index), j)

    def teach(self):
        """Let each purchase tell the firm something about this customer."""
        noise = self.model.setting.insight.data_noise
        for purchase in self.purchases:
            relation = self.known.get(purchase.provider)
            if relation:
                relation.error = single(relation.error * noise / (relation.error + noise))

    def tell(self):
        """Publish the last experience, and send the last story to some neighbours' inboxes."""
        stories = []
        for purchase in self.purchases:
            if purchase.provider != NOBODY:
                self.last_provider, self.last_value = purchase.provider, purchase.experience
            if purchase.story is not None:
                stories.append(purchase)
        if stories:
            last = stories[-1]
            for other, tie in self.listeners():
                other.inbox.append(Report(self.ident, last.provider, last.experience, tie, last.story))

    def listeners(self):
        """Return the neighbours told this week, with the weights of the ties."""
        model, key = self.model, self.key("talk.tell")
        if model.complete:
            return self.passers_by(key)
        degree = len(self.neighbours)
        chance = min(1.0, model.setting.talk.reach / degree) if degree else 1.0
        circle = self.neighbours + [(other, 1.0) for other in self.community]
        return [(other, tie) for other, tie in circle if uniform(key, other.ident) < chance]

    def passers_by(self, key):
        """Where everybody is a neighbour, jump from one listener to the next (geometric gaps)."""
        model, told, k = self.model, [], 0
        degree = len(model.customers) - 1
        chance = min(1.0, model.setting.talk.reach / degree) if degree else 1.0
        place = gap(uniform(key, 0), chance)
        while place < degree:
            told.append((model.customers[place + (place >= self.ident)], 1.0))
            k += 1
            place += 1 + gap(uniform(key, k), chance)
        return told

    # -- the quarter

    def turn_page(self):
        """Start a new quarter of the panel."""
        year_ends = self.model.week % 52 == 0
        self.bought_before = [int(n > 0) for n in self.bought]
        self.bought_year = [0 if year_ends else a + b for a, b in zip(self.bought_year, self.bought, strict=True)]
        self.bought = [0] * len(self.bought)


def gap(u, chance):
    """Return how many are passed over before the next one told."""
    if chance >= 1.0:
        return 0
    return int(min(log(u) / log(1.0 - chance), FURTHEST)) if chance > 0.0 else 1 << 40
