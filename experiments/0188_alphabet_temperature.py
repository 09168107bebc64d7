"""0188 · Alphabet, temperature: draw the next symbol.

Question   How does the temperature change the symbols that are drawn from a trained network?
Source     alphabet tutorial, an answer to readers who want several outputs: sample with a temperature
Shapes     x [pairs of the text, 1 time step, 1 one-hot symbol] · y symbol index
Look at    the symbols drawn after "a". In the text "a" follows "a" three times in four. At a temperature near 0 "a" is
           always drawn, at 1 as often as in the text, at a high temperature as often as any other symbol
"""

import numpy as np

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule


def text(settings, rng):
    """The text's pairs. ValueError, before any training, if no symbol follows `after` in the text."""
    framed = framing.time_steps(datasets.alphabet.pairs(1, settings.text), coding="one_hot")
    if framed.codec.code(settings.after) not in framed.inputs:
        raise ValueError(f"after is {settings.after!r}: nothing follows it in the text")
    return framed


def tempered(probabilities, temperature):
    """Probabilities to the power of 1 / temperature, scaled so that they sum to 1."""
    logits = np.log(np.maximum(probabilities.astype(float), 1e-30)) / temperature
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def drawn(asked):
    """What is drawn after `after`: how often its most common successor, and how far all counts are from the text's."""
    framed, settings = asked.framed, asked.settings
    code = framed.codec.code(settings.after)
    probabilities, _ = asked.predictor(np.array([[[code]]], np.int32), None)
    symbols = asked.rng.choice(framed.codec.classes, settings.draws, p=tempered(probabilities[0], settings.temperature))
    counts = np.bincount(symbols, minlength=framed.codec.classes)
    follows = np.bincount(framed.targets[framed.inputs[:, 0, 0] == code], minlength=framed.codec.classes)
    likeliest = int(follows.argmax())
    astray = np.abs(counts - settings.draws * follows / follows.sum()).sum() / 2
    return {
        "likeliest_drawn": probes.Measure(
            (int(counts[likeliest]), settings.draws),
            chance=settings.draws / framed.codec.classes,
            lines=[f"{settings.after} → {symbol} {n}" for symbol, n in zip(framed.codec.symbols, counts, strict=True)],
        ),
        "share_astray": probes.Measure(float(astray / settings.draws)),
        "distinct_drawn": probes.Measure((int((counts > 0).sum()), framed.codec.classes)),
    }


experiment = Experiment(
    __file__,
    data=text,
    model=lambda settings: models.lstm_classifier(settings.units, classes=len(set(settings.text))),
    order=schedule.shuffled(),
    ask=[probes.in_order(), drawn],
)

if __name__ == "__main__":
    main(experiment)
