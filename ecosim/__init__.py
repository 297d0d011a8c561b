"""Agent-based simulation of business ecosystems: company-managed against customer-managed relationships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecosim.sweeps.opened import open_results as results

__all__ = ["results"]


def __getattr__(name: str) -> Any:
    if name == "results":
        from ecosim.sweeps.opened import open_results

        return open_results
    raise AttributeError(f"module 'ecosim' has no attribute '{name}'")
