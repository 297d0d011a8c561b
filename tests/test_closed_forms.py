"""Corners of the model whose answer is known: logit shares, outside option, duplicates, availability, and Bass."""

import math

import numpy as np
import pytest
from scipy import stats
from worlds import BARE, needs_met, world

from ecosim.corners import bass, bass_recursion


def logit(*utilities):
    e = np.exp(np.array(utilities) - max(utilities))
    return e / e.sum()


def one_week(n=4000, firms=3, expected=None, prices=None, seed=1, **choice):
    """Return the shares of providers among all needs of one week, and the number of needs.

    In the first week nobody has evidence yet, so trust is 1/2 for everybody and utility is
    value_weight expected / 2 - price; choices of a week precede what is learnt from them.
    """
    model = world(BARE, {"market": {"customers": n, "firms": firms}, "choice": choice}, seed=seed)
    if expected is not None:
        model.customers.expected[:, :firms] = np.float32(expected)
    for firm, price in zip(model.firms, prices or [], strict=False):
        firm.price = price
    model.firms_changed()
    model.step()
    provider = needs_met(model)[2]
    return np.bincount(provider + 1, minlength=firms + 1) / provider.size, provider.size


def close(found, expected, n):
    """Assert that shares are within 5 standard errors of what they should be."""
    expected = np.asarray(expected)
    assert np.all(np.abs(found - expected) < 5 * np.sqrt(expected * (1 - expected) / n)), (found, expected)


def test_multinomial_logit_shares_by_value_and_price():
    expected, prices = [0.2, 0.9, 0.5], [1.0, 1.3, 0.4]
    found, n = one_week(expected=expected, prices=prices, value_weight=3.0)
    s = logit(*(3.0 * 0.5 * e - p for e, p in zip(expected, prices, strict=True)))
    close(found[1:], s, n)
    assert stats.chisquare(found[1:] * n, s * n).pvalue > 1e-6
    assert found[0] == 0


def test_a_symmetric_duopoly_splits_evenly():
    found, n = one_week(firms=2)
    close(found[1:], [0.5, 0.5], n)


@pytest.mark.parametrize("outside", [-2.0, 0.0, 1.0])
def test_a_monopoly_with_an_outside_option(outside):
    """The second firm has left: the share bought is e^(u - U) / (1 + e^(u - U))."""
    model = world(BARE, {"market": {"customers": 4000, "firms": 2}, "choice": {"outside_utility": outside}})
    model.firms[1].active = False
    model.firms_changed()
    model.customers.expected[:, :2] = 0.5
    model.step()
    provider = needs_met(model)[2]
    u = 2.0 * 0.5 * 0.5 - 1.0
    close(np.mean(provider == 0), 1 / (1 + math.exp(outside - u)), provider.size)
    assert not np.any(provider == 1)


def test_an_outside_option_beside_several_firms():
    found, n = one_week(expected=[0.3, 0.6, 0.9], outside_utility=-0.4)
    close(found, logit(-0.4, *(e - 1.0 for e in (0.3, 0.6, 0.9))), n)


def test_a_duplicated_firm_takes_from_all_in_proportion():
    """Two firms, then the first one twice: each copy has e/(D + e), and the ratio of the others stays."""
    two, n = one_week(firms=2, expected=[0.2, 1.0], outside_utility=-0.5)
    three, m = one_week(firms=3, expected=[0.2, 1.0, 0.2], outside_utility=-0.5, seed=2)
    close(two, logit(-0.5, 0.1 * 2 - 1, 0.0), n)
    close(three, logit(-0.5, 0.2 - 1, 0.0, 0.2 - 1), m)
    ratio = (two[2] / two[0]) / (three[2] / three[0])
    assert abs(math.log(ratio)) < 5 * math.sqrt(sum(1 / (k * n) for k in (two[0], two[2], three[0], three[2])))


def test_availability_mixes_the_logit_with_the_shelf():
    """Two firms, available with a and b: logit if both are, the one there if one is, the shelf if none is."""
    model = world(BARE, {"market": {"customers": 4000, "firms": 2, "shares": [3.0, 1.0]}})
    model.customers.expected[:, :2] = [0.5, 1.0]
    a, b = 0.8, 0.5
    model.firms[0].availability, model.firms[1].availability = a, b
    model.firms_changed()
    model.step()
    provider = needs_met(model)[2]
    share = a * b * logit(-0.5, 0.0)[0] + a * (1 - b) + (1 - a) * (1 - b) * 0.75
    close(np.mean(provider == 0), share, provider.size)


def test_a_price_halves_odds_as_the_logit_says():
    found, n = one_week(firms=2, prices=[1.0, 1.0 + math.log(2)])
    close(found[1:], [2 / 3, 1 / 3], n)


# -- Bass --------------------------------------------------------------------------------------------------------------

P, Q, YEARS = 0.03, 0.38, 20


def adopters(n, dt, seed=1):
    """Return the share of adopters at the end of each step of length ``dt``."""
    return bass(n, P, Q, dt, YEARS, seed)


def recursion(dt):
    return bass_recursion(P, Q, dt, YEARS)


def closed_form(dt):
    """Return Bass's curve at the ends of the steps."""
    e = np.exp(-(P + Q) * dt * np.arange(round(YEARS / dt) + 1))
    return (1 - e) / (1 + Q / P * e)


@pytest.mark.parametrize("dt", [2.0, 1.0, 0.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_diffusion_follows_the_discrete_recursion(dt, seed):
    """Largest gap below 4 / sqrt(n), n = 10,000, whose probability is below 1 % for the recursion of Bass."""
    n = 10_000
    curve = adopters(n, dt, seed)
    assert np.all(np.diff(curve) >= 0)
    assert np.max(np.abs(curve - recursion(dt))) < 4 / math.sqrt(n)


def test_the_recursion_approaches_bass_as_steps_shrink():
    """The largest gap halves when the step does: ratios 2 +- 0.06."""
    gaps = [np.max(np.abs(recursion(dt) - closed_form(dt))) for dt in (0.5, 0.25, 0.125, 0.0625)]
    assert np.all(np.abs(np.array(gaps[:-1]) / np.array(gaps[1:]) - 2) < 0.06), gaps


def test_the_model_approaches_bass_as_steps_shrink():
    """With 50,000 customers the gap to Bass's curve falls about in half with the step (ratio 1.6 to 2.5)."""
    gaps = [np.max(np.abs(adopters(50_000, dt) - closed_form(dt))) for dt in (2.0, 1.0, 0.5)]
    for coarse, fine in zip(gaps[:-1], gaps[1:], strict=True):
        assert 1.6 < coarse / fine < 2.5, gaps


def test_without_imitation_adoption_is_geometric():
    """Share unaware = exp(-P t) at a constant hazard: 5 standard errors at every step."""
    n = 10_000
    model = world(
        BARE,
        {
            "market": {"customers": n, "firms": 2, "shares": [1.0, 0.0]},
            "consideration": {"membership": 1.0},
            "attention": {"load": 0.0, "capacity": 1e6},
            "experience": {"fit_weight": 0.0},
        },
    )
    model.firms[1].contact_budget = 0.1 * n * model.setting.contact.cost
    for t in range(1, 21):
        model.step()
        unaware = float((model.customers.provider != 1).all(axis=1).mean())
        s = math.exp(-0.1 * t)
        assert abs(unaware - s) < 5 * math.sqrt(s * (1 - s) / n)
