"""The market: how many customers and firms there are, what firms offer, how present they are, what they charge."""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param


@dataclass(frozen=True)
class Market(Parameters):
    """Sizes, offers, presence and prices at the start."""

    customers: int = param(20_000, "customers", unit="agents", low=1, high=100_000_000, build=True)
    firms: int = param(8, "competing firms", unit="agents", low=2, high=1000, build=True)
    segments: int = param(4, "segments of customers, with their own attribute weights", low=1, high=255, build=True)
    components: int = param(8, "components of the job, D", low=1, high=64, build=True)
    shares: tuple = param((), "starting sizes of the firms; empty means equal", low=0, high=1e9, build=True)
    quality: float = param(0.62, "mean contribution of a covered component", low=1e-3, high=1, build=True)
    quality_spread: float = param(0.0, "spread of contributions over firms and components", low=0, high=1, build=True)
    coverage: float = param(1.0, "share of the components each firm covers", low=0, high=1, build=True)
    aggregators: tuple = param((), "ids of the firms that are aggregators; see partners", low=0, high=999, build=True)
    aggregator_coverage: float = param(-1.0, "share of the components an aggregator covers itself; -1 as other firms",
                                       low=-1, high=1, build=True)  # fmt: skip
    service_sd: float = param(0.15, "spread of service from one purchase to the next", unit="value", low=0, high=10,
                              build=True)  # fmt: skip
    price: float = param(1.0, "price of a purchase", unit="money", low=0, high=1e6, build=True)
    unit_cost: float = param(0.5, "cost of production of a purchase", unit="money", low=0, high=1e6, build=True)
    presence_exponent: float = param(1.0, "shelf presence is in proportion to share to this power", low=0, high=5,
                                     build=True)  # fmt: skip
    availability_floor: float = param(1.0, "availability of a firm with no share; the largest has 1", low=0, high=1,
                                      build=True)  # fmt: skip
    availability_exponent: float = param(0.7, "availability rises with (share / largest share) to this power", low=0,
                                         high=10, build=True)  # fmt: skip
    cash: float = param(2.0, "starting cash in quarters of expected sales", unit="quarters", low=0, high=1000,
                        build=True)  # fmt: skip
    patience: int = param(4, "quarters in debt after which a firm is bankrupt", unit="quarters", low=1, high=10_000)
    focal: int = param(0, "the firm that adopts alone when adopters=focal", unit="id", low=0, high=999, build=True)
