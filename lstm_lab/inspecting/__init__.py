"""For anybody's Keras 3 model: what the installed backends do with its state."""
