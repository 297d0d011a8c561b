"""What a reader gets: a verdict table for the terminal and one self-contained page per study."""

from ecosim.report.page import write_report
from ecosim.report.sweep_page import sweep_report, told, write_sweep_report
from ecosim.report.terminal import terminal_table

__all__ = ["sweep_report", "terminal_table", "told", "write_report", "write_sweep_report"]
