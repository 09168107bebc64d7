"""0770 · Ten applications, and the model of each.

Question   Which of the four models is each application, if one counts the time steps of a network that can do it?
Source     book, chapter 5, mapping applications to models; time steps as output features
Shapes     printed for each: [time steps, features] in → [time steps, features] or [features] out
Look at    several steps ahead as one vector: counted in time steps, that is many-to-one
"""

from lstm_lab import Lesson, main, models
from lstm_lab.models import LSTM, Adam, Architecture, Dense, Flatten, RepeatVector

UNITS, WORDS = 4, 20


def one_to_many(outputs):
    """One vector in, at every output step again; WORDS outputs at each."""
    recurrence = (Flatten(), RepeatVector(outputs), LSTM(UNITS, return_sequences=True))
    return Architecture((*recurrence, Dense(WORDS, "softmax", time_distributed=True)), optimizer=Adam())


def applications():
    """Name → (time steps in, features in, the network)."""
    return {
        "univariate_forecasting": (24, 1, models.lstm_regressor(UNITS)),
        "multivariate_forecasting": (24, 3, models.lstm_regressor(UNITS)),
        "multi_step_forecasting": (24, 1, models.lstm_decoder(UNITS, 2, 6)),
        "series_classification": (24, 3, models.lstm_classifier(UNITS, 2)),
        "image_captioning": (1, 64, one_to_many(8)),  # one image, as the features that another network found
        "video_description": (16, 64, models.lstm_decoder(UNITS, WORDS, 8)),
        "sentiment_analysis": (30, WORDS, models.lstm_classifier(UNITS, 2)),
        "speech_recognition": (100, 13, models.lstm_decoder(UNITS, WORDS, 8)),
        "text_translation": (10, WORDS, models.lstm_decoder(UNITS, WORDS, 12)),
        "text_summarization": (30, WORDS, models.lstm_decoder(UNITS, WORDS, 5)),
        "multi_step_as_a_vector": (24, 1, models.lstm_regressor(UNITS, 6)),  # six steps as six features
    }


def built(steps, features, network):
    """(the model's kind, its shapes), from a Keras model and not from its name."""
    shape = network.to_keras((1, steps, features)).output_shape[1:]
    many = "many" if len(shape) == 2 and shape[0] > 1 else "one"
    return f"{'many' if steps > 1 else 'one'}-to-{many}", f"[{steps}, {features}] → {list(shape)}"


def measures(settings, rng):
    made = {name: built(*one) for name, one in applications().items()}
    return {name: kind for name, (kind, _) in made.items()} | {f"{name}_shapes": s for name, (_, s) in made.items()}


def show(settings):
    return [f"{name}: {kind}, {shapes}" for name, (kind, shapes) in ((n, built(*a)) for n, a in applications().items())]


lesson = Lesson(__file__, show=show, measures=measures)

if __name__ == "__main__":
    main(lesson)
