"""The replayer: what it reads, plans and sends."""
