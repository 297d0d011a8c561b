r"""Keyed draws and portable ``exp``/``log``: every random number is a pure function of its key.

A draw is keyed by (seed, purpose, week, agent, index): ``stream`` folds the first three, ``agent_key`` the agent and
``bits`` the index (a provider, neighbour or occasion). Each fold is one step of SplitMix64 (Steele, Lea & Flood 2014):
a Weyl increment by the golden ratio, then a 64-bit finaliser. Two runs that share a key share the number, whatever
else differs, which is what common random numbers need. Uniforms have 53 bits and exclude 0 and 1; every other
distribution comes from uniforms by inversion, one index per draw.

``exp`` and ``log`` use only + - x / and powers of two, so their bits do not depend on the CPU or its maths library.
What has no loop takes numbers or lanes of them (see `ecosim.lanes`), and gives the same bits.
"""

from __future__ import annotations

import hashlib

import numpy as np

from ecosim.jit import called_rule, rule
from ecosim.lanes import bits_of, floor, from_bits, integer, marked, number, root, where, word

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
ONE = np.uint64(1)
UNIT = 2.0**-53
LARGEST = 1.7976931348623157e308
PAIR = 65536
"""Stride that joins two indices into one: ``occasion * PAIR + provider``."""


def purpose(name: str) -> np.uint64:
    """Return the 64-bit key of a named purpose, such as ``"attention.push"``; names, not numbers, keep keys apart."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


@rule
def mix(x):
    """SplitMix64 finaliser: a bijection of 64-bit words that avalanches."""
    x = (x ^ (x >> S30)) * MIX_1
    x = (x ^ (x >> S27)) * MIX_2
    return x ^ (x >> S31)


@rule
def bits(key, index):
    """Return 64 random bits for ``index`` (integer >= 0) under ``key``."""
    return mix(word(key) + GOLDEN * (word(index) + ONE))


@rule
def stream(seed, purpose, week):
    """Return the key of one purpose in one week; use week 0 for what is drawn once."""
    return bits(mix(np.uint64(seed) + GOLDEN) ^ np.uint64(purpose), week)


@rule
def agent_key(stream, agent):
    """Return the key of one agent within a stream; ``bits`` and the distributions below take it."""
    return bits(stream, agent)


@rule
def unit(bits):
    """Map 64 bits to a double in (0, 1): an odd multiple of 2**-53, so never 0 and never 1."""
    return number((bits >> S11) | ONE) * UNIT


@rule
def uniform(key, index):
    """Draw U(0, 1), end points excluded."""
    return unit(bits(key, index))


@rule
def exp(x):
    """Portable exponential, within 2 units in the last place; 0 below -708 and the largest double above 709."""
    low, high = x < -708.0, x > 709.0
    x = where(low | high, 0.0, x)
    k = floor(x * 1.4426950408889634 + 0.5)
    r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
    z = r * r
    even = 1.0 + z * (
        0.5 + z * (1.0 / 24 + z * (1.0 / 720 + z * (1.0 / 40320 + z * (1.0 / 3628800 + z * (1.0 / 479001600)))))
    )
    odd = 1.0 + z * (
        1.0 / 6
        + z * (1.0 / 120 + z * (1.0 / 5040 + z * (1.0 / 362880 + z * (1.0 / 39916800 + z * (1.0 / 6227020800)))))
    )
    return where(low, 0.0, where(high, LARGEST, (even + r * odd) * power_of_two(integer(k))))


@rule
def power_of_two(k):
    """Return 2.0**k exactly for -1022 <= k <= 1023, from the bits of the double."""
    return from_bits((k + 1023) * (1 << 52))


@rule
def log(x):
    """Portable natural logarithm of a positive normal double, within 2 units in the last place."""
    bits = bits_of(x)
    m = from_bits((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000)
    large = m > 1.4142135623730951
    k = number((bits >> 52) - where(large, 1022, 1023))
    f = where(large, m * 0.5, m) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = z * (1.0 / 3 + w * (1.0 / 7 + w * (1.0 / 11 + w * (1.0 / 15 + w * (1.0 / 19)))))
    even = w * (1.0 / 5 + w * (1.0 / 9 + w * (1.0 / 13 + w * (1.0 / 17 + w * (1.0 / 21)))))
    return k * 6.93147180369123816490e-01 + (2.0 * s + (2.0 * s * (odd + even) + k * 1.90821492927058770002e-10))


@rule
def power(base, exponent):
    """Portable ``base ** exponent`` for base >= 0; 0 to any power above 0 is 0."""
    if base <= 0.0:
        return 1.0 if exponent == 0.0 else 0.0
    return exp(exponent * log(base))


@rule
def logistic(x):
    """Return 1 / (1 + exp(-x)) without overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + exp(-x))
    e = exp(x)
    return e / (1.0 + e)


