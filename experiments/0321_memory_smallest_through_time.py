"""0321 · Memory: the smallest network when the gradient passes through time.

Question   How small can the network be if the gradient goes through time, so that training teaches it to remember?
Source     memory tutorial, extension "Tuning", with whole sequences as samples
Shapes     x [2 sequences, 4 time steps, 5 features] one-hot · y [2, 4] symbol index
Look at    the grid of units and epochs, searched on seeds 0 to 19, beside that of 0320, where no gradient goes through
           time; the main run has the settings of the best cell and more seeds
"""

from lstm_lab import Experiment, datasets, framing, main, models, probes, schedule

experiment = Experiment(
    __file__,
    data=lambda settings, rng: framing.sequences(datasets.memory.pairs(), coding="one_hot"),
    model=lambda settings: models.lstm_classifier(settings.units, 5, return_sequences=True, activation="sigmoid"),
    order=lambda settings: schedule.truncated(*schedule.form(settings.form)),
    ask=[probes.in_order(), probes.final_loss()],
)

if __name__ == "__main__":
    main(experiment)
