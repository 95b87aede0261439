"""The writer's months over HTTP: their state, freezing, free texts, reports, what moved (docs/board-api.md)."""
