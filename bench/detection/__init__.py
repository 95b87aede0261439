"""Detection on simulated cities: seeded, over-dispersed tickets with outages of known place, size and onset."""
