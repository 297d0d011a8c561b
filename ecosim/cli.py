"""The command line: ``ecosim VERB [POSITIONAL] [key=value ...] [--flags]``; verbs are imported only when called."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module

from ecosim.errors import UserError, nearest
from ecosim.verbs import VERBS

FLAGS = ("--help", "--version", "--completion")

EXAMPLES = """Examples:
  ecosim compare
  ecosim compare scenario=disney_cmr archetypes=[crm1,cmr] adopters=half replications=30 seed=7
  ecosim run attention.load=5 network=watts_strogatz digest=true format=json"""

COMMON = """Common keys (all are optional; `ecosim VERB --help` explains them, `ecosim parameters` lists all):
  scenario=  archetypes=  adopters=  customers=  firms=  network=  replications=  weeks=  history=
  burn_in=  seed=  record=  results=  study=  threads=  format=text|json  group.key=VALUE
  strategy/contact= levers.contact.control=   change every archetype but the first

Flags: --help, --version. Tab completion: eval "$(ecosim --completion bash)"   (or zsh)"""


def help_text() -> str:
    """Return the overview printed by ``ecosim --help``: one screen."""
    lines = [
        "ecosim: how much control should a firm cede to its customers, over what, and where does that pay, for whom?"
    ]
    lines += ["", "Usage: ecosim VERB [key=value ...]"]
    for group in dict.fromkeys(verb.group for verb in VERBS.values()):
        lines += ["", f"{group}:"]
        lines += [f"  {name:<12}{verb.line}" for name, verb in VERBS.items() if verb.group == group]
    return "\n".join([*lines, "", EXAMPLES, "", COMMON])


class Terminated(KeyboardInterrupt):
    """The system asks the program to end (SIGTERM), as a batch system does at its time limit."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done, 1 some runs failed, 2 a user's mistake, 130 interrupted (Ctrl-C), 143 asked to end (SIGTERM).
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminated)
    return guarded(lambda: dispatch(arguments))


def _terminated(number: int, frame: object) -> None:
    raise Terminated


def guarded(action: Callable[[], int]) -> int:
    """Do something for a user: a mistake of theirs is one sentence on standard error, and so is an interruption."""
    try:
        code = action()
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"ecosim: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as error:
        print("ecosim: interrupted; finished runs are kept, and the same command goes on from them", file=sys.stderr)
        return 143 if isinstance(error, Terminated) else 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        print(f"ecosim: {error.filename or 'the system'}: {error.strerror or error}", file=sys.stderr)
        return 1


def script(study: Callable[[list[str]], None], text: str) -> int:
    """Run a study as a program of its own: ``--help`` prints its ``text``; a user's mistake is one sentence."""
    words = sys.argv[1:]
    if any(word in ("--help", "-h") for word in words):
        print(text.strip())
        return 0

    def action() -> int:
        study(words)
        return 0

    return guarded(action)


def dispatch(arguments: list[str]) -> int:
    """Find the verb, answer the flags, and hand the rest to the verb's module."""
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        print(VERBS[arguments[1]].text if len(arguments) > 1 and arguments[1] in VERBS else help_text())
        return 0
    name, rest = arguments[0], arguments[1:]
    if name == "--version":
        from importlib.metadata import version

        print(f"ecosim {version('ecosim')}")
        return 0
    if name in ("--complete", "--completion"):
        return int(getattr(import_module("ecosim.commands.complete"), name[2:])(rest))
    if name not in VERBS:
        what = "flag" if name.startswith("-") else "verb"
        raise UserError(f"{name!r}: no such {what}{nearest(name, VERBS if what == 'verb' else FLAGS)}")
    if any(word in ("--help", "-h") for word in rest):
        print(VERBS[name].text)
        return 0
    for word in rest:
        if word.startswith("-") and word not in VERBS[name].flags:
            known = ("--help", *VERBS[name].flags)
            raise UserError(f"{word!r}: no such flag{nearest(word, known)}; settings are written key=value")
    return int(import_module(f"ecosim.commands.{name}").main(rest) or 0)


if __name__ == "__main__":
    sys.exit(main())
