"""M5 (E16, E17) Talk: remarkable experiences are told to neighbours, who hear of them next week.

    P(talk) = talk_i (base + surprise |x - norm|),  the report is x itself, its valence the sign of x - norm
    each neighbour is told with probability min(1, reach / degree x weight^tie_strength), weight that of the tie
    a firm hears a voice within earshot with probability min(1, capacity / last week's voices)

Ties weigh 1 unless a file of ties says otherwise. The ratio of positive to negative talk follows from where the
category norm sits in the distribution of experience. Community ties carry talk as network ties do, good news and bad.

Sources: East, Hammond & Wright 2007 (about 3 positive to 1 negative); comparison level: Thibaut & Kelley 1959;
strong ties are likelier to be used for word of mouth: Brown & Reingen 1987.
"""

from __future__ import annotations

import collections
from dataclasses import dataclass

import numpy as np

from ecosim.columns import Column
from ecosim.draws import PAIR, agent_key, log, power, purpose, stream, uniform
from ecosim.jit import fetch_row, joined_kernel, pass_kernel, rule, world_rule
from ecosim.mechanisms.base import first_of
from ecosim.mechanisms.memory import AHEAD, fetch_ties
from ecosim.parameters import Parameters, param

TALK, EARSHOT, TELL = purpose("talk.speak"), purpose("talk.earshot"), purpose("talk.tell")
DEEPEST = 255

Mail = collections.namedtuple("Mail", ["recipient", "sender", "provider", "value", "tie", "depth"])
"""Last week's reports, sorted by recipient and then by the sender's id; one array each."""


@dataclass(frozen=True)
class Talk(Parameters):
    """Word of mouth, and what firms hear of it."""

    base: float = param(0.02, "probability of talking about an ordinary experience", low=0, high=1)
    surprise: float = param(0.3, "probability of talking per unit of distance from the norm", low=0, high=10)
    norm: float = param(0.5, "category norm of experience, CL; calibrated on the ratio of positive talk", unit="value",
                        low=-5, high=5)  # fmt: skip
    reach: float = param(3.0, "expected neighbours told, k_r", low=0, high=1e6)
    tie_strength: float = param(0.0, "how far a tie's weight decides whether it carries talk; 0 not at all, 1 in "
                                "proportion", low=0, high=4)  # fmt: skip
    propensity_sd: float = param(1.0, "spread of talkativeness (mean 1), of its logarithm", low=0, high=5, build=True)
    earshot: float = param(0.3, "share of voices within the firms' hearing", low=0, high=1)
    listening: float = param(200.0, "voices a firm can take in per 10,000 customers at full dialogue (L2)",
                             unit="1/week", low=0, high=1e6)  # fmt: skip
    listening_cost: float = param(0.01, "firm's cost of one voice heard", unit="money", low=0, high=1000)
    community: int = param(4, "community ties of a buyer at full dialogue (L2)", low=0, high=16, build=True)


COLUMNS = (
    Column("talk", "float32", np.nan, "talkativeness", "1", "n", 0),
    Column("stories", "uint16", 0, "stories told since the start", "events", "n", 0),
    Column("heard_provider", "int16", -1, "provider last heard of from a peer", "id", "n", -1),
    Column("heard_depth", "uint8", 0, "links of talk behind that report", "1", "n", 0, DEEPEST),
)
COUNTS = ("talks", "praise", "passed_on", "talk_depth")


def make_mail(size: int) -> Mail:
    """Return a mailbag with room for ``size`` reports."""
    return Mail(
        np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int16),
        np.empty(size, np.float32), np.empty(size, np.float32), np.empty(size, np.uint8),
    )  # fmt: skip


def no_mail() -> Mail:
    """Return an empty mailbag."""
    return make_mail(0)


@joined_kernel
def speak(lo, hi, w, events, tally):
    """Phase 9: decide who talks; ``events.depth`` is 1 + the links of talk behind the story, 0 for silence."""
    c, f, p = w.customers, w.firms, w.rules.talk
    talk, ear = stream(w.clock.seed, TALK, w.clock.week), stream(w.clock.seed, EARSHOT, w.clock.week)
    for e in range(first_of(events.customer, lo), first_of(events.customer, hi)):
        j = events.provider[e]
        if j < 0:
            continue
        i, x = events.customer[e], np.float64(events.experience[e])
        a, index = c.ident[i], np.int64(events.occasion[e]) * PAIR + j
        if uniform(agent_key(talk, a), index) >= np.float64(c.talk[i]) * (p.base + p.surprise * abs(x - p.norm)):
            continue
        depth = np.int64(0)
        if c.heard_provider[i] == j:
            depth = np.int64(min(c.heard_depth[i], DEEPEST - 2)) + 1
        events.depth[e] = depth + 1
        c.stories[i] = min(np.int64(c.stories[i]) + 1, 65535)
        tally.talks[j] += 1
        tally.praise[j] += x > p.norm
        tally.passed_on[j] += depth > 0
        tally.talk_depth[j] += depth
        u = uniform(agent_key(ear, a), index)
        tally.voiced[j] += u < p.earshot
        tally.heard[j] += u < p.earshot * f.listening[j]


