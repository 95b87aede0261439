"""Mass outages: numbers and scopes, users and user-hours, and which tickets belong to which outage. Pure."""
