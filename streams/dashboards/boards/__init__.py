"""The dashboards, one file each, and the panels that several of them have."""
