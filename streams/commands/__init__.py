"""The commands of `streams`, one file each: `command` is what the command line runs."""
