"""The board's page, its texts, and what a browser makes of both."""
