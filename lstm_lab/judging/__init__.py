"""Measures, statistics over seeds, and verdicts on claims. It touches no file."""
