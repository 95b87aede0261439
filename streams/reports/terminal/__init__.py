"""Shows a month's report (the printed figure beside the computed one) and a week's bulletin in the terminal."""

from streams.reports.terminal.bulletin import print_bulletin
from streams.reports.terminal.report import print_report

__all__ = ["print_bulletin", "print_report"]
