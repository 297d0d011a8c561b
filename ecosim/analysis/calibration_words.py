"""What a calibration has found, in plain words."""

from __future__ import annotations

import math

from ecosim.analysis.calibration import Fit
from ecosim.analysis.identifiability import COLLINEAR


def summary(fit: Fit) -> str:
    """Return how well the targets are met, and which parameters they can and cannot tell."""
    met = int((fit.targets["misfit"].abs() <= 1).sum())
    lines = [
        f"{met} of {len(fit.targets)} targets are met within their tolerance; the sum of squared misfits is "
        f"{fit.misfit:.3g} (the luckiest of all points had {fit.best_misfit:.3g})."
    ]
    if not fit.confirmed:
        lines.append("The best point has not been simulated anew, so what is obtained there is flattered by luck.")
    for subset, index in zip(fit.known.collinearity["parameters"], fit.known.collinearity["index"], strict=True):
        if subset in fit.known.entangled:
            size = f"{index:.0f}" if math.isfinite(index) else "without bound"
            lines.append(
                f"{' and '.join(subset)} are not identifiable separately: the others make up for a change of one "
                f"(collinearity index {size}; above {COLLINEAR:.0f} is too much)."
            )
    lost = {key for subset in fit.known.entangled for key in subset}
    for row in fit.parameters.to_dict("records"):
        if not row["identified"] and row["key"] not in lost:
            lines.append(f"{row['key']} is not identified: its 95 % interval is wider than its range.")
        if row["edge"] == "range":
            lines.append(f"{row['key']} lies at the end of its range: better values may be beyond it.")
        elif row["edge"] == "box":
            lines.append(f"{row['key']} lies at the edge of what was looked at closely: more points would help.")
    if fit.undefined:
        lines.append(f"At {fit.undefined} of {fit.points} points some statistic is not defined, or runs failed.")
    return "\n".join(lines)
