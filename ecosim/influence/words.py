"""What a comparison of seeds says, in plain words; and who may be misled by the file."""

from __future__ import annotations

import math

from ecosim.influence.study import Maximisation

HOW = {
    "greedy": "greedy choice", "celf": "greedy choice by simulation", "degree": "degree", "central": "distance",
    "random": "random choice",
}  # fmt: skip
"""What each method chooses by."""


def measured(mean: float, se: float) -> str:
    """Return a mean with its standard error, to two significant digits of the latter."""
    places = 1 if se <= 0 else max(0, 1 - math.floor(math.log10(se)))
    return f"{mean:,.{places}f} ± {se:,.{places}f}"


def sentences(found: Maximisation) -> list[str]:
    """Return what was found, a sentence or two a line."""
    graph, k, best = found.diffusion.graph, found.k, found.methods[0]
    reached, se = found.at(best, k)
    lines = [f"{k} seeds by {HOW[best]} reach {measured(reached, se)} of {graph.n:,} nodes, "
             f"{100 * reached / graph.n:.1f} %."]  # fmt: skip
    lines += [_against(found, best, other) for other in found.methods[1:]]
    lines += [_flat(found, name) for name in found.methods if name != "random" and _is_flat(found, name)]
    if k >= 6:
        part = k // 3
        early = found.at(best, part)[0]
        lines.append(f"The first {part} seeds bring {100 * early / reached:.0f} % of what all {k} bring.")
    return lines + [line for line in (_check(found),) if line]


def _against(found: Maximisation, best: str, other: str) -> str:
    ours, theirs = found.at(best, found.k), found.at(other, found.k)
    lead = ours[0] - theirs[0]
    way = "fewer" if lead > 0 else "more"
    se = found.leads[other] if other != "random" else (ours[1] ** 2 + theirs[1] ** 2) ** 0.5
    if abs(lead) <= 2 * se:
        return f"That cannot be told from what {HOW[other]} reaches, which is {measured(abs(lead), se)} {way}."
    if lead > theirs[0]:
        return f"That is {ours[0] / theirs[0]:.1f} times as many as by {HOW[other]} ({theirs[0]:,.4g})."
    much = f"{100 * abs(lead) / theirs[0]:.1f} % (± {100 * se / theirs[0]:.1f}) {'more' if lead > 0 else 'fewer'}"
    return f"That is {much} than by {HOW[other]} ({theirs[0]:,.4g})."


def _is_flat(found: Maximisation, name: str) -> bool:
    return found.k > 1 and found.at(name, found.k)[0] < 1.1 * found.at(name, 1)[0]


def _flat(found: Maximisation, name: str) -> str:
    gain = 100 * (found.at(name, found.k)[0] / found.at(name, 1)[0] - 1)
    return (f"The {found.k} seeds by {HOW[name]} reach only {gain:.1f} % more than the first of them alone: they reach "
            "the same nodes, and the others add next to nothing.")  # fmt: skip


def _check(found: Maximisation) -> str:
    """Return how far simulation is from the estimate, for the first method."""
    if not len(found.checks):
        return ""
    row = found.checks.iloc[0]
    away = 100 * abs(row["forward"] / row["spread"] - 1)
    both = (row["se"] ** 2 + row["forward_se"] ** 2) ** 0.5
    verdict = (
        "as their errors allow" if abs(row["forward"] - row["spread"]) <= 4 * both else "FURTHER THAN ERRORS ALLOW"
    )
    return f"Forward simulation says {measured(row['forward'], row['forward_se'])}, {away:.1f} % away, {verdict}."


def notes(found: Maximisation) -> list[str]:
    """Return what to know about the file and about what was left out."""
    graph = found.diffusion.graph
    report = graph.report
    lines = [f"Network: {graph.n:,} nodes, {graph.pairs:,} pairs with {graph.count.sum() / 2:,.6g} ties."]
    if report.get("self_loops"):
        lines.append(f"{report['self_loops']:,} loops were dropped.")
    if graph.pairs and graph.count.min() >= 2:
        lines.append(
            "Every tie is in the file at least twice and counts as often: if each is listed both ways, keep one."
        )
    alone = int((graph.degree == 0).sum())
    if alone:
        lines.append(f"{alone:,} nodes have no ties.")
    return lines + [f"{name} is left out: {why}." for name, why in found.left_out.items()]
