"""M8 (E25, E26) Partners: who supplies what, how margins are split, and who stays.

Sources: Shapley 1953; Nash 1950.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecosim.parameters import Parameters, param

SPLITS = ("commission", "equal", "nash", "shapley")


@dataclass(frozen=True)
class Partners(Parameters):
    """Partners, and how the money is shared with them."""

    number: int = param(0, "partners", unit="agents", low=0, high=1000, build=True)
    block: int = param(2, "components each partner can supply", low=1, high=10, build=True)
    bonus: float = param(0.1, "quality of a partner's component above a firm's own", unit="value", low=-1, high=1,
                         build=True)  # fmt: skip
    divergence: float = param(30.0, "angle between a partner's goal and its firm's", unit="degree", low=0, high=90,
                              sweep=(0, 90), build=True)  # fmt: skip
    orchestrators: int = param(0, "partners that hold sub-partners", unit="agents", low=0, high=100, build=True)
    sub_partners: int = param(10, "sub-partners of an orchestrator", unit="agents", low=1, high=20, build=True)
    experts: int = param(0, "partners that are third-party experts and supply no component", unit="agents", low=0,
                         high=1000, build=True)  # fmt: skip
    split: str = param("commission", "how a component's incremental margin is split", choices=SPLITS)
    commission: float = param(0.15, "part the assembling firm keeps", low=0, high=1, sweep=(0.05, 0.3))
    cost_factor: float = param(1.0, "partner's cost of a component relative to the firm's", low=0, high=100)
    coordination: float = param(0.002, "assembling firm's cost of one sourced component, per sale", unit="money", low=0,
                                high=100)  # fmt: skip
    risk_aversion: float = param(1.0, "partners' aversion to variance", unit="1/money", low=0, high=1000)
    reservation: float = param(0.0, "profit for which a partner stays", unit="of its share of sales", low=-1, high=1)
    distrust: float = param(0.1, "how much revocable data raises that profit, per unit of custody",
                            unit="of its share of sales", low=0, high=1)  # fmt: skip
    paperwork: float = param(0.05, "how much contracts raise it, per unit of governance", unit="of its share of sales",
                             low=0, high=1)  # fmt: skip
    multi_homing: bool = param(True, "whether a partner may supply several firms")
    cash: float = param(1.0, "starting cash of a partner in quarters of its share of sales", unit="quarters", low=0,
                        high=1000, build=True)  # fmt: skip
    acquisitions: float = param(0.0, "yearly hazard that an aggregator bids for a supplier", unit="1/year", low=0,
                                high=52)  # fmt: skip
    support_cost: float = param(0.005, "fixed cost of a full platform", unit="of sales", low=0, high=1)
