"""One self-contained HTML page per study: verdict first, then numbers, figures, assumptions and provenance.

Reads only the study folder. The manifest's ``about`` may hold, all optional: ``question``, ``answer`` [clauses],
``why``, ``baseline``, ``strategies`` {name: {dotted lever: value}}, ``setting_changes`` {dotted key: value}, ``events``
[{week, why, set, ...}], ``weeks``, ``history``, ``customers``, ``firms``, ``margin``.
"""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from ecosim.analysis.answer import answer
from ecosim.analysis.compare import FEWEST_TO_CLAIM, compare, rows_of
from ecosim.analysis.outcomes import GROUPS, level, outcome
from ecosim.analysis.series import bands
from ecosim.analysis.verdict import overall, sentence
from ecosim.errors import UserError
from ecosim.report.terminal import cells, group_title
from ecosim.sweeps.parts import write_bytes
from ecosim.sweeps.reading import StudyFolder

TEMPLATES = Path(__file__).parent
CROWDED = 0.2
FACTS = ("question", "why", "customers", "firms", "weeks", "history")


def write_report(folder: Path | str) -> Path:
    """Write ``report.html`` and its figures (PNG, SVG) into a study folder and return the page's path."""
    study = StudyFolder(folder)
    outcomes = study.table("outcomes")
    if outcomes.empty:
        raise UserError(f"{study.folder}: no finished run to report on")
    about = dict.fromkeys(FACTS) | study.manifest.get("about", {})
    baseline = str(about.get("baseline") or outcomes["strategy"].iloc[0])
    comparison = compare(outcomes, baseline, margin=float(about.get("margin", 0.01)))
    quarterly, pattern_table = study.table("quarterly"), study.table("patterns")
    page = {
        "title": str(about.get("scenario", outcomes["scenario"].iloc[0])),
        "about": about,
        "answer": answer(about.get("answer", []), comparison, outcomes),
        "baseline": baseline,
        "sections": _sections(study, comparison, quarterly),
        "patterns": _patterns(study, pattern_table),
        "levers": _side_by_side(about.get("strategies", {})),
        "checks": _checks(outcomes, study),
        "changes": _texts(about.get("setting_changes", {})),
        "events": [happening(event) for event in about.get("events", [])],
        "rerun": shlex.join(study.manifest.get("command", [])),
        "manifest": json.dumps(study.manifest, indent=1, ensure_ascii=False),
        "failures": study.failures(),
        "style": (TEMPLATES / "style.css").read_text(encoding="utf-8"),
    }
    path = study.folder / "report.html"
    write_bytes(path, environment().get_template("report.html").render(page).encode())
    return path


def environment() -> jinja2.Environment:
    """Return what fills templates: all text is escaped, and nothing may be left undefined."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _sections(study: StudyFolder, comparison: pd.DataFrame, quarterly: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one section per scenario, group of adopters and strategy, in the comparison's order."""
    sections = []
    for place, (key, rows) in enumerate(comparison.groupby(["scenario", "adopters", "strategy"], sort=False)):
        scenario, adopters, strategy = map(str, key)
        groups = [who for who in GROUPS if ((rows["who"] == who) & (rows["n"] > 0)).any()]
        saved = rows["pairing_saved"].dropna()
        sections.append(
            {
                "scenario": scenario,
                "adopters": adopters,
                "strategy": strategy,
                "baseline": str(rows["baseline"].iloc[0]),
                "verdict": overall(rows, strategy),
                "seeds": int(rows["worlds"].max()),
                "saved": float(saved.median()) if len(saved) else None,
                "groups": [(group_title(who, adopters), _rows(rows, who)) for who in groups],
                "figures": _figures(study, place, rows, quarterly, (scenario, adopters, str(rows["baseline"].iloc[0]))),
            }
        )
    return sections


def _rows(rows: pd.DataFrame, who: str) -> list[dict[str, Any]]:
    part = rows.loc[rows["who"] == who]
    return [
        {
            "cells": cells(row),
            "words": sentence(row).removeprefix(f"{outcome(row['outcome']).label}: "),
            "code": row["verdict"],
            "meaning": outcome(row["outcome"]).meaning,
        }
        for row in rows_of(part)
    ]


