"""The command line: what it says, what it refuses, and how fast it starts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecosim import cli
from ecosim.commands import complete
from ecosim.errors import UserError
from ecosim.parameters import walk

ROOT = Path(__file__).resolve().parent.parent

LONG = "x" * 65

REFUSED = """
compair
--foo
-h5
compare --foo
compare -m
compare foo
compare =5
compare scenarios=baseline_fmcg
compare scenario=
compare scenario=baseline_fmgc
compare scenario=../baseline_fmcg
compare scenario=/nope/x.yaml
compare scenario=.
compare attention.lod=5
compare attention=5
compare attention={load:5}
compare attention.load.x=5
compare attention.load=
compare attention.load=abc
compare attention.load=-1
compare attention.load=nan
compare attention.load=NaN
compare attention.load=inf
compare attention.load=-inf
compare attention.load=1e400
compare attention.load=-1e400
compare attention.load=010
compare attention.load=1_000
compare attention.load=0x10
compare attention.load=1:30
compare attention.load=yes
compare attention.load=null
compare attention.load=1,2
compare attention.load=[1,2]
compare attention.load={a:1}
compare attention.load=int(5)
compare attention.load=range(1,3)
compare attention.load=5;rm
compare attention.load=((((
compare attention.load='5'
compare attention.load=${oc.env:HOME}
compare study=${oc.env:HOME}
compare ${oc.env:HOME}=5
compare scenario=${oc.env:HOME}.yaml
compare +attention.load=5
compare ++attention.load=5
compare +prise=3
compare ~attention.load
compare ~attention
compare ~seed=1
compare hydra.run.dir=x
compare hydra/launcher=joblib
compare hydra={}
compare attention@x=5
compare _target_=os.system
compare customers=0
compare customers=1.5
compare customers=1.0
compare customers=1e3
compare customers=true
compare customers=-5
compare customers=1000000000000
compare customers=5 market.customers=5
compare customers=5 customers=5
compare seed=1 seed=2
compare firms=0
compare firms=1
compare talk.base=1.5
compare archetypes=[crm1,cmrr]
compare archetypes=[crm1]
compare archetypes=crm1
compare archetypes=crm1,cmr
compare archetypes=[crm1,crm1]
compare archetypes=[]
compare archetypes=[crm1,2]
compare archetypes=[crm1,cmr
compare archetypes=3
run archetypes=[crm1,cmr,cmr]
run levers.contact.control=0.5
run strategy/contact=invited
compare levers.contact.control=1.5
compare levers.contact.contol=0.5
compare levers.contact=0.5
compare levers.offer.self_service=some
compare strategy/contact=invite
compare strategy/contacts=invited
compare strategy/contact=2
compare archetype=cmr
compare seed=-1
compare seed=1.5
compare seed="42"
compare seed=True
compare seed=true
compare seed=9223372036854775808
compare seed=9223372036854775807
compare seed=340282366920938463463374607431768211456
compare seed=99999999999999999999999999999999999999999999999999
compare seed=dice
compare replications=0
compare replications=1.5
run replications=3
compare weeks=0
compare weeks=50
compare weeks=12 history=0
run weeks=12
compare history=248
compare history=260
compare history=-1
compare burn_in=-1
compare adopters=everyone
compare adopters=2
compare record=daily
compare format=xml
run digest=2
run digest=yes
run validate=1
run validate=true weeks=51
run validate=true scenario=equal_firms
compare threads=-1
compare threads=1.5
compare study=
compare study=.
compare study=..
compare study=../x
compare study=/etc/passwd
compare study=a/b
compare study=-x
compare study=ａbc
compare study=x\ty
compare results=
compare results=/etc/passwd
compare results=/etc/passwd/x
compare network=ring2
compare network=2
compare network=edge_list
compare network=edge_list network.path=/nope.csv
compare network.path=friends.csv
compare network=ring network.kind=ring
compare network=ring network.rewiring=0.5
compare network.mean_degree=-2
compare network.torus=1
compare market.shares=[1,2]
compare market.shares=[a]
compare market.shares=5
compare market.focal=8
compare é=5
plan weeks=x
bench customers=x
cite foo
cite format=xml
list scenario
list scenarios levers
list format=xml
list seed=1
list format=json format=json
parameters atention
parameters attention trust
"""


def words_of(line: str) -> list[str]:
    return line.replace(r"\t", "\t").split(" ")


@pytest.mark.parametrize(
    "line", [*REFUSED.strip().splitlines(), f"compare study={LONG}", "compare study=a\nb", "compare \0=1"]
)
def test_a_mistake_is_one_sentence_and_writes_nothing(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(words_of(line)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ecosim: ") and err.count("\n") == 1 and err.endswith("\n")
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("compair", "did you mean 'compare'"),
        ("compare scenarios=x", "did you mean 'scenario'"),
        ("compare attention.lod=5", "did you mean 'attention.load'"),
        ("compare scenario=baseline_fmgc", "did you mean 'baseline_fmcg'"),
        ("compare archetypes=[crm1,cmrr]", "did you mean 'cmr'"),
        ("compare customers=0", "customers=0: out of range; a whole number from 1"),
        ("compare talk.base=1.5", "from 0 to 1"),
        ("compare attention.load=010", "without the leading zero"),
        ("compare attention=5", "attention.load"),
        ("run validate=true record=none", "validate=true needs the quarterly tables"),
    ],
)
def test_a_mistake_is_told_with_its_mend(line, told, capsys):
    assert cli.main(words_of(line)) == 2
    assert told in capsys.readouterr().err


def test_a_secret_of_the_environment_is_never_shown(monkeypatch, capsys):
    monkeypatch.setenv("CANARY", "c4n4ry")
    assert cli.main(["plan", "study=${oc.env:CANARY}"]) == 2
    assert "c4n4ry" not in capsys.readouterr().err


def test_interruption_is_one_line_and_130(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "dispatch", interrupted)
    assert cli.main(["compare"]) == 130
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("ecosim: interrupted") and err.count("\n") == 1


def test_help_is_one_screen_and_names_every_verb(capsys):
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) <= 40 and max(map(len, text.splitlines())) <= 120
    assert all(re.search(rf"^  {verb} ", text, re.M) for verb in cli.VERBS)
    assert text.count("  ecosim ") >= 3


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_explains_itself(verb, capsys):
    assert cli.main([verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Usage: ecosim {verb}" in text and "Example" in text
    assert len(text.splitlines()) <= 45


def test_examples_of_the_help_are_accepted():
    from ecosim.conf import request

    texts = "\n".join([cli.EXAMPLES, *(verb.text for verb in cli.VERBS.values())])
    lines = re.findall(r"ecosim (run|compare|bench|plan|cite)((?: [^\s`>]+=\S+)*)", texts)
    assert len(lines) >= 6
    for verb, words in lines:
        if "key=value" not in words:
            request(verb, words.split())


def python(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=cwd, check=False)


def test_help_starts_fast_and_imports_only_the_standard_library():
    code = (
        "import sys, ecosim.cli; before = set(sys.modules); ecosim.cli.main(['--help']);"
        "print(sorted({m.partition('.')[0] for m in sys.modules} - sys.stdlib_module_names), file=sys.stderr)"
    )
    start = time.perf_counter()
    done = python("-S", "-c", code, cwd=Path(cli.__file__).parents[1])
    assert time.perf_counter() - start < 0.7
    assert json.loads(done.stderr.replace("'", '"')) in (["__main__", "ecosim"], ["ecosim"])


def test_a_run_needs_neither_drawing_nor_pages():
    code = (
        "import sys, ecosim.cli; words = ['customers=50', 'weeks=13', 'burn_in=0', 'validate=false'];"
        "assert ecosim.cli.main(['plan']) == 0; assert ecosim.cli.main(['run', *words]) == 0;"
        "print([m for m in ('matplotlib', 'solara', 'streamlit', 'jinja2') if m in sys.modules], file=sys.stderr)"
    )
    done = python("-c", code, cwd=Path(cli.__file__).parents[1])
    assert done.stderr.strip() == "[]", done.stderr


def test_plain_verbs_speak_text_and_json(capsys):
    for words in (["list"], ["list", "scenarios"], ["parameters"], ["parameters", "attention"], ["plan"], ["cite"]):
        assert cli.main(words) == 0
        assert len(capsys.readouterr().out) > 50
        assert cli.main([*words, "format=json"]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out) and err == ""


def test_parameters_lists_every_key_with_its_source(capsys):
    from ecosim.setting import Setting

    cli.main(["parameters", "format=json"])
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(dict(walk(Setting))) <= set(rows)
    assert all(row["meaning"] and row["source"] and row["unit"] for row in rows.values())


def test_plan_prints_the_schedule_of_the_mechanisms(capsys):
    from ecosim.mechanisms import SCHEDULE

    cli.main(["plan", "replications=3", "format=json"])
    document = json.loads(capsys.readouterr().out)
    assert [row["step"].split(" ")[0] for row in document["schedule"]] == [step.name for step in SCHEDULE]
    assert document["amount"]["weeks"] == 3 * document["amount"]["weeks_per_seed"] == 3 * (156 + 104 + 2 * 156)


def test_every_source_named_by_a_mechanism_or_network_has_an_entry():
    from ecosim.citations import ALWAYS, BIBTEX, NETWORKS
    from ecosim.mechanisms import SCHEDULE

    named = {key for step in SCHEDULE for key in step.source} | {
        *ALWAYS,
        *(k for keys in NETWORKS.values() for k in keys),
    }
    assert named <= set(BIBTEX)
    assert list(BIBTEX) == sorted(BIBTEX)
    assert all(text.count("{") == text.count("}") and f"{{{key}," in text for key, text in BIBTEX.items())


def test_completion_knows_what_the_model_knows():
    from ecosim.setting import Setting
    from ecosim.strategies.levers import Levers

    real = dict(walk(Setting)) | {f"levers.{key}": field for key, field in walk(Levers)}
    assert list(complete.keys()) == list(real)
    assert {k: v for k, v in complete.keys().items() if v} == {
        k: f.metadata["info"].choices for k, f in real.items() if f.metadata["info"].choices
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([""], "compare"),
        (["comp"], "compare"),
        (["compare", "sc"], "scenario="),
        (["compare", "scenario=dis"], "scenario=disney_cmr"),
        (["compare", "archetypes=[crm1,cm"], "archetypes=[crm1,cmr"),
        (["run", "network=wat"], "network=watts_strogatz"),
        (["run", "attention.lo"], "attention.load="),
        (["run", "levers.contact.co"], "levers.contact.control="),
        (["run", "levers.offer.self_service=o"], "levers.offer.self_service=optional"),
        (["run", "digest=t"], "digest=true"),
        (["run", "atten"], "attention."),
        (["sweep", "exec"], "executor="),
        (["sweep", "executor=d"], "executor=dask"),
        (["sweep", "common=t"], "common=true"),
        (["compare", "prec"], "precision="),
        (["list", "sce"], "scenarios"),
        (["parameters", "atten"], "attention"),
    ],
)
def test_completion_completes(words, found, capsys):
    assert cli.main(["--complete", "ecosim", *words]) == 0
    assert found in capsys.readouterr().out.splitlines()


def test_completion_never_imports_the_kernels():
    code = (
        "import sys, ecosim.cli; ecosim.cli.main(['--complete', 'ecosim', 'run', 'attention.']);"
        "print([m for m in ('numba', 'numpy', 'hydra') if m in sys.modules], file=sys.stderr)"
    )
    assert python("-c", code, cwd=Path(cli.__file__).parents[1]).stderr.strip() == "[]"


def test_completion_scripts(capsys):
    for shell in ("bash", "zsh"):
        assert cli.main(["--completion", shell]) == 0
        assert "_ecosim" in capsys.readouterr().out
    with pytest.raises(UserError):
        complete.completion(["fish"])


def test_bash_completes_behind_an_equals_sign(tmp_path):
    script = tmp_path / "try.bash"
    script.write_text(
        f'ecosim() {{ "{sys.executable}" -m ecosim "$@"; }}\n'
        'compopt() { :; }\neval "$(ecosim --completion bash)"\n'
        'COMP_LINE="ecosim compare scenario=dis"; COMP_POINT=${#COMP_LINE}; _ecosim; echo "${COMPREPLY[*]}"\n'
    )
    done = subprocess.run(
        ["bash", str(script)], capture_output=True, text=True, cwd=Path(cli.__file__).parents[1], check=False
    )
    assert done.stdout.strip() == "disney_cmr", done.stderr


@pytest.mark.parametrize("name", ["archetype_sensitivity", "control_map", "value_chain_orders"])
def test_studies_explain_themselves_and_refuse_in_a_sentence(name):
    program = [sys.executable, str(ROOT / "experiments" / f"{name}.py")]
    helped = subprocess.run([*program, "--help"], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert helped.returncode == 0
    assert f"experiments/{name}.py" in helped.stdout
    refused = subprocess.run([*program, "custommers=5"], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "customers" in refused.stderr


def test_a_disk_that_fails_is_one_line_and_1(monkeypatch, capsys):
    def full(_):
        raise OSError(28, "No space left on device", "results/s/manifest.json")

    monkeypatch.setattr(cli, "dispatch", full)
    assert cli.main(["compare"]) == 1
    assert capsys.readouterr().err == "ecosim: results/s/manifest.json: No space left on device\n"
