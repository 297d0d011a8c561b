"""M5 (E16b) Community: a firm in dialogue hosts its buyers in small groups whose members talk to each other.

Each quarter the buyers of a firm (those whose last purchase was there) are hashed into groups of 1 + k, k being
`talk.community` x L2 rounded up or down at random per group; members of a group are tied to each other. The ties are
an overlay of a few slots a customer, rebuilt each quarter; the network itself is never changed.

Source: brand communities (Muniz & O'Guinn 2001); news of both kinds travels in them (Adjei, Noble & Noble 2010).
"""

from __future__ import annotations

import numpy as np

from ecosim.draws import bits, own_key, purpose, stream_key, uniform
from ecosim.jit import pass_kernel

MEMBER, SIZE = purpose("community.member"), purpose("community.size")


@pass_kernel
def list_members(last, ends, members):
    """List the rows of each provider's last buyers in ``members``, provider by provider; ``ends`` [f] is where."""
    for j in range(ends.size):
        ends[j] = 0
    for i in range(last.size):
        if last[i] >= 0:
            ends[last[i]] += 1
    for j in range(1, ends.size):
        ends[j] += ends[j - 1]
    for i in range(last.size - 1, -1, -1):
        if last[i] >= 0:
            ends[last[i]] -= 1
            members[ends[last[i]]] = i
    for j in range(ends.size - 1):
        ends[j] = ends[j + 1]
    ends[-1] = members.size


@pass_kernel
def place(key, ident, members, places):
    """Fill ``places`` with numbers that order ``members`` by a hash: its upper bits, and the position below them."""
    width = 1
    while members.size >> width:
        width += 1
    for k in range(members.size):
        places[k] = (bits(key, ident[members[k]]) >> np.uint64(width) << np.uint64(width)) | np.uint64(k)
    return (1 << width) - 1


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
    last, ends = w.customers.last_provider, np.empty(len(ties), np.int64)
    rows = np.empty(np.count_nonzero(last >= 0), np.int64)
    model.call(list_members, last, ends, rows)

    def host(j: int) -> None:
        members = rows[ends[j - 1] if j else 0 : ends[j]]
        if ties[j] > 0 and members.size > 1:
            member, size = (own_key(stream_key(model.seed, each, model.week), j) for each in (MEMBER, SIZE))
            places = np.empty(members.size, np.uint64)
            mask = model.call(place, member, w.customers.ident, members, places)
            places.sort()  # no two are equal, so every way of sorting does the same
            circle = members[(places & np.uint64(mask)).astype(np.int64)]
            model.call(tie_groups, size, circle, ties[j], community)

    if any(ties):
        model.pool.map(host, len(ties))
