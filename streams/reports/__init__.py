"""What is made of the tallies and the log for people and files: snapshots, audits, tables in the terminal."""
