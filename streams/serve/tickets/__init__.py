"""The tickets behind a figure, read from the log when somebody asks: /api/tickets (docs/board-api.md)."""
