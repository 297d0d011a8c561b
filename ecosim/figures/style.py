"""One look for all figures: colour-blind-safe, legible on a slide, offline fonts, the same bytes at every build."""

from __future__ import annotations

import functools
import io
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ecosim.sweeps.parts import write_bytes

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's colours without yellow, which is too pale for lines; colour-blind readers tell them apart."""

LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
GREY = "#6b6b6b"
PALE = "#d9d9d9"

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "text.parse_math": False,
    "text.usetex": False,
    "svg.hashsalt": "ecosim",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.7,
}
DPI = 200

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Run a drawing function under `STYLE`, whatever the user's own matplotlib settings say."""

    @functools.wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(STYLE)
            return draw(*args, **kwargs)

    return wrapper


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of ``width`` by ``height`` inches that is bound to no window and lays itself out."""
    return Figure(figsize=(width, height), layout="constrained")


def colour(place: int) -> str:
    """Return the colour of series number ``place``, repeating after seven."""
    return PALETTE[place % len(PALETTE)]


@functools.cache
def _glyphs() -> frozenset[int]:
    return frozenset(font_manager.get_font(font_manager.findfont("DejaVu Sans")).get_charmap())


def label(text: object, longest: int = 40) -> str:
    """Return ``text`` safe to draw: one line, shortened, characters that the font lacks shown as a question mark."""
    clean = " ".join(str(text).split())
    clean = "".join(c if ord(c) in _glyphs() and c.isprintable() else "?" for c in clean)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def wrapped(text: object, width: int = 42) -> str:
    """Return `label` of ``text`` over as many lines as it needs, for an axis that is read upwards."""
    return "\n".join(textwrap.wrap(label(text, 3 * width), width))


def empty(axes: Axes, text: str) -> None:
    """Say in an empty panel why it is empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=GREY)


def to_svg(figure: Figure) -> bytes:
    """Return a figure as SVG, the same bytes at every build: no date, no version, fixed ids."""
    return _render(figure, "svg", {"Date": None, "Creator": None})


def to_png(figure: Figure) -> bytes:
    """Return a figure as PNG at 200 dots an inch, without a version stamp."""
    return _render(figure, "png", {"Software": None})


def _render(figure: Figure, kind: str, metadata: dict[str, None]) -> bytes:
    sink = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure.savefig(sink, format=kind, dpi=DPI, metadata=metadata)
    return sink.getvalue()


def save(figure: Figure, folder: Path | str, name: str) -> tuple[Path, Path]:
    """Write ``name``.png (200 dpi) and ``name``.svg into ``folder``, each at one stroke, and return their paths."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    png, svg = place / f"{name}.png", place / f"{name}.svg"
    write_bytes(png, to_png(figure))
    write_bytes(svg, to_svg(figure))
    return png, svg
