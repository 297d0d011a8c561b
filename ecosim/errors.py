"""One kind of error for a user's mistake: a single sentence, shown without a traceback, exit code 2."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """A mistake the user can mend: the message names the key or file, the value and what is allowed."""


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest allowed name, or the list of names if nothing is close."""
    names = [str(a) for a in allowed]
    match = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if match:
        return f"; did you mean '{match[0]}'?"
    return f"; allowed: {', '.join(names)}" if names else ""
