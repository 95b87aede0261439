"""The pure core: facts, contributions, tallies, take-over, indicators; standard library and msgspec only."""
