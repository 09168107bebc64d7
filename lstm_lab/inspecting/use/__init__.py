"""What a trained network uses its state for: tests that could show otherwise, baselines, and a verdict in words.

making.state_use asks a Keras model, making.ask any `network.Network`, such as one of ours; verdict.py has the rule.
"""