@rule
def gumbel(u):
    """Standard Gumbel quantile: -log(-log u)."""
    return -log(-log(u))


@rule
def normal(u):
    """Standard normal quantile (Wichura 1988, algorithm AS 241, about 16 digits)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return _middle(q)
    r = root(-log(min(u, 1.0 - u)))
    value = _tail(r - 1.6) if r <= 5.0 else _far_tail(r - 5.0)
    return value if q >= 0.0 else -value


@rule
def normals(u):
    """Return `normal` of each lane."""
    q = u - 0.5
    r = root(-log(where(q < 0.0, u, 1.0 - u)))
    value = _tail(r - 1.6)
    if marked(r > 5.0):
        value = where(r > 5.0, _far_tail(r - 5.0), value)
    return where(where(q < 0.0, -q, q) <= 0.425, _middle(q), where(q < 0.0, -value, value))


@rule
def _middle(q):
    """Return the quantile at 1/2 + ``q``, not far from one half."""
    r = 0.180625 - q * q
    num = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
        + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
        + 133.14166789178437745) * r + 3.387132872796366608)  # fmt: skip
    den = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
        + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
        + 42.313330701600911252) * r + 1.0)  # fmt: skip
    return q * num / den


@rule
def _tail(r):
    """Return the quantile in the tail, at ``r`` = sqrt(-log(tail)) - 1.6."""
    num = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
        + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
        + 4.6303378461565452959) * r + 1.42343711074968357734)  # fmt: skip
    den = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
        + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
        + 2.05319162663775882187) * r + 1.0)  # fmt: skip
    return num / den


@rule
def _far_tail(r):
    """Return the quantile far out, at ``r`` = sqrt(-log(tail)) - 5."""
    num = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
        + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
        + 5.4637849111641143699) * r + 6.6579046435011037772)  # fmt: skip
    den = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
        + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
        + 0.59983220655588793769) * r + 1.0)  # fmt: skip
    return num / den


@called_rule
def poisson(u, rate):
    """Poisson quantile by inversion; rate in [0, 100]."""
    return poisson_given(u, rate, exp(-rate))


@called_rule
def poisson_given(u, rate, none):
    """Poisson quantile by inversion where the probability ``none`` = exp(-rate) of 0 is at hand."""
    n = 0
    term = none
    total = none
    while u > total and n < 400:
        n += 1
        term *= rate / n
        total += term
    return n


@called_rule
def poisson_many(u, mean):
    """Poisson quantile for any mean >= 0: by inversion up to 100, then its expansion in normals (Giles 2016).

    Of the expansion, terms below 1 / mean are left out: at most one off, and that seldom.
    """
    if mean <= 100.0:
        return poisson(u, mean)
    z, spread = normal(u), root(mean)
    x = mean + spread * z + (2.0 + z * z) / 6.0 + z * (1.0 - z * z) / (72.0 * spread)
    return np.int64(max(0.0, np.floor(x)))


@called_rule
def binomial(u, n, p):
    """Binomial(n, p) quantile by inversion from the top, so that u < n*p is needed for any success.

    ``1 - u`` is compared with the cumulative distribution: a small u means many successes.
    """
    if p >= 1.0:
        return n
    term = 1.0
    for _ in range(n):
        term *= 1.0 - p
    total = term
    k = 0
    while 1.0 - u > total and k < n:
        k += 1
        term *= (n - k + 1) / k * p / (1.0 - p)
        total += term
    return k


def stream_key(seed: int, purpose: np.uint64, week: int) -> np.uint64:
    """Return `stream` as a typed 64-bit word, for use outside kernels (a plain int would lose its type)."""
    return np.uint64(stream(np.uint64(seed), purpose, week))


def own_key(stream: np.uint64, agent: int) -> np.uint64:
    """Return `agent_key` as a typed 64-bit word, for use outside kernels."""
    return np.uint64(agent_key(stream, agent))
