"""Experiments and studies of a user's own: the tutorial's files run as they stand, and mistakes are one sentence."""

import json
import re

import pytest
from worlds import ROOT

from ecosim import cli
from ecosim.dynamics.adoption import needs, spread_each
from ecosim.errors import UserError
from ecosim.networks import Network, build_network
from ecosim.sweeps.study import study

PAGE = ROOT / "docs" / "reproduce-your-own.md"


@pytest.fixture
def mine(tmp_path):
    """The tutorial's experiment in a folder of the user's."""
    text = PAGE.read_text(encoding="utf-8")
    (code,), (numbers,) = (re.findall(rf"```{kind} title=\S+\n(.*?)```", text, re.S) for kind in ("python", "yaml"))
    assert len(code.splitlines()) <= 120
    (tmp_path / "granovetter_1978.py").write_text(code, encoding="utf-8")
    (tmp_path / "granovetter_1978.yaml").write_text(numbers, encoding="utf-8")
    return tmp_path / "granovetter_1978.py"


def test_the_tutorials_experiment_is_reproduced(mine, tmp_path, capsys):
    assert cli.main(["reproduce", str(mine), "format=json", f"results={tmp_path / 'out'}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "reproduced" and found["experiment"] == "granovetter_1978"
    assert {row["name"]: row["obtained"] for row in found["quantities"]}["changed"] == 1
    folder = tmp_path / "out" / "granovetter_1978"
    assert {path.suffix for path in folder.iterdir()} == {".csv", ".json", ".png", ".svg"}
    assert cli.main(["reproduce", str(mine), "quick=true"]) == 0


@pytest.mark.parametrize(("change", "told"), [
    (("def draw(", "def drew("), "draw is missing"), (("import numpy as np", "import nunpy"), "ModuleNotFoundError"),
])  # fmt: skip
def test_mistakes_in_a_users_file_are_one_sentence(change, told, mine, tmp_path, capsys):
    mine.write_text(mine.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    assert cli.main(["reproduce", str(mine), f"results={tmp_path / 'out'}"]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1 and not (tmp_path / "out").exists()


def test_a_missing_file_is_named(mine, capsys):
    mine.with_suffix(".yaml").unlink()
    for path in (mine, mine.with_name("other.py")):
        assert cli.main(["reproduce", str(path)]) == 2
    assert capsys.readouterr().err.count("no such file") == 2


def cascade(seed, z, threshold=0.18):
    """Return the share reached from node 0 of a random network."""
    import numpy as np

    graph = build_network(Network(kind="erdos_renyi", mean_degree=z), 500, seed)
    sizes = np.empty(1, np.int64)
    spread_each(graph.indptr, graph.indices, needs(graph.degree(), threshold), np.zeros(1, np.int64), sizes)
    return {"size": float(sizes[0] / 500)}


def fails(seed, z):
    """Fail where z is large."""
    return {"inverse": 1 / (z < 2)}


def test_a_study_is_the_same_with_any_number_of_workers():
    vary = {"z": [1.0, 3.0, 9.0], "threshold": [0.1, 0.3]}
    one = study(cascade, vary, replications=2, seed=5)
    assert one.equals(study(cascade, vary, replications=2, seed=5, workers=2))
    assert list(one.columns) == ["point", "replication", "seed", "z", "threshold", "size"] and len(one) == 12
    assert one.groupby("replication")["seed"].nunique().tolist() == [1, 1]


def test_a_study_takes_designs_and_names_what_is_wrong():
    table = study(cascade, {"z": [1.0, 5.0]}, design="lhs", n=6)
    assert table["z"].between(1, 5).all() and table["z"].nunique() == 6
    with pytest.raises(UserError, match="did you mean 'grid'"):
        study(cascade, {"z": [1.0]}, design="gird")
    with pytest.raises(UserError, match="a range"):
        study(cascade, {"z": [5.0, 1.0]}, design="lhs", n=4)
    with pytest.raises(UserError, match="z=3.0: ZeroDivisionError"):
        study(fails, {"z": [1.0, 3.0]})
