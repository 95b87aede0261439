"""The read side: follows the tallies, and answers /metrics and the API; stateless, so any number of equal replicas."""
