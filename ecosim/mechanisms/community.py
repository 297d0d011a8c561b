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
def count_members(lo, hi, last, provider, counts):
    """Copy the ``last`` providers of rows ``lo .. hi-1``, -1 for none, and count the rows of each in ``counts`` [f]."""
    for i in range(lo, hi):
        provider[i] = last[i]
        if last[i] >= 0:
            counts[last[i]] += 1


@pass_kernel
def list_members(lo, hi, provider, starts, members):
    """List rows ``lo .. hi-1`` in ``members``, those of each provider from its place ``starts`` [f] on."""
    for i in range(lo, hi):
        j = provider[i]
        if j >= 0:
            members[starts[j]] = i
            starts[j] += 1


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


def members_of(model) -> list[np.ndarray]:
    """Return the rows of each provider's last buyers, in their order."""
    last = model.world.customers.last_provider
    provider, counts = np.empty(last.size, last.dtype), np.zeros((len(model.chunks), len(model.firms)), np.int64)
    model.each_chunk(lambda n, lo, hi: model.call(count_members, lo, hi, last, provider, counts[n]))
    ends = counts.T.cumsum().reshape(counts.T.shape)  # by provider, then by chunk
    starts, rows = np.ascontiguousarray(ends.T - counts), np.empty(counts.sum(), np.int64)
    model.each_chunk(lambda n, lo, hi: model.call(list_members, lo, hi, provider, starts[n], rows))
    return np.split(rows, ends[:-1, -1])


def gather(model) -> None:
    """Phase 13: rebuild every firm's community from its present buyers."""
    ties = [model.setting.talk.community * firm.levers.contact.dialogue * firm.active for firm in model.firms]
    if not any(ties):
        model.close_community()
        return
    community, members = model.open_community(), members_of(model)

    def host(j: int) -> None:
        if ties[j] > 0 and members[j].size > 1:
            member, size = (own_key(stream_key(model.seed, each, model.week), j) for each in (MEMBER, SIZE))
            places = np.empty(members[j].size, np.uint64)
            mask = model.call(place, member, model.world.customers.ident, members[j], places)
            places.sort()  # no two are equal, so every way of sorting does the same
            circle = members[j][(places & np.uint64(mask)).astype(np.int64)]
            model.call(tie_groups, size, circle, ties[j], community)

    model.pool.map(host, len(ties))
