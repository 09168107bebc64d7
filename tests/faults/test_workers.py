"""Processes and clusters that are killed, stopped, late or not alike: the same bytes as of an undisturbed run on
threads, or one line that says what is wrong."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

import clusters
import outside
import pytest
import tiny

pytestmark = pytest.mark.slow
pytest.importorskip("distributed")
long = pytest.mark.skipif(not outside.LONG, reason="a long form: make faults")
SEEDS = 16
RUN = ("run", "0930", "--variant", "main", "--variant", "deep", "--seeds", str(SEEDS), "--set", "epochs=1500")
RUN += ("--results", "runs")
RUNS = 2 * SEEDS
TWO = ("--workers", "2")
FEW = 5  # runs after which something happens
ORPHANS = 3  # seconds in which a process has to have ended after its parent


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What an undisturbed run on threads leaves."""
    folder = tiny.checkout(tmp_path_factory.mktemp("whole") / "tiny")
    assert outside.lab(folder, *RUN)[0] == 0
    return exported(folder)


@pytest.fixture
def folder(tmp_path):
    return tiny.checkout(tmp_path / "tiny")


@pytest.fixture
def cluster(tmp_path):
    with clusters.cluster(tmp_path / "dask") as made:
        yield made


def exported(folder):
    status, out, err = outside.lab(folder, "export", "0930", "--results", "runs")
    assert status == 0, err
    assert len(out.splitlines()) == RUNS
    return out


def recorded(folder):
    path = folder / "runs" / tiny.NAME / "runs.jsonl"
    return path.read_bytes().count(b'{"of"') if path.exists() else 0


def ended(process, within=outside.TIMEOUT):
    """(exit status, stdout, stderr) of a process; it is killed where it takes too long."""
    try:
        out, err = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, out, err


def parents():
    """The parent of each process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has ended
            continue
        if state != "Z":
            found[int(path.parent.name)] = int(parent)
    return found


def children(process):
    """The processes in which another one trains."""
    found = []
    for pid, parent in parents().items():
        try:
            if parent == process.pid and b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def gone(pids):
    clusters.waited(lambda: not set(pids) & parents().keys(), within=ORPHANS)
    return True


def after(folder, process, runs=FEW):
    clusters.waited(lambda: recorded(folder) >= runs, process, within=outside.TIMEOUT)


def interrupted(done, number, folder):
    """Asserts that a command ended as it does after a signal."""
    status, _, err = done
    assert status == 128 + number, done
    assert len(err.strip().splitlines()) == 1, err
    assert f"interrupted: {recorded(folder)} of {RUNS} seeds are kept; the same command does the rest" in err


@pytest.mark.parametrize("times", range(5) if outside.LONG else [0])
def test_a_process_that_is_killed_costs_nothing_but_time(folder, whole, times):
    process = outside.start(folder, *RUN, *TWO)
    before: list[int] = []
    for place in range(times + 1):
        after(folder, process, 1 + 4 * place)
        before = children(process)
        assert before
        os.kill(before[0], signal.SIGKILL)
    status, out, err = ended(process)
    assert (status, err) == (0, "")
    assert "Traceback" not in out
    assert gone(before)
    assert exported(folder) == whole


def test_a_parent_that_is_killed_leaves_no_process_behind(folder, whole):
    moments = random.Random(0)
    for kill in range(8 if outside.LONG else 1):
        process = outside.start(folder, *RUN, *TWO)
        if kill % 2 == 0:
            after(folder, process, min(recorded(folder) + moments.randint(1, 4), RUNS))
        else:  # as its processes start
            clusters.waited(partial(children, process), process)
            time.sleep(moments.uniform(0, 1))
        started = children(process)
        process.kill()
        ended(process)
        assert started
        assert gone(started)
    assert outside.lab(folder, *RUN, *TWO)[0] == 0
    assert exported(folder) == whole


SIGNALS = [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, True), (signal.SIGINT, False)]


@pytest.mark.parametrize(("number", "to_all"), SIGNALS if outside.LONG else SIGNALS[:1])
@pytest.mark.parametrize("early", [False, True] if outside.LONG else [True])
def test_a_signal_ends_processes_too_and_is_one_line(folder, whole, number, to_all, early):
    process = outside.start(folder, *RUN, *TWO, start_new_session=True)
    if early:  # before they can ignore it
        clusters.waited(lambda: len(children(process)) == 2, process)
    else:
        after(folder, process)
    started = children(process)
    (os.killpg if to_all else os.kill)(process.pid, number)
    interrupted(ended(process), number, folder)
    assert gone(started)
    assert outside.lab(folder, *RUN, *TWO)[0] == 0
    assert exported(folder) == whole


@long
def test_two_runs_into_one_folder_are_one(folder, whole):
    both = [ended(process) for process in [outside.start(folder, *RUN, *TWO) for _ in range(2)]]
    for done in both:
        assert done[0] == 0 or outside.refused(done, "another run is writing to it") is None
    assert 0 in [status for status, *_ in both]
    assert exported(folder) == whole


@long
@pytest.mark.parametrize("room", [0, 1000, 3000])
def test_a_full_disk_ends_processes_too(folder, whole, room):
    assert outside.lab(folder, *RUN, "--seeds", "2")[0] == 0
    most = (folder / "runs" / tiny.NAME / "runs.jsonl").stat().st_size + room
    before = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {resource.RLIM_INFINITY}))"
    # programs that JAX keeps would be cut short as well
    process = outside.start(folder, *RUN, *TWO, before=before, env={"JAX_ENABLE_COMPILATION_CACHE": "false"})
    outside.refused(ended(process), "cannot be written")
    assert outside.lab(folder, *RUN)[0] == 0
    assert exported(folder) == whole


def without_workers(folder, cluster):
    """A run that has begun on a cluster without workers."""
    process = outside.start(folder, *RUN, "--dask", cluster.address)
    assert process.stdout is not None
    assert any("has no workers yet: training begins when one joins" in line for line in process.stdout)
    return process


def test_workers_may_be_killed_and_join_late(folder, whole, cluster):
    process = without_workers(folder, cluster)
    first = cluster.worker()
    after(folder, process, 2)
    first.kill()
    second = cluster.worker()
    after(folder, process, recorded(folder) + 2)
    cluster.worker()
    if outside.LONG:
        second.kill()
    status, out, err = ended(process)
    assert (status, err) == (0, "")
    assert "Traceback" not in out
    assert exported(folder) == whole


@long
def test_a_scheduler_that_is_killed_is_one_line_and_the_same_command_goes_on(folder, whole, cluster):
    run = (*RUN, "--dask", cluster.address)
    cluster.worker()
    process = outside.start(folder, *run)
    after(folder, process)
    cluster.scheduler.kill()
    outside.refused(ended(process), f"the scheduler at {cluster.address} is gone: what is finished is kept")
    assert FEW <= recorded(folder) < RUNS
    cluster.restart()
    cluster.worker()
    assert outside.lab(folder, *run)[0] == 0
    assert exported(folder) == whole


@long
def test_a_scheduler_that_comes_back_at_once_is_waited_for(folder, whole, cluster):
    cluster.worker()
    process = outside.start(folder, *RUN, "--dask", cluster.address)
    after(folder, process)
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    cluster.restart()
    cluster.worker()
    assert ended(process)[0] == 0
    assert exported(folder) == whole


@long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_cluster_as_it_was(folder, whole, cluster, number):
    run = (*RUN, "--dask", cluster.address)
    worker = cluster.worker()
    process = outside.start(folder, *run)
    after(folder, process)
    process.send_signal(number)
    interrupted(ended(process), number, folder)
    assert worker.poll() is None
    assert outside.lab(folder, *run)[0] == 0
    assert exported(folder) == whole


def without(tmp_path, *packages):
    """A folder with all that is installed but some packages."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    for path in clusters.LIBRARIES.iterdir():
        if path.name.partition("-")[0] not in packages:
            (folder / path.name).symlink_to(path)
    return folder


