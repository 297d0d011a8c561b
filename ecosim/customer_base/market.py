"""A fitted customer base as a scenario file: what of it a simulated market can carry, and in words what it cannot.

    needs.rate   the mean of the fitted gamma distribution of purchase rates, r / alpha, a week
    needs.shape  its shape, r
    customers    how many there are;  price  the mean amount of a purchase

Every other parameter in money is multiplied, and the weight of price in choice divided, by the same price, so that the
change of the unit of money decides nothing. Where that would leave a parameter's range, the price stays 1 and money is
counted in mean purchases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ecosim.customer_base.maximum import Fit
from ecosim.errors import UserError
from ecosim.parameters import walk
from ecosim.request import put
from ecosim.setting import Setting

QUESTION = "Does ceding control pay with these customers?"
WHY = "How often people buy, how much that differs among them, and what a purchase costs are those of a customer base."
NOT_CARRIED = (
    "customers do not leave: the market is closed, so dropout ({dropout}) is not carried over, and its customers go on "
    "buying at the rates they have while they are there",
    "nobody is new: the simulated market starts with all customers there, and growth of the base is not carried over",
    "the purchases of the file are taken for all purchases of the category, shared by equal firms; a firm whose "
    "customers also buy elsewhere has more needs to meet than this",
    "spread of amounts over customers and purchases: every purchase costs the mean amount",
    "seasons, trends and what the firm did at the time; network, attention and trust are the model's defaults",
)


class Carried(NamedTuple):
    """What goes into a scenario: changes of the ``setting`` by dotted key, ``notes`` on them, and ``left`` out."""

    setting: Mapping[str, Any]
    notes: tuple[str, ...]
    left: tuple[str, ...]


def carried(fit: Fit, customers: int, spend: float, weeks: float, margin: float = 1.0) -> Carried:
    """Return what a fit carries over; ``weeks`` in its unit of time, ``spend`` NaN where amounts are not known."""
    fields = {key: field.metadata["info"] for key, field in walk(Setting)}
    rate, shape = round_off(fit.ratio("r", "alpha")[0] / weeks), round_off(fit.value("r"))
    for key, value in (("needs.rate", rate), ("needs.shape", shape)):
        if not fields[key].low <= value <= fields[key].high or value <= 0:
            raise UserError(f"{key}={value:g}: the fitted value is beyond what the model allows")
    setting: dict[str, Any] = {"market.customers": customers, "needs.rate": rate, "needs.shape": shape}
    error = fit.ratio("r", "alpha")[1] / weeks
    notes = [f"needs.rate is r / alpha a week, standard error {error:.2g}; needs.shape is r, {fit.error('r'):.2g}"]
    if spend > 0:
        money, told = in_money(spend)
        setting |= money
        notes += told
        if margin < 1:
            price = setting.get("market.price", 1.0)
            setting["market.unit_cost"] = round_off(price * (1 - margin))
            notes.append(f"market.unit_cost leaves margin={margin:g} of the price")
    p = dict(zip(fit.names, fit.estimates, strict=True))
    dropout = (
        f"after a repeat purchase a customer is gone with probability {p['a'] / (p['a'] + p['b']):.2g} on average"
        if "a" in p
        else f"a customer's rate of leaving is {p['s'] / p['beta'] / weeks:.2g} a week on average"
    )
    return Carried(setting, tuple(notes), tuple(each.format(dropout=dropout) for each in NOT_CARRIED))


def in_money(price: float) -> tuple[dict[str, Any], list[str]]:
    """Return the parameters in money at a mean price, and what to say of them."""
    found, limited = {}, []
    for key, field in walk(Setting):
        info, default = field.metadata["info"], field.default
        if info.unit not in ("money", "1/money") or not isinstance(default, float) or default == 0.0:
            continue
        value = round_off(default * price if info.unit == "money" else default / price)
        found[key] = min(max(value, info.low), info.high)
        if found[key] != value:
            limited.append(key)
    active = [key for key in limited if key != "intents.start"]
    if active:
        return {}, [f"one unit of money is a mean purchase, {price:.6g} in the file; in the file's own money "
                    f"{active[0]} would leave its range"]  # fmt: skip
    notes = [f"market.price is the mean purchase, {price:.6g}; all else in money is multiplied by it, and the weight "
             "of price divided, so that only the unit of money changes"]  # fmt: skip
    return found, notes + [f"{key} is limited to its range" for key in limited]


def round_off(value: float) -> float:
    """Return a value to six significant digits."""
    return float(f"{value:.6g}") if math.isfinite(value) else value


def scenario_text(found: Carried, source: str, fitted: str) -> str:
    """Return the scenario as YAML, with what it carries and does not carry as comments."""
    source = "".join(c if c.isascii() and c.isprintable() else "?" for c in source)
    lines = [f"# A market of the customers in {source}, fitted by {fitted}; made by ecosim fit.", "# Carried over:"]
    lines += [f"#   {note}" for note in found.notes] + ["# Not carried over:"] + [f"#   {note}" for note in found.left]
    lines += [f"question: {QUESTION}", f"why: {WHY}", "archetypes: [crm1, cmr]", "setting:"]
    tree: dict[str, Any] = {}
    for key, value in found.setting.items():
        put(tree, key, value)
    for group, values in tree.items():
        lines += [f"  {group}:"] + [f"    {key}: {number(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """Return a number as the strict reader takes it."""
    return str(value) if isinstance(value, int) else repr(float(value))
