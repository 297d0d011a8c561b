"""Small made-up tables with the columns of real runs, for tests of what reads them."""

import zlib

import numpy as np
import pandas as pd

FIRM_OUTCOMES = {
    "profit": 1200.0, "customer_equity": 9000.0, "roc": 0.12, "roc_money": 1100.0, "roi": 0.8, "share": 0.125,
    "penetration": 0.4, "share_of_requirements": 0.3, "retention": 0.8, "trust": 0.6, "satisfaction": 0.1,
    "contact_spend": 300.0, "talk_ownership": 0.35, "earshot": 0.2,
}  # fmt: skip
MARKET_OUTCOMES = {
    "attention_spent": 3.2, "customer_surplus": 4.1, "effort": 0.3, "privacy_exposure": 0.5, "unmet_needs": 0.05,
    "set_full": 0.08,
}  # fmt: skip


def _noise(*key, size=None):
    return np.random.default_rng(zlib.crc32(repr(key).encode())).standard_normal(size)


def outcomes(
    lifts=None, *, seeds=10, strategies=("crm1", "cmr"), scenario="baseline_fmcg", adopters="focal", noise=0.01
):
    """Long outcome table: ``lifts[(who, outcome)]`` is the relative effect of every strategy but the first."""
    lifts = lifts or {}
    rows = []
    for seed in range(seeds):
        for strategy in strategies:
            groups = {"adopters": {**FIRM_OUTCOMES, "profit_plus_equity": 10200.0}, "rivals": FIRM_OUTCOMES}
            groups["market"] = MARKET_OUTCOMES
            if adopters == "all":
                groups["rivals"] = dict.fromkeys(FIRM_OUTCOMES, np.nan)
            for who, means in groups.items():
                for name, mean in means.items():
                    world = 0.05 * _noise(who, name, seed)
                    lift = 0.0 if strategy == strategies[0] else lifts.get((who, name), 0.0)
                    own = noise * _noise(who, name, seed, strategy)
                    rows.append(
                        (scenario, strategy, adopters, seed, seed + 7, who, name, mean * (1 + world + lift + own))
                    )
    return pd.DataFrame(
        rows, columns=["scenario", "strategy", "adopters", "replication", "seed", "who", "outcome", "value"]
    )


def pairs(baseline, strategy, *, who="adopters", outcome="profit"):
    """Outcome table of one outcome from two lists of values, one per seed."""
    rows = []
    for name, values in (("base", baseline), ("new", strategy)):
        rows += [("world", name, "focal", i, i, who, outcome, value) for i, value in enumerate(values)]
    return pd.DataFrame(
        rows, columns=["scenario", "strategy", "adopters", "replication", "seed", "who", "outcome", "value"]
    )


def quarterly(*, seeds=10, strategies=("crm1", "cmr"), firms=4, quarters=range(-7, 13), scenario="baseline_fmcg"):
    """Quarterly table in which the adopter (firm 0) gains after quarter 0 under every strategy but the first."""
    rows = []
    for seed in range(seeds):
        for strategy in strategies:
            for quarter in quarters:
                for firm in range(firms):
                    gain = 0.02 * max(quarter, 0) * (firm == 0 and strategy != strategies[0])
                    wave = 1 + 0.03 * _noise("q", seed, quarter, firm)
                    share = 0.2 * wave * (1 + gain)
                    rows.append(
                        (
                            scenario,
                            strategy,
                            "focal",
                            seed,
                            seed + 7,
                            quarter,
                            104 + 13 * quarter,
                            firm,
                            firm == 0,
                            share,
                        )
                        + (2500 * wave * (1 + gain / 2), 90000 * wave * (1 + gain), 0.55 * (1 + gain / 3) * wave)
                    )
    names = "scenario strategy adopters replication seed quarter week firm adopter share profit customer_equity trust"
    return pd.DataFrame(rows, columns=names.split())


def pattern_table():
    """Published against obtained of two metrics for eight brands; one obtained number lies outside its tolerance."""
    shares = [0.25, 0.19, 0.10, 0.10, 0.09, 0.08, 0.03, 0.02]
    buys = [1.82, 1.76, 1.68, 1.68, 1.67, 1.66, 1.62, 1.61]
    rows = []
    for brand, (share, bought) in enumerate(zip(shares, buys, strict=True)):
        off = 0.05 if brand == 1 else 0.01 * np.cos(brand)
        rows.append((f"brand {brand + 1}", "market share", share, share + off, 0.004, 0.03))
        rows.append((f"brand {brand + 1}", "purchases per buyer", bought, bought + 0.03 * np.sin(brand), 0.02, np.nan))
    return pd.DataFrame(rows, columns=["brand", "metric", "published", "obtained", "sd", "tolerance"])


def map_table():
    """A plane with a curved boundary, uncertain near it."""
    rows = []
    for x in (0.5, 1, 2, 4, 8, 16):
        for y in (2, 4, 6, 8, 10, 14, 20):
            mean = np.log2(x) - 0.02 * y**1.7 + 1
            rows.append((x, y, mean, mean - 0.7, mean + 0.7))
    return pd.DataFrame(rows, columns=["x", "y", "difference", "low", "high"])
