"""0565 · The source's calls for preparing data, tried today.

Question   Which of the remarks on scikit-learn, pandas, NumPy and Keras hold in the versions installed here?
Source     book, chapter 3, listings 3.1, 3.7, 3.9, 3.13 and 3.23; chapter 4, listing 4.23
Shapes     printed for each call
Look at    what raises today: `sparse=False`, and the printing of an array of one number as a number
"""

import numpy as np

from lstm_lab import Lesson, main


def padded(**options):
    from lstm_lab.trainers.backend import keras

    return keras.preprocessing.sequence.pad_sequences([[1], [2, 3]], **options).tolist()


def calls():
    """Name → a call of the source. It works if it raises nothing; a text or a list is shown."""
    import pandas as pd
    from scipy.sparse import issparse
    from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

    column, numbers = np.array([[10.0], [100.0]]), np.arange(10)
    return {
        "one_hot_by_default": lambda: "sparse" if issparse(OneHotEncoder().fit_transform(column)) else "dense",
        "one_hot_with_sparse_false": lambda: OneHotEncoder(sparse=False).fit_transform(column),
        "one_hot_with_sparse_output_false": lambda: OneHotEncoder(sparse_output=False).fit_transform(column),
        "scale_a_column": lambda: MinMaxScaler().fit(column),
        "scale_a_list": lambda: MinMaxScaler().fit(column[:, 0]),
        "print_the_smallest_value": lambda: float(MinMaxScaler().fit(column).data_min_),
        "pad_by_default": padded,
        "cut_by_default": lambda: padded(maxlen=1),
        "shift_forward": lambda: pd.Series(range(3)).shift(1).tolist(),
        "shift_backward": lambda: pd.Series(range(3)).shift(-1).tolist(),
        "reshape_evenly": lambda: numbers.reshape(1, 10, 1),
        "reshape_unevenly": lambda: numbers.reshape(1, 3, 1),
    }


def outcome(call):
    try:
        returned = call()
    except (TypeError, ValueError):
        return "raises"
    return str(returned).replace(" ", "") if isinstance(returned, str | list) else "works"


def measures(settings, rng):
    return {name: outcome(call) for name, call in calls().items()}


lesson = Lesson(__file__, show=lambda settings: map(": ".join, measures(settings, None).items()), measures=measures)

if __name__ == "__main__":
    main(lesson)
