"""Small worlds for tests: two schools of strategy, a plain and a rich setting, and ways to compare what comes out."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from ecosim.corners import BARE as BARE
from ecosim.corners import CORE as CORE
from ecosim.corners import merged as merged
from ecosim.corners import setting
from ecosim.model import Ecosystem
from ecosim.strategies import Contact, Insight, Levers, Offer, Strategy
from ecosim.strategies.levers import Innovation

ROOT = Path(__file__).resolve().parent.parent
CRM1 = Strategy("crm1", Levers(Contact(0.0, 0.1, 0.0), Insight(0.3), Offer("none", 0.1)))
CMR = Strategy("cmr", Levers(Contact(0.9, 0.3, 0.0), Insight(0.8), Offer("optional", 0.4)))
HOST = Strategy("host", Levers(Contact(0.4, 1.0, 1.0), Insight(1.0), Offer("forced", 1.0)))
GUEST = Strategy(
    "guest",
    Levers(
        Contact(0.6, 0.3, 0.2, control_buyers=0.9),
        Insight(0.8, data=0.6, profiles=0.3, participation=0.7, custody=0.3),
        Offer("optional", 0.4, open_tool=True, extensibility=0.6),
        Innovation(customers=0.1, share=0.2, governance=0.5),
    ),
)
STAGE = Strategy(
    "stage",
    Levers(
        Contact(0.4, 1.0, 1.0),
        Insight(1.0, data=0.5, profiles=0.6, participation=0.4, custody=0.8),
        Offer("forced", 1.0, open_tool=True, extensibility=1.0),
        Innovation(customers=0.5, share=0.4, governance=0.2),
    ),
)
SILENT = Strategy("silent")

RICH = {
    "market": {
        "customers": 300, "firms": 4, "shares": [0.4, 0.3, 0.2, 0.1], "quality_spread": 0.1, "coverage": 0.75,
        "availability_floor": 0.7, "presence_exponent": 1.15,
    },
    "network": {"mean_degree": 6.0},
    "contact": {"budget": 0.1, "budget_exponent": 1.2},
    "attention": {"load": 2.0, "relevance_gain": 0.5},
    "trust": {"ideal_contact": 0.3},
    "needs": {"rate": 0.5, "season_amplitude": 0.3},
    "choice": {"outside_utility": -1.0, "unknown_value": 0.1},
    "talk": {"base": 0.1},
    "recovery": {"consent_risk": 0.02, "data_risk": 0.02},
    "insight": {"budget": 0.1},
    "intents": {"answering": 0.5, "risk": 0.05},
    "experience": {"platform_uptake": 0.5},
}  # fmt: skip
"""A setting in which every mechanism has something to do, for the mixed line-up `MIXED`."""

MIXED = (CRM1, GUEST, STAGE, CRM1)


def world(*layers, line_up=CRM1, seed=1, threads=1, weeks=0, **more):
    """Return a model of the default setting under these changes after some weeks."""
    return live(Ecosystem(setting(*layers), line_up, seed, threads, **more), weeks)


def rich(*layers, **more):
    """Return a model of the rich setting under these changes."""
    return world(RICH, *layers, **{"line_up": MIXED, **more})


def live(model, weeks):
    """Step ``model`` some weeks and return it."""
    for _ in range(weeks):
        model.step()
    return model


def columns(model, without=()):
    """Return copies of the columns by name."""
    return {name: array for name, array in model.customers.state().items() if name not in without}


def assert_same(left, right, rows=slice(None), other_rows=slice(None)):
    """Assert that two sets of columns are equal to the bit, NaN included."""
    assert left.keys() == right.keys()
    for name, array in left.items():
        np.testing.assert_array_equal(array[rows], right[name][other_rows], err_msg=name, strict=True)


def needs_met(model):
    """Return customer, occasion and provider of this week's needs, each ``[needs]``."""
    parts = [(e.customer, e.occasion, e.provider) for e in model.events]
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def python(code, **environment):
    """Run ``code`` in a fresh interpreter with these environment variables and return what it prints."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path, **environment}, cwd=ROOT,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()
