"""One self-contained HTML page per sweep: what matters in a sentence, then figures, tables, gaps and provenance.

Reads only the study folder; works on what is finished.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pandas as pd

from ecosim.analysis.findings import Findings, findings
from ecosim.analysis.findings_words import limit, number, percent, sentences
from ecosim.analysis.points import Quantity
from ecosim.report.page import TEMPLATES, embed, environment
from ecosim.report.sweep_captions import CAPTIONS, HEADINGS
from ecosim.sweeps.designs import Factor
from ecosim.sweeps.opened import Sweep, open_sweep
from ecosim.sweeps.parts import write_bytes

MOST_NAMED = 20
KINDS = {"grid": "grid", "lhs": "Latin hypercube", "sobol": "Sobol’ design", "morris": "Morris design", "csv": "table"}


def write_sweep_report(folder: Path | str, quantity: Quantity | None = None, method: str = "") -> Path:
    """Write ``report.html`` and its figures (PNG, SVG) into a sweep's folder and return the page's path.

    ``quantity``: what is looked at, by default the main outcome of the second strategy less the first's; ``method``:
    sobol, morris or pawn, by default the best that the finished points allow. Raises `UserError` as `findings` does.
    """
    return sweep_report(folder, quantity, method)[0]


def sweep_report(folder: Path | str, quantity: Quantity | None = None, method: str = "") -> tuple[Path, list[str]]:
    """Write the page as `write_sweep_report` does; return its path and what it says in words, for a terminal."""
    sweep = open_sweep(folder)
    found = findings(sweep, quantity, method)
    return _write(sweep, found), _told(sweep, found)


def _write(sweep: Sweep, found: Findings) -> Path:
    about = sweep.manifest["about"]
    page = {
        "title": title(sweep),
        "facts": facts(sweep),
        "sentences": sentences(found, bool(about.get("common"))),
        "sections": [section for section in _sections(sweep, found) if section["figures"] or section["tables"]],
        "factors": [(factor.key, ranges(factor)) for factor in sweep.plan.factors],
        "checks": checks(sweep, found),
        "rerun": shlex.join(sweep.manifest.get("command", [])),
        "manifest": json.dumps(sweep.manifest, indent=1, ensure_ascii=False),
        "style": (TEMPLATES / "style.css").read_text(encoding="utf-8"),
    }
    path = sweep.folder / "report.html"
    write_bytes(path, environment().get_template("sweep.html").render(page).encode())
    return path


def told(folder: Path | str, quantity: Quantity | None = None, method: str = "") -> list[str]:
    """Return what the page of a sweep says in words, for a terminal."""
    sweep = open_sweep(folder)
    return _told(sweep, findings(sweep, quantity, method))


def _told(sweep: Sweep, found: Findings) -> list[str]:
    return [*sentences(found, bool(sweep.manifest["about"].get("common"))), *checks(sweep, found)]


def title(sweep: Sweep) -> str:
    """Return what the page is about: the strategies, and what varies."""
    names, keys = list(sweep.manifest["about"].get("strategies", [])), [factor.key for factor in sweep.plan.factors]
    who = f"{' and '.join(names[1:])} against {names[0]}" if len(names) > 1 else "".join(names)
    return f"{who}, over {', '.join(keys)}"


def facts(sweep: Sweep) -> str:
    """Return the size of the sweep in a line."""
    about, plan = sweep.manifest["about"], sweep.plan
    names = ", ".join(dict.fromkeys(sweep.design["strategy"]))
    sizes = [f"{about[key]:,} {key}" for key in ("customers", "firms", "weeks") if about.get(key)]
    text = f"{KINDS[plan.kind]} of {plan.size():,} points over {len(plan.factors)} factors"
    text += f" (n = {plan.n:,})" if plan.n else ""
    text += f", {about.get('replications', 1)} worlds a point; strategies {names}"
    return f"{text}; scenario {about.get('scenario', '–')}" + (f", {', '.join(sizes)}." if sizes else ".")


def ranges(factor: Factor) -> str:
    """Return what a factor was given: its values, or its range and how it is spaced."""
    if factor.values:  # noqa: PD011
        return ", ".join(str(value) for value in factor.values)  # noqa: PD011
    told = f"{number(factor.low)} to {number(factor.high)}"
    return told + (", whole numbers" if factor.kind == "whole" else "") + (", in logarithms" * (factor.scale == "log"))


def checks(sweep: Sweep, found: Findings) -> list[str]:
    """Return sentences about what is finished, undefined, damaged, missing and failed, with names."""
    missing, runs = sweep.missing, len(sweep.run_ids)
    text = [f"{runs - len(missing):,} of {runs:,} planned worlds are finished, at {len(found.points):,} of "
            f"{sweep.plan.size():,} points the quantity is defined."]  # fmt: skip
    if len(missing):
        shown = [f"{row.run_id} (point {row.point}, replication {row.replication})" for row in missing.itertuples()]
        more = f" and {len(shown) - MOST_NAMED:,} more" if len(shown) > MOST_NAMED else ""
        text.append(f"Missing: {', '.join(shown[:MOST_NAMED])}{more}. Go on with: ecosim resume {sweep.folder}")
    failures = sweep.failures()
    text += [f"World {each['run_id']} failed: {each['error']}" for each in failures[:MOST_NAMED]]
    text += [f"{len(failures) - MOST_NAMED:,} more failed; see failures/."] if len(failures) > MOST_NAMED else []
    if sweep.bad:
        text.append(f"{len(sweep.bad)} stored tables are damaged and were left out: {', '.join(sorted(sweep.bad))}.")
    return text


def _sections(sweep: Sweep, found: Findings) -> list[dict[str, Any]]:
    """Return the parts of the page: heading, figures, tables."""
    from ecosim import figures

    label = found.quantity.label

    def part(heading: str, drawn: dict[str, Any], *tables: dict[str, Any]) -> dict[str, Any]:
        shown = [embed(sweep.folder, figure, name, CAPTIONS[name]) for name, figure in drawn.items()]
        return {"title": HEADINGS[heading], "figures": shown, "tables": [table for table in tables if table["rows"]]}

    matters: dict[str, Any] = {}
    if found.method:
        matters["indices"] = figures.indices(found.indices, label)
    if found.method == "morris":
        matters["screening"] = figures.screening(found.indices, label)
    settled = {} if found.settled.empty else {"convergence": figures.convergence(found.settled)}
    log = [factor.key for factor in sweep.plan.factors if factor.scale == "log"]
    goes = {"tornado": figures.tornado(found.swings, label), "curves": figures.curves(found.curves, label, log)}
    where, enough = {}, {}
    if not found.boxes.empty:
        values = sweep.points.loc[found.points.index]
        where["boxes"] = figures.boxes(sweep.plan.factors, values, found.holds, found.boxes, found.condition)
    if len(found.worlds) > 1:
        enough["running"] = figures.running(found.worlds, label)
    return [
        part("matters", matters, *_index_tables(found)), part("goes", goes), part("where", where, _box_table(found)),
        part("settled", settled), part("enough", enough),
    ]  # fmt: skip


def _index_tables(found: Findings) -> list[dict[str, Any]]:
    if found.indices.empty:
        return []
    indices = found.indices
    names = [name for name in ("first", "total", "mu_star", "mu", "sigma", "index") if name in indices]
    rows = [[row["factor"], *(_spread(row, name) for name in names), "yes" if row["clear"] else "no"]
            for row in indices.to_dict("records")]  # fmt: skip
    tables = [{"columns": ["factor", *names, "clears the noise"], "rows": rows}]
    if not found.pairs.empty:
        pairs = found.pairs.sort_values("index", ascending=False, kind="stable").to_dict("records")
        rows = [[f"{row['factor']} × {row['other']}", f"{number(row['index'])} [{number(row['low'])}, "
                f"{number(row['high'])}]"] for row in pairs]  # fmt: skip
        tables.append({"columns": ["pair", "second order"], "rows": rows})
    return tables


def _spread(row: dict[Any, Any], name: str) -> str:
    if f"{name}_low" not in row:
        return number(row[name])
    return f"{number(row[name])} [{number(row[f'{name}_low'])}, {number(row[f'{name}_high'])}]"


def _box_table(found: Findings) -> dict[str, Any]:
    columns = ["where", "density", "coverage", "share of points", "stability", "held out"]
    if found.boxes.empty:
        return {"columns": columns, "rows": []}
    rows = []
    for box, part in found.boxes.groupby("box", sort=True):
        first: dict[Any, Any] = part.to_dict("records")[0]
        where = "; ".join(f"{row['factor']}: {limit(row)}" for row in part.to_dict("records"))
        shares = [percent(first[name]) for name in ("density", "coverage", "mass", "stability")]
        held = percent(first["held_out"]) if pd.notna(first["held_out"]) else "–"
        rows.append([f"box {box}: {where}", *shares, held])
    return {"columns": columns, "rows": rows}
