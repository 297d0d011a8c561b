"""Write the tables of the documentation from the code: ``python docs/generate.py`` (``--check`` only looks).

A table stands between ``<!-- generated: NAME WORDS -->`` and ``<!-- end -->``; `TABLES` lists the names. The tests
fail when a page is not what this script would write.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
BLOCK = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)

Rows = Sequence[Sequence[Any]]


def markdown(head: Sequence[str], rows: Rows) -> str:
    """Return a Markdown table; bars in cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(value) for value in line) + " |" for line in lines)


def cell(value: Any) -> str:
    """Return a value as a table shows it; a dash for what is not there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{value:.6g}" if isinstance(value, float) else "–" if value in (None, "", [], ()) else str(value)
    return text.replace("|", "\\|")


def schedule() -> str:
    """Return the week as `ecosim plan` prints it."""
    from ecosim.commands.plan import COLUMNS
    from ecosim.commands.plan import schedule as week

    return markdown(COLUMNS, [[row[name] for name in COLUMNS] for row in week()])


def parameters(*groups: str) -> str:
    """Return the parameters of these groups (all if none is named) as `ecosim parameters` lists them."""
    from ecosim.commands.parameters import rows
    from ecosim.parameters import walk
    from ecosim.setting import Setting

    fixed = {key for key, field in walk(Setting) if field.metadata["info"].build}
    head = ("key", "default", "unit", "allowed", "worth sweeping", "meaning", "source")
    chosen = [row for row in rows() if not groups or row["group"] in groups]
    assert {row["group"] for row in chosen} >= set(groups), f"no such group among {groups}"
    return markdown(head, [[f"`{row['key']}`", *values(row, row["key"] in fixed)] for row in chosen])


def values(row: dict[str, Any], fixed: bool) -> list[Any]:
    """Return what stands behind the key in a row of the parameter table; a dagger if it is ``fixed`` at the start."""
    span = " … ".join(f"{end:g}" for end in (row["low"], row["high"]) if end is not None)
    if row["high"] is None and row["low"] is not None:
        span = f"≥ {row['low']:g}"
    sweep = " … ".join(f"{end:g}" for end in row["sweep"]) if row["sweep"] else ""
    allowed = " or ".join(row["choices"]) or span
    meaning = row["meaning"] + (" †" if fixed else "")
    return [row["default"], row["unit"], allowed, sweep, meaning, row["source"]]


def columns(*names: str) -> str:
    """Return the customer columns of these mechanisms; with none named, of all, and the customers' own."""
    from ecosim.agents.customers import OWN_COLUMNS
    from ecosim.mechanisms import MECHANISMS

    axes = {"n": "customer", "nk": "customer × slot", "nf": "customer × firm"}
    found = [("customers", column) for column in OWN_COLUMNS] if not names else []
    found += [(m.name, column) for m in MECHANISMS for column in m.columns if not names or m.name in names]
    rows = [[f"`{c.name}`", owner, axes[c.axes], c.dtype, c.unit, c.meaning] for owner, c in found]
    return markdown(("column", "mechanism", "one per", "type", "unit", "meaning"), rows)


def levers() -> str:
    """Return the levers of this release."""
    from ecosim.parameters import walk
    from ecosim.strategies.levers import Levers

    rows = []
    for key, field in walk(Levers):
        info = field.metadata["info"]
        symbol, _, meaning = info.meaning.partition(": ")
        span = "true or false" if field.type in ("bool", bool) else f"{info.low:g} … {info.high:g}"
        rows.append([symbol, f"`levers.{key}`", " or ".join(info.choices) or span, meaning])
    return markdown(("lever", "key", "range", "meaning"), rows)


def schools() -> list[str]:
    """Return the archetypes made of five groups of levers; the others change one of these."""
    from ecosim.tree import configs, names

    texts = {
        name: (configs() / "archetype" / f"{name}.yaml").read_text(encoding="utf-8") for name in names("archetype")
    }
    whole = {name: len(re.findall(r"^  - /strategy/", text, re.MULTILINE)) == 5 for name, text in texts.items()}
    first = [name for name in ORDER if whole.get(name)]
    return first + [name for name in texts if whole[name] and name not in first]


ORDER = ("crm1", "cmr", "crm2", "vrm", "hosted", "tactical", "aggregator", "hybrid")
"""The order in which schools are told; others follow by name."""


def archetypes() -> str:
    """Return the lever values of every archetype that is made of five groups."""
    from ecosim.commands.compare import look
    from ecosim.conf import request
    from ecosim.parameters import walk
    from ecosim.strategies.levers import Levers

    found = request("plan", [f"archetypes=[{','.join(schools())}]"]).strategies
    rows = [[f"`{key}`", *(look(strategy.levers, key) for strategy in found)] for key, _ in walk(Levers)]
    return markdown(("lever", *(f"`{strategy.name}`" for strategy in found)), rows)


def variants() -> str:
    """Return the other archetypes, which change a school, and what they stand for."""
    from ecosim.commands.list import archetypes as listed

    told = schools()
    rows = [[f"`{row['name']}`", row["meaning"]] for row in listed() if row["name"] not in told]
    return markdown(("archetype", "meaning"), rows)


def groups() -> str:
    """Return the group of levers that each school takes."""
    from ecosim.tree import configs

    rows = []
    for name in schools():
        text = (configs() / "archetype" / f"{name}.yaml").read_text(encoding="utf-8")
        rows.append(
            [f"`{name}`", *(f"`{choice}`" for choice in re.findall(r"^  - /strategy/\w+: (\w+)", text, re.MULTILINE))]
        )
    return markdown(("archetype", "contact", "insight", "offer", "innovation", "organisation"), rows)


