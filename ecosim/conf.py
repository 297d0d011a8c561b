"""From the words of a command to a checked `Request`: the only module that knows Hydra, and the one gate for values.

Hydra composes choices (a scenario; each archetype from its groups of levers) and its grammar reads values. Everything
composed or typed then passes through the parameter dataclasses, which know every key, type and range.
"""

from __future__ import annotations

import copy
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf

from ecosim import request as checks
from ecosim.answers import check_outcomes
from ecosim.cast import Casting, choice
from ecosim.dated import events as dated
from ecosim.dated import fitting
from ecosim.errors import UserError, nearest
from ecosim.keys import ALIASES, GROUPS, MOST_SEED, TEXTS, Keys
from ecosim.networks import count_nodes
from ecosim.parameters import check_value, walk
from ecosim.request import Request, put
from ecosim.scenario import Scenario, plain, read, scenario
from ecosim.setting import Setting
from ecosim.strategies.levers import Levers
from ecosim.tree import configs

WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\[\],]+""")


@cache
def every_key() -> dict[str, Any]:
    """Return every key a command may give, with its dataclass field (None for a configuration group)."""
    table: dict[str, Any] = {field.name: field for field in fields(Keys)}
    table |= dict(walk(Setting))
    table |= {f"levers.{key}": field for key, field in walk(Levers)}
    return table | {f"strategy/{group}": None for group in GROUPS}


def typed(words: Iterable[str], known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the values of ``key=value`` words by full key; what is not among ``known`` is refused in a sentence."""
    given: dict[str, Any] = {}
    known = every_key() if known is None else known
    for word in words:
        if "${" in word:
            raise UserError(f"{word}: ${{...}} is not allowed; write the value out")
        if word[:1] in "+~":
            raise UserError(f"{word}: keys can be neither added (+) nor removed (~); write key=value")
        name, equals, raw = word.partition("=")
        if not (name and equals):
            raise UserError(f"{word}: settings are written key=value")
        if re.match(r"hydra([./@]|$)", name):
            raise UserError(f"{name}: Hydra's own settings cannot be changed here")
        key = ALIASES.get(name, name)
        if key not in known:
            _no_such_key(name, known)
        if key in given:
            raise UserError(f"{word}: {key} is given twice; keep one")
        value = _text(name, raw) if key in TEXTS else _value(name, raw)
        field = known[key]
        unchecked = field is None or key == "archetypes" or (key, value) == ("seed", "random")
        given[key] = value if unchecked else check_value(name, value, field)
    return given


def _no_such_key(name: str, known: Mapping[str, Any]) -> None:
    inside = [key for key in known if key.startswith(name + ".")]
    if inside:
        raise UserError(f"{name}: this is a group; set one of its keys: {', '.join(inside)}")
    raise UserError(f"{name}: no such key{_near(name, known)}")


def _near(name: str, known: Mapping[str, Any]) -> str:
    text = nearest(name, [*known, *ALIASES])
    return text if "did you mean" in text else "; `ecosim parameters` lists them all"


def _text(name: str, raw: str) -> str:
    text = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "'\"" else raw
    if not text.strip() or not text.isprintable():
        raise UserError(f"{name}={raw!r}: a text is needed, in printable characters")
    return text


def _value(name: str, raw: str) -> Any:
    if not raw.strip():
        raise UserError(f"{name}=: a value is needed")
    try:
        value = OverridesParser.create().parse_override(f"key={raw}")
    except (HydraException, RecursionError):
        raise UserError(f"{name}={raw}: not understood; a number, a word or a list [a,b] is needed") from None
    if value.is_sweep_override():
        raise UserError(f"{name}={raw}: one value is needed; a list is written [a,b]")
    if isinstance(value.value(), dict):
        raise UserError(f"{name}={raw}: one value is needed; set keys one by one, such as attention.load=5")
    for word in WORD.findall(raw):
        if word.strip() and word[0] not in "'\"":
            if "(" in word:
                raise UserError(f"{name}={raw}: a plain value is needed, without ( )")
            try:
                plain(word.strip())
            except UserError as error:
                raise UserError(f"{name}={error}") from None
    return value.value()


def register() -> None:
    """Tell Hydra's store which keys exist (null: not given) and which networks, for its own command line."""
    tree: dict[str, Any] = {}
    for key in every_key():
        if "/" not in key and key != "scenario":
            put(tree, key, None)
    tree |= {short: None for short in ALIASES if short not in tree}
    for kind in every_key()["network.kind"].metadata["info"].choices:
        ConfigStore.instance().store(group="network", name=kind, node={"kind": kind})
    ConfigStore.instance().store(name="schema", node=tree, package="_global_")


