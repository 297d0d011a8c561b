"""Keyed draws: known answers, the same bits without compilation, and statistics with stated error rates.

Statistical tests use fixed keys, so they cannot fail by chance from one run to the next; their thresholds are set so
that a sound generator would fail one of them with probability below 1e-6.
"""

import json
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import special, stats
from worlds import python

from ecosim.draws import (
    agent_key,
    binomial,
    bits,
    exp,
    gumbel,
    log,
    logistic,
    normal,
    own_key,
    poisson,
    poisson_many,
    purpose,
    stream_key,
    uniform,
    unit,
)

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def slow_mix(x):
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def slow_bits(key, index):
    return slow_mix((key + GOLDEN * (index + 1)) & MASK)


def slow_draw(seed, name, week, agent, index):
    key = slow_bits(slow_mix((seed + GOLDEN) & MASK) ^ int(purpose(name)), week)
    return slow_bits(slow_bits(key, agent), index)


def draw(seed, name, week, agent, index):
    return int(bits(own_key(stream_key(seed, purpose(name), week), agent), index))


def mix_all(x):
    x = np.atleast_1d(x)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def bits_all(key, index):
    """Return `bits` for arrays of keys or indices; checked against the package below."""
    return mix_all(
        np.atleast_1d(np.asarray(key, np.uint64))
        + np.uint64(GOLDEN) * (np.atleast_1d(index).astype(np.uint64) + np.uint64(1))
    )


def stream_all(seed, name, week):
    return bits_all(mix_all(np.atleast_1d(seed).astype(np.uint64) + np.uint64(GOLDEN)) ^ purpose(name), week)


def unit_all(word):
    return ((word >> np.uint64(11)) | np.uint64(1)).astype(float) * 2.0**-53


N = np.arange(100_000)
AXES = {
    "agents": lambda: unit_all(bits_all(bits_all(stream_key(7, purpose("test"), 3), N), 0)),
    "indices": lambda: unit_all(bits_all(own_key(stream_key(7, purpose("test"), 3), 11), N)),
    "weeks": lambda: unit_all(bits_all(bits_all(stream_all(7, "test", N), 11), 0)),
    "seeds": lambda: unit_all(bits_all(bits_all(stream_all(N, "test", 3), 11), 0)),
}


def test_published_vectors_of_splitmix64():
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert [int(bits(np.uint64(1234567), k)) for k in range(5)] == known


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ((0, "attention.push", 0, 0, 0), 0xB5FB6768661AC96A),
        ((1, "choice.gumbel", 52, 4711, 3 * 65536 + 7), 0x8EA102794F00498C),
        ((2**63 - 1, "trait.skill", 0, 99_999_999, 0), 0xE7EA424C12C25F57),
        ((20, "talk.tell", 519, 1, 1), 0x3C00D03E3E431E9B),
    ],
)
def test_known_answers(key, word):
    assert slow_draw(*key) == word
    assert draw(*key) == word


def test_the_package_agrees_with_whole_numbers_of_any_size():
    for n in range(200):
        key = (slow_mix(n) >> 1, f"purpose.{n % 7}", n * 13, slow_mix(n + 999) >> 33, n * 65536 + n)
        assert draw(*key) == slow_draw(*key)


def test_the_array_version_in_these_tests_is_the_package():
    keys = bits_all(stream_key(7, purpose("test"), 3), N[:50])
    assert [int(k) for k in keys] == [int(agent_key(stream_key(7, purpose("test"), 3), a)) for a in range(50)]
    assert unit_all(bits_all(keys, 5)).tolist() == [uniform(k, 5) for k in keys]
    assert [int(s) for s in stream_all(N[:5], "test", 9)] == [int(stream_key(k, purpose("test"), 9)) for k in range(5)]


def test_purposes_do_not_collide():
    names = [f"{a}.{b}" for a in ("attention", "choice", "talk", "trait", "firm") for b in range(2000)]
    assert len({int(purpose(name)) for name in names}) == len(names)


def test_uniforms_exclude_their_ends_and_have_53_bits():
    assert unit(np.uint64(0)) == 2.0**-53
    assert unit(np.uint64(MASK)) == 1.0 - 2.0**-53
    u = AXES["agents"]()
    assert np.all((u > 0) & (u < 1))
    scaled = u * 2.0**53
    assert np.all(scaled == np.floor(scaled))
    assert len(np.unique(u)) == len(u)


