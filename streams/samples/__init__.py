"""Samples: months of messages made by constraint from printed reports, for the demo, the replayer and the tests."""

from streams.samples import july_2009

SAMPLES = {july_2009.NAME: july_2009}
