"""The values of the dimensions: what a fact says, or what the definitions make of it."""

from __future__ import annotations

from functools import lru_cache

from streams.core.definitions import NONE, Definitions


class Dimensions:
    """Finds families, branches and departments; numbers that were looked up are remembered."""

    def __init__(self, definitions: Definitions) -> None:
        """Take the definitions that give families, places and aliases."""
        self._family_of_brand = definitions.family_of_brand()
        self._aliases = definitions.aliases
        self._branch_of_number = lru_cache(maxsize=100_000)(definitions.branch_of_number)

    def family(self, brand: str) -> str:
        """Return the family of a brand, or NONE."""
        return self._family_of_brand.get(brand, NONE)

    def branch(self, stated: str | None, number: str | None) -> str:
        """Return the branch that the fact states, else that of its subscriber's number, or NONE."""
        return stated or (NONE if number is None else self._branch_of_number(number))

    def department(self, written: str | None) -> str:
        """Return the department that is meant by the name a ticket system wrote, or NONE where it wrote none."""
        return self._aliases.get(written, written) if written else NONE
