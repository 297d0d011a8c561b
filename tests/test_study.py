"""Study folders: names, locks, resumption, torn and foreign parts, full disks."""

import datetime
import json
import os
import subprocess
import sys
import textwrap
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ecosim.sweeps.manifest
from ecosim.errors import UserError
from ecosim.sweeps import (
    RESULTS_EPOCH,
    BadPart,
    Study,
    StudyFolder,
    canonical_json,
    content_hash,
    read_part,
    run_id,
    write_bytes,
    write_part,
)

CONFIG = {"setting": {"market": {"customers": 100}}, "arms": ["crm1", "cmr"], "weeks": 260}
SEEDS = (3, 4, 5)
IDS = [run_id(CONFIG, seed) for seed in SEEDS]


def design(seeds=SEEDS, config=CONFIG):
    rows = [
        (run_id(config, seed), "world", name, "focal", place, seed, {"x": 1})
        for name in ("crm1", "cmr")
        for place, seed in enumerate(seeds)
    ]
    return pd.DataFrame(
        rows, columns=["run_id", "scenario", "strategy", "adopters", "replication", "seed", "parameters"]
    )


def tables(seed):
    outcomes = pd.DataFrame(
        {
            "scenario": "world",
            "strategy": ["crm1", "cmr"],
            "seed": seed,
            "value": [1.5 * seed, np.nan],
            "flag": [True, False],
        }
    )
    return {"outcomes": outcomes, "quarterly": outcomes.assign(quarter=1)}


def open_study(root, name="study", config=CONFIG, **settings):
    return Study(name, config, design(config=config), root=root, command=["ecosim", "compare"], **settings)


def fill(root, **settings):
    with open_study(root, **settings) as study:
        for seed, one in zip(SEEDS, IDS, strict=True):
            study.save(one, tables(seed))
    return study


def part(study, place=0, name="outcomes"):
    return study.folder / "parts" / f"{IDS[place]}.{name}.parquet"


# names and places


BAD_NAMES = [
    "../x",
    "/etc/passwd",
    "a\0b",
    "a\nb",
    "a\n",
    "x" * 65,
    "",
    ".",
    "..",
    ".hidden",
    "-x",
    "a/b",
    "a\\b",
    "a b",
]
BAD_NAMES += ["аbc", "ａ", "é", "a\u202e", 5, None, "CON:", "~", "$HOME"]


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_bad_names_are_refused_and_nothing_is_written(name, tmp_path):
    with pytest.raises(UserError, match="letters, digits"):
        open_study(tmp_path / "results", name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a", "0", "x" * 64, "A.b-c_d", "2024-01-01"])
def test_good_names(name, tmp_path):
    assert open_study(tmp_path, name).folder == tmp_path / name


def test_constructor_writes_nothing(tmp_path):
    open_study(tmp_path / "results")
    assert not list(tmp_path.iterdir())


def test_symbolic_links_are_refused(tmp_path):
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "results"
    elsewhere.mkdir()
    root.mkdir()
    (root / "study").symlink_to(elsewhere)
    with pytest.raises(UserError, match="symbolic link"):
        open_study(root)
    (root / "other").mkdir()
    (root / "other" / "parts").symlink_to(elsewhere)
    with pytest.raises(UserError, match="symbolic link"):
        open_study(root, "other")
    assert not list(elsewhere.iterdir())


def test_files_in_the_way_are_named(tmp_path):
    (tmp_path / "study").write_text("x")
    with pytest.raises(UserError, match="this is a file"):
        open_study(tmp_path)
    with pytest.raises(UserError, match="this is a file"):
        open_study(tmp_path / "study")


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="holds something else"):
        open_study(tmp_path)
    assert [p.name for p in (tmp_path / "study").iterdir()] == ["thesis.txt"]


# identity


