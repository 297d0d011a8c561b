"""What a search for a boundary has found, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scipy import stats

from ecosim.analysis.boundary import PATHS, Crossing, Found

CHANCE = 0.01
"""A surface is not trusted when chance alone would put so many points beyond their 95 % intervals less often."""


def percent(share: float) -> str:
    """Return a share in words: whole per cents, and what is not quite none or all said so."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def answer(found: Found, crossings: Sequence[Crossing], what: str, keys: Sequence[str]) -> str:
    """Return the answer: whether and where ``what`` changes sign over the ranges of ``keys``, and how sure that is."""
    lines = [_verdict(found, what, len(keys))]
    if found.verdict == "changes" and len(keys) == 1:
        lines += [_crossing(each, keys[0]) for each in crossings]
    shares = (
        f"Above zero over {percent(found.positive)} of the ranges, below over {percent(found.negative)}, "
        f"not to be told over {percent(found.doubt)} (at 95 %)."
    )
    lines.append(shares)
    if found.verdict != "changes":
        lines.append(f"Least sure at {point(found.least_sure)}.")
    return "\n".join([*lines, *_trust(found)])


def point(values: Mapping[str, Any]) -> str:
    """Return a point as keys and values."""
    return ", ".join(f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}"
                     for key, value in values.items())  # fmt: skip


def _verdict(found: Found, what: str, k: int) -> str:
    if found.verdict == "changes":
        where = "at" if k == 1 else "along a line" if k == 2 else "along a surface"
        return f"{what} changes sign within the ranges{'' if k == 1 else ', ' + where}."
    if found.verdict == "unclear":
        return f"Whether {what} changes sign within the ranges cannot be told; more points or replications would help."
    least = 1 / PATHS
    chance = f"below {100 * least:g} %" if found.both < least else f"about {100 * found.both:.1g} %"
    side = "above" if found.verdict == "positive" else "below"
    return (
        f"No change of sign was found: {what} is {side} zero. The chance that it changes sign somewhere in the ranges "
        f"is {chance}, if it is as smooth as the {found.points} points say."
    )


def _crossing(each: Crossing, key: str) -> str:
    way = "upwards" if each.rising else "downwards"
    at, low, high = (f"{value:.4g}" for value in (each.at, each.low, each.high))
    return f"It crosses zero {way} at {key}={at} (95 %: {low} to {high})."


def _trust(found: Found) -> list[str]:
    ends = {
        "doubt": "the area of doubt is small enough",
        "budget": "the points are spent",
        "exhausted": "every point has been tried",
    }
    told = [f"{found.points} points; {ends.get(found.reason, 'the search goes on')}."]
    if found.undefined:
        told.append(f"At {found.undefined} of them the outcome is not defined or runs failed.")
    known = found.points - found.undefined
    if stats.binom.sf(round((1 - found.coverage) * known) - 1, known, 0.05) < CHANCE:
        told.append(
            f"Do not trust this yet: only {percent(found.coverage)} of the points lie where the others predict them "
            "(95 % expected), so the surface is rougher than the points can show."
        )
    return told
