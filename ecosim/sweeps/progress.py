"""How far a sweep is: one live line in a terminal, plain lines in a log, or JSON lines for a program."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

MODES = ("auto", "bar", "lines", "json", "none")
EVERY = {"bar": 0.2, "lines": 10.0, "json": 1.0}
"""Least seconds between two tellings."""


def memory() -> int:
    """Return the resident memory of this process and its children, in bytes; 0 where the system does not say."""
    pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]
    pages = 0
    for pid in pids:
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


class Progress:
    """Counts runs: ``total`` planned, ``before`` finished by an earlier run of the study; tells on ``stream``."""

    def __init__(self, total: int, before: int = 0, mode: str = "auto", stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.mode = ("bar" if self.stream.isatty() else "lines") if mode == "auto" else mode
        self.total, self.before, self.done, self.failed = total, before, 0, 0
        self._start = self._told = time.monotonic()
        self._bar: Any = None
        if self.mode == "bar":
            form = "{desc}{percentage:3.0f}% {bar:20} {n_fmt}/{total_fmt} worlds, {rate_fmt}, {remaining} left{postfix}"
            self._bar = tqdm(total=total, initial=before, file=self.stream, bar_format=form, unit=" worlds",
                             mininterval=EVERY["bar"], dynamic_ncols=True, leave=False)  # fmt: skip

    def add(self, done: int = 0, failed: int = 0) -> None:
        """Count runs that finished or failed."""
        self.done += done
        self.failed += failed
        if self._bar is not None:
            self._bar.update(done + failed)
        self.beat()

    def beat(self) -> None:
        """Tell, if it is time."""
        now = time.monotonic()
        if self.mode != "none" and now - self._told >= EVERY[self.mode]:
            self._told = now
            self.tell()

    def state(self) -> dict[str, Any]:
        """Return counts, rate (runs per second), seconds left (None if unknown) and memory in bytes."""
        seconds = time.monotonic() - self._start
        rate = (self.done + self.failed) / seconds if seconds > 0 else 0.0
        left = self.total - self.before - self.done - self.failed
        return {
            "planned": self.total, "done": self.before + self.done, "failed": self.failed,
            "seconds": round(seconds, 1), "rate": round(rate, 3), "left": round(left / rate, 1) if rate > 0 else None,
            "memory": memory(),
        }  # fmt: skip

    def tell(self) -> None:
        """Tell how far the sweep is."""
        state = self.state()
        if self.mode == "json":
            print(json.dumps(state), file=self.stream, flush=True)
        elif self.mode == "bar":
            parts = {"failed": state["failed"] or None, "memory": f"{state['memory'] / 2**20:,.0f} MB"}
            self._bar.set_postfix_str(", ".join(f"{name} {value}" for name, value in parts.items() if value))
        elif self.mode == "lines":
            print(line(state), file=self.stream, flush=True)

    def close(self) -> None:
        """Tell the end of it, and leave the terminal clean."""
        if self._bar is not None:
            self._bar.close()
        elif self.mode in ("lines", "json") and (self.done or self.failed):
            self.tell()


def line(state: dict[str, Any]) -> str:
    """Return the state as one plain line."""
    left = tqdm.format_interval(state["left"]) if state["left"] is not None else "?"
    took = tqdm.format_interval(state["seconds"])
    return (
        f"ecosim: {state['done']} of {state['planned']} worlds done, {state['failed']} failed, {state['rate']:.2f} a "
        f"second, {took} so far, {left} left, {state['memory'] / 2**20:,.0f} MB"
    )
