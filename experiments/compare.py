"""``python experiments/compare.py [key=value ...]`` is ``ecosim compare``."""

from __future__ import annotations

import sys

from ecosim.cli import main

if __name__ == "__main__":
    sys.exit(main(["compare", *sys.argv[1:]]))
