"""Service-quality streams: a branch's fault tickets through Kafka and Faust to exact indicators."""