@pytest.mark.parametrize("axis", AXES)
def test_uniform_along_every_axis(axis):
    """Chi-square over 256 cells and Kolmogorov-Smirnov, each at error rate 1e-7; n = 100,000."""
    u = AXES[axis]()
    counts = np.bincount((u * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > 1e-7
    assert stats.kstest(u, "uniform").pvalue > 1e-7


@pytest.mark.parametrize("axis", AXES)
def test_no_serial_correlation_along_every_axis(axis):
    """Autocorrelation at lags 1 to 20, 64 and 1024 within 6 standard errors; pairs over a 32 x 32 grid at 1e-7."""
    u = AXES[axis]()
    z = (u - 0.5) * math.sqrt(12)
    for lag in [*range(1, 21), 64, 1024]:
        assert abs(np.mean(z[:-lag] * z[lag:])) < 6 / math.sqrt(len(z) - lag), lag
    cells = (u[:-1:2] * 32).astype(int) * 32 + (u[1::2] * 32).astype(int)
    assert stats.chisquare(np.bincount(cells, minlength=1024)).pvalue > 1e-7


def test_no_correlation_between_axes_that_share_a_start():
    """Draws along different axes, purposes or seeds are unrelated: correlation within 6 standard errors."""
    series = [AXES[axis]() for axis in AXES]
    series += [unit_all(bits_all(bits_all(stream_key(7, purpose(name), 3), N), 0)) for name in ("other", "test ")]
    series.append(unit_all(bits_all(bits_all(stream_key(8, purpose("test"), 3), N), 0)))
    r = np.corrcoef(np.array(series)[:, 1:])
    assert np.max(np.abs(r - np.eye(len(series)))) < 6 / math.sqrt(len(N))


@pytest.mark.parametrize("part", ["seed", "week", "agent", "index"])
def test_one_changed_bit_of_the_key_flips_half_of_the_word(part):
    """Avalanche: over 2,000 keys each output bit flips in 1/2 +- 6 standard errors for each of 16 input bits."""
    base = {"seed": 12345, "week": 77, "agent": 4242, "index": 99}
    n = np.arange(2000)

    def words(flip):
        key = {name: value + n * 101 for name, value in base.items()}
        key[part] = key[part] ^ flip
        return bits_all(bits_all(stream_all(key["seed"], "test", key["week"]), key["agent"]), key["index"])

    plain = words(0)
    for bit in range(16):
        changed = plain ^ words(1 << bit)
        flips = np.array([np.count_nonzero(changed >> np.uint64(k) & np.uint64(1)) for k in range(64)])
        assert np.all(np.abs(flips / 2000 - 0.5) < 6 * 0.5 / math.sqrt(2000)), bit


def units_off(value, exact):
    return float(abs(Decimal(value) - exact) / Decimal(math.ulp(float(exact))))


def spread(low, high, count):
    return [low + (high - low) * ((k * 0.6180339887498949) % 1.0) for k in range(count)]


def test_exp_is_within_two_units_in_the_last_place():
    points = [0.0, -0.0, 1.0, -1.0, 1e-300, -1e-17, 708.9, -707.9, 0.34657359, *spread(-707.0, 709.0, 1500)]
    points += spread(-2.0, 2.0, 1500)
    with localcontext() as context:
        context.prec = 50
        assert max(units_off(exp(x), Decimal(x).exp()) for x in points) <= 2.0


def test_log_is_within_two_units_in_the_last_place():
    points = [1.0 + 2.0**-52, 1.0 - 2.0**-53, 2.0**-53, 2.0, 0.5, 1e-300, 1e300, math.sqrt(2), *spread(1e-9, 3.0, 1500)]
    points += [math.exp(x) for x in spread(-700.0, 700.0, 1500)]
    with localcontext() as context:
        context.prec = 50
        assert max(units_off(log(x), Decimal(x).ln()) for x in points) <= 2.0
    assert log(1.0) == 0.0


def test_frozen_bit_patterns():
    found = [exp(1.0), exp(-0.5), exp(20.0), exp(-100.25), log(2.0), log(10.0), log(0.3), log(1e-12)]
    found += [normal(0.975), normal(1e-6), gumbel(0.5), logistic(-1.7)]
    assert [value.hex() for value in found] == [
        "0x1.5bf0a8b14576ap+1",
        "0x1.368b2fc6f960ap-1",
        "0x1.ceb088b68e803p+28",
        "0x1.4acd31e167ebap-145",
        "0x1.62e42fefa39efp-1",
        "0x1.26bb1bbb55516p+1",
        "-0x1.34378fcbda721p+0",
        "-0x1.ba18a998fffa0p+4",
        "0x1.f5c0331eeff82p+0",
        "-0x1.30381a9799f7ep+2",
        "0x1.774f29bdd6ba0p-2",
        "0x1.3c5848ef36c9ep-3",
    ]


def test_the_ends_of_exp():
    assert exp(-708.1) == 0.0
    assert exp(-1e4) == 0.0
    assert exp(709.1) == exp(1e4) == np.finfo(float).max
    assert logistic(1e4) == 1.0
    assert logistic(-1e4) == 0.0


def test_logistic_is_symmetric():
    for x in spread(-30.0, 30.0, 200):
        assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=3e-16)
        assert logistic(x) == pytest.approx(float(special.expit(x)), rel=1e-14)


def test_normal_is_the_inverse_of_the_normal_distribution():
    points = [2.0**-53, 1e-12, 0.0749, 0.0751, 0.5, 0.9249, 0.9251, 1 - 2.0**-53, *spread(1e-9, 1.0, 3000)]
    exact = special.ndtri(points)
    np.testing.assert_allclose([normal(u) for u in points], exact, rtol=4e-14, atol=1e-15)
    assert normal(0.25) == -normal(0.75)


def test_gumbel_is_minus_log_of_minus_log():
    with localcontext() as context:
        context.prec = 50
        for u in [2.0**-53, 0.5, 1 - 2.0**-53, *spread(0.01, 0.99, 300)]:
            exact = float(-(-Decimal(u).ln()).ln())
            assert gumbel(u) == pytest.approx(exact, rel=1e-14, abs=4e-15)


GRID = (np.arange(2**14) + 0.5) / 2**14


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.112, 1.0, 5.0, 37.5, 100.0])
def test_poisson_by_inversion(rate):
    """On a grid of u each count appears as often as its probability says, to one grid point at each end."""
    counts = np.array([poisson(u, rate) for u in GRID])
    assert np.all(np.diff(counts) >= 0)
    below = np.searchsorted(counts, np.arange(counts.max() + 1), side="right")
    np.testing.assert_allclose(below / len(GRID), stats.poisson.cdf(np.arange(counts.max() + 1), rate), atol=2**-14)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 40])
