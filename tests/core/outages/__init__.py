"""Tests of the outages' core."""
