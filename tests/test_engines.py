"""Engines: what is trained elsewhere leaves the same bytes, and whatever ends, fails or comes late, nothing is lost."""

import json
import pickle
import random
from collections import Counter, defaultdict
from concurrent.futures import BrokenExecutor, Future
from contextlib import nullcontext
from dataclasses import replace
from threading import Event

import pytest
import tiny

from lstm_lab.suite import catalogue, dispatch
from lstm_lab.suite.dispatch import Failed, trained
from lstm_lab.suite.engines import Engine, Part, Processes, Slot, Threads, travelling
from lstm_lab.suite.engines.processes import Remote
from lstm_lab.suite.planning import Request, planned
from lstm_lab.suite.results import Store, canonical
from lstm_lab.suite.running import Progress, run
from lstm_lab.suite.training import Outcome


@pytest.fixture
def folder(tmp_path):
    return tiny.checkout(tmp_path)


def load(folder):
    return catalogue.load_script(folder / "experiments" / f"{tiny.NAME}.py")


class _Pickled:
    """An executor that does at once what it is given, as another process would: from bytes, and with no more than they
    say."""

    def submit(self, call, *given) -> Future:
        future: Future = Future()
        try:
            call, given = pickle.loads(pickle.dumps((call, given)))
            future.set_result(pickle.loads(pickle.dumps(call(*given))))
        except Exception as error:
            future.set_exception(error)
        return future


class Elsewhere(Remote):
    """Two places of another process, but in this one."""

    def __init__(self):
        super().__init__()
        travelling._loaded.clear()
        self._slots = [Slot(f"place {number}", _Pickled()) for number in range(2)]

    def slots(self, wanted):
        return self._slots


def noting(engine):
    """The engine, with a list of the blocks that it is given: (variant, seeds)."""
    engine.blocks, submit = [], engine.submit

    def noted(slot, part, stamps, told, stop):
        engine.blocks.append((part.variant, [stamp["seed"] for stamp in stamps]))
        return submit(slot, part, stamps, told, stop)

    engine.submit = noted
    return engine


def exported(folder, engine, results, **request):
    """What runs leave that an engine trains, in the form in which exports are compared."""
    with engine:
        run(load(folder), Request(**{"seeds": tuple(range(12))} | request), folder / results, engine=engine)
    store = Store(folder / results, tiny.NAME)
    curves = sorted(store.curves(), key=lambda curve: (curve["variant"], curve["seed"]))
    return canonical(store.records()), curves


@pytest.mark.parametrize("other", [Elsewhere, pytest.param(lambda: Processes(2), marks=pytest.mark.slow)])
def test_processes_leave_the_bytes_that_threads_leave(folder, other):
    other = noting(other())
    found = exported(folder, other, "elsewhere", variants=("main", "deep"))
    assert found == exported(folder, Threads(2), "here", variants=("main", "deep"))
    assert found[0].count('"seed"') == 24
    assert max(len(seeds) for _, seeds in other.blocks) > 1
    measured = {
        line["variant"]: line["measures"] for line in map(json.loads, found[0].splitlines()) if not line["seed"]
    }
    assert measured["main"] != measured["deep"]


def test_a_run_that_fails_leaves_those_beside_it_alone(folder):
    class Kept(Progress):
        failures = 0

        def stopping(self, stop):
            self.stop = stop
            return nullcontext()

        def failed(self, record):
            self.failures += 1
            assert not self.stop.is_set()

    request = Request(seeds=(0, 1, 2, 3, 4), overrides={"bad": 25}, failures="kept")
    kept = Kept()
    records = run(load(folder), request, folder / "runs", kept, Threads(2))
    assert [record["seed"] for record in records] == [0, 2, 4]
    assert kept.failures == 2


def test_data_from_elsewhere_and_settings_travel(folder, monkeypatch):
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "mine.txt").write_text("E F G H")
    monkeypatch.chdir(folder / "elsewhere")
    given = {"seeds": (0, 1), "overrides": {"data": "mine.txt", "units": 5}}

    def gone(self, stop):  # when the run begins, the files have been read
        (folder / "elsewhere" / "mine.txt").unlink(missing_ok=True)
        return nullcontext()

    here = exported(folder, Threads(1), folder / "here", **given)
    monkeypatch.setattr(Progress, "stopping", gone)
    assert exported(folder, Elsewhere(), folder / "there", **given) == here