def experiments() -> str:
    """Return the published experiments: what the last full run that is kept here found of each."""
    import json

    from ecosim.published.shelf import experiments as names
    from ecosim.published.shelf import numbers

    rows = []
    for name in names():
        path = ROOT / "results" / "published" / name / "verdict.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        passed = [row["passed"] for row in found["quantities"]]
        claimed = numbers(name)
        figure = f"[figure](../results/published/{name}/{name}.png)"
        rows.append([claimed.number, f"`{name}`", claimed.title, claimed.claim, found["status"],
                     f"{passed.count(True)} of {len(passed)}", figure])  # fmt: skip
    return markdown(("", "name", "what", "claim", "status", "quantities met", ""), rows)


def concepts() -> str:
    """Return the ideas of the literature, what expresses each, and the command that tries it."""
    with open(DOCS / "concepts.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    head = ("number", "idea", "type", "expressed as a", "by", "command")
    return markdown(head, [[*list(row.values())[:-1], f"`{row['command']}`"] for row in rows])


def strategies() -> str:
    """Return the named settings of each group of levers."""
    from ecosim.commands.list import strategies as listed

    return markdown(("choice", "meaning"), [[f"`strategy/{row['name']}`", row["meaning"]] for row in listed()])


def scenarios() -> str:
    """Return the package's scenarios: question and reason."""
    from ecosim.conf import request
    from ecosim.tree import names

    found = [request("plan", [f"scenario={name}"]) for name in names("scenario")]
    return markdown(("scenario", "question", "why"), [[f"`{r.scenario}`", r.question, r.why] for r in found])


def differences(scenario: str) -> str:
    """Return what a scenario changes in the default world."""
    from ecosim.commands.compare import changes
    from ecosim.conf import request
    from ecosim.parameters import walk

    asked = request("plan", [f"scenario={scenario}"])
    defaults = {key: field.default for key, field in walk(type(asked.setting))}
    rows = [[f"`{key}`", plain(defaults[key]), plain(value)] for key, value in changes(asked).items()]
    return markdown(("key", "default", scenario), rows)


def plain(value: Any) -> Any:
    """Return a tuple as a list, as the command line writes it."""
    return list(value) if isinstance(value, tuple) else value


def networks() -> str:
    """Return the kinds of network."""
    from ecosim.commands.list import networks as listed

    return markdown(
        ("network", "parameters", "source"), [[f"`{r['name']}`", r["parameters"], r["source"]] for r in listed()]
    )


def outcomes() -> str:
    """Return the outcomes a comparison tells, in its order."""
    from ecosim.analysis.outcomes import OUTCOMES

    side = {1: "higher", -1: "lower", 0: "neither"}
    rows = [[f"`{o.name}`", o.label, o.kind, side[o.good], o.meaning] for o in OUTCOMES]
    return markdown(("outcome", "told as", "kind", "good for its owner", "meaning"), rows)


def comparison() -> str:
    """Return the columns of a comparison."""
    from ecosim.analysis.compare import COLUMNS

    return markdown(("column", "meaning"), [[f"`{name}`", meaning] for name, meaning in COLUMNS.items()])


SUBMODELS = (
    "entry", "organisation", "deployment", "contact", "inbox", "attention", "trust", "memory", "needs", "search",
    "intents",
    "choice", "experience", "evaluation", "talk", "community", "insight", "participation", "settlement", "landscape",
    "belief", "ideas", "innovation", "imitation", "rights", "splits", "partners", "acquisition", "sourcing",
    "adaptation", "processes",
)  # fmt: skip
"""The pages of ``docs/mechanisms``, in the order of the week."""


def submodels() -> str:
    """Return what happens in every mechanism, as its page tells it, for a document that stands alone."""
    parts = []
    for n, name in enumerate(SUBMODELS, 1):
        text = (DOCS / "mechanisms" / f"{name}.md").read_text(encoding="utf-8")
        title = text.splitlines()[0].lstrip("# ")
        body = text.partition("## What happens\n")[2].partition("\n## ")[0].strip()
        body = re.sub(r"\]\((?!\.\.)(\w+\.md)\)", r"](mechanisms/\1)", body).replace("](../", "](")
        parts.append(f"### 7.{n} {title}\n\n{body}\n")
    return "\n".join(parts)


TABLES: dict[str, Callable[..., str]] = {
    table.__name__: table
    for table in (
        schedule, parameters, columns, levers, archetypes, variants, groups, strategies, scenarios, differences,
        networks, outcomes, comparison, submodels, concepts, experiments,
    )
}  # fmt: skip


def pages() -> list[Path]:
    """Return every page that may hold a table."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def renewed(text: str) -> str:
    """Return a page's text with every table written anew."""

    def table(match: re.Match[str]) -> str:
        name, *words = match[2].split()
        return f"{match[1]}{TABLES[name](*words)}\n{match[3]}"

    return BLOCK.sub(table, text)


def main(words: Sequence[str]) -> int:
    """Write every page that is out of date, or with ``--check`` name it; 1 if there was one to name."""
    stale = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = renewed(text)
        if new != text:
            stale.append(page)
            if "--check" not in words:
                page.write_text(new, encoding="utf-8")
    for page in stale:
        print(f"{page.relative_to(ROOT)}: {'out of date' if '--check' in words else 'written'}")
    return 1 if stale and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
