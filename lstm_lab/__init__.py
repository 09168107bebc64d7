"""LSTM Lab: how LSTM networks keep state in Keras, settled by experiments.

Names are imported on first use, as `__init__.pyi` lists them: `import lstm_lab` costs nothing, and a compiled run never
waits for TensorFlow.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