@pytest.mark.parametrize("p", [0.0, 0.05, 0.5, 0.93, 1.0])
def test_binomial_by_inversion(n, p):
    """On a grid of u each count appears as often as its probability says; and no success without u < n p."""
    counts = np.array([binomial(u, n, p) for u in GRID])
    assert np.all(np.diff(counts) <= 0)
    share = np.bincount(counts, minlength=n + 1) / len(GRID)
    np.testing.assert_allclose(share, stats.binom.pmf(np.arange(n + 1), n, p), atol=2**-13)
    assert np.all((counts == 0) | (n * p + 1e-12 > GRID))


SAMPLE = """
import json
import numpy as np
from ecosim.draws import *
out = []
for n in range(60):
    key = own_key(stream_key(n * 7919, purpose(f"p{n}"), n), n * n)
    u = float(uniform(key, n))
    x = (u - 0.5) * 60
    out += [int(bits(key, n)), u.hex(), float(exp(x)).hex(), float(log(u)).hex(), float(normal(u)).hex()]
    out += [float(gumbel(u)).hex(), float(logistic(x)).hex(), int(poisson(u, n * 0.7)), int(binomial(u, n, u))]
print(json.dumps(out))
"""


def test_compiled_or_not_the_bits_are_the_same():
    assert json.loads(python(SAMPLE, NUMBA_DISABLE_JIT="1")) == json.loads(python(SAMPLE, NUMBA_DISABLE_JIT="0"))


@pytest.mark.parametrize("mean", [0.0, 0.3, 30.0, 100.0, 101.0, 900.0, 12_345.6, 3e6, 2e9])
def test_large_poisson_numbers_are_at_most_one_off_their_quantile(mean):
    u = np.concatenate([(np.arange(400) + 0.5) / 400, [1e-9, 1e-5, 1 - 1e-5, 1 - 1e-9]])
    found = np.array([poisson_many(each, mean) for each in u])
    off = found - stats.poisson.ppf(u, mean)
    assert np.abs(off).max() <= 1
    assert np.mean(off != 0) <= (0.02 if mean > 100 else 0.0)
