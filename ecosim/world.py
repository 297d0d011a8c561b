"""Views of the world for kernels: parameters as named tuples, firm arrays, graph, events, counts; and its digest."""

from __future__ import annotations

import collections
import copy
import dataclasses
import hashlib
from typing import Any

import numpy as np

from ecosim.agents.partner import PARTNER_STATE
from ecosim.jit import pass_kernel
from ecosim.lanes import WIDTH
from ecosim.mechanisms import COUNTS, MECHANISMS
from ecosim.mechanisms.attention import BATCH
from ecosim.mechanisms.insight import drift
from ecosim.mechanisms.memory import refresh
from ecosim.networks import Graph
from ecosim.parameters import group_of
from ecosim.setting import Setting

Firms = collections.namedtuple(
    "Firms",
    ["price", "position", "service_sd", "availability", "presence", "personal", "tool", "style", "claim", "value",
     "centre", "listening", "contact_limit", "rate", "quiet", "clear", "loudest", "kept", "closing",
     "custody", "observed",
     "reading", "inviting", "pay", "contracts", "open_tool", "missing", "extensible", "bid", "discount", "intent",
     "push", "focus"],
)  # fmt: skip
"""What customers meet of firms; ``presence`` is cumulative, ``rate`` and ``focus`` are [degree class, f],
``quiet`` and ``clear`` [degree class, f in whole lots] the chances of no open and of no lost message,
``value`` is [g, f], ``centre`` is [g], ``loudest`` is [degree class], ``kept`` is [2, f] for strangers and buyers,
``intent`` is [2]: the benefit expected of an intent and the risk in it, per unit of concern; the rest are [f]."""

GraphView = collections.namedtuple("GraphView", ["indptr", "indices", "weights", "complete", "community"])
Events = collections.namedtuple(
    "Events",
    ["customer", "provider", "occasion", "experience", "gap", "depth", "reader", "reports", "writers", "open", "lost",
     "read", "answered", "bought"],
)  # fmt: skip
"""Needs of one chunk in one week; ``gap`` > 0 marks a complaint heard, ``depth`` > 0 a story told.

The rest is for reading inboxes: ``reader`` and ``reports`` [batch]: who is read, and how many reports he has;
``writers``, ``open`` and ``lost`` [f]: who writes to him, how often; ``read`` [degree class] counts who was read,
``answered`` and ``bought`` [f] are for `inbox.count_lost`."""

Tally = collections.namedtuple("Tally", COUNTS)  # type: ignore[misc]
"""Counts of one chunk in one week, each [f + 1] int64 by firm; what concerns no firm stands at 0."""


def _plain(field: dataclasses.Field[Any]) -> bool:
    return field.type in ("float", "int", float, int)


OF_FIRMS = (
    "market", "network", "contact", "innovation", "partners", "deployment", "organisation", "entry", "equity",
)  # fmt: skip
"""Groups of parameters that no kernel reads: the less there is to hand over, the sooner it is done."""

_GROUPS = [(field.name, group_of(field)) for field in dataclasses.fields(Setting) if field.name not in OF_FIRMS]
_RULES = {
    name: collections.namedtuple(f"{name.capitalize()}Rules", [f.name for f in dataclasses.fields(group) if _plain(f)])  # type: ignore[misc,arg-type]
    for name, group in _GROUPS
}
globals().update({rules.__name__: rules for rules in _RULES.values()})
Rules = collections.namedtuple("Rules", list(_RULES))  # type: ignore[misc]


def make_rules(setting: Setting) -> Any:
    """Return the numbers of a setting that kernels read as nested named tuples, one per group."""
    return Rules(
        *(
            rules(*(getattr(getattr(setting, name), key) for key in rules._fields))  # type: ignore[attr-defined]
            for name, rules in _RULES.items()
        )
    )


