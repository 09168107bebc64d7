"""0530 · Categories: labels to integers to one-hot, and back.

Question   How are the labels cold, warm and hot coded for a network, and how does its answer become a label again?
Source     book, chapter on preparing data, section on categorical data
Shapes     labels [10] → integers [10] → one-hot [10, 3] → labels [10]
Look at    the label that is not in the training data: the message names it; it is not coded as another label
"""

from lstm_lab import Lesson, main, preparing


def refusal(categories, label):
    try:
        return f"coded as {categories.integers([label])[0]}"
    except ValueError as error:
        return str(error)


def show(settings):
    seen = settings.labels.split()
    categories = preparing.Categories.of(seen)
    for label, integer, row in zip(seen, categories.integers(seen), categories.one_hot(seen), strict=True):
        yield f"{label:6} → {integer} → {row.astype(int)}"
    yield f"{settings.unseen}: {refusal(categories, settings.unseen)}"


def measures(settings, rng):
    seen = settings.labels.split()
    categories = preparing.Categories.of(seen)
    rows = categories.one_hot(seen)
    back = [label == again for label, again in zip(seen, categories.labels_of(rows), strict=True)]
    return {
        "integers": " ".join(map(str, categories.integers(seen))),
        "one_hot": " ".join("".join(map(str, row.astype(int))) for row in rows),
        "back": (sum(back), len(back)),
        "first_back": categories.labels_of(rows[:1])[0],
        "unseen": refusal(categories, settings.unseen),
    }


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