@world_rule
def post(mail, at, recipient, events, e, tie):
    """Write the report of event ``e`` to ``recipient`` at place ``at`` of the mail, if there is room."""
    if at < mail.recipient.size:
        mail.recipient[at], mail.sender[at], mail.provider[at] = recipient, events.customer[e], events.provider[e]
        mail.value[at], mail.tie[at], mail.depth[at] = events.experience[e], tie, events.depth[e] - 1


@pass_kernel
def tell(w, events, stories, n, mail):
    """Write who is told the ``stories`` (events); return how many are, whether or not there was room in ``mail``."""
    c, g = w.customers, w.graph
    key = stream(w.clock.seed, TELL, w.clock.week)
    count, strength = 0, w.rules.talk.tie_strength
    plain = strength == 0.0 or g.weights.size == 0
    for t in range(stories.size):
        if t + AHEAD < stories.size:
            fetch_ties(g, events.customer[stories[t + AHEAD]])
        e = stories[t]
        i = events.customer[e]
        mine = agent_key(key, c.ident[i])
        degree = n - 1 if g.complete else g.indptr[i + 1] - g.indptr[i]
        chance = w.rules.talk.reach / degree if degree > 0 else 1.0
        if g.complete:
            k, j = 0, skip(uniform(mine, 0), chance)
            while j < degree:
                post(mail, count, j if j < i else j + 1, events, e, 1.0)
                count += 1
                k += 1
                j += 1 + skip(uniform(mine, k), chance)
            continue
        for k in range(g.indptr[i], g.indptr[i + 1]):
            j = g.indices[k]
            weight = np.float64(g.weights[k]) if g.weights.size > 0 else 1.0
            if uniform(mine, c.ident[j]) < (chance if plain else chance * power(weight, strength)):
                post(mail, count, j, events, e, weight)
                count += 1
        if g.community.shape[0] > 0:
            for k in range(g.community.shape[1]):
                j = g.community[i, k]
                if j >= 0 and uniform(mine, c.ident[j]) < chance:
                    post(mail, count, j, events, e, 1.0)
                    count += 1
    return count


@rule
def skip(u, chance):
    """Return how many neighbours a talker passes over before the next one told (geometric)."""
    if chance >= 1.0:
        return 0
    if chance < 1e-15:
        return np.int64(1) << 40
    return np.int64(min(log(u) / log(1.0 - chance), 1e12))


def listen(model) -> None:
    """Phase 3: set how much of last week's volume of voices each firm can take in (L2, staff's effort, system)."""
    capacity = model.setting.talk.listening * len(model.customers) / 10_000
    voiced, listening = model.last["voiced"].tolist(), model.world.firms.listening
    for firm in model.firms:
        able = capacity * firm.levers.contact.dialogue * firm.attentive * firm.capacity
        listening[firm.row] = min(1.0, able / max(1, voiced[firm.row]))


@pass_kernel
def publish(c, events, stories):
    """Publish last experiences; write where each talker's last story of the week stands; return how many talk."""
    talkers = 0
    for e in range(events.customer.size):
        if e + AHEAD < events.customer.size:
            fetch_row(c.last_value, events.customer[e + AHEAD])
        i = events.customer[e]
        if events.provider[e] >= 0:
            c.last_provider[i], c.last_value[i] = events.provider[e], events.experience[e]
        if events.depth[e] > 0:
            if talkers == 0 or events.customer[stories[talkers - 1]] != i:
                talkers += 1
            stories[talkers - 1] = e
    return talkers


def deliver(model) -> None:
    """Phase 10: publish last experiences, and post this week's reports for next week's inboxes."""
    posted: list[Mail] = [no_mail()] * len(model.chunks)

    def tell_all(n: int, lo: int, hi: int) -> None:
        posted[n] = told(model, model.events[n])

    model.each_chunk(tell_all)
    mail = posted[0] if len(posted) == 1 else Mail(*(np.concatenate(part) for part in zip(*posted, strict=True)))
    order = np.argsort(mail.recipient.astype(np.int64) << 32 | model.customers.ident[mail.sender], kind="stable")
    model.mail = Mail(*(part[order] for part in mail))


def told(model, events) -> Mail:
    """Publish the experiences in ``events``; return the mail of the stories among them, in the order of the talkers."""
    stories = np.empty(events.customer.size, np.int64)
    stories = stories[: model.call(publish, model.world.customers, events, stories)]
    room = 1024 + 6 * stories.size
    while True:
        mail = make_mail(room)
        count = model.call(tell, model.world, events, stories, len(model.customers), mail)
        if count <= room:
            return Mail(*(part[:count] for part in mail))
        room = count
