"""Faults while input flows: workers killed, frozen, joined by others; brokers gone; and figures that must stay true."""
