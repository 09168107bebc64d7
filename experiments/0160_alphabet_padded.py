"""0160 · Alphabet, padded: everything said so far, left-padded to 25 time steps.

Question   Does a stateless network given every prefix do what the stateful one does with carried state?
Source     alphabet tutorial, remark after the stateful network (described there, never run)
Shapes     x [25 samples, 25 time steps, 1 feature] float32 · y [25] letter index
Look at    K after A to J (must be L); K alone; and how many more epochs it needs than the stateful network
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    # Masked, letters are coded 1 to 26, so that 0 is padding alone; unmasked, as in the source, it is the letter A too.
    data=lambda settings, rng: framing.padded(datasets.alphabet.prefixes(), steps=25, offset=int(settings.masked)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26, mask=0.0 if settings.masked else None),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.walk("A"), probes.cold_start("K", steps=5), probes.warmed_up("A…J", "K")],
)

if __name__ == "__main__":
    main(experiment)