def test_run_ids_depend_on_config_seed_and_epoch_only(monkeypatch):
    assert run_id({"b": 1, "a": [1.0, "é"]}, 7) == run_id({"a": (1.0, "é"), "b": 1}, np.int64(7))
    assert len({run_id(CONFIG, 1), run_id(CONFIG, 2), run_id({}, 1)}) == 3
    before = run_id(CONFIG, 1)
    monkeypatch.setattr(ecosim.sweeps.manifest, "RESULTS_EPOCH", RESULTS_EPOCH + 1)
    assert run_id(CONFIG, 1) != before


def test_run_id_known_answer():
    assert canonical_json({"b": 1, "a": [1.0, "é", None, True]}) == '{"a":[1.0,"\\u00e9",null,true],"b":1}'
    assert run_id({"a": 1}, 0) == "50ce2a2cd4a22359cecf"


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, "1", True, None])
def test_seeds_outside_the_range_have_no_run_id(seed):
    with pytest.raises(ValueError, match="whole number"):
        run_id({}, seed)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_has_no_plain_form_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        canonical_json({"x": value})


def test_content_hash_sees_values_names_kinds_and_order_not_storage():
    table = tables(3)["outcomes"]
    wanted = content_hash(table)
    assert content_hash(table.set_index(pd.Index([5, 6])).astype({"seed": "int32", "strategy": object})) == wanted
    changed = [
        table.iloc[::-1],
        table.rename(columns={"value": "worth"}),
        table[table.columns[::-1]],
        table.assign(value=[4.5, 0.0]),
        table.assign(flag=[1, 0]),
        table.assign(strategy=["crm1c", "mr"]),
        table.assign(strategy=["crm1", None]),
        table.iloc[:1],
    ]
    assert len({wanted, *map(content_hash, changed)}) == len(changed) + 1


# parts


def test_part_round_trip_keeps_values_and_types(tmp_path):
    table = tables(3)["outcomes"].assign(small=np.array([0.1, 0.2], dtype=np.float32), text=["é", None])
    digest = write_part(tmp_path / "x.parquet", table, "abc", "outcomes", {"k": [1]})
    found, extra = read_part(tmp_path / "x.parquet", "abc", "outcomes")
    assert (content_hash(found), extra) == (digest, {"k": [1]})
    assert found["small"].dtype == np.float32
    pd.testing.assert_frame_equal(found.drop(columns="text"), table.drop(columns="text"))
    assert [p.name for p in tmp_path.iterdir()] == ["x.parquet"]


def test_only_plain_columns_are_stored(tmp_path):
    with pytest.raises(TypeError, match="column 'x'"):
        write_part(tmp_path / "x.parquet", pd.DataFrame({"x": [{"a": 1}]}), "abc", "outcomes")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("keep", [0, 1, 7, 0.5, -8, -1])
def test_truncated_parts_are_found(keep, tmp_path):
    path = tmp_path / "x.parquet"
    write_part(path, tables(3)["outcomes"], "abc", "outcomes")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) if keep == 0.5 else keep])
    with pytest.raises(BadPart):
        read_part(path, "abc", "outcomes")


def test_a_flipped_byte_never_changes_what_is_read(tmp_path):
    path = tmp_path / "x.parquet"
    table = pd.concat([tables(seed)["outcomes"] for seed in range(40)], ignore_index=True)
    wanted = write_part(path, table, "abc", "outcomes")
    data = path.read_bytes()
    refused = 0
    places = range(0, len(data), 7)
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            found, _ = read_part(path, "abc", "outcomes")
        except BadPart:
            refused += 1
        else:
            assert content_hash(found) == wanted
    assert refused > len(places) / 4


