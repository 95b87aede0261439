"""Alerts: the rules that raise them, the routes they take, and the pager that tells the person on duty."""
