"""What Prometheus and Alertmanager are told, made from the catalogue, the targets and the roster."""
