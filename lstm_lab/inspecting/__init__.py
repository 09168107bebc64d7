"""For anybody's Keras 3 model: what its framing lets it learn, and what it uses its state for. The guide is
docs/inspecting.md.

framing(batch_size=…, steps=…, samples=…, lag=…)   before training: which targets get the value that they need
framing_of(model, x, y, …)                          the same for a Keras model, its data and the arguments of `fit`
judged(given, needed, schedule)                     the same for any arrays
lag(x, y)                                           how far back the target can be read from the inputs
state_use(model, x, y, …)                           after training: what its answers depend on, with a verdict in words
contract                                            what the installed backends do with state, measured
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["contract"],
    submod_attrs={
        "slots": ["Framing", "Lags", "framing", "framing_of", "judged", "lag"],
        "use.making": ["StateUse", "state_use"],
    },
)
