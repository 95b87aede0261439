"""The report's chapters, one file each: what they show of a snapshot, and in which order."""
