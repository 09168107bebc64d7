"""0186 · Alphabet, words: a sentence in place of the alphabet.

Question   Do the results for letters hold for words, some of which occur more than once with different successors?
Source     alphabet tutorial, a reader's question on words in place of letters
Shapes     x [words − 1 samples, 1 time step, 1 word: one-hot, scaled or embedded] · y word index
Look at    "the", which has four different successors: the word alone cannot decide; try --set text="your own words"
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def words(settings, rng):
    """Each word and the next one, coded by their place among the text's sorted distinct words."""
    return framing.time_steps(datasets.alphabet.pairs(1, settings.text.split()), coding=settings.coding)


def after_repeated(asked):
    """The answers after words that have more than one successor."""
    framed = asked.framed
    successors = {code: set(framed.targets[framed.inputs[:, 0, 0] == code]) for code in framed.inputs[:, 0, 0]}
    several = [len(successors[code]) > 1 for code in framed.inputs[:, 0, 0]]
    right = (probes.answer(asked, framed) == framed.targets)[several]
    return {"after_repeated_words": probes.Measure((int(right.sum()), len(right)))}


def said_from_the_first(asked):
    """The text that the network generates from the first word: each answer is its next input."""
    first = asked.framed.codec.text(asked.framed.inputs[0])
    return probes.walk(first, steps=asked.framed.samples, name="walk")(asked)


experiment = Experiment(
    __file__,
    data=words,
    model=lambda settings: models.lstm_classifier(
        settings.units,
        classes=len(set(settings.text.split())),
        stateful=settings.carry,
        embedding=settings.width if settings.coding == "embedding" else None,
    ),
    order=lambda settings: schedule.in_sequence(reset="epoch" if settings.carry else "batch"),
    ask=[probes.in_order(), after_repeated, said_from_the_first],
)

if __name__ == "__main__":
    main(experiment)
