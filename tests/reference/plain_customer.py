"""The customer of the plain model: one Mesa agent that lives its week phase by phase."""

from math import floor

from plain_firm import FIXED
from plain_mind import Mind, Report
from plain_relation import NOBODY, single

from ecosim.draws import PAIR, exp, gumbel, log, normal, poisson, uniform

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
        bids = {firm.row: firm for firm in model.bidders} if self.needs and self.tells_need() else {}
        keys = [self.key(f"choice.{what}") for what in ("available", "gumbel", "fallback")]
        for occasion in range(self.needs):
            if uniform(notice, occasion) < p.notice:
                seen = model.from_shelf(uniform(self.key("choice.shelf"), occasion))
                if seen != NOBODY:
                    self.remind(seen, memory.shelf_gain)
                    counts["noticed"][seen] += 1
            chosen = self.pick(occasion * PAIR, bids, *keys)
            counts["intents"][0] += bool(bids)
            for relation in self.slots:
                if relation.salience:
                    relation.salience = single(relation.salience * memory.interference)
            if chosen != NOBODY:
                self.remind(chosen, memory.purchase_gain)
                counts["influenced"][chosen] += self.heard_provider == chosen
                if chosen in bids:
                    counts["bids_won"][chosen] += 1
                    counts["rebates"][chosen] += bids[chosen].discount
            else:
                counts["unmet"][0] += 1
            self.purchases.append(Purchase(occasion, chosen))

    def pick(self, base, bids, available, noise, fallback):
        """Return the provider of greatest utility, or nobody if not buying is better."""
        firms, setting = self.model.firms, self.model.setting
        outside = setting.choice.outside_utility
        offers = []
        for r in self.known_in_order():
            firm = firms[r.provider]
            if firm.row in bids or uniform(available, base + firm.row) <= firm.availability:
                price = firm.bid if firm.row in bids else firm.price
                closing = firm.closing if r.approached and self.approach_week == self.model.week else 0.0
                u = self.utility(firm, price, r.expected, r.trust, r.salience, r.error) + closing
                offers.append((u, firm.row))
        offers += [(self.utility_of_stranger(f, f.bid), row) for row, f in bids.items() if row not in self.known]
        if offers:
            best, chosen = max((u + gumbel(uniform(noise, base + j + 1)), -j) for u, j in offers)
            chosen = -chosen
        else:
            chosen = self.model.from_shelf(uniform(fallback, base))
            if chosen == NOBODY or outside <= NEVER:
                return chosen
            best = self.utility_of_stranger(firms[chosen], firms[chosen].price)
            best += gumbel(uniform(noise, base + chosen + 1))
        if outside > NEVER and outside + gumbel(uniform(noise, base)) > best:
            return NOBODY
        return chosen

    def utility_of_stranger(self, firm, price):
        """Return the utility of buying from a firm of which nothing is known."""
        setting = self.model.setting
        return self.utility(firm, price, setting.trust.expected_start, 0.5, 0.0, setting.insight.prior_variance)

    def utility(self, firm, price, expected, trusted, salience, error):
        """Return the utility of buying from a firm, without noise."""
        p = self.model.setting.choice
        return (
            p.value_weight * (trusted * expected + (1.0 - trusted) * p.unknown_value)
            - p.price_weight * self.price_sensitivity * price
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

    def saving(self, firm):
        """Return how much trouble with what a firm does not cover is saved by a platform this customer owns."""
        p, firms = self.model.setting.experience, self.model.firms
        own = [firms[r.provider].extensible for r in self.known_in_order() if r.owns_platform]
        shared = max((min(firm.extensible, e) for e in own), default=0.0)
        return p.platform_saving * shared * firm.missing

    def consume(self):
        """Live through each purchase."""
        model, counts = self.model, self.model.counts
        service = self.key("experience.service")
        for purchase in self.purchases:
            j = purchase.provider
            if j == NOBODY:
                continue
            firm, relation = model.firms[j], self.known.get(j)
            error = relation.error if relation else model.setting.insight.prior_variance
            tool, effort, saved = self.takes_tool(firm, error), self.effort(firm, error), self.saving(firm)
            loss = self.own_mismatch() if tool else self.mismatch(firm, error)
            mean = firm.values[self.segment] - model.setting.experience.fit_weight * loss - effort + firm.style + saved
            noise = normal(uniform(service, purchase.index))
            purchase.experience = single(mean + model.setting.market.service_sd * noise)
            counts["purchases"][j] += 1
            counts["effort"][j] += int(effort * FIXED)
            counts["tau_saved"][j] += int(saved * FIXED)
            counts["tool_uses"][j] += tool
            if relation:
                relation.used_tool |= tool
                relation.owns_platform |= self.takes_to_platform(firm, purchase)

    def takes_to_platform(self, firm, purchase):
        """Return whether a purchase turns this customer into an owner of the firm's platform."""
        chance = firm.extensible * self.model.setting.experience.platform_uptake
        return chance > 0.0 and uniform(self.key("experience.platform"), purchase.index) < chance

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

    # -- talk

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
        chance = model.setting.talk.reach / degree if degree else 1.0
        strength = model.setting.talk.tie_strength
        circle = self.neighbours + [(other, 1.0) for other in self.community]
        return [
            (other, tie)
            for other, tie in circle
            if uniform(key, other.ident) < min(1.0, chance * exp(strength * log(tie)))
        ]

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
