"""Single runs the way Hydra users know: ``python experiments/run.py -m seed=1,2 attention.load=5,20``.

Every job of a multirun is one ``ecosim run``, and all jobs are checked before the first one starts. Hydra's folders
(``outputs/``, ``multirun/``) lie where the user stands.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from ecosim.cli import guarded
from ecosim.errors import UserError

MOST_JOBS = 1000
HYDRA_FLAGS = {
    "--help",
    "-h",
    "--hydra-help",
    "--version",
    "--cfg",
    "-c",
    "--info",
    "-i",
    "--resolve",
    "--package",
    "-p",
}


def axis(word: str) -> list[str]:
    """Return the words a Hydra override stands for: one, or one for each value of a sweep such as ``seed=1,2``."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        override = OverridesParser.create().parse_override(word)
    except HydraException:
        return [word]
    if not override.is_discrete_sweep():
        return [word]
    return [f"{override.get_key_element()}={value}" for value in override.sweep_string_iterator()]


def check(words: Sequence[str]) -> None:
    """Refuse a mistake in any job before the first one starts."""
    from ecosim.conf import request

    if HYDRA_FLAGS & {word.partition("=")[0] for word in words}:
        return
    asked = [word for word in words if not word.startswith(("-", "hydra."))]
    axes = [axis(word) for word in asked] if {"-m", "--multirun"} & set(words) else [[word] for word in asked]
    if math.prod(len(values) for values in axes) > MOST_JOBS:
        raise UserError(f"{' '.join(asked)}: more than {MOST_JOBS} runs; write a smaller grid")
    for job in itertools.product(*axes):
        request("run", job)


def job(_: Any) -> None:
    """Do one run, from the very words Hydra gave this job."""
    from hydra.core.hydra_config import HydraConfig

    from ecosim.commands.run import main as run

    if run(list(HydraConfig.get().overrides.task)):
        raise SystemExit(1)


def main() -> int:
    """Check every job, then hand over to Hydra."""
    check(sys.argv[1:])
    import hydra

    from ecosim.conf import register
    from ecosim.tree import configs

    register()
    place = "pkg://ecosim.configs" if find_spec("ecosim.configs") else str(configs())
    hydra.main(version_base="1.3", config_path=place, config_name="config")(job)()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
