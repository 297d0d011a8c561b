"""What time leaves of the plain model's state, and that state laid out as ecosim lays out its own, to be compared."""

import hashlib
from typing import NamedTuple

import numpy as np

from ecosim.agents.customers import COLUMNS


class Fading(NamedTuple):
    """What some weeks leave: factors on salience, evidence, error and taste; variance and spread gained."""

    salience: float
    evidence: float
    error_scale: float
    error_gain: float
    taste_scale: float
    taste_sd: float


def columns_of(customers, firms):
    """Return the state of all customers as arrays, by column in declared order.

    A column of which the plain model knows nothing belongs to what firms do among themselves, which docking leaves
    out; it must then stay as it was made.
    """
    arrays = {}
    for column in COLUMNS:
        name, start = column.name, column.default
        if column.axes == "nk":
            rows = [[getattr(relation, name, start) for relation in c.slots] for c in customers]
        else:
            start = [start] * firms if column.axes == "nf" else start
            rows = [getattr(c, name, start) for c in customers]
        arrays[name] = np.array(rows, dtype=column.dtype)
    return arrays


def digest(week, columns, accounts, intent_benefit):
    """Return SHA-256 over what customers know and own, all accounts, and what telling firms of a need is worth."""
    sha = hashlib.sha256(str(week).encode())
    for name, array in columns.items():
        sha.update(name.encode())
        sha.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    sha.update(np.array(accounts, "<i8").tobytes())
    sha.update(np.array(intent_benefit, "<f8").tobytes())
    return sha.hexdigest()
