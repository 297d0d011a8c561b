"""M5 (E16b) Community: a firm in dialogue hosts its buyers in small groups whose members talk to each other.

Each quarter the buyers of a firm (those whose last purchase was there) are hashed into groups of 1 + k, k being
`talk.community` x L2 rounded up or down at random per group; members of a group are tied to each other. The ties are
an overlay of a few slots a customer, rebuilt each quarter; the network itself is never changed.

Source: brand communities (Muniz & O'Guinn 2001); news of both kinds travels in them (Adjei, Noble & Noble 2010).
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import bits, own_key, purpose, stream_key, uniform
from ecosim.jit import kernel, pass_kernel

MEMBER, SIZE = purpose("community.member"), purpose("community.size")


@kernel
def member_keys(key, ident, members):
    """Return the hash that places each member, ``[m] uint64``."""
    hashes = np.empty(members.size, np.uint64)
    for k in range(members.size):
        hashes[k] = bits(key, ident[members[k]])
    return hashes


@pass_kernel
def tie_groups(key, members, ties, community):
    """Cut ``members`` (in hashed order) into groups of 1 + ``ties`` on average and tie each group together."""
    start, group = 0, 0
    most = community.shape[1]
    while start < members.size:
        k = int(np.floor(ties + uniform(key, group)))
        stop = min(start + 1 + min(k, most), members.size)
        for a in range(start, stop):
            slot = 0
            for b in range(start, stop):
                if a != b:
                    community[members[a], slot] = members[b]
                    slot += 1
        start, group = stop, group + 1


def gather(model) -> None:
    """Phase 13: rebuild every firm's community from its present buyers."""
    w = model.world
    ties = [model.setting.talk.community * firm.levers.contact.dialogue * firm.active for firm in model.firms]
    community = model.open_community() if any(ties) else model.close_community()
    last = w.customers.last_provider
    for firm, k in zip(model.firms, ties, strict=True):
        members = np.flatnonzero(last == firm.row)
        if k == 0 or members.size < 2:
            continue
        seed, week = w.clock.seed, w.clock.week
        hashes = member_keys(own_key(stream_key(seed, MEMBER, week), firm.row), w.customers.ident, members)
        members = members[np.argsort(hashes, kind="stable")]
        tie_groups(own_key(stream_key(seed, SIZE, week), firm.row), members, k, community)
