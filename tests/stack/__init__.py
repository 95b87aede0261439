"""The stack as it is deployed: docker-compose.yml, systemd units and Kubernetes manifests say what works."""
