"""Keras' own layers and its own `fit`, with the updates of many batches as one XLA program.

Keras' loop stays what it is: its callbacks, its validation, its progress bar, its history. Two things are put into it.
`batches` takes the place of the data, in Keras' order; a `Program` takes the place of the function that makes one
update, and makes those of many batches at once.
"""
