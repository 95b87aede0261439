"""The pager: takes alerts from Alertmanager, tells the person on duty, and goes on until somebody takes them."""
