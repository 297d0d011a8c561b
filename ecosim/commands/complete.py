"""Tab completion: ``eval "$(ecosim --completion bash)"``; candidates come from reading the source, not from running it.

Importing the model costs a second or two (its kernels); a syntax tree of the parameter classes costs a few hundredths.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ecosim.cli import FLAGS, VERBS
from ecosim.commands.fit import KEYS as FIT_KEYS
from ecosim.commands.fit import WORDS as FIT_WORDS
from ecosim.errors import UserError, nearest
from ecosim.keys import ALIASES, GROUPS, CompareKeys, EngineKeys, InfluenceKeys, Keys, SweepKeys
from ecosim.parameters import walk
from ecosim.tree import names

BASH = """_ecosim() {
  local line="${COMP_LINE:0:$COMP_POINT}" IFS=$' \\t\\n' words word
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  word="${words[${#words[@]}-1]}"
  mapfile -t COMPREPLY < <(ecosim --complete "${words[@]}" 2>/dev/null)
  COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*[=:]}"}"}")
  [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *[=.] ]] && compopt -o nospace
  return 0
}
complete -o default -F _ecosim ecosim"""

ZSH = """(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
_ecosim() {
  local -a found
  found=(${(f)"$(ecosim --complete "${(@)words[1,CURRENT-1]}" "$PREFIX" 2>/dev/null)"})
  compadd -Q -S '' -- $found
}
compdef _ecosim ecosim"""

SCRIPTS = {"bash": BASH, "zsh": ZSH}
LISTS = ("scenarios", "archetypes", "strategies", "networks", "mechanisms", "levers")
PLAIN = ("list", "parameters")
OWN = {"compare": CompareKeys, "sweep": SweepKeys, "boundary": EngineKeys, "calibrate": EngineKeys}
"""The keys of verbs that do many runs."""


def completion(words: Sequence[str]) -> int:
    """Print the script that a shell evaluates."""
    shell = words[0] if words else "bash"
    if shell not in SCRIPTS or len(words) > 1:
        raise UserError(f"--completion {' '.join(words)}: no such shell{nearest(shell, SCRIPTS)}")
    print(SCRIPTS[shell])
    return 0


def complete(words: Sequence[str]) -> int:
    """Print the candidates for the last of the words of a command line (``ecosim`` itself first), one a line."""
    line = list(words[1:]) or [""]
    verb, last = (line[0] if len(line) > 1 else ""), line[-1]
    found = [candidate for candidate in candidates(verb, last) if candidate.startswith(last)]
    print("\n".join(found), end="\n" if found else "")
    return 0


def candidates(verb: str, word: str) -> list[str]:
    """Return what the word may become: verbs, then keys, then values of a key."""
    if verb not in VERBS:
        return [*VERBS, *FLAGS] if not verb else []
    key, equals, start = word.partition("=")
    if equals:
        head = start[: max(start.rfind(","), start.rfind("[")) + 1]
        known = FIT_WORDS.get(key, ()) if verb == "fit" else values(key)
        return [f"{key}={head}{value}" for value in known]
    if verb == "fit":
        return [f"{name}=" for name in FIT_KEYS]
    if verb in PLAIN:
        groups = dict.fromkeys(name.partition(".")[0] for name in keys() if "." in name)
        return [*(LISTS if verb == "list" else [*groups, "keys"]), "format="]
    if verb == "influence":
        return [f"{name}=" for name, _ in walk(InfluenceKeys)]
    own = [field for field, _ in walk(OWN.get(verb, Keys)) if field not in Keys.__dataclass_fields__]
    short = own + [field for field, _ in walk(Keys)] + list(ALIASES) + [f"strategy/{group}" for group in GROUPS]
    return [f"{name}=" for name in short] + dotted(word)


def dotted(word: str) -> list[str]:
    """Return dotted keys once a group is named, and the names of groups (with a dot) until then."""
    full = [key for key in keys() if "." in key]
    depth = word.count(".")
    stems = (".".join(key.split(".")[: depth + 1]) for key in full)
    return list(dict.fromkeys(f"{stem}=" if stem in keys() else f"{stem}." for stem in stems))


def values(key: str) -> Sequence[str]:
    """Return the words a key can take, as far as they can be listed."""
    groups = {"scenario": "scenario", "archetypes": "archetype"} | {f"strategy/{g}": f"strategy/{g}" for g in GROUPS}
    if key in groups:
        return names(groups[key])
    known = [*walk(InfluenceKeys), *walk(SweepKeys), *walk(Keys)]
    fields = {name: field.metadata["info"] for name, field in known}
    if key in fields:
        truth = ("true", "false") if isinstance(dict(known)[key].default, bool) else ()
        return fields[key].choices or truth
    return keys().get(ALIASES.get(key, key), ())


@cache
def keys() -> dict[str, tuple[str, ...]]:
    """Return every dotted key of the world and the levers with its words, read from the source of the package."""
    classes: dict[str, tuple[ast.ClassDef, Path]] = {}
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "param(" in text or "class Setting" in text:
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef):
                    classes[f"{_module(path)}.{node.name}"] = (node, path)
    found = dict(_fields("setting.Setting", classes, ""))
    return found | dict(_fields("levers.Levers", classes, "levers."))


def _fields(name: str, classes: Any, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if name not in classes:
        return
    node, path = classes[name]
    origin = _imports(path)
    for line in node.body:
        if not (isinstance(line, ast.AnnAssign) and isinstance(line.value, ast.Call)):
            continue
        field, call = line.target.id, line.value  # type: ignore[union-attr]
        what = getattr(call.func, "id", "")
        if what == "param":
            yield prefix + field, _choices(call, path)
        elif what == "field":
            made = {k.arg: getattr(k.value, "id", "") for k in call.keywords}.get("default_factory", "")
            full = f"{origin.get(made, _module(path))}.{made}"
            yield from _fields(full, classes, f"{prefix}{field}.")


def _imports(path: Path) -> dict[str, str]:
    """Return where a file's imported names come from: name to the last part of the module's name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: (node.module or "").rpartition(".")[2]
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _module(path: Path) -> str:
    """Return the last part of a file's module name."""
    return path.parent.name if path.stem == "__init__" else path.stem


def _choices(call: ast.Call, path: Path) -> tuple[str, ...]:
    """Return the words of ``choices=``: a tuple of texts, the name of one, or the first words of a tuple of calls."""
    value = next((keyword.value for keyword in call.keywords if keyword.arg == "choices"), None)
    if value is None:
        return ()
    used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in used:
                value = node.value
    first = [item.args[0] if isinstance(item, ast.Call) and item.args else item for item in getattr(value, "elts", ())]
    return tuple(item.value for item in first if isinstance(item, ast.Constant) and isinstance(item.value, str))
