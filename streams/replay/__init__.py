"""The replayer: lines of a file or sample, in their order, to the source topics, and the clock that goes with them."""
