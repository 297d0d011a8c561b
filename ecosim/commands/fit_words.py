"""What a fitted customer base is told in: a page of plain words, or one JSON document."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.commands.text import table

if TYPE_CHECKING:
    import pandas as pd

    from ecosim.customer_base.market import Carried
    from ecosim.customer_base.study import Study

NAMES = {"bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD", "gamma_gamma": "gamma-gamma"}
MEANINGS = {
    ("bg_nbd", "r"): "shape of purchase rates", ("bg_nbd", "alpha"): "their rate parameter",
    ("bg_nbd", "a"): "dropout after a purchase", ("bg_nbd", "b"): "dropout after a purchase",
    ("pareto_nbd", "r"): "shape of purchase rates", ("pareto_nbd", "alpha"): "their rate parameter",
    ("pareto_nbd", "s"): "shape of rates of leaving", ("pareto_nbd", "beta"): "their rate parameter",
    ("gamma_gamma", "p"): "shape of a purchase's amount", ("gamma_gamma", "q"): "shape over customers",
    ("gamma_gamma", "v"): "scale over customers, money",
}  # fmt: skip


def parameters(found: Study) -> pd.DataFrame:
    """Return one row a parameter: model, parameter, value, se, meaning, log_likelihood, customers."""
    import pandas as pd

    rows = []
    for fit in found.fits.values():
        for name, value, error in zip(fit.names, fit.estimates, fit.errors, strict=True):
            rows.append({"model": fit.model, "parameter": name, "value": value, "se": error,
                         "meaning": MEANINGS[fit.model, name], "log_likelihood": fit.log_likelihood,
                         "customers": fit.n})  # fmt: skip
    return pd.DataFrame(rows)


def told(found: Study, market: Carried, folder: Path) -> str:
    """Return the page."""
    parts = [_base(found), _parameters(found), _expectations(found)]
    parts += [part for part in (_holdout(found), _value(found)) if part]
    parts.append(_market(market, folder))
    return "\n\n".join(parts)


def _base(found: Study) -> str:
    n = found.numbers
    line = (
        f"{n['customers']:,} customers, {n['purchases']:,} purchases up to {found.moment(found.end)}, of them "
        f"{n['repeats']:,} repeats by {n['repeat_buyers']:,} customers (purchases of one day count as one)."
    )
    if n["later_customers"]:
        line += f" {n['later_customers']:,} who first bought later are left out."
    return line


def _parameters(found: Study) -> str:
    rows = parameters(found).to_dict("records")
    shown = [{**{str(key): value for key, value in row.items()}, "model": NAMES[row["model"]]} for row in rows]
    text = table(shown, ("model", "parameter", "value", "se", "meaning"))
    likelihoods = [f"{NAMES[fit.model]} {fit.log_likelihood:,.1f}" for fit in found.fits.values()]
    text += f"\n\nLog-likelihood: {'; '.join(likelihoods)}."
    better, worse = sorted(("bg_nbd", "pareto_nbd"), key=lambda name: -found.fits[name].log_likelihood)
    gap = found.fits[better].log_likelihood - found.fits[worse].log_likelihood
    text += f" Of the two models of purchases {NAMES[better]} fits better, by {gap:.1f}; both have four parameters."
    if any(math.isnan(error) for fit in found.fits.values() for error in fit.errors):
        text += "\nA dash: the data do not tell this parameter, so it has no standard error."
    return text


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table by the names that people read; what is a number of people is whole."""
    rows = []
    for row in frame.to_dict("records"):
        named = {NAMES.get(str(key), str(key)): value for key, value in row.items()}
        rows.append(named | {key: int(named[key]) for key in ("repeats", "customers") if key in named})
    return rows


def _expectations(found: Study) -> str:
    rows = [
        {key: round(value) if value >= 1000 or key == "observed" else value for key, value in row.items()}
        for row in _records(found.tables["frequencies"])
    ]
    last = rows[-1]["repeats"]
    return f"Customers by number of repeats ({last}: {last} and more), observed and expected:\n{table(rows)}"


def _holdout(found: Study) -> str:
    if "holdout" not in found.numbers:
        return ""
    n = found.numbers
    rows = table(_records(found.tables["holdout"]), ("repeats", "customers", "observed", "BG/NBD", "Pareto/NBD"))
    return (
        f"Held out, to {found.moment(found.last)}: {int(n['holdout']):,} purchases; expected "
        f"{n['holdout_bg_nbd']:,.0f} by BG/NBD, {n['holdout_pareto_nbd']:,.0f} by Pareto/NBD.\n"
        f"Mean per customer, by repeats in calibration:\n{rows}"
    )


def _value(found: Study) -> str:
    table_, asked = found.customers, found.asked
    line = (
        f"At the end of calibration {table_['alive'].sum():,.0f} of these customers are expected to be still there "
        f"({NAMES[asked.model]}), and in the {asked.span:g} {asked.unit}s that follow they are expected to make "
        f"{table_['expected'].sum():,.0f} purchases."
    )
    if asked.model == "bg_nbd":
        line += " BG/NBD counts all who never bought again as there: one leaves after a repeat only."
    if "clv" not in table_:
        return line + " The file has no amounts, so nothing is said of their value."
    line += (
        f"\nA purchase is {found.spend:,.2f} on average. Their value over that time, discounted by "
        f"{asked.discount:.3g} a year, with {asked.margin:.3g} of an amount as margin: {table_['clv'].sum():,.0f} in "
        f"all, {table_['clv'].mean():,.2f} a customer."
    )
    if "gamma_gamma" not in found.fits:
        return line + " Too few amounts of repeat purchases for the model of spend: everybody has the mean."
    bought = table_[table_["x"] > 0]
    relation = bought["x"].corr(bought["spend"]) if bought["x"].std() > 0 else 0.0
    return line + f" Spend is taken to be independent of frequency; their correlation is {relation:.2f}."


def _market(market: Carried, folder: Path) -> str:
    lines = ["A market of these customers (see the file for what its numbers are):"]
    lines += [f"  not carried over: {each}" for each in market.left]
    return "\n".join([*lines, f"  ecosim compare scenario={folder / 'market.yaml'}", "", f"Results: {folder}"])


def record(found: Study, market: Carried) -> dict[str, Any]:
    """Return the document: numbers, parameters, tables, and what the market carries."""
    asked = found.asked
    value: dict[str, Any] = {"horizon": asked.span, "unit": asked.unit, "discount": asked.discount,
                             "margin": asked.margin, "model": asked.model,
                             "expected_purchases": float(found.customers["expected"].sum()),
                             "expected_alive": float(found.customers["alive"].sum())}  # fmt: skip
    if "clv" in found.customers:
        value |= {"mean_purchase": found.spend, "clv": float(found.customers["clv"].sum()),
                  "clv_per_customer": float(found.customers["clv"].mean())}  # fmt: skip
    tracking = found.tables["tracking"]
    tables = found.tables | {"tracking": tracking.assign(time=[found.moment(t) for t in tracking["time"]])}
    return {"base": dict(found.numbers), "until": found.moment(found.end), "parameters": parameters(found),
            "log_likelihood": {name: fit.log_likelihood for name, fit in found.fits.items()}, **tables,
            "value": value, "market": dict(market.setting), "not_carried_over": list(market.left)}  # fmt: skip
