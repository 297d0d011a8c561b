"""Configuration: what Hydra composes, what the gate lets through, and how a user's scenario file is read."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosim import conf
from ecosim.cast import Casting
from ecosim.errors import UserError
from ecosim.keys import GROUPS, MOST_SEED
from ecosim.parameters import walk
from ecosim.request import make
from ecosim.scenario import MOST_BYTES, data, plain, read, scenario
from ecosim.setting import Setting
from ecosim.strategies.levers import Levers
from ecosim.sweeps.manifest import config_hash
from ecosim.tree import about, configs, names


def asked(*words: str, verb: str = "compare") -> conf.Request:
    return conf.request(verb, words)


def test_defaults_come_from_the_dataclasses():
    request = asked("scenario=equal_firms")
    default = Setting()
    assert request.setting.attention == default.attention and request.setting.trust == default.trust
    assert (request.weeks, request.history, request.burn_in, request.replications, request.seed) == (
        260,
        104,
        156,
        10,
        1,
    )
    assert [strategy.name for strategy in request.strategies] == ["crm1", "cmr"]


def test_archetypes_say_what_each_school_does():
    crm1, cmr = (strategy.levers for strategy in asked("archetypes=[crm1,cmr]").strategies)
    assert (crm1.contact.control, crm1.contact.dialogue, crm1.contact.influencer_focus) == (0, 0.1, 0)
    assert (crm1.insight.personalisation, crm1.offer.self_service, crm1.offer.experience) == (0.3, "none", 0.1)
    assert (cmr.contact.control, cmr.contact.dialogue, cmr.contact.influencer_focus) == (0.9, 0.3, 0)
    assert (cmr.insight.personalisation, cmr.offer.self_service, cmr.offer.experience) == (0.8, "optional", 0.4)


def test_the_first_archetype_is_the_baseline():
    assert asked("archetypes=[cmr,crm1]").strategies[0].name == "cmr"


def test_a_run_has_the_baseline_alone_unless_asked():
    assert [s.name for s in asked(verb="run").strategies] == ["crm1"]
    assert [s.name for s in asked("archetypes=cmr", verb="run").strategies] == ["cmr"]
    assert [s.name for s in asked("archetypes=[crm1,cmr]", verb="run").strategies] == ["crm1", "cmr"]


def test_an_ablation_replaces_one_group_of_all_but_the_baseline():
    whole, ablated = asked(), asked("strategy/contact=pushed")
    assert ablated.strategies[0] == whole.strategies[0]
    assert ablated.strategies[1].levers.contact == whole.strategies[0].levers.contact
    assert ablated.strategies[1].levers.insight == whole.strategies[1].levers.insight
    assert ablated.strategies[1].name == "cmr+contact=pushed"


def test_a_lever_changes_all_but_the_baseline():
    request = asked("levers.contact.control=0.7", "levers.offer.self_service=forced", "archetypes=[crm1,crm1]")
    assert request.strategies[0].levers.contact.control == 0
    assert request.strategies[1].levers.contact.control == 0.7
    assert request.strategies[1].levers.offer.self_service == "forced"
    assert request.strategies[1].name == "crm1+contact.control=0.7+offer.self_service=forced"


def test_keys_reach_the_world():
    request = asked("attention.load=5", "network.mean_degree=20", "customers=500", "firms=8", "network=ring")
    assert request.setting.attention.load == 5 and isinstance(request.setting.attention.load, float)
    assert (request.setting.network.kind, request.setting.network.mean_degree) == ("ring", 20)
    assert request.setting.market.customers == 500
    assert asked("market.shares=[3,2,1]", "firms=3").setting.market.shares == (3.0, 2.0, 1.0)


@pytest.mark.parametrize("seed", [0, 1, MOST_SEED])
def test_seeds_at_the_ends_are_accepted(seed):
    assert asked(f"seed={seed}", verb="run").seed == seed


def test_a_random_seed_is_drawn_once_and_recorded():
    first, second = asked("seed=random"), asked("seed=random")
    assert first.seed != second.seed and first.config["seed"] == first.seed
    assert 0 <= first.seed <= MOST_SEED - first.replications + 1


def test_the_configuration_holds_what_decides_numbers_and_nothing_else():
    plain_request = asked()
    same = ("threads=1", "format=json", "results=elsewhere", "study=named")
    assert all(config_hash(asked(word).config) == config_hash(plain_request.config) for word in same)
    other = ("seed=2", "attention.load=5", "adopters=half", "weeks=261", "levers.contact.control=0.5", "burn_in=13")
    hashes = {config_hash(asked(word).config) for word in other}
    assert len(hashes) == len(other) and config_hash(plain_request.config) not in hashes
    assert asked().study == plain_request.study and plain_request.study.startswith("baseline_fmcg-")


def test_a_request_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        asked().seed = 2


def test_an_edge_list_gives_the_number_of_customers(tmp_path):
    path = tmp_path / "friends.csv"
    path.write_text("a,b\n0,1\n1,2\n2,3\n")
    words = ("network=edge_list", f"network.path={path}")
    before = asked(*words)
    assert before.setting.market.customers == 4
    assert asked(*words, "customers=4").setting.market.customers == 4
    with pytest.raises(UserError, match="customers=5: .* has 4"):
        asked(*words, "customers=5")
    path.write_text("a,b\n0,1\n1,2\n1,3\n")
    assert config_hash(asked(*words).config) != config_hash(before.config)


@pytest.mark.parametrize("name", names("scenario"))
def test_every_scenario_is_strict_data_and_composes(name):
    text = (configs() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8")
    story = scenario(name, data(text, name), name)
    request = asked(f"scenario={name}")
    assert story.question == request.question and request.why and request.question.endswith("?")
    assert [strategy.name for strategy in request.strategies] == list(story.archetypes)


@pytest.mark.parametrize("group", [f"strategy/{group}" for group in GROUPS])
def test_every_choice_of_levers_is_complete_and_explained(group):
    for name in names(group):
        values = data((configs() / group / f"{name}.yaml").read_text(), name)
        part = group.removeprefix("strategy/")
        assert set(values) == {key.partition(".")[2] for key, _ in walk(Levers) if key.startswith(f"{part}.")}
        make(Levers, {f"{part}.{key}": value for key, value in values.items()})
        assert about(group, name).endswith(".")


def test_the_package_holds_no_default_twice():
    """A scenario states differences: none of its values repeats a default."""
    fields = dict(walk(Setting))
    for name in names("scenario"):
        values = data((configs() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8"), name)
        for group, changes in values.get("setting", {}).items():
            same = [key for key, value in changes.items() if fields[f"{group}.{key}"].default == value]
            assert not same or (group, same) == ("market", ["firms"]), f"{name}: {group}.{same} repeats the default"


GOOD = """
question: What if needs are rare?
why: "because: of this"
archetypes: [crm1, cmr]
setting:
  market: {customers: 400, firms: 4}
  attention:
    load: 5.0
