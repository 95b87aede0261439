"""Grafana's dashboards, made from the catalogue in two languages, and the lint that they have to pass."""
