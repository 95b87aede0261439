"""Alerts: rules, routes, roster and pager."""