def make_firm_arrays(n_firms: int, segments: int, classes: int) -> Firms:
    """Return firm arrays of zeros."""
    arrays = {name: np.zeros(n_firms) for name in Firms._fields}
    arrays["tool"] = np.zeros(n_firms, np.int64)
    arrays["discount"] = np.full(n_firms, -1, np.int64)
    arrays["kept"], arrays["intent"] = np.ones((2, n_firms)), np.zeros(2)
    arrays["value"] = np.zeros((segments, n_firms))
    arrays["centre"] = np.zeros(segments)
    lots = -(-n_firms // WIDTH)
    arrays["rate"] = np.zeros((classes, n_firms))
    arrays |= {name: np.ones((classes, lots * WIDTH)) for name in ("quiet", "clear")}
    arrays["focus"] = np.ones((classes, n_firms))
    arrays["loudest"] = np.zeros(classes)
    return Firms(**arrays)


def make_graph(graph: Graph) -> GraphView:
    """Return the kernels' view of a graph, without community ties."""
    weights = np.empty(0, np.float32) if graph.weights is None else graph.weights
    return GraphView(graph.indptr, graph.indices, weights, bool(graph.complete), np.empty((0, 1), np.int32))


def make_events(size: int, n_firms: int, classes: int) -> Events:
    """Return room for ``size`` needs among ``n_firms`` firms, and for inboxes of customers of so many degrees."""
    writers, opened, lost, answered, bought = np.zeros((5, n_firms), np.int64)
    reader, reports = np.zeros((2, BATCH), np.int64)
    return Events(
        np.zeros(size, np.int32), np.full(size, -1, np.int16), np.zeros(size, np.int16),
        np.zeros(size, np.float32), np.zeros(size, np.float32), np.zeros(size, np.uint8),
        reader, reports, writers, opened, lost, np.zeros(classes, np.int64), answered, bought,
    )  # fmt: skip


@pass_kernel
def refresh_rows(w, n):
    """Bring every row to the present week."""
    for i in range(n):
        refresh(w, i)
        drift(w, i)


def refresh_all(world: Any) -> None:
    """Bring every row and its taste up to the present, before the rules of fading and drift change."""
    refresh_rows(world, world.customers.ident.size)


FROZEN = ("strategy", "levers", "previous", "target")
"""What a firm replaces and never changes, so that copies of it may share it."""

FIRM_STATE = (
    *FROZEN, "culture", "changed_week", "memory", "active", "quarters_in_debt",
    "price", "unit_cost", "service_sd", "service_mean", "position", "presence", "availability", "contributions", "fit",
    "scope", "supplier", "supplied", "claims", "edge", "closing", "over_claim", "attentive", "capacity",
    "contact_budget", "insight_budget", "estimated_equity", "repeat_rate",
    *(m.name for m in MECHANISMS if m.firm_state is not None),
)  # fmt: skip


def copy_state(source: Any, target: Any) -> None:
    """Copy what changes in time, but for the customers, from one model to another of the same setting and seed."""
    target.week, target.intent_benefit = source.week, source.intent_benefit
    target.ledger.accounts[:] = source.ledger.accounts
    target.ledger.flows[:] = source.ledger.flows
    target.ledger.quarter[:] = source.ledger.quarter
    target.per_sale = source.per_sale
    target.mail, target.promises, target.census = source.mail, copy.deepcopy(source.promises), source.census
    target.last, target.counts, target.counted = source.last, source.counts, source.counted
    target.counted_quarter[:] = source.counted_quarter
    for mine, theirs in zip(target.firms, source.firms, strict=True):
        for name in FIRM_STATE:
            value = getattr(theirs, name)
            setattr(mine, name, value if name in FROZEN else copy.deepcopy(value))
    target.ledger.between = dict(source.ledger.between)
    for mine, theirs in zip(target.partners, source.partners, strict=True):
        for name in PARTNER_STATE:
            setattr(mine, name, copy.deepcopy(getattr(theirs, name)))
    graph = target.world.graph._replace(community=source.world.graph.community.copy())
    firms = target.world.firms
    for name in Firms._fields:
        getattr(firms, name)[...] = getattr(source.world.firms, name)
    target.world = target.world._replace(
        clock=source.world.clock, rules=source.world.rules, fade=source.world.fade, graph=graph, mail=source.mail
    )
    target.call = source.call


def digest(model: Any) -> str:
    """Return SHA-256 over customer columns, accounts and levers, in declared order."""
    sha = hashlib.sha256(str(model.week).encode())
    for column in model.customers.columns:
        array = np.ascontiguousarray(getattr(model.customers, column.name))
        sha.update(column.name.encode())
        sha.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    sha.update(model.ledger.accounts.astype("<i8").tobytes() + fingerprint(model.intent_benefit))
    for firm in model.firms:
        for name in FIRM_STATE:
            if name != "strategy":
                sha.update(name.encode() + fingerprint(getattr(firm, name)))
    for partner in model.partners:
        sha.update(b"".join(fingerprint(getattr(partner, name)) for name in PARTNER_STATE))
    return sha.hexdigest()


def fingerprint(value: Any) -> bytes:
    """Return bytes that are equal where plain data (numbers, texts, arrays, containers, dataclasses) are equal."""
    if isinstance(value, np.ndarray):
        array = np.ascontiguousarray(value)
        return str(array.shape).encode() + array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return b"".join(f.name.encode() + fingerprint(getattr(value, f.name)) for f in dataclasses.fields(value))
    if isinstance(value, dict):
        return b"".join(fingerprint(key) + fingerprint(value[key]) for key in sorted(value))
    if isinstance(value, (list, tuple)):
        return b"".join([b"[", *(fingerprint(part) for part in value), b"]"])
    if isinstance(value, np.generic):
        value = value.item()
    if not (value is None or isinstance(value, (bool, int, float, str))):
        raise TypeError(f"{type(value).__name__}: state is plain data only")
    return repr(value).encode() + b";"
