r"""M8 (E26) Acquisition: an aggregating firm buys a supplier, and what was sourced becomes its own.

    bid        with probability 1 - exp(-acquisitions / 4) a quarter, for the supplier whose purchase gains most
    price      max(capitalised profit, cash, debt);   capitalised   c(x) = max(0, x) / (13 discount), x per quarter
    bought if  c(claims and coordination saved - own production) >= price   and the firm has the cash

The price goes to the partner, whose owners take all its cash and are gone; other firms lose it. The firm makes from
then on what the partner made, where it is better than its own.

Sources: make or buy: Grossman & Hart 1986; present value of a constant profit: Gupta, Lehmann & Stuart 2004.
"""

from __future__ import annotations

from ecosim.draws import exp, own_key, purpose, stream_key, uniform
from ecosim.errors import UserError
from ecosim.ledger import UNIT, to_money
from ecosim.mechanisms.partners import OWN, leave

BID = purpose("acquisition.bid")
FOR_SALE = ("supplier", "complementor")


def capitalised(model, quarterly: float) -> float:
    """Return what a profit per quarter for ever is worth now; losses are worth nothing."""
    return max(0.0, quarterly) / (13.0 * model.setting.equity.discount)


def price_of(model, partner) -> int:
    """Return the price of a partner in money units: what its profit is worth, at least its cash or its debts."""
    profit = sum(contract.mean * contract.sales for _, contract in sorted(partner.contracts.items()))
    return max(to_money(capitalised(model, profit)), abs(int(model.ledger.accounts[partner.row])))


def saving_of(model, firm, partner) -> int:
    """Return what the firm would save by making itself what the partner supplies, capitalised, in money units."""
    contract, p = partner.contracts[firm.row], model.setting.partners
    part = len(contract.components) / model.setting.market.components
    per_sale = contract.amount / UNIT + p.coordination * len(contract.components) - firm.unit_cost * part
    sales = contract.sales / (firm.price * part) if firm.price > 0.0 else 0.0
    return to_money(capitalised(model, per_sale * sales))


def bid(model) -> None:
    """Phase 13: firms that may buy suppliers look for one that is worth its price to them."""
    hazard = model.setting.partners.acquisitions
    if not model.partners or hazard <= 0.0:
        return
    key = stream_key(model.seed, BID, model.week)
    for firm in model.firms:
        if not (firm.active and firm.assembles and uniform(own_key(key, firm.row), 0) < 1.0 - exp(-hazard / 4.0)):
            continue
        offers = []
        for partner in model.partners:
            if partner.kind in FOR_SALE and firm.row in partner.contracts:
                price = price_of(model, partner)
                gain = saving_of(model, firm, partner) - price
                if gain >= 0 and price <= model.ledger.accounts[firm.row]:
                    offers.append((-gain, partner.row, price, partner))
        if offers:
            _, _, price, partner = min(offers, key=lambda offer: offer[:2])
            take_over(model, firm, partner, price)


def take_over(model, firm, partner, price: int) -> None:
    """Let ``firm`` buy ``partner`` for ``price`` money units; the partner's owners take its cash and are gone."""
    ledger = model.ledger
    ledger.transfer(model.week, firm.row, partner.row, "acquisition", price)
    ledger.transfer(model.week, partner.row, ledger.outside, "acquisition", max(0, int(ledger.accounts[partner.row])))
    own, theirs = firm.own_parts(), firm.fitted(partner.quality)
    for d in partner.components.tolist():
        if not firm.scope[d] or theirs[d] > own[d]:
            firm.scope[d] = True
            firm.contributions[d] = partner.quality[d] - firm.edge
    leave(model, partner)
    model.firms_changed()


def acquire(model, firm, component: int) -> bool:
    """Let ``firm`` buy the supplier of a component, at its price and on credit if need be; False if there is none.

    That is the partner that supplies it now, or else the best one there is. For dated events.
    """
    size = model.setting.market.components
    if not 0 <= component < size:
        raise UserError(f"acquire={component}: components are numbered 0 to {size - 1}")
    able = [q for q in model.partners if q.active and q.kind in FOR_SALE and q.quality[component] > 0.0]
    if not able:
        return False
    now = int(firm.supplier[component])
    best = min(able, key=lambda q: (now == OWN or q.row != now, -float(q.quality[component]), q.row))
    take_over(model, firm, best, price_of(model, best))
    return True
