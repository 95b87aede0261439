"""The write side: a Faust app whose agents fold events and publish tallies."""
