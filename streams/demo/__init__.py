"""The demo: broker, workers and serve as child processes, July 2009 through them, and what comes out."""