def other_code(tmp_path):
    """A copy of the package that has one comment more."""
    ignored = shutil.ignore_patterns("__pycache__")
    package = shutil.copytree(clusters.ROOT / "lstm_lab", tmp_path / "other" / "lstm_lab", ignore=ignored)
    with open(package / "common" / "checks.py", "a") as file:
        file.write("# one more\n")
    return package.parent


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (lambda tmp_path: [clusters.LIBRARIES], "it cannot load lstm-lab (No module named 'lstm_lab'): install"),
        (
            lambda tmp_path: [other_code(tmp_path), clusters.LIBRARIES],
            "its lstm-lab 0.1.0 has other code than this one: install the same wheel",
        ),
        (
            lambda tmp_path: [clusters.ROOT, without(tmp_path, "jax", "jaxlib")],
            "it has no jax: install lstm-lab there with all it needs",
        ),
    ],
)
def test_a_worker_that_cannot_train_the_same_is_refused(folder, cluster, tmp_path, paths, says):
    cluster.worker(*paths(tmp_path))
    outside.refused(outside.lab(folder, *RUN, "--dask", cluster.address), f"--dask {cluster.address}: worker tcp", says)
    assert not (folder / "runs").exists()


@long
def test_a_worker_that_differs_and_joins_late_is_left_out(folder, whole, cluster, tmp_path):
    process = without_workers(folder, cluster)
    cluster.worker(other_code(tmp_path), clusters.LIBRARIES)
    cluster.worker()
    status, out, err = ended(process)
    assert (status, err) == (0, "")
    assert "is left out: its lstm-lab 0.1.0 has other code" in " ".join(out.split())
    assert exported(folder) == whole


@long
def test_a_worker_needs_the_wheel_and_nothing_else(folder, whole, cluster, tmp_path):
    ignored = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "results", "runs", "reproduced")
    tree = shutil.copytree(clusters.ROOT, tmp_path / "tree", ignore=ignored)
    (tree / "results").mkdir()
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(tmp_path))
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", *options, str(tree)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "unpacked")
    for _ in range(2):
        cluster.worker(tmp_path / "unpacked", clusters.LIBRARIES)
    assert outside.lab(folder, *RUN, "--dask", cluster.address)[0] == 0
    assert exported(folder) == whole


@long
@pytest.mark.parametrize("start", ["scheduled", "literal"])
def test_keras_leaves_the_same_bytes_wherever_it_trains(folder, cluster, start):
    keras = ("run", "0930", "--seeds", "3", "--trainer", "keras", "--start", start)
    cluster.worker()
    for name, more in (("alone", ()), ("processes", TWO), ("cluster", ("--dask", cluster.address))):
        status, _, err = outside.lab(folder, *keras, "--results", name, *more)
        assert (status, err) == (0, "")
    alone, *others = (
        outside.lab(folder, "export", "0930", "--results", name)[1] for name in ("alone", "processes", "cluster")
    )
    assert alone.count('"seed"') == 3
    assert others == [alone] * 2
