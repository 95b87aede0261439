"""The demo, and the child processes it starts."""
