"""``ecosim report DIR``: the page and the figures of a study, drawn again from what is stored; nothing is run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ecosim.errors import UserError, nearest

KEYS = ("outcome", "strategy", "baseline", "relative", "method")
METHODS = ("sobol", "morris", "pawn")
TRUTH = {"true": True, "false": False}


def main(words: Sequence[str]) -> int:
    """Draw the page and say where it is."""
    from ecosim.sweeps.reading import read_manifest

    folder, asked = parsed(words)
    if read_manifest(folder)["about"].get("kind") != "sweep":
        if asked:
            raise UserError(f"{next(iter(asked))}: only the page of a sweep takes keys; {folder} is a comparison")
        from ecosim.report import write_report

        print(f"Report: {write_report(folder)}")
        return 0
    for line in sweep_page(folder, asked):
        print(line)
    return 0


def parsed(words: Sequence[str]) -> tuple[Path, dict[str, str]]:
    """Return folder and keys of the command."""
    places = [word for word in words if "=" not in word]
    asked = dict(word.split("=", 1) for word in words if "=" in word)
    for name in asked:
        if name not in KEYS:
            raise UserError(f"{name}: no such key{nearest(name, KEYS)}")
    for name, allowed in (("relative", TRUTH), ("method", METHODS)):
        if name in asked and asked[name] not in allowed:
            raise UserError(f"{name}={asked[name]}: not one of its words{nearest(asked[name], allowed)}")
    if len(places) != 1:
        raise UserError("report: name one study folder, such as: ecosim report results/my-sweep")
    return Path(places[0]), asked


def sweep_page(folder: Path, asked: dict[str, str]) -> list[str]:
    """Write the page of a sweep and return what it says in words, and where it is."""
    from ecosim.analysis.points import Quantity
    from ecosim.report import sweep_report
    from ecosim.sweeps import open_sweep

    names = list(open_sweep(folder).manifest["about"]["strategies"])
    baseline = asked.get("baseline", names[0] if len(names) > 1 else "")
    quantity = Quantity(
        asked.get("outcome", "adopters.profit_plus_equity"),
        asked.get("strategy", names[1] if len(names) > 1 else names[0]),
        baseline,
        TRUTH[asked.get("relative", "true" if baseline else "false")],
    )
    chosen = quantity if asked.keys() - {"method"} else None
    page, lines = sweep_report(folder, chosen, asked.get("method", ""))
    return [*lines, f"Report: {page}"]
