"""Programs of others that tests run: Prometheus and Alertmanager with their checkers, from Debian's packages."""
