"""0328 · Memory: one update a sequence instead of one a step.

Question   The tutorial makes an update for every symbol: is one update for a whole sequence better?
Source     memory tutorial, extension "Batch Learning"; the book's chapter 2 for TBPTT(k1, k2)
Shapes     x [2 sequences, 4 time steps, 5 features] one-hot · y [2, 4] symbol index
Look at    the forms k1,k2: an update every k1 steps, its gradient k2 steps back. 1,1 is the tutorial's training;
           n,n makes one update a sequence; 1,n makes an update at each step, with a gradient through time
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