events:
  - {week: 30, set: {attention.load: 40}, why: a flood}
"""


def test_a_users_file_is_a_scenario(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    request = asked(f"scenario={path}", "firms=5")
    assert (request.scenario, request.question) == ("mine", "What if needs are rare?")
    assert (request.setting.market.customers, request.setting.market.firms, request.setting.attention.load) == (
        400,
        5,
        5,
    )
    assert request.events == ({"week": 30, "set": {"attention.load": 40}, "why": "a flood"},)


BAD = {
    "unknown key": ("prise: 3", "prise: no such key"),
    "misspelt key": ("qestion: x", "did you mean 'question'"),
    "unknown group": ("setting: {atention: {load: 5}}", "did you mean 'attention'"),
    "unknown parameter": ("setting: {attention: {lod: 5}}", "did you mean 'load'"),
    "dotted parameter": ("setting: {attention.load: 5}", "no such key"),
    "wrong type": ("setting: {attention: {load: abc}}", "a number"),
    "whole number": ("setting: {market: {customers: 1.5}}", "whole number"),
    "group as value": ("setting: {attention: 5}", "this is a group"),
    "setting as value": ("setting: 5", "groups of parameters"),
    "no": ("setting: {market: {price: no}}", "quote it"),
    "yes": ("question: yes", "quote it"),
    "Off": ("why: Off", "quote it"),
    "octal": ("setting: {market: {customers: 010}}", "leading zero"),
    "sexagesimal": ("setting: {market: {price: 1:30}}", "quote it"),
    "underscore": ("setting: {market: {customers: 1_000}}", "underscores"),
    "hexadecimal": ("setting: {market: {customers: 0x10}}", "decimal"),
    "date": ("why: 2020-01-01", "dates"),
    "nothing": ("question:", "give it a value"),
    "null": ("setting: {market: {price: ~}}", "give it a value"),
    "nan": ("setting: {market: {price: .nan}}", "finite"),
    "infinite": ("setting: {market: {price: .inf}}", "finite"),
    "too large": ("setting: {market: {price: 1e400}}", "finite"),
    "negative": ("setting: {market: {price: -1}}", "out of range"),
    "probability": ("setting: {talk: {base: 1.5}}", "from 0 to 1"),
    "duplicate": ("question: a\nquestion: b", "line 2: question: given twice"),
    "duplicate inside": ("setting: {attention: {load: 5, load: 6}}", "given twice"),
    "anchor": ("question: &a x", "aliases"),
    "alias": ("question: *a", "aliases"),
    "merge": ("setting: {<<: {a: 1}}", "quote it"),
    "tag": ("question: !!python/object/apply:os.system [x]", "tags"),
    "own tag": ("question: !x y", "tags"),
    "hydra": ("hydra: {run: {dir: x}}", "hydra: not allowed"),
    "defaults": ("defaults: [x]", "defaults: not allowed"),
    "target": ("setting: {_target_: os.system}", "_target_: not allowed"),
    "interpolation": ("question: ${oc.env:HOME}", "not allowed"),
    "quoted interpolation": ('question: "${oc.env:HOME}"', "not allowed"),
    "key that is a number": ("3: x", "a key is a word"),
    "key that is a list": ("? [a]\n: b", "a key is a word"),
    "a list": ("- a", "keys and values"),
    "a word": ("hello", "keys and values"),
    "empty": ("", "empty"),
    "only a comment": ("# hello", "empty"),
    "two documents": ("question: a\n---\nquestion: b", "more than one"),
    "not YAML": ("question: [a", "not YAML"),
    "tab": ("setting:\n\tmarket: {}", "not YAML"),
    "NUL": ("question: a\0b", "not YAML"),
    "deep": ("setting: " + "[" * 30, "deep"),
    "archetype": ("archetypes: [crm1, cmrr]", "did you mean 'cmr'"),
    "archetypes": ("archetypes: crm1", "a list"),
    "archetypes of numbers": ("archetypes: [1, 2]", "a list"),
    "events": ("events: 5", "a list is needed"),
    "event": ("events: [5]", "keys week, why and one of set, levers, strategy, acquire"),
    "event key": ("events: [{weak: 5}]", "did you mean 'week'"),
    "event week": ("events: [{week: 0, set: {attention.load: 5}}]", "at least 1"),
    "event late": ("events: [{week: 1000, set: {attention.load: 5}}]", "weeks 1 to 260"),
    "event without a deed": ("events: [{week: 5}]", "nothing happens"),
    "event sets nothing": ("events: [{week: 5, set: {}}]", "set="),
    "event moves no lever": ("events: [{week: 5, levers: {}}]", "levers="),
    "event of no lever": ("events: [{week: 5, levers: {contact.dialog: 1}}]", "did you mean 'contact.dialogue'"),
    "event of a lever out of range": ("events: [{week: 5, levers: {contact.dialogue: 2}}]", "from 0 to 1"),
    "event of a word": ("events: [{week: 5, levers: {organisation.deployment: hoste}}]", "did you mean 'hosted'"),
    "event of no strategy": ("events: [{week: 5, strategy: 3}]", "name of an archetype"),
    "event of an unknown strategy": ("events: [{week: 5, strategy: cmrr}]", "did you mean 'cmr'"),
    "event of unknown firms": ("events: [{week: 5, strategy: cmr, firms: focl}]", "did you mean 'focal'"),
    "event of absent firms": ("events: [{week: 5, strategy: cmr, firms: [8]}]", "firms are numbered 0 to 7"),
    "event of no firms": ("events: [{week: 5, strategy: cmr, firms: []}]", "focal, all or a list"),
    "event of firms without a deed": ("events: [{week: 5, set: {attention.load: 5}, firms: all}]", "concern firms"),
    "event acquires no component": ("events: [{week: 5, acquire: 9}]", "components are numbered 0 to 7"),
    "event acquires a word": ("events: [{week: 5, acquire: all}]", "components are numbered"),
    "event in no arm": ("events: [{week: 200, strategy: cmr, arms: []}]", "leave it out for all"),
    "event in an unknown arm": ("events: [{week: 200, strategy: cmr, arms: [cmrr]}]", "did you mean 'cmr'"),
    "event in an arm too early": ("events: [{week: 50, strategy: cmr, arms: [cmr]}]", "share their history"),
    "line-up": ("line_up: crm1", "a list of names"),
    "line-up of strangers": ("line_up: [crm1, crm1, crm1, crm1, crm1, crm1, crm1, crm3]", "no such name"),
    "line-up too short": ("line_up: [crm1, cmr]", "2 archetypes for market.firms=8"),
    "run": ("run: 5", "keys such as"),
    "run key": ("run: {week: 5}", "did you mean 'weeks'"),
    "run seed": ("run: {seed: 5}", "no such key"),
    "run value": ("run: {weeks: abc}", "a whole number"),
    "run word": ("run: {adopters: some}", "not one of its words"),
    "run too short": ("run: {weeks: 100}", "history=104"),
    "event sets what is built": ("events: [{week: 5, set: {market.customers: 5}}]", "when the world is built"),
    "event sets no such key": ("events: [{week: 5, set: {attention.lod: 5}}]", "did you mean 'attention.load'"),
    "event value": ("events: [{week: 5, set: {attention.load: -5}}]", "out of range"),
    "text": ("question: 5", "a text is needed"),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_users_file_is_read_strictly(text, told, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        asked(f"scenario={path}")
    assert told in str(caught.value)
    assert "mine.yaml" in str(caught.value) or told in ("did you mean 'cmr'", "history=104")


def test_an_alias_bomb_is_refused_at_once(tmp_path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcd", "bcde", strict=True)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(UserError, match="aliases"):
        read(path)


def test_files_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes("question: é".encode("latin-1"))
    with pytest.raises(UserError, match="UTF-8"):
        read(path)
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(UserError, match="UTF-8"):
        read(path)
    path.write_text("#" * (MOST_BYTES + 1))
    with pytest.raises(UserError, match="at most"):
        read(path)
    with pytest.raises(UserError, match="cannot be read|not a file"):
        read(tmp_path)
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path / "absent.yaml")


@given(st.text(max_size=200))
def test_any_text_is_data_or_one_sentence(text):
    try:
        assert isinstance(data(text, "mine.yaml"), dict)
    except UserError as error:
        assert str(error)


@given(st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_numbers_written_plainly_are_read_as_they_are(value):
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    assert plain(text) == value and type(plain(text)) is type(value)


@given(st.text(max_size=60))
def test_any_word_of_a_command_is_taken_or_one_sentence(word):
    try:
        conf.typed([word])
    except UserError as error:
        assert str(error)


@given(st.text(alphabet="0123456789.eE+-_:xinfa[](){},'\"~ ", max_size=12))
def test_any_value_of_a_number_is_finite_and_in_range_or_refused(raw):
    try:
        value = conf.typed([f"attention.load={raw}"])["attention.load"]
    except UserError:
        return
    assert isinstance(value, float) and 0 <= value <= 1e4


def test_results_must_be_a_place_for_a_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="is a file"):
        asked(f"results={tmp_path / 'file'}")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "linked").symlink_to("/tmp")
    with pytest.raises(UserError, match="symbolic link"):
        asked(f"results={tmp_path / 'results'}", "study=linked")
    assert asked(f"results={tmp_path / 'new' / 'deep'}").results == tmp_path / "new" / "deep"


def test_hydra_knows_every_key_for_its_own_command_line():
    (whole,) = conf.composed([["attention.load=5", "seed=3", "network=ring", "network.mean_degree=4", "customers=9"]])
    assert whole["attention"]["load"] == 5 and whole["network"]["kind"] == "ring" and whole["customers"] == 9


def test_composing_leaves_hydra_as_it_was():
    from hydra.core.global_hydra import GlobalHydra

    asked()
    assert not GlobalHydra.instance().is_initialized()


WHOLE = """
question: Who moves?
archetypes: [crm1, cmr]
line_up: [baseline, cmr, adaptive, crm1]
run: {weeks: 60, history: 26, burn_in: 13, adopters: half, replications: 3}
setting: {market: {customers: 120, firms: 4}}
events:
  - {week: 40, strategy: adaptive, firms: all, arms: [cmr], why: a race}
  - {week: 5, levers: {contact.dialogue: 1, organisation.deployment: platform}, firms: [2, 3]}
  - {week: 30, set: {attention.load: 40}, levers: {offer.experience: 0.5}}
