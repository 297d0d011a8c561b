r"""M8 (E26) Partners: what they earn, and who stays.

    E26   a partner stays with a firm while   m - risk_aversion s^2 / 2  >=  reservation + distrust L13 + paperwork L9
          m <- m + a (x - m),   s^2 <- (1 - a) (s^2 + a (x - m)^2),   x = its profit from the firm this quarter / S

S, its share of sales, is (components it supplies / D) times the firm's quarterly sales, averaged with the same weight
a = `memory`; so every term is a part of that share, and times S it is money per quarter. Royalties paid to a partner
and risk moved to it are part of x. Who leaves remembers how far the firm fell short of what it offered, and by how
much it varied; both fade with weight a. Each week partners pay for what they make; an orchestrator passes what it is
paid on to those who make it, less a `fee` on what exceeds their cost, to the unit, and reckons with the profit of all
of them together. Long debt ends a partner for good.

Sources: partners averse to risk (Pratt 1964); orchestrators of creation nets: Brown & Hagel 2006.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ecosim.ledger import UNIT, to_money
from ecosim.parameters import Parameters, param

SPLITS = ("commission", "equal", "nash", "shapley")
OWN = -1
SUPPLY = "supply"


@dataclass(frozen=True)
class Partners(Parameters):
    """Partners, and how the money is shared with them."""

    number: int = param(0, "partners, all kinds together", unit="agents", low=0, high=1000, build=True)
    block: int = param(2, "components each partner can supply", low=1, high=10, build=True)
    bonus: float = param(0.1, "quality of a partner's component above a firm's own", unit="value", low=-1, high=1,
                         build=True)  # fmt: skip
    divergence: float = param(30.0, "angle between a partner's goal and its firm's", unit="degree", low=0, high=90,
                              sweep=(0, 90), build=True)  # fmt: skip
    complementors: int = param(0, "of them: those that complete what a firm does not cover and replace nothing",
                               unit="agents", low=0, high=1000, build=True)  # fmt: skip
    orchestrators: int = param(0, "of them: those that hold sub-partners", unit="agents", low=0, high=100, build=True)
    sub_partners: int = param(10, "sub-partners of an orchestrator", unit="agents", low=1, high=20, build=True)
    fee: float = param(0.1, "part an orchestrator keeps of what exceeds its sub-partners' cost", low=0, high=1)
    experts: int = param(0, "of them: third-party experts, who supply no component", unit="agents", low=0, high=1000,
                         build=True)  # fmt: skip
    split: str = param("commission", "how what partners add is split", choices=SPLITS)
    commission: float = param(0.15, "part the assembling firm keeps", low=0, high=1, sweep=(0.05, 0.3))
    cost_factor: float = param(1.0, "partner's cost of a component relative to the firm's", low=0, high=100)
    coordination: float = param(0.002, "assembling firm's cost of one sourced component, per sale", unit="money", low=0,
                                high=100)  # fmt: skip
    listing: float = param(0.0, "least quality of a component that aggregators list", unit="value", low=0, high=1)
    risk_aversion: float = param(1.0, "partners' aversion to variance", unit="1/(its share of sales)", low=0,
                                 high=1000)  # fmt: skip
    memory: float = param(0.3, "weight of the newest quarter in what a partner expects of a firm", low=0.01, high=1)
    reservation: float = param(0.0, "profit for which a partner stays", unit="of its share of sales", low=-1, high=1)
    distrust: float = param(0.1, "how much revocable data raises that profit, per unit of custody",
                            unit="of its share of sales", low=0, high=1)  # fmt: skip
    paperwork: float = param(0.05, "how much contracts raise it, per unit of governance", unit="of its share of sales",
                             low=0, high=1)  # fmt: skip
    multi_homing: bool = param(True, "whether a partner may supply several firms")
    cash: float = param(1.0, "starting cash of a partner in quarters of its share of sales", unit="quarters", low=0,
                        high=1000, build=True)  # fmt: skip
    acquisitions: float = param(0.0, "yearly hazard that an aggregating firm bids for a supplier", unit="1/year", low=0,
                                high=52)  # fmt: skip
    support_cost: float = param(0.005, "fixed cost of a full platform", unit="of sales", low=0, high=1)


@dataclass
class Contract:
    """What a partner supplies to a firm, and how it fares with it; parts of its share of sales unless said otherwise.

    ``makers`` are the accounts that make each of ``components``; ``amount`` money units are paid per sale, of which
    ``cost`` are what making costs; ``offered`` is the profit promised, ``mean`` and ``variance`` what came of it,
    ``sales`` its share of sales (currency a quarter); ``spent`` what making cost this quarter.
    """

    components: list[int]
    makers: list[int]
    amount: int
    cost: int
    offered: float
    mean: float
    variance: float
    sales: float
    spent: int = 0


@dataclass
class SubPartner:
    """One of an orchestrator's makers: its account ``row`` and the ``quality`` [d] of what it makes, 0 elsewhere."""

    row: int
    quality: list[float] = field(default_factory=list)
    active: bool = True
    quarters_in_debt: int = 0


