"""K1, K2: what a consumer panel would show: penetration, frequency, share of requirements, loyalty, repeat.

All are counts over customers of purchases per provider in a quarter or a year, as in Ehrenberg's tables.

    penetration     buyers of f / customers                       purchases per buyer   purchases of f / buyers of f
    category rate   category purchases of f's buyers / buyers     share of requirements purchases of f / those
    loyals          buyers of f alone / buyers of f               retention             bought last quarter too / then
    duplication     D_ab = P(buys b | buys a) / penetration of b

Source: Ehrenberg, Uncles & Goodhardt 2004.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ecosim.jit import pass_kernel

LONGEST = 512


class Panel(NamedTuple):
    """Counts over customers, int64; ``both`` is [f, f], ``frequency`` [512] counts category purchases."""

    purchases: np.ndarray
    buyers: np.ndarray
    category: np.ndarray
    loyals: np.ndarray
    repeaters: np.ndarray
    both: np.ndarray
    frequency: np.ndarray


def empty(n_firms: int) -> Panel:
    """Return a panel of zeros."""
    rows = [np.zeros(n_firms, np.int64) for _ in range(5)]
    return Panel._make([*rows, np.zeros((n_firms, n_firms), np.int64), np.zeros(LONGEST, np.int64)])


@pass_kernel
def count_panel(lo, hi, bought, earlier, before, whole_year, scratch, panel):
    """Add purchases of rows ``lo .. hi-1``, this quarter or year, to ``panel``; ``before`` marks last quarter's."""
    n_firms = bought.shape[1]
    basket, counts = scratch[0], scratch[1]
    for i in range(lo, hi):
        size, total = 0, np.int64(0)
        for j in range(n_firms):
            n = np.int64(bought[i, j])
            if whole_year:
                n += np.int64(earlier[i, j])
            if n > 0:
                basket[size], counts[size] = j, n
                size += 1
                total += n
        panel.frequency[min(total, panel.frequency.size - 1)] += 1
        for a in range(size):
            j = basket[a]
            panel.purchases[j] += counts[a]
            panel.buyers[j] += 1
            panel.category[j] += total
            panel.loyals[j] += size == 1
            panel.repeaters[j] += before[i, j]
            for b in range(size):
                panel.both[j, basket[b]] += 1


@pass_kernel
def turn_page(lo, hi, bought, earlier, before, year_ends):
    """Start a new quarter: remember who bought, and start a new year if ``year_ends``."""
    for i in range(lo, hi):
        for j in range(bought.shape[1]):
            before[i, j] = bought[i, j] > 0
            earlier[i, j] = 0 if year_ends else earlier[i, j] + bought[i, j]
            bought[i, j] = 0


def _collect(model: Any, whole_year: bool) -> Panel:
    c = model.customers.view
    scratch = np.zeros((len(model.chunks), 2, len(model.firms)), np.int64)
    parts = [empty(len(model.firms)) for _ in model.chunks]

    def count(n: int, lo: int, hi: int) -> None:
        model.call(count_panel, lo, hi, c.bought, c.bought_year, c.bought_before, whole_year, scratch[n], parts[n])

    model.each_chunk(count)
    return parts[0] if len(parts) == 1 else Panel(*(np.sum(column, axis=0) for column in zip(*parts, strict=True)))


def quarter(model: Any) -> Panel:
    """Return the panel of the quarter that ends now."""
    return _collect(model, False)


def year(model: Any) -> Panel:
    """Return the panel of the year that ends now (earlier quarters of the year included)."""
    return _collect(model, True)


def close(model: Any) -> None:
    """Turn the page after a quarter (phase 13, after everyone has looked)."""
    c = model.customers.view
    ends = model.week % 52 == 0
    model.each_chunk(lambda n, lo, hi: turn_page(lo, hi, c.bought, c.bought_year, c.bought_before, ends))


def shares(panel: Panel, customers: int) -> dict[str, np.ndarray]:
    """Return the panel's ratios, each ``[f] float64``; NaN where nobody bought."""

    def ratio(a: np.ndarray, b: np.ndarray | int) -> np.ndarray:
        return np.divide(a, b, out=np.full(len(a), np.nan), where=np.asarray(b) > 0)

    return {
        "share": ratio(panel.purchases, np.full(len(panel.purchases), panel.purchases.sum())),
        "penetration": ratio(panel.buyers, np.full(len(panel.buyers), customers)),
        "purchases_per_buyer": ratio(panel.purchases, panel.buyers),
        "category_rate": ratio(panel.category, panel.buyers),
        "share_of_requirements": ratio(panel.purchases, panel.category),
        "loyals": ratio(panel.loyals, panel.buyers),
    }


def duplication(panel: Panel, customers: int) -> np.ndarray:
    """Return D_ab [f, f]: how many times likelier a buyer of a is than anyone to buy b too; NaN on the diagonal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        given = panel.both / panel.buyers[:, None]
        d = given / (panel.buyers / customers)[None, :]
    np.fill_diagonal(d, np.nan)
    return d
