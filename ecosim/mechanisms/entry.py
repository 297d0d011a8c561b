"""Entry: firms that come late, some of them hollow, some of them free and paid by advertisers.

Source: Markides & Geroski 2004 (late entrants).
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Entry(Parameters):
    """The last firms of the market may enter it later, with an offer of their own."""

    firms: int = param(0, "how many of the firms, the last ones, enter later", unit="agents", low=0, high=100,
                       build=True)  # fmt: skip
    week: int = param(260, "model week in which they enter, burn-in included", unit="week", low=1, high=52_000,
                      build=True)  # fmt: skip
    price: float = param(1.0, "their price", unit="money", low=0, high=1e6, build=True)
    quality: float = param(0.0, "their components' quality above the others'", unit="value", low=-1, high=1, build=True)
    coverage: float = param(1.0, "share of the components they cover", low=0, high=1, build=True)
    presence: float = param(0.1, "their presence relative to all others'", low=0, high=10, build=True)
    hollow: float = param(0.0, "probability that an entrant has nothing to offer", low=0, high=1, build=True)
    hollow_loss: float = param(0.3, "quality that a hollow entrant lacks", unit="value", low=0, high=1, build=True)
    advertising: float = param(0.0, "advertisers' payment per processed contact with an entrant", unit="money", low=0,
                               high=100)  # fmt: skip
