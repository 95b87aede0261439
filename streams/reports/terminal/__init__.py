"""Shows a month's report in the terminal: chapter by chapter, the printed figure beside the computed one."""

from streams.reports.terminal.report import print_report

__all__ = ["print_report"]