def composed(choices: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Let Hydra compose the package's configuration, once for each list of choices; returns plain dictionaries."""
    wanted = [tuple(each) for each in choices]
    missing = [each for each in dict.fromkeys(wanted) if each not in _COMPOSED]
    if missing:
        _COMPOSED.update(zip(missing, _compose(missing), strict=True))
    return [copy.deepcopy(_COMPOSED[each]) for each in wanted]


_COMPOSED: dict[tuple[str, ...], dict[str, Any]] = {}


def _compose(choices: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    register()
    before = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(configs()), version_base="1.3", job_name="ecosim"):
            parts = [OmegaConf.to_container(compose("config", overrides=list(each))) for each in choices]
    finally:
        GlobalHydra.instance().hydra = before
    return parts  # type: ignore[return-value]


def request(verb: str, words: Sequence[str]) -> Request:
    """Return the checked request of a command; a mistake raises `UserError` before anything is run or written."""
    return named(of(verb, typed(words)))


def named(asked: Request) -> Request:
    """Return a request whose study has its name: the one asked for, or one made from what decides its numbers."""
    return replace(asked, study=checks.study_name(asked.study, asked.scenario, asked.config, asked.results))


def of(verb: str, given: Mapping[str, Any]) -> Request:
    """Return the checked request of values by full key, its study not yet named."""
    story = _scenario(given)
    keys = _keys(verb, given, story)
    casting = Casting(given, composed)
    strategies = casting.compared(_lineup(verb, given, story))
    setting = _setting(given, story)
    if verb in ("compare", "plan", "sweep"):
        check_outcomes(story.answer, story.source)
    checks.check_weeks(keys, len(strategies))
    checks.check_seeds(keys)
    chosen = {name: getattr(keys, name) for name in ("adopters", "seed", "replications", "weeks", "history", "burn_in")}
    line_up = casting.line_up(story.line_up, story.source, setting.market.firms, strategies[0])
    own = checks.make(Keys, checks.flat(Keys, story.run, f"{story.source}: run."))
    told = fitting(story.events, own, keys)
    events = dated(told, story.source, keys, setting, [strategy.name for strategy in strategies])
    cast = casting.called([e["strategy"] for e in events if "strategy" in e], f"{story.source}: events: strategy")
    config = checks.canonical(
        scenario=story.name,
        setting=setting,
        strategies=[strategy.canonical() for strategy in strategies],
        line_up=[strategy.canonical() for strategy in line_up],
        events=events,
        cast=[strategy.canonical() for strategy in cast.values()],
        network_sha256=_fingerprint(setting),
        record=keys.record,
        **chosen,
    )
    return Request(
        verb=verb,
        scenario=story.name,
        question=story.question,
        why=story.why,
        answer=story.answer,
        setting=setting,
        strategies=strategies,
        events=tuple(events),
        line_up=line_up,
        cast=cast,
        record=keys.record,
        results=checks.results_folder(keys.results),
        study=keys.study,
        format=keys.format,
        threads=keys.threads or len(os.sched_getaffinity(0)),
        digest=keys.digest,
        validate=keys.validate,
        config=config,
        **chosen,
    )


def _keys(verb: str, given: Mapping[str, Any], story: Scenario) -> Keys:
    """Return the choices about the run: the command's, else the scenario's, else the defaults."""
    values = checks.flat(Keys, story.run, f"{story.source}: run.")
    if verb == "run":
        values.pop("replications", None)
    values |= {key: given[key] for key in given if key in Keys.__dataclass_fields__ and key != "archetypes"}
    if values.get("seed") == "random":
        values["seed"] = secrets.randbelow(MOST_SEED + 1 - 100_000)
    if verb == "run":
        if values.get("replications", 1) != 1:
            raise UserError(
                f"replications={values['replications']}: run makes one world; `ecosim compare` makes several"
            )
        values["replications"] = 1
    return checks.make(Keys, values)


def _scenario(given: Mapping[str, Any]) -> Scenario:
    name = given.get("scenario", Keys.scenario)
    if "/" in name or name.endswith((".yaml", ".yml")):
        return read(name)
    choice("scenario", name)
    return scenario(name, composed([[f"scenario={name}"]])[0]["scenario"], f"scenario {name}")


def _lineup(verb: str, given: Mapping[str, Any], story: Scenario) -> list[str]:
    """Return the archetypes' names, baseline first; a single run without ``archetypes=`` has the baseline alone."""
    asked = given.get("archetypes")
    if asked is None:
        asked = list(story.archetypes) or ["crm1", "cmr"]
        asked = asked[:1] if verb == "run" else asked
    asked = [asked] if isinstance(asked, str) else asked
    if not isinstance(asked, list) or not asked:
        raise UserError(f"archetypes={asked!r}: a list of names is needed, such as [crm1,cmr]")
    for name in asked:
        choice("archetype", name, "archetypes")
    if verb == "run" and len(asked) > 2:
        raise UserError(f"archetypes=[{','.join(asked)}]: run takes one or two; `ecosim compare` takes more")
    if verb == "compare" and len(asked) < 2:
        raise UserError(f"archetypes=[{','.join(asked)}]: compare needs at least two; the first is the baseline")
    return asked


def _setting(given: Mapping[str, Any], story: Scenario) -> Setting:
    """Return the world: defaults, then the scenario's changes, then the command's."""
    table = dict(walk(Setting))
    typed_here = {key: value for key, value in given.items() if key in table}
    values = checks.flat(Setting, story.setting, f"{story.source}: setting.") | typed_here
    setting = checks.make(Setting, values)
    nodes = count_nodes(setting.network)
    if nodes is None:
        return setting
    if given.get("market.customers", nodes) != nodes:
        raise UserError(
            f"customers={given['market.customers']}: {setting.network.path} has {nodes}; leave customers= out"
        )
    return checks.make(Setting, values | {"market.customers": nodes})


def _fingerprint(setting: Setting) -> str | None:
    """Return the SHA-256 of the user's network file, so that another file is another configuration."""
    if setting.network.kind != "edge_list":
        return None
    with open(setting.network.path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
