"""``python -m ecosim`` is the command ``ecosim``."""

from __future__ import annotations

import sys

from ecosim.cli import main

sys.exit(main())
