"""A small world with partners of every kind, for tests."""

from dataclasses import replace

from worlds import MIXED, RICH, live, merged, world

from ecosim.strategies import Levers, Offer, Strategy
from ecosim.strategies.levers import Innovation, Insight

ASSEMBLER = Strategy(
    "assembler",
    Levers(
        insight=Insight(custody=0.6),
        offer=Offer(aggregation=0.75, extensibility=0.25),
        innovation=Innovation(governance=0.8),
    ),
)
MAKER = Strategy("maker", replace(MIXED[1].levers, offer=replace(MIXED[1].levers.offer, aggregation=0.4)))
LINE_UP = (ASSEMBLER, MAKER, *MIXED[2:])

PARTNERS = merged(
    RICH,
    {
        "innovation": {"active": False},
        "organisation": {"active": False},
        "market": {"customers": 200, "aggregators": [0], "aggregator_coverage": 0.25},
        "partners": {
            "number": 8, "complementors": 1, "orchestrators": 1, "sub_partners": 4, "experts": 1, "bonus": 0.05,
        },
    },
)  # fmt: skip


def together(*layers, **more):
    """Return the world with partners under these changes."""
    return world(PARTNERS, *layers, **{"line_up": LINE_UP, **more})


def alone(*layers, levers=ASSEMBLER, **more):
    """Return a world in which firm 0 alone sources, with plain suppliers."""
    plain = {"partners": {"complementors": 0, "orchestrators": 0, "experts": 0, "number": 4}}
    return world(PARTNERS, plain, *layers, **{"line_up": (levers, *MIXED[1:]), **more})


EVEN = {
    "market": {
        "components": 4, "quality": 0.6, "quality_spread": 0.0, "coverage": 1.0, "aggregator_coverage": -1.0,
        "aggregators": [], "price": 1.0, "unit_cost": 0.4,
    },
    "choice": {"value_weight": 4.0, "price_weight": 1.0},
    "experience": {"elasticity": 1.0, "generic": 0.5, "missing_cost": 0.05},
    "partners": {"number": 1, "block": 2, "bonus": 0.2, "coordination": 0.01, "commission": 0.25, "cost_factor": 1.0},
}  # fmt: skip
ALL = Strategy("all", Levers(offer=Offer(aggregation=1.0)))


def even(*layers, weeks=13, **more):
    """Return the world of hand calculations after a quarter: equal qualities, .1 a component, even beliefs."""
    model = alone(EVEN, *layers, **{"levers": ALL, **more})
    for firm in model.firms:
        firm.innovation.belief.weights[:] = 0.25
    return live(model, weeks)