def test_a_part_under_another_name_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    write_part(path, tables(3)["outcomes"], "abc", "outcomes")
    with pytest.raises(BadPart, match="run_id"):
        read_part(path, "abd", "outcomes")
    with pytest.raises(BadPart, match="table"):
        read_part(path, "abc", "quarterly")
    pd.DataFrame({"x": [1]}).to_parquet(path)
    with pytest.raises(BadPart):
        read_part(path, "abc", "outcomes")


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_failed_write_leaves_the_old_file_or_none_and_no_rubbish(call, old, tmp_path, monkeypatch):
    path = tmp_path / "x.bin"
    if old is not None:
        path.write_bytes(old)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OSError, match="No space left"):
            write_bytes(path, b"new")
    assert (path.read_bytes() if path.exists() else None) == old
    assert len(list(tmp_path.iterdir())) == (old is not None)


def test_a_write_beyond_the_size_limit_leaves_nothing(tmp_path):
    code = """
        import resource, sys
        from pathlib import Path
        from ecosim.sweeps import write_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            write_bytes(Path(sys.argv[1]) / "x.bin", bytes(10_000))
        except OSError as error:
            print("refused", error.errno)
    """
    done = run_python(code, tmp_path)
    assert done.stdout.startswith("refused")
    assert not list(tmp_path.iterdir())


def run_python(code, *words):
    environment = {**os.environ, "PYTHONPATH": ":".join(p for p in sys.path if p)}
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment)


# a study


def test_a_complete_study_has_all_its_files_and_reads_back(tmp_path, monkeypatch):
    monkeypatch.setenv("ECOSIM_CANARY", "s3cret-canary")
    study = fill(tmp_path, about={"question": "why?"})
    names = {path.name for path in study.folder.iterdir()}
    assert names >= {
        "manifest.json",
        "config.yaml",
        "design.parquet",
        "parts",
        "failures",
        "summary.parquet",
        "figures",
    }
    found = StudyFolder(study.folder)
    manifest = found.manifest
    assert (manifest["status"], manifest["runs"]) == ("complete", {"planned": 3, "finished": 3})
    assert manifest["config"] == CONFIG
    assert manifest["results_epoch"] == RESULTS_EPOCH
    assert manifest["seeds"] == list(SEEDS)
    assert manifest["wall_seconds"] >= 0
    assert {"numpy", "scipy", "mesa"} <= set(manifest["versions"])
    assert datetime.datetime.fromisoformat(manifest["started"]).tzinfo is not None
    assert list(found.table()["seed"]) == [3, 3, 4, 4, 5, 5]
    assert found.run_ids == IDS
    summary = pd.read_parquet(study.folder / "summary.parquet")
    assert content_hash(summary) == content_hash(found.table()) == manifest["summary_sha256"]
    everything = b"".join(path.read_bytes() for path in study.folder.rglob("*") if path.is_file())
    assert b"s3cret-canary" not in everything
    assert not list(study.folder.rglob("*.tmp"))


def test_users_can_read_all_parts_of_one_table_at_once(tmp_path):
    import pyarrow.dataset

    study = fill(tmp_path)
    files = sorted(map(str, (study.folder / "parts").glob("*.outcomes.parquet")))
    assert pyarrow.dataset.dataset(files).count_rows() == 6


def test_resuming_keeps_what_is_finished_and_does_the_rest(tmp_path):
    with open_study(tmp_path) as study:
        assert (study.resumed, study.missing) == (False, IDS)
        study.save(IDS[1], tables(SEEDS[1]))
    assert json.loads((study.folder / "manifest.json").read_text())["status"] == "incomplete"
    before = part(study, 1).stat().st_mtime_ns
    with open_study(tmp_path) as again:
        assert (again.resumed, again.missing) == (True, [IDS[0], IDS[2]])
        for place in (0, 2):
            again.save(IDS[place], tables(SEEDS[place]))
    assert part(study, 1).stat().st_mtime_ns == before
    straight = fill(tmp_path, name="straight")
    assert content_hash(StudyFolder(again.folder).table()) == content_hash(StudyFolder(straight.folder).table())
    with open_study(tmp_path) as third:
        assert third.missing == []


