"""Two trainers, one schedule: `keras` is the reference, `compiled` makes the same updates as one XLA program."""
