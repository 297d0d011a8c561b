"""What a customer of the plain model remembers of one provider, and how it changes; one small object per slot."""

from struct import Struct

from ecosim.draws import logistic

_FLOAT = Struct("f")
NOBODY = -1


def single(value):
    """Round to 32 bits, as every stored number is."""
    return _FLOAT.unpack(_FLOAT.pack(value))[0]


class Relation:
    """One slot of a consideration set; ``provider`` is -1 while it is empty."""

    __slots__ = (
        "provider", "salience", "expected", "kept", "broken", "error", "consent", "first_week",
        "shares_data", "takes_part", "used_tool", "owns_platform", "approached", "referred",
    )  # fmt: skip

    def __init__(self, provider, salience, expected, error):
        self.provider, self.salience, self.expected, self.error = provider, salience, expected, error
        self.kept = self.broken = 0.0
        self.forget_dealings()

    def forget_dealings(self):
        """Forget the first purchase, every leave given, and what else there was between the two."""
        self.consent = self.first_week = 0
        self.shares_data = self.takes_part = self.used_tool = self.owns_platform = False
        self.approached = self.referred = False

    @property
    def flags(self):
        """What there is between the two, as bits."""
        facts = (
            self.shares_data, self.takes_part, self.used_tool, self.owns_platform, self.approached, self.referred,
        )  # fmt: skip
        return sum(1 << bit for bit, so in enumerate(facts) if so)

    def forget(self):
        """Empty the slot; what was learnt of the last provider lies there until the next one moves in."""
        self.provider = NOBODY
        self.salience = 0.0
        self.forget_dealings()

    def meet(self, provider, salience, setting):
        """Begin with a newcomer."""
        self.forget()
        self.provider = provider
        self.salience = single(salience)
        self.expected = single(setting.trust.expected_start)
        self.kept = self.broken = 0.0
        self.error = single(setting.insight.prior_variance)

    def fade(self, salience, evidence, error_scale, error_gain, ignorance):
        """Let some weeks pass."""
        if self.salience:
            self.salience = single(self.salience * salience)
        if self.kept:
            self.kept = single(self.kept * evidence)
        if self.broken:
            self.broken = single(self.broken * evidence)
        self.error = single(min(ignorance, self.error * error_scale + error_gain))

    @property
    def trust(self):
        """Mean of the beta posterior that promises are kept."""
        return (self.kept + 1.0) / (self.kept + self.broken + 2.0)

    @property
    def uncertainty(self):
        """Uncertainty of that opinion."""
        return 2.0 / (self.kept + self.broken + 2.0)

    def learn(self, signal, weight, prior_weight):
        """Move the expectation towards a signal, the less the more evidence there is."""
        total = weight + self.kept + self.broken + prior_weight
        if total > 0.0:
            self.expected = single(self.expected + weight / total * (signal - self.expected))

    def hear_claim(self, claim, p):
        """Take a firm's word for as much as it is trusted."""
        self.learn(claim, p.claim_weight * self.trust, p.prior_weight)

    def live_through(self, value, weight, p):
        """Compare an experience, own (weight 1) or told, with the promise, and learn from it."""
        z = logistic((value - self.expected + p.margin) / p.scale)
        self.learn(value, weight, p.prior_weight)
        self.kept = single(self.kept + weight * z)
        self.broken = single(self.broken + weight * p.loss_asymmetry * (1.0 - z))
