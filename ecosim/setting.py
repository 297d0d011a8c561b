"""The setting: the world in numbers. It is frozen, knows no strategy and no seed."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecosim.errors import UserError
from ecosim.market import Market
from ecosim.mechanisms.attention import Attention
from ecosim.mechanisms.choice import Choice
from ecosim.mechanisms.contact import ContactMarket
from ecosim.mechanisms.deployment import Deployment
from ecosim.mechanisms.entry import Entry
from ecosim.mechanisms.evaluation import Recovery
from ecosim.mechanisms.experience import Experience
from ecosim.mechanisms.innovation import Innovation
from ecosim.mechanisms.insight import Insight
from ecosim.mechanisms.intents import Intents
from ecosim.mechanisms.memory import Consideration
from ecosim.mechanisms.needs import Needs
from ecosim.mechanisms.organisation import Organisation
from ecosim.mechanisms.participation import Participation
from ecosim.mechanisms.partners import Partners
from ecosim.mechanisms.search import Search
from ecosim.mechanisms.talk import Talk
from ecosim.mechanisms.trust import Trust
from ecosim.metrics.equity import Equity
from ecosim.networks import Network
from ecosim.parameters import Parameters


@dataclass(frozen=True)
class Setting(Parameters):
    """Every parameter of the world, one group per mechanism."""

    market: Market = field(default_factory=Market)
    network: Network = field(default_factory=Network)
    contact: ContactMarket = field(default_factory=ContactMarket)
    attention: Attention = field(default_factory=Attention)
    trust: Trust = field(default_factory=Trust)
    consideration: Consideration = field(default_factory=Consideration)
    needs: Needs = field(default_factory=Needs)
    choice: Choice = field(default_factory=Choice)
    experience: Experience = field(default_factory=Experience)
    recovery: Recovery = field(default_factory=Recovery)
    talk: Talk = field(default_factory=Talk)
    search: Search = field(default_factory=Search)
    insight: Insight = field(default_factory=Insight)
    participation: Participation = field(default_factory=Participation)
    intents: Intents = field(default_factory=Intents)
    innovation: Innovation = field(default_factory=Innovation)
    partners: Partners = field(default_factory=Partners)
    deployment: Deployment = field(default_factory=Deployment)
    organisation: Organisation = field(default_factory=Organisation)
    entry: Entry = field(default_factory=Entry)
    equity: Equity = field(default_factory=Equity)

    def __post_init__(self) -> None:
        """Check what one parameter alone cannot show."""
        market = self.market
        if market.shares and len(market.shares) != market.firms:
            raise UserError(
                f"market.shares: {len(market.shares)} shares for market.firms={market.firms}; give one for each firm"
            )
        if self.entry.firms >= market.firms:
            raise UserError(
                f"entry.firms={self.entry.firms}: at most {market.firms - 1} of {market.firms} firms can enter later"
            )
        if market.shares and sum(market.shares[: market.firms - self.entry.firms]) <= 0:
            raise UserError("market.shares: at least one share above 0 is needed, of a firm that is there at the start")
        if market.focal >= market.firms:
            raise UserError(f"market.focal={market.focal}: firms are numbered 0 to {market.firms - 1}")
        if self.network.kind == "edge_list" and not self.network.path:
            raise UserError("network.path: name the file of the edge list, such as network.path=friends.csv")