def threshold(model, firm) -> float:
    """Return the profit for which a partner works with a firm of these levers, as a part of its share of sales."""
    p = model.setting.partners
    return p.reservation + p.distrust * firm.levers.insight.custody + p.paperwork * firm.levers.innovation.governance


def stays(mean: float, variance: float, risk_aversion: float, least: float) -> bool:
    """Return E26: whether a profit with this mean and variance is worth ``least``."""
    return mean - 0.5 * risk_aversion * variance >= least


def make(model) -> None:
    """Phase 11: partners pay for what they made, orchestrators pass on what they were paid, platforms are kept up."""
    ledger, week, p = model.ledger, model.week, model.setting.partners
    if not model.partners:
        return
    sold = model.counts["purchases"]
    for partner in model.partners:
        for row, contract in sorted(partner.contracts.items()):
            sales = int(sold[row])
            pass_on(model, partner, contract, sales)
            each = contract.cost // len(contract.components) * sales
            for maker in contract.makers:
                ledger.transfer(week, maker, ledger.outside, "production", each)
                contract.spent += each
    for firm in model.firms:
        cost = round(p.support_cost * firm.levers.offer.extensibility * int(ledger.flows[0, firm.row]))
        ledger.transfer(week, firm.row, ledger.outside, "support", cost)


def pass_on(model, partner, contract: Contract, sales: int) -> None:
    """Let an orchestrator pay its makers for ``sales``, less its fee, to the unit."""
    if partner.row in contract.makers:
        return
    income, cost = sales * contract.amount, sales * contract.cost
    rest = income - round(model.setting.partners.fee * max(0, income - cost))
    share, more = divmod(rest, len(contract.makers))
    for n, maker in enumerate(contract.makers):
        model.ledger.transfer(model.week, partner.row, maker, SUPPLY, share + (n < more))


def review(model) -> None:
    """Phase 13: partners look at their quarter; some leave a firm, some leave for good."""
    changed = False
    for partner in model.partners:
        if not partner.active:
            continue
        fade = 1.0 - model.setting.partners.memory
        partner.memory = {row: (gap * fade, risk * fade) for row, (gap, risk) in partner.memory.items()}
        for row in sorted(partner.contracts):
            firm, contract = model.firms[row], partner.contracts[row]
            learn(model, partner, firm, contract)
            least, averse = threshold(model, firm), model.setting.partners.risk_aversion
            if not firm.active or not stays(contract.mean, contract.variance, averse, least):
                partner.memory[row] = (min(0.0, contract.mean - contract.offered), contract.variance)
                end(model, firm, partner)
                changed = True
        changed |= count_debts(model, partner)
    if changed:
        model.firms_changed()


def learn(model, partner, firm, contract: Contract) -> None:
    """Bring what a partner expects of a firm up to date with this quarter's profit from it."""
    a, between = model.setting.partners.memory, model.ledger.between
    pair = (firm.row, partner.row)
    profit = between.get(pair, 0) - between.get(pair[::-1], 0) - contract.spent
    contract.spent = 0
    sales = share_of_sales(model, firm, len(contract.components))
    base = contract.sales if contract.sales > 0 else sales
    contract.sales += a * (sales - contract.sales)
    if base <= 0:
        return
    surprise = profit / UNIT / base - contract.mean
    contract.mean += a * surprise
    contract.variance = (1.0 - a) * (contract.variance + a * surprise * surprise)


def share_of_sales(model, firm, components: int) -> float:
    """Return the part of the firm's sales of this quarter that so many components stand for, in currency."""
    return int(model.ledger.quarter[0, firm.row]) / UNIT * components / model.setting.market.components


def count_debts(model, partner) -> bool:
    """Count quarters in debt of a partner and its sub-partners; return whether one left for good."""
    left = False
    for each in (partner, *partner.subs):
        if each.active:
            each.quarters_in_debt = each.quarters_in_debt + 1 if model.ledger.accounts[each.row] < 0 else 0
            if each.quarters_in_debt >= model.setting.market.patience:
                each.active, left = False, True
    if left:
        partner.gather()
    if not partner.active:
        leave(model, partner)
    return left


def leave(model, partner) -> None:
    """Let a partner leave for good: all its contracts end. The caller then calls ``model.firms_changed()``."""
    partner.active = False
    for row in sorted(partner.contracts):
        end(model, model.firms[row], partner)


def end(model, firm, partner) -> None:
    """End a contract: the components are the firm's own or generic again; the others' terms stay."""
    del partner.contracts[firm.row]
    firm.supplier[firm.supplier == partner.row] = OWN
    paid = {claim.payee: claim.amount for claim in firm.claims if claim.purpose == SUPPLY}
    paid.pop(partner.row, None)
    paid.pop(model.ledger.outside, None)
    firm.owe(SUPPLY, {**paid, **coordination(model, firm)})


def coordination(model, firm) -> dict[int, int]:
    """Return what coordinating the sourced components costs per sale, as {outside: money units}, or nothing."""
    sourced = int((firm.supplier != OWN).sum())
    amount = sourced * to_money(model.setting.partners.coordination)
    return {model.ledger.outside: amount} if amount else {}