def test_a_script_that_is_edited_in_mid_run_trains_nothing_else(folder):
    class Edited(Elsewhere):
        def submit(self, slot, part, *given):
            future = super().submit(slot, part, *given)
            for path in (folder / "experiments").glob("*.py"):
                path.write_text("raise ValueError('edited')")
            return future

    script = (folder / "experiments" / f"{tiny.NAME}.py").read_text()
    found = exported(folder, Edited(), "there", variants=("main", "deep"))
    (folder / "experiments" / f"{tiny.NAME}.py").write_text(script)
    assert found == exported(folder, Threads(1), "here", variants=("main", "deep"))


def sent(folder, settings=None, digest=None):
    """What a worker answers that is sent the experiment."""
    (part,) = planned(load(folder), Request())
    parcel = travelling.Parcel(tiny.NAME, travelling.files_of(part.experiment), part.settings.contents())
    recorded = part.settings.recorded() | (settings or {})
    return travelling.train(digest or parcel.digest, None if digest else parcel, recorded, part.stamps, None)


def test_a_worker_knows_what_it_was_sent_and_asks_for_what_it_was_not(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(travelling.tempfile, "tempdir", str(tmp_path))
    travelling._loaded.clear()
    assert sent(folder, digest="other") is None
    assert len(sent(folder)) == 1
    assert len(sent(folder, digest=next(iter(travelling._loaded)))) == 1
    assert list(tmp_path.glob("lstm-lab-*")) == []
    with pytest.raises(travelling.Changed, match=r"^0930_tiny: its TOML file or its data .* start again$"):
        sent(folder, settings={"units": 4})


def test_what_cannot_be_sent_is_said(folder):
    experiment = load(folder)
    experiment.config  # noqa: B018 (it is read before)
    (folder / "experiments" / f"{tiny.NAME}.py").unlink()
    with pytest.raises(ValueError, match=r"0930_tiny\.py: No such file or directory; other processes need it"):
        travelling.files_of(experiment)


def test_a_parcel_is_known_by_all_that_it_has(folder):
    one = travelling.Parcel("a", {"b": b"c"}, {})
    content = replace(next(iter(planned(load(folder), Request())[0].settings.contents().values())))
    others = [
        travelling.Parcel("b", {"b": b"c"}, {}),
        travelling.Parcel("a", {"b": b"d"}, {}),
        travelling.Parcel("a", {"c": b"c"}, {}),
        travelling.Parcel("a", {"b": b"c"}, {("data", "own"): content}),
        travelling.Parcel("a", {"b": b"c"}, {("data", "own"): replace(content, content=b"E F G H")}),
    ]
    assert len({each.digest for each in (one, *others)}) == 6
    assert one.digest == travelling.Parcel("a", {"b": b"c"}, {}).digest


def test_what_dask_draws_does_not_disturb_what_keras_draws(monkeypatch):
    sizeof = pytest.importorskip("dask.sizeof")
    monkeypatch.setattr(sizeof, "random", random)  # as in a worker that has just begun
    travelling.about()
    random.seed(1)
    before = random.getstate()
    sizeof.sizeof(list(range(1000)))
    assert random.getstate() == before


def test_a_worker_that_differs_is_told_apart():
    mine = travelling.About(1, "code", {"lstm-lab": "1", "numpy": "2", "jax": "3"})
    assert mine.differs(replace(mine, process=2)) == ""
    for other, says in (
        ({"numpy": "2.1"}, "it has numpy 2.1, and here is 2: install the same version"),
        ({"jax": ""}, "it has no jax: install lstm-lab there with all it needs"),
        ({"lstm-lab": "0.9"}, "it has lstm-lab 0.9, and here is 1: install the same version"),
    ):
        assert mine.differs(replace(mine, versions=mine.versions | other)) == says
    assert mine.differs(replace(mine, code="other")) == (
        "its lstm-lab 1 has other code than this one: install the same wheel"
    )
    assert {"numpy", "jax", "jaxlib", "keras", "tensorflow"} < travelling.about().versions.keys()


class Fake(Engine):
    """An engine whose places do what a test says.

    answer  (slot's name, part, seeds) → what the runs' future gives: None for outcomes, an exception to raise, "send
            again", or "never"
    """

    together = True

    def __init__(self, answer=lambda *asked: None, places=1, sizes=lambda seconds: 1, blame=True):
        self._answer, self._sizes, self._blame, self._started = answer, sizes, blame, 0
        self._places = [self._start() for _ in range(places)]
        self.blocks: list[tuple[str, str, list[int]]] = []
        self.stopped = False

    def _start(self):
        self._started += 1
        return Slot(f"place {self._started - 1}", None)

    def slots(self, wanted):
        return list(self._places)

    def block(self, seconds):
        return self._sizes(seconds)

    def lost(self, slot):
        if slot in self._places:
            self._places[self._places.index(slot)] = self._start()
        return self._blame

    def stop(self):
        self.stopped = True

    def submit(self, slot, part, stamps, told, stop):
        seeds = [stamp["seed"] for stamp in stamps]
        self.blocks.append((slot.name, part.variant, seeds))
        future: Future = Future()
        match self._answer(slot.name, part, seeds):
            case None:
                future.set_result([Outcome(stamp, {}, {}, part.cost) for stamp in stamps])
            case BaseException() as error:
                future.set_exception(error)
            case "send again":
                future.set_result(None)
            case "leaves":
                self._places.remove(slot)
        return future


def part(variant="main", seeds=3, **more):
    """A part of so many seeds, for an engine that trains nothing."""
    of = {"config": variant, "variant": variant, "start": "scheduled", "trainer": "compiled"}
    return Part(None, variant, None, [of | {"seed": seed} for seed in range(seeds)], **{"program": variant} | more)


def results(engine, *parts, stop=None, keep=False):
    """What becomes of all runs: variant and seed → "trained", or the reason of the failure; each is given out once."""
    found: dict[tuple[str, int], str] = {}
    stop = stop or Event()
    try:
        for one, result in trained({each: each.stamps for each in parts}, engine, lambda *_: None, stop, keep):
            name = one.variant, result.stamp["seed"]
            assert name not in found
            found[name] = result.reason if isinstance(result, Failed) else "trained"
    except (Exception, KeyboardInterrupt) as error:
        found["raised", 0] = error
    return found


def all_trained(variant="main", seeds=3):
    return {(variant, seed): "trained" for seed in range(seeds)}


def once(wrong, of=()):
    """Answers `wrong` the first time that one of the seeds is in a block."""
    seen = set()

    def answer(slot, part, seeds):
        for seed in set(seeds) & set(of) - seen:
            seen.add(seed)
            return wrong
        return None

    return answer


def test_the_runs_of_a_worker_that_ends_are_trained_elsewhere():
    engine = Fake(once(BrokenExecutor("gone"), of=[1]))
    assert results(engine, part()) == all_trained()
    assert engine.blocks[1:3] == [("place 0", "main", [1]), ("place 1", "main", [1])]


def test_the_runs_of_a_worker_that_ended_while_it_had_nothing_to_do_are_trained_elsewhere():
    engine, submit = Fake(), Fake.submit

    def dead(slot, *given):
        if slot.name == "place 0":  # as an executor of processes says
            raise BrokenExecutor("gone")
        return submit(engine, slot, *given)

    engine.submit = dead
    assert results(engine, part()) == all_trained()


def test_a_run_that_ends_its_worker_each_time_fails():
    def answer(slot, part, seeds):
        return BrokenExecutor("gone") if 1 in seeds else None

    says = f"seed 1: its worker ended {dispatch.LOSSES} times while it trained, as if out of memory"
    engine = Fake(answer)
    assert results(engine, part(), keep=True) == all_trained() | {("main", 1): says}
    assert Counter(seed for _, _, seeds in engine.blocks for seed in seeds) == {0: 1, 1: dispatch.LOSSES, 2: 1}
    found = results(Fake(answer, sizes=lambda seconds: 2), part())
    assert (type(found["raised", 0]), str(found["raised", 0])) == (MemoryError, says)


def test_a_loss_that_is_no_fault_of_a_run_does_not_count():
    left = Counter({1: dispatch.LOSSES + 2})

    def answer(slot, part, seeds):
        left.subtract(seeds)
        return BrokenExecutor("the scheduler is gone") if left[seeds[0]] > 0 else None

    assert results(Fake(answer, blame=False), part()) == all_trained()


def test_of_a_block_that_ends_its_worker_each_run_is_sent_alone():
    def answer(slot, part, seeds):
        return BrokenExecutor("gone") if 2 in seeds else None

    engine = Fake(answer, sizes=lambda seconds: 3)
    found = results(engine, part(seeds=6), keep=True)
    assert found.pop(("main", 2)).startswith("seed 2: its worker ended")
    assert set(found.values()) == {"trained"}
    assert engine.blocks[0] == ("place 0", "main", [0, 1, 2])
    assert [seeds for _, _, seeds in engine.blocks[1:4]] == [[0], [1], [2]]


def test_of_a_block_in_which_a_run_fails_the_others_are_kept():
    def answer(slot, part, seeds):
        return ArithmeticError("seed 1: not a\nnumber") if 1 in seeds else None

    block = {"sizes": lambda seconds: 3}
    engine = Fake(answer, **block)
    assert results(engine, part(seeds=6), keep=True) == all_trained(seeds=6) | {("main", 1): "seed 1: not a number"}
    assert [seeds for _, _, seeds in engine.blocks[:4]] == [[0, 1, 2], [0], [1], [2]]
    found = results(Fake(answer, **block), part(seeds=6))
    assert isinstance(found.pop(("raised", 0)), ArithmeticError)
    assert found == {("main", 0): "trained"}


def test_an_error_ends_all_after_the_runs_in_training_are_given_out():
    engine = Fake(once(ValueError("wrong"), of=[0]), places=3)
    found = results(engine, part(seeds=9))
    assert isinstance(found.pop(("raised", 0)), ValueError)
    assert found == {("main", 1): "trained", ("main", 2): "trained"}
    assert engine.stopped


@pytest.mark.parametrize("error", [OSError(28, "full"), travelling.Changed("start again"), ImportError("no jax")])
def test_what_is_no_fault_of_a_run_ends_a_sweep_too(error):
    assert results(Fake(once(error, of=[1])), part(), keep=True) == {("main", 0): "trained", ("raised", 0): error}


def test_memory_that_is_full_is_a_failure_of_a_run():
    for error in (MemoryError(), RuntimeError("RESOURCE_EXHAUSTED: out of\nmemory")):
        said = " ".join(str(error).split()) or "MemoryError"
        assert results(Fake(once(error, of=[1])), part(), keep=True) == all_trained() | {("main", 1): said}


def test_a_place_that_does_not_know_the_experiment_is_sent_it_again():
    known, engine = [], Fake(once("send again", of=[1]))
    submit = engine.submit

    def noted(slot, *given):
        known.append(set(slot.has))
        slot.has.add("it")
        return submit(slot, *given)

    engine.submit = noted
    assert results(engine, part()) == all_trained()
    assert known == [set(), {"it"}, set(), {"it"}]


def test_what_a_place_trains_that_has_left_is_trained_elsewhere():
    engine = Fake(once("leaves", of=[1]), places=2)
    assert results(engine, part(seeds=4)) == all_trained(seeds=4)
    assert {slot for slot, _, _ in engine.blocks[2:]} == {"place 0"}


def test_a_stop_gives_out_what_is_finished_and_ends_the_rest_without_a_failure(monkeypatch):
    monkeypatch.setattr(dispatch, "LOSSES", 1)
    stop, parts = Event(), part(seeds=9)
    engine = Fake(lambda slot, part, seeds: "never" if seeds[0] > 1 else None, places=5)
    futures: dict[int, Future] = {}
    submit = engine.submit

    def stopped(slot, part, stamps, *given):
        future = futures[stamps[0]["seed"]] = submit(slot, part, stamps, *given)
        if len(futures) == 5:
            stop.set()
        return future

    def ended():
        if not futures[2].done():
            futures[2].set_result([Outcome(parts.stamps[2], {}, {}, 1.0)])
            futures[3].set_exception(BrokenExecutor("ended"))
            futures[4].set_exception(ValueError("wrong"))

    engine.submit, engine.stop = stopped, ended
    found = results(engine, parts, stop=stop, keep=True)
    assert isinstance(found.pop(("raised", 0)), KeyboardInterrupt)
    assert found == all_trained(seeds=3)
    assert set(futures) == set(range(5))
    engine = Fake()
    assert [type(found) for found in results(engine, part(), stop=stop).values()] == [KeyboardInterrupt]
    assert engine.stopped
    assert engine.blocks == []


def test_a_caller_who_wants_no_more_ends_the_training():
    engine, stop = Fake(), Event()
    given = trained({each: each.stamps for each in [part()]}, engine, lambda *_: None, stop)
    next(given)
    given.close()
    assert engine.stopped
    assert stop.is_set()


def test_while_no_place_is_there_nothing_spins(monkeypatch):
    engine, waits = Fake(places=0), []

    def joins(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            engine._places.append(engine._start())

    monkeypatch.setattr(dispatch.time, "sleep", joins)
    assert results(engine, part()) == all_trained()
    assert waits == [dispatch.TICK] * 3


def test_blocks_grow_with_speed_and_leave_work_for_all():
    engine = Fake(sizes=Elsewhere().block, places=2)
    results(engine, part(seeds=40, cost=0.1))
    sizes = [len(seeds) for _, _, seeds in engine.blocks]
    assert sizes[:2] == [1, 1]
    assert sizes[2] == 10  # a quarter of what is left, and less than 40, which four seconds are enough for
    assert sizes[-1] == 1
    slow = Fake(sizes=Elsewhere().block)
    results(slow, part(seeds=8, cost=5.0))
    assert {len(seeds) for _, _, seeds in slow.blocks} == {1}
    assert Elsewhere().block(0.1) == 40


def test_runs_that_share_a_program_stay_on_a_place():
    programs = {"a": 1, "b": 2, "other": 3, "c": 1, "d": 2}
    engine = Fake(places=2)
    results(engine, *(part(name, seeds=6, program=program) for name, program in programs.items()))
    on = defaultdict(list)
    for slot, variant, _ in engine.blocks:
        on[slot].append(programs[variant])
    assert on["place 0"][:13] == [1] * 12 + [3]
    assert on["place 1"][:13] == [2] * 12 + [3]


def test_a_place_without_a_program_of_its_own_helps_where_most_is_left():
    engine = Fake(places=3)
    results(engine, part("short", seeds=2, cost=1.0), part("long", seeds=9, cost=2.0))
    assert engine.blocks[:3] == [("place 0", "short", [0]), ("place 1", "long", [0]), ("place 2", "long", [1])]


def test_each_place_is_sent_an_experiment_once(folder):
    engine, sizes = Elsewhere(), []
    for slot in engine.slots(0):
        submit = slot.executor.submit
        slot.executor.submit = lambda call, digest, parcel, *given, submit=submit: (
            sizes.append(parcel is not None) or submit(call, digest, parcel, *given)
        )
    exported(folder, engine, "there", variants=("main", "deep"))
    assert sum(sizes) == 2 < len(sizes)


def test_processes_that_end_as_they_start_are_given_up(monkeypatch):
    class Ends:
        def submit(self, *given):
            future: Future = Future()
            future.set_exception(BrokenExecutor("no memory"))
            return future

        def shutdown(self, **options): ...

    engine = Processes(1)
    monkeypatch.setattr(engine, "_start", lambda number: Slot("process", Ends()))
    for _ in range(3):
        assert engine.slots(1) == []
    with pytest.raises(ValueError, match=r"^a process to train in ends as it starts \(no memory\): use fewer"):
        engine.slots(1)
