"""The writer's months: what the page asks for, and what it gets."""
