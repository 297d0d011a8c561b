"""The mechanisms, in the order of the week: adding one costs its file and one line here.

`MECHANISMS` lists them; `SCHEDULE` lists their weekly steps by phase. Consecutive kernels run block by block over the
customers; an act waits for every kernel before it.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

from ecosim.jit import in_turn
from ecosim.mechanisms import (
    acquisition,
    adaptation,
    attention,
    choice,
    community,
    contact,
    deployment,
    entry,
    evaluation,
    experience,
    imitation,
    inbox,
    innovation,
    insight,
    intents,
    memory,
    needs,
    organisation,
    participation,
    partners,
    processes,
    rights,
    search,
    settlement,
    sourcing,
    talk,
    trust,
)
from ecosim.mechanisms.base import Mechanism, Step

MECHANISMS = (
    Mechanism("contact", "L1-L3", "contact plans within a budget", (
        Step(3, "plan", "contact", "budget, levers, consent of last week", "message rates", ("hinz2011",),
             act=contact.plan),
    )),
    Mechanism("intents", "M5", "intents told to firms, and their bids", (
        Step(3, "bid", "intents", "own sales, bids won", "bids", ("searls2012", "anderson1992"), act=intents.bid),
    ), (), intents.COUNTS),
    Mechanism("memory", "M3", "salience and the consideration set", (), memory.COLUMNS),
    Mechanism("trust", "M2", "trust, learning, reactance", (), trust.COLUMNS),
    Mechanism("attention", "M1", "limited attention", (
        Step(4, "attend", "attention", "message rates, last week's mail, salience, trust",
             "salience, expectation, evidence", ("feng2015", "josang2002", "godfrey2011", "white2008"),
             kernel=attention.attend),
    ), attention.COLUMNS, attention.COUNTS),
    Mechanism("inbox", "M1", "messages that reach a customer", (
        Step(4, "count", "inbox", "message rates, who was read", "messages sent", ("kingman1993",),
             act=inbox.count_lost),
    )),
    Mechanism("needs", "M3", "category needs", (
        Step(5, "arise", "needs", "need rates, season", "needs", ("goodhardt1984",), act=needs.arise),
    ), needs.COLUMNS),
    Mechanism("search", "M5", "asking neighbours", (
        Step(5, "seek", "search", "uncertainty, neighbours' last experience", "salience, expectation, evidence",
             ("moorthy1997",), kernel=search.seek),
    ), (), search.COUNTS),
    Mechanism("choice", "M3", "multinomial choice", (
        Step(6, "choose", "choice", "salience, expectation, trust, price, effort, taste", "purchases, salience",
             ("mcfadden1974", "train2009"), kernel=choice.choose),
    ), choice.COLUMNS, choice.COUNTS),
    Mechanism("experience", "M4", "job value, mismatch, self-service", (
        Step(7, "fulfil", "experience", "offer, taste, error variance, skill", "experience", ("campbell2010",),
             kernel=experience.fulfil),
    ), experience.COLUMNS, experience.COUNTS),
    Mechanism("evaluation", "M2, M4", "disconfirmation, evidence, recovery, consent", (
        Step(8, "evaluate", "evaluation", "experience, expectation", "expectation, evidence, consent, panel",
             ("oliver1980", "josang2002"), kernel=evaluation.evaluate),
    ), evaluation.COLUMNS, evaluation.COUNTS),
    Mechanism("talk", "M5", "word of mouth", (
        Step(3, "listen", "talk", "dialogue, voices of last week", "what firms can hear", (), act=talk.listen),
        Step(9, "speak", "talk", "experience, norm, talkativeness", "who talks", ("east2007",), kernel=talk.speak),
    ), talk.COLUMNS, talk.COUNTS),
    Mechanism("insight", "M6", "what firms learn from purchases, profiles and interviews", (
        Step(3, "prepare", "insight", "insight budget, last week's opportunities", "what is observed", (),
             act=insight.plan),
        Step(10, "learn", "insight", "purchases, stories, consent", "error variance", ("kalman1960",),
             kernel=insight.learn),
    ), insight.COLUMNS, insight.COUNTS),
    Mechanism("participation", "M6, M8", "who takes part", (
        Step(12, "survey", "participation", "who bought and who took part", "census by segment",
             ("hippel1986", "fuller2010", "franke2013"), act=participation.survey, every=4),
    ), participation.COLUMNS),
    Mechanism("recovery", "M4", "complaints heard are made good", (
        Step(10, "recover", "evaluation", "complaints heard", "expectation, evidence", ("smith1999",),
             act=evaluation.recover),
    )),
    Mechanism("delivery", "M5", "talk reaches next week's inboxes", (
        Step(10, "deliver", "talk", "who talks, network, community", "mail, last experiences", ("east2007",),
             act=talk.deliver),
    )),
    Mechanism("settlement", "M8", "money changes hands", (
        Step(11, "settle", "settlement", "counts, prices", "accounts", (), act=settlement.settle),
        Step(13, "close_books", "settlement", "accounts", "bankruptcy", (), act=settlement.close_books, every=13),
    )),
    Mechanism("broker", "M5", "bids are paid for and judged", (
        Step(11, "judge", "intents", "rebates", "benefit expected of an intent, fees", (), act=intents.judge),
    )),
    Mechanism("rights", "M8", "shares of contributors", (
        Step(2, "expire", "rights", "rights", "royalties", ("aghion1994",), act=rights.expire),
    ), firm_state=rights.firm_state),
    Mechanism("landscape", "M7", "how components fit each other", ()),
    Mechanism("belief", "M7", "what firms think customers want", ()),
    Mechanism("ideas", "M7", "who proposes what", ()),
    Mechanism("innovation", "M7", "ideas, judgement, uptake", (
        Step(11, "keep_books", "innovation", "purchases, sales, contracts", "uptake, accounts", (),
             act=innovation.keep_books),
        Step(12, "innovate", "innovation", "census, beliefs, designs, partners",
             "beliefs, designs, rights, grievances, accounts",
             ("levinthal1997", "kauffman1987", "almirall2010", "hippel1986", "franke2013"), act=innovation.innovate,
             every=4),
    ), firm_state=innovation.firm_state),
    Mechanism("imitation", "M7", "copying what is visibly better", (
        Step(12, "imitate", "imitation", "designs, beliefs, openness, contracts", "designs, accounts", ("rivkin2000",),
             act=imitation.imitate, every=4),
    )),
    Mechanism("splits", "M8", "how what partners add is divided", ()),
    Mechanism("partners", "M8", "partners: what they make and earn, and who stays", (
        Step(11, "make", "partners", "purchases, contracts", "accounts", ("brown2006",), act=partners.make),
        Step(13, "review", "partners", "own profit from each firm, custody, governance", "contracts", ("pratt1964",),
             act=partners.review, every=13),
    )),
    Mechanism("acquisition", "M8", "aggregating firms buy suppliers", (
        Step(13, "buy", "acquisition", "claims, cash", "scope, contributions, accounts",
             ("grossman1986", "gupta2004"), act=acquisition.bid, every=13),
    )),
    Mechanism("sourcing", "M8", "which components come from partners, and on what terms", (
        Step(13, "source", "sourcing", "aggregation, extensibility, visible quality, beliefs",
             "suppliers, shares of others", ("shapley1953", "nash1950", "horn1988", "armstrong2006", "baldwin2000"),
             act=sourcing.source, every=13),
    ), firm_state=lambda model, firm: sourcing.Sourcing()),
    Mechanism("organisation", "M9", "culture, pay, and what change costs", (
        Step(2, "change", "organisation", "levers wanted, culture, sales of last quarter", "culture, levers",
             ("kotter1995", "granovetter1978", "holmstrom1991"), act=organisation.change),
        Step(11, "pay_for_change", "organisation", "sales, culture, levers", "accounts", (),
             act=organisation.pay_for_change),
        Step(13, "close_quarter", "organisation", "sales of the quarter", "size", (), act=organisation.close_quarter,
             every=13),
    ), firm_state=organisation.firm_state),
    Mechanism("deployment", "L16", "systems, their price and their spread", (
        Step(2, "install", "deployment", "system wanted, dates, prices", "capacity, accounts", ("hendricks2007",),
             act=deployment.install),
        Step(11, "pay_for_systems", "deployment", "sales, system in use", "accounts, record of sales", (),
             act=deployment.pay_for_systems),
        Step(12, "consider", "deployment", "systems others use, sales on record", "system adopted",
             ("bass1969", "sultan1990"), act=deployment.consider, every=4),
    ), firm_state=deployment.firm_state),
    Mechanism("entry", "M8", "late firms and their advertisers", (
        Step(1, "arrive", "entry", "week, presence", "offer, shelf presence, accounts", ("markides2004",),
             act=entry.arrive),
        Step(11, "advertise", "entry", "contacts processed", "accounts", ("rochet2003",), act=entry.advertise),
    )),
    Mechanism("adaptation", "M9", "firms look at their books and decide", (
        Step(13, "estimate", "adaptation", "own repeat sales", "estimated equity", ("gupta2004",),
             act=adaptation.estimate, every=13),
        Step(13, "decide", "adaptation", "own books, public panel, rivals' contact and offer", "levers wanted",
             ("cyert1963", "levinthal1981", "greve2003"), act=adaptation.decide, every=13),
    ), firm_state=adaptation.firm_state),
    Mechanism("processes", "M9", "ways of working that save, and may please or annoy", (
        Step(13, "review", "processes", "purchases, estimated equity, objective", "unit cost, service", ("frei2012",),
             act=processes.review, every=13),
    ), firm_state=processes.firm_state),
    Mechanism("community", "M5", "buyers' communities", (
        Step(13, "gather", "community", "last purchases, dialogue", "community ties", ("muniz2001",),
             act=community.gather, every=13),
    )),
)  # fmt: skip

SCHEDULE: tuple[Step, ...] = tuple(
    sorted((step for mechanism in MECHANISMS for step in mechanism.steps), key=lambda step: step.phase)
)
COUNTS: tuple[str, ...] = tuple(count for mechanism in MECHANISMS for count in mechanism.counts)


PERIOD = math.lcm(*(step.every for step in SCHEDULE))
"""Weeks after which the same steps are due again."""


def passes(schedule: tuple[Step, ...] = SCHEDULE) -> list[list[Step]]:
    """Return the schedule cut into passes: runs of kernels that go block by block, and single acts."""
    groups: list[list[Step]] = []
    for is_kernel, steps in itertools.groupby(schedule, key=lambda step: step.kernel is not None):
        found = list(steps)
        groups.extend([found] if is_kernel else [[step] for step in found])
    return groups


@functools.cache
def due(week: int) -> tuple[Callable[[Any], None], ...]:
    """Return what a model does in week ``week`` of a period, pass by pass, each ``(model)``."""
    return tuple(steps[0].act or over_customers(*steps) for steps in passes() if week % steps[0].every == 0)


def over_customers(*steps: Step) -> Callable[[Any], None]:
    """Return what takes a model's customers through these kernels, block by block."""
    kernels = in_turn(tuple(step.kernel for step in steps if step.kernel is not None))
    return lambda model: model.run_kernels(kernels)
