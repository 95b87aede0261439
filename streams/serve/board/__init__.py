"""The board: all that one page shows, told as it changes, and the tickets behind a figure (docs/board-api.md)."""
