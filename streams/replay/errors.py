"""What can go wrong with a replay that a person can mend."""


class ReplayError(Exception):
    """The lines cannot be replayed; the message says which one, and what to do."""
