"""All that speaks Kafka's protocol: clients, the table of topics, reading a log to its end, the embedded broker."""