def test_an_interrupted_study_is_said_to_be_and_resumes(tmp_path):
    with pytest.raises(KeyboardInterrupt), open_study(tmp_path) as study:
        study.save(IDS[0], tables(SEEDS[0]))
        raise KeyboardInterrupt
    assert StudyFolder(study.folder).manifest["status"] == "interrupted"
    with open_study(tmp_path) as again:
        assert again.finished == {IDS[0]}


def test_another_configuration_or_epoch_is_refused_and_named(tmp_path, monkeypatch):
    study = fill(tmp_path)
    before = {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()}
    other = {**CONFIG, "setting": {"market": {"customers": 200}}}
    with pytest.raises(UserError, match=r"setting\.market\.customers: 100 there, 200 now.*choose another name"):
        open_study(tmp_path, config=other)
    monkeypatch.setattr("ecosim.sweeps.runs.RESULTS_EPOCH", RESULTS_EPOCH + 1)
    with pytest.raises(UserError, match="results epoch 3, now 4"):
        open_study(tmp_path)
    assert {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()} == before


def test_a_damaged_manifest_is_named(tmp_path):
    study = fill(tmp_path)
    (study.folder / "manifest.json").write_text("{")
    with pytest.raises(UserError, match="manifest.json: damaged"):
        open_study(tmp_path)


@pytest.mark.parametrize("table", ["outcomes", "quarterly"])
@pytest.mark.parametrize("harm", ["truncate", "flip", "another run", "another table of the run", "remove"])
def test_harmed_parts_are_quarantined_and_done_again(table, harm, tmp_path):
    study = fill(tmp_path)
    wanted = content_hash(StudyFolder(study.folder).table(table))
    path = part(study, 0, table)
    data = path.read_bytes()
    if harm == "truncate":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "flip":
        path.write_bytes(data[:6] + bytes([data[6] ^ 255]) + data[7:])
    elif harm == "another run":
        path.write_bytes(part(study, 1, table).read_bytes())
    elif harm == "another table of the run":
        path.write_bytes(part(study, 0, "quarterly" if table == "outcomes" else "outcomes").read_bytes())
    else:
        path.unlink()
    reader = StudyFolder(study.folder)
    assert len(reader.table("outcomes")) == 4
    assert len(reader.bad) == (harm != "remove")
    with open_study(tmp_path) as again:
        assert again.missing == [IDS[0]]
        assert len(list((study.folder / "quarantine").glob("*"))) == (harm != "remove")
        again.save(IDS[0], tables(SEEDS[0]))
    assert content_hash(StudyFolder(study.folder).table(table)) == wanted


def test_a_quarterly_table_of_an_older_try_does_not_pass(tmp_path):
    """Both files are whole and of this run, but they were not written together."""
    study = fill(tmp_path)
    write_part(part(study, 0, "quarterly"), tables(99)["quarterly"], IDS[0], "quarterly")
    with open_study(tmp_path) as again:
        assert again.missing == [IDS[0]]


def test_a_run_without_its_seal_is_not_finished(tmp_path):
    study = fill(tmp_path)
    part(study, 2).unlink()
    assert StudyFolder(study.folder).run(IDS[2]) is None


def test_the_same_run_twice_must_be_equal(tmp_path):
    with open_study(tmp_path) as study:
        study.save(IDS[0], tables(SEEDS[0]))
        study.save(IDS[0], tables(SEEDS[0]))
        with pytest.raises(RuntimeError, match="done twice with different results"):
            study.save(IDS[0], tables(99))


def test_saving_what_was_not_planned_is_an_error(tmp_path):
    with open_study(tmp_path) as study:
        with pytest.raises(ValueError, match="not in this study's design"):
            study.save("0123456789", tables(3))
        with pytest.raises(ValueError, match="needs its 'outcomes' table"):
            study.save(IDS[0], {})


