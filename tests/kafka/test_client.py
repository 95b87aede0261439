"""How settings become a connection."""

from __future__ import annotations

from streams.kafka.client import Connection
from streams.settings import Settings


def test_settings_become_a_connection_that_keeps_its_password_to_itself() -> None:
    """Brokers, user and password reach the client's options; the password is in no text about the connection."""
    settings = Settings.from_environment(
        {
            "STREAMS_BROKER": "kafka-1:9092,kafka-2:9093",
            "STREAMS_SECURITY_PROTOCOL": "SASL_SSL",
            "STREAMS_SASL_MECHANISM": "SCRAM-SHA-512",
            "STREAMS_SASL_USERNAME": "streams",
            "STREAMS_SASL_PASSWORD": "correct-horse",
        }
    )
    connection = Connection.from_settings(settings, "streams-worker")
    options = connection.options()
    assert options["bootstrap_servers"] == ["kafka-1:9092", "kafka-2:9093"]
    assert options["client_id"] == "streams-worker"
    assert options["sasl_plain_password"] == "correct-horse"
    assert options["ssl_context"] is not None
    assert "correct-horse" not in repr(connection)