def _figures(
    study: StudyFolder, place: int, rows: pd.DataFrame, quarterly: pd.DataFrame, key: tuple[str, str, str]
) -> list[dict[str, str]]:
    from ecosim.figures import differences, series

    strategy = str(rows["strategy"].iloc[0])
    caption = (
        f"Differences between {strategy} and {key[2]} in per cent of {key[2]}, with 95 % intervals over worlds. Blue "
        "is better for those concerned, orange worse, black neither, grey cannot be told. A coloured but hollow "
        "point is not certain once all outcomes of its family are looked at together. Arrows lie off "
        "the scale; the numbers at the right are in each outcome's own unit."
    )
    figures = [embed(study.folder, differences(rows), _file("differences", place), caption)]
    if not quarterly.empty:
        wanted = (quarterly["scenario"] == key[0]) & (quarterly["adopters"] == key[1])
        drawn = quarterly.loc[wanted & quarterly["strategy"].isin([strategy, key[2]])]
        if not drawn.empty:
            caption = (
                "The adopter quarter by quarter: mean over worlds, with a band from the 10th to the 90th percentile. "
                "Left of the dotted line is the common history, the same under both strategies."
            )
            figures.append(embed(study.folder, series(bands(drawn)), _file("series", place), caption))
    return figures


def _file(name: str, place: int) -> str:
    return name if place == 0 else f"{name}_{place + 1}"


def _patterns(study: StudyFolder, table: pd.DataFrame) -> list[dict[str, str]]:
    if table.empty:
        return []
    from ecosim.figures import patterns

    keys = ["metric", "brand"]
    summed = table.groupby(keys, sort=False)[["published", "obtained", "tolerance"]].mean()
    summed["sd"] = table.groupby(keys, sort=False)["obtained"].std()
    caption = "Published numbers (diamonds) and what this market gives (dots), with tolerances where one is set."
    return [embed(study.folder, patterns(summed.reset_index()), "patterns", caption)]


def embed(folder: Path, figure: Any, name: str, caption: str) -> dict[str, str]:
    """Save a figure into a study's ``figures/`` and return it as the page shows it, with its data inside."""
    from ecosim.figures import save

    _, svg = save(figure, folder / "figures", name)
    data = base64.b64encode(svg.read_bytes()).decode("ascii")
    return {"source": f"data:image/svg+xml;base64,{data}", "caption": caption, "name": name}


def _side_by_side(strategies: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return strategy names and rows (lever, values, do they differ) for the table of assumptions."""
    names = list(strategies)
    levers = list(dict.fromkeys(lever for name in names for lever in strategies[name]))
    rows = [(lever, [_text(strategies[name].get(lever, "–")) for name in names]) for lever in levers]
    return {"names": names, "rows": [(lever, values, len(set(values)) > 1) for lever, values in rows]}


def _checks(outcomes: pd.DataFrame, study: StudyFolder) -> list[str]:
    """Return sentences about the whole market and the study that bear on how far to trust the numbers."""
    told = []
    full = outcomes.loc[(outcomes["who"] == "market") & (outcomes["outcome"] == "set_full")].dropna(subset="value")
    for name, value in full.groupby("strategy", sort=False)["value"].mean().items():
        tail = "; the number of brands a customer can consider may shape these results" if value > CROWDED else ""
        told.append(
            f"Under {name}, {level('set_full', float(value))} of customers consider as many brands as they can{tail}."
        )
    done = sum(study.run(run_id) is not None for run_id in study.run_ids)
    told.append(f"{done} of {len(study.run_ids)} planned runs are finished.")
    if study.bad:
        told.append(f"{len(study.bad)} stored tables are damaged and were left out: {', '.join(sorted(study.bad))}.")
    seeds = outcomes["seed"].nunique()
    if seeds < FEWEST_TO_CLAIM:
        told.append(f"Only {seeds} seeds: no difference is claimed below {FEWEST_TO_CLAIM}.")
    return told


def happening(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event says to a reader: its week, what happens, and why."""
    what = [f"{key} becomes {value}" for key, value in _texts(event.get("set", {})).items()]
    firms = event.get("firms", "focal")
    who = f"{firms} firm" + ("s" if firms == "all" else "") if isinstance(firms, str) else f"firms {firms}"
    what += [f"{who}: {key} is to become {value}" for key, value in _texts(event.get("levers", {})).items()]
    what += [f"{who}: {event['strategy']} is adopted"] if "strategy" in event else []
    what += [f"{who}: component {event['acquire']} is acquired"] if "acquire" in event else []
    what += [f"only with {', '.join(event['arms'])}"] if event.get("arms") else []
    return {"week": event["week"], "why": event.get("why", ""), "what": "; ".join(what)}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): _text(value) for key, value in values.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
