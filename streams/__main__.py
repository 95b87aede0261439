"""Lets `python -m streams` do what the command `streams` does; the demo starts its children so."""

from streams.cli import main

if __name__ == "__main__":
    main()