"""


def test_a_scenario_says_how_it_is_run_and_the_command_wins(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(WHOLE)
    request = asked(f"scenario={path}", "weeks=80")
    assert (request.weeks, request.history, request.burn_in, request.adopters, request.replications) == (
        80, 26, 13, "half", 3,
    )  # fmt: skip
    assert asked(f"scenario={path}", verb="run").replications == 1


def test_a_line_up_and_events_become_part_of_the_request_and_its_hash(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(WHOLE)
    request = asked(f"scenario={path}")
    assert [strategy.name for strategy in request.line_up] == ["crm1", "cmr", "adaptive", "crm1"]
    assert request.line_up[0] == request.strategies[0]
    assert [event["week"] for event in request.events] == [5, 30, 40]
    assert request.events[0]["firms"] == [2, 3] and request.events[1]["firms"] == "focal"
    assert request.cast["adaptive"].repertoire[0].name == "crm1"
    hashes = set()
    changes = (
        ("x", "x"), ("cmr, adaptive", "crm1, adaptive"), ("[2, 3]", "[2]"), ("arms: [cmr], ", ""),
        ("platform", "hosted"), ("firms: all", "firms: focal"), ("strategy: adaptive", "strategy: cmr"),
    )  # fmt: skip
    for old, new in changes:
        path.write_text(WHOLE.replace(old, new))
        hashes.add(config_hash(asked(f"scenario={path}").config))
    assert len(hashes) == 7


def test_events_of_arms_that_are_not_compared_are_left_out(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(WHOLE)
    assert [event["week"] for event in asked(f"scenario={path}", verb="run").events] == [5, 30]
    changed = asked(f"scenario={path}", "levers.contact.dialogue=0.6")
    assert changed.events[2]["arms"] == ["cmr+contact.dialogue=0.6"]


def test_an_adaptive_archetype_has_a_repertoire_and_a_temper():
    request = asked("archetypes=[crm1,adaptive]", "levers.offer.experience=0.7", "strategy/contact=invited")
    adaptive = request.strategies[1]
    assert adaptive.name == "adaptive+contact=invited+offer.experience=0.7"
    assert [each.levers.offer.experience for each in adaptive.repertoire] == [0.7] * len(adaptive.repertoire)
    assert adaptive.levers == adaptive.repertoire[0].levers
    assert {each.levers.contact.control for each in adaptive.repertoire} == {0.9}
    assert "repertoire" in request.config["strategies"][1]


BAD_ADAPTIVE = {
    "no repertoire": ({"trigger": "loss"}, "repertoire=None"),
    "unknown key": ({"repertoire": ["crm1"], "triger": "loss"}, "did you mean 'trigger'"),
    "unknown trigger": ({"repertoire": ["crm1"], "trigger": "los"}, "did you mean 'loss'"),
    "unknown member": ({"repertoire": ["crm1", "cmrr"]}, "did you mean 'cmr'"),
    "twice": ({"repertoire": ["crm1", "crm1"]}, "each name is needed once"),
    "itself": ({"repertoire": ["crm1", "adaptive"]}, "is adaptive itself"),
    "patience": ({"repertoire": ["crm1"], "patience": 0}, "out of range"),
    "a word": ("loss", "keys are needed: repertoire"),
}


@pytest.mark.parametrize(("values", "told"), BAD_ADAPTIVE.values(), ids=BAD_ADAPTIVE)
def test_an_adaptive_archetype_is_checked(values, told):
    def compose(choices):
        return [{"adaptive": values} if each[0] == "archetype=adaptive" else {} for each in choices]

    with pytest.raises(UserError) as caught:
        Casting({}, compose).plain(["adaptive"])
    assert told in str(caught.value)
