"""0160 · Alphabet, padded: all letters so far, left-padded to 25 time steps.

Question   Does a stateless network that is given every prefix do what the stateful network does with carried state?
Source     alphabet tutorial, remark after the stateful network (described there, but not run)
Shapes     x [25 samples, 25 time steps, 1 feature] float32 · y [25] letter index
Look at    the answer to K after A to J, which should be L; the answer to K alone; and how many epochs it needs
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    # With a mask the letters have the codes 1 to 26 and 0 is padding only. Without one, as in the source, 0 is also A.
    data=lambda settings, rng: framing.padded(datasets.alphabet.prefixes(), steps=25, offset=int(settings.masked)),
    model=lambda settings: models.lstm_classifier(settings.units, classes=26, mask=0.0 if settings.masked else None),
    order=schedule.shuffled(),
    ask=[probes.in_order(), probes.walk("A"), probes.cold_start("K", steps=5), probes.warmed_up("A…J", "K")],
)

if __name__ == "__main__":
    main(experiment)
