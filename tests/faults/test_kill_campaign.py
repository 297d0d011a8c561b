"""The kill campaign: as many kills as its published results, and a few to show that it works."""

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from experiments import kill_campaign
from faults.sweeps import PATH, ROOT

HARMS = ("hung", "errors", "lost", "duplicated", "different", "failed", "damaged", "litter", "orphans")


@pytest.mark.campaign
def test_a_thousand_kills_lose_nothing(tmp_path):
    command = [sys.executable, str(ROOT / "experiments" / "kill_campaign.py"), "kills=1000", "seed=2"]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": PATH}, check=True)
    judged(tmp_path / kill_campaign.FOLDER, 1000)


def judged(folder, kills):
    found = json.loads((folder / "manifest.json").read_text())["about"]["found"]
    table = pd.read_csv(folder / "kills.csv")
    assert found["kills"] == len(table) == kills
    assert {harm: found[harm] for harm in HARMS} == dict.fromkeys(HARMS, 0)
    assert set(table["target"]) == {"driver", "worker"}


def test_the_published_campaign_lost_nothing():
    judged(ROOT / kill_campaign.FOLDER, 1000)


def test_what_the_campaign_looks_for_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(kill_campaign, "RUNS", 12)
    planned, number = kill_campaign.study(tmp_path)
    with planned:
        for run, n in number.items():
            planned.save(run, kill_campaign.work(run, 0 if n == 7 else n))
    assert kill_campaign.found(tmp_path)["different"] == 1
    (planned.folder / "parts" / f"{planned.run_ids[3]}.outcomes.parquet").unlink()
    (planned.folder / "parts" / f"{planned.run_ids[4]}.outcomes.parquet").write_bytes(b"torn")
    (planned.folder / "parts" / ".x.tmp").touch()
    told = kill_campaign.found(tmp_path)
    assert (told["lost"], told["damaged"], told["litter"]) == (2, 1, 1)
