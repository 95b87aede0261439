"""Benchmarks: what a worker does per second, beside a stock Faust agent and QuixStreams, and where its time goes."""
