"""M5 (E18b) Intents: customers tell listed firms what they need, and firms bid for it.

    tells      if  price_weight psi B  >  effort_weight effort + concern risk (1 - mean L13 of those who answer)
    bid        the price p that maximises (p - c) s(p), at most the list price, with the firm's own logit
               s(p) = 1 / (1 + exp(-(a - price_weight p))), a such that s(list price) is the share it has won so far
    B          <- B + smoothing (rebate per intent this week - B):  what customers expect of telling; in a week without
               intents, what bidders post

A firm knows only what is shared, that somebody needs the category, and reckons with an average customer. Whether it
answers at all is part of the world: the first `answering` of the firms in the order of a hash do. Both sides have to
come: an intent without bids saves nothing, and a bid without intents costs nothing and wins nothing. The broker
takes a commission on what is won.

Sources: vendor relationship management: Searls 2012; optimal price under the logit: Anderson, de Palma & Thisse 1992.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecosim.draws import bits, exp, log, purpose, stream_key
from ecosim.jit import rule, world_rule
from ecosim.ledger import UNIT, to_money
from ecosim.parameters import Parameters, param

ORDER = purpose("intents.answering")


@dataclass(frozen=True)
class Intents(Parameters):
    """Broadcast needs and bids."""

    answering: float = param(0.0, "part of the firms that answer intents", low=0, high=1, sweep=(0, 1))
    effort: float = param(0.02, "customer's effort of broadcasting an intent", low=0, high=10)
    risk: float = param(0.1, "risk seen in broadcasting, per unit of concern", low=0, high=100)
    fee: float = param(0.02, "broker's commission on a sale won by a bid", unit="of price", low=0, high=1)
    bid_cost: float = param(0.002, "firm's cost of one bid", unit="money", low=0, high=100)
    start: float = param(0.1, "rebate customers expect before there is any experience", unit="money", low=0, high=10,
                         build=True)  # fmt: skip
    smoothing: float = param(0.1, "weight of the newest week in the rebate customers expect", low=0, high=1)


COUNTS = ("intents",)


@world_rule
def tells(w, i):
    """Return whether customer ``i`` tells firms of his need this week: if the rebate is worth effort and risk."""
    c, f, p = w.customers, w.firms, w.rules.intents
    if f.intent[1] < 0.0:
        return False
    gain = w.rules.choice.price_weight * np.float64(c.price_sensitivity[i]) * f.intent[0]
    return gain > w.rules.choice.effort_weight * p.effort + np.float64(c.concern[i]) * f.intent[1]


@rule
def best_price(appeal, cost, price_weight, most):
    """Return the price up to ``most`` that maximises (p - cost) / (1 + exp(-(appeal - price_weight p)))."""
    if price_weight <= 0.0:
        return most
    low, high = cost, most
    for _ in range(50):
        p = 0.5 * (low + high)
        if p < cost + (1.0 + exp(appeal - price_weight * p)) / price_weight:
            low = p
        else:
            high = p
    return high if high >= most - 1e-9 else 0.5 * (low + high)


def bid(model) -> None:
    """Phase 3: firms that answer set this week's bid from their own share of what was asked for and bought so far."""
    f, p = model.world.firms, model.setting.intents
    f.discount[:] = -1
    f.intent[:] = model.intent_benefit, -1.0
    if p.answering <= 0.0:
        return
    key = stream_key(model.seed, ORDER, 0)
    order = sorted(model.firms, key=lambda firm: int(bits(key, firm.row)))
    answering = [firm for firm in order[: round(p.answering * len(order))] if firm.active]
    if not answering:
        return
    held = sum(firm.levers.insight.custody for firm in answering) / len(answering)
    f.intent[1] = p.risk * (1.0 - held)
    weight = model.setting.choice.price_weight
    for firm in answering:
        share = min(max(own_share(model, firm), 1e-3), 1.0 - 1e-3)
        appeal = log(share / (1.0 - share)) + weight * firm.price
        cost = firm.production_cost + firm.owed
        least = min(cost / max(1e-9, 1.0 - p.fee), firm.price)
        price = best_price(appeal, least, weight, firm.price)
        f.discount[firm.row] = max(0, to_money(firm.price) - to_money(price))
        f.bid[firm.row] = firm.price - f.discount[firm.row] / UNIT


def own_share(model, firm) -> float:
    """Return the share of last week's intents the firm won, or of last week's purchases if nobody told of a need."""
    last = model.last
    asked = int(last["intents"].sum())
    if asked:
        return int(last["bids_won"][firm.row]) / asked
    return int(last["purchases"][firm.row]) / max(1, int(last["purchases"].sum()))


def judge(model) -> None:
    """Phase 11: pay for bids and the broker, and let customers learn what telling has brought."""
    p, counts, ledger = model.setting.intents, model.counts, model.ledger
    if p.answering <= 0.0:
        return
    asked = int(counts["intents"].sum())
    bidders = [firm for firm in model.firms if model.world.firms.discount[firm.row] >= 0]
    for firm in bidders if asked else ():
        won = int(counts["bids_won"][firm.row])
        paid = won * to_money(firm.price) - int(counts["rebates"][firm.row])
        cost = asked * to_money(p.bid_cost) + round(p.fee * paid)
        ledger.transfer(model.week, firm.row, ledger.outside, "bidding", cost)
    if asked:
        saving = int(counts["rebates"].sum()) / UNIT / asked
    elif bidders:
        saving = sum(int(model.world.firms.discount[firm.row]) for firm in bidders) / UNIT / len(bidders)
    else:
        return
    model.intent_benefit += p.smoothing * (saving - model.intent_benefit)
