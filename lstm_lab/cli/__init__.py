"""The command line, and what a run looks like in a terminal."""

from lstm_lab.cli.entry import main

__all__ = ["main"]
