"""The two trainers: Keras' own `fit`, the reference, and the same updates as one XLA program."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["compiled", "keras"])