def test_failures_are_kept_counted_and_cleared_by_success(tmp_path):
    with open_study(tmp_path) as study:
        for _ in range(2):
            try:
                raise ValueError("step 57: NaN")
            except ValueError as error:
                study.fail(IDS[0], error)
        record = study.failures()[0]
        assert (record["error"], record["attempts"]) == ("ValueError: step 57: NaN", 2)
        assert "test_study.py" in record["traceback"]
        assert study.missing == IDS
        study.save(IDS[0], tables(SEEDS[0]))
        assert study.failures() == []


def test_a_full_disk_loses_the_run_and_nothing_else(tmp_path, monkeypatch):
    with open_study(tmp_path) as study:
        study.save(IDS[0], tables(SEEDS[0]))
        real, calls = os.replace, []

        def full(source, target):
            calls.append(target)
            if len(calls) == 2:
                raise OSError(28, "No space left on device")
            real(source, target)

        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            study.save(IDS[1], tables(SEEDS[1]))
        monkeypatch.undo()
        assert study.missing == IDS[1:]
    assert not list(study.folder.rglob("*.tmp"))
    assert StudyFolder(study.folder).run(IDS[1]) is None


HOLD = """
    import sys
    import test_study
    with test_study.open_study(sys.argv[1]) as study:
        print("held", flush=True)
        sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_the_folder(tmp_path):
    environment = {**os.environ, "PYTHONPATH": ":".join([str(Path(__file__).parent), *(p for p in sys.path if p)])}
    command = [sys.executable, "-c", textwrap.dedent(HOLD), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(UserError, match=rf"in use by pid {holder.pid} on host {os.uname().nodename}"),
            open_study(tmp_path),
        ):
            pass
        holder.kill()
    with open_study(tmp_path) as study:
        assert study.resumed


def test_a_second_study_in_one_process_is_refused_too(tmp_path):
    with open_study(tmp_path), pytest.raises(UserError, match="in use by pid"), open_study(tmp_path):
        pass


def test_rubbish_of_dead_writers_is_swept_and_of_living_ones_kept(tmp_path):
    study = fill(tmp_path)
    host = os.uname().nodename
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = {
        "dead": f".x.parquet.{host}.{dead.pid}.{uuid.uuid4().hex}.tmp",
        "alive": f".x.parquet.{host}.{os.getpid()}.{uuid.uuid4().hex}.tmp",
        "elsewhere": f".x.parquet.otherhost.{dead.pid}.{uuid.uuid4().hex}.tmp",
    }
    for name in names.values():
        (study.folder / "parts" / name).write_bytes(b"half")
    with open_study(tmp_path) as again:
        assert again.missing == []
    left = {path.name for path in (study.folder / "parts").glob(".*")}
    assert left == {names["alive"], names["elsewhere"]}


def test_a_place_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UserError, match="cannot be written"), open_study(tmp_path / "results"):
        pass


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda table: table.iloc[:0], "needs rows"),
        (lambda table: table.drop(columns="seed"), "missing"),
        (lambda table: table.assign(run_id="../../x"), "hexadecimal|two seeds"),
        (lambda table: pd.concat([table, table]), "twice"),
        (lambda table: table.assign(run_id=IDS[0]), "two seeds"),
    ],
)
def test_designs_are_checked(change, text, tmp_path):
    with pytest.raises(ValueError, match=text):
        Study("study", CONFIG, change(design()), root=tmp_path)
    assert not list(tmp_path.iterdir())


def test_wall_time_adds_up_over_resumptions(tmp_path):
    study = fill(tmp_path)
    path = study.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "wall_seconds": 1000.0}))
    with open_study(tmp_path):
        pass
    again = json.loads(path.read_text())
    assert again["wall_seconds"] >= 1000
    assert again["started"] == manifest["started"]


def test_a_read_only_look_changes_nothing(tmp_path):
    study = fill(tmp_path)
    part(study).write_bytes(b"torn")
    before = sorted(path for path in study.folder.rglob("*"))
    reader = StudyFolder(study.folder)
    reader.table()
    assert reader.bad
    assert sorted(path for path in study.folder.rglob("*")) == before
