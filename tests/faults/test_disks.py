"""Disks that are full, fail or are not there: one line, and what was recorded stays."""

import errno
import itertools
import os
import resource
import stat

import made_up
import outside
import pytest

pytestmark = pytest.mark.slow
RECORDED = 40
FAILING = """
import errno, os, sys
place, event = os.environ["PLACE"], os.environ["EVENT"]
number, error = int(os.environ["NUMBER"]), int(os.environ["ERROR"])
seen, sync = 0, os.fsync
def fail(*_):
    global seen
    seen += 1
    if seen >= number:
        raise OSError(error, os.strerror(error))
def heard(name, details):
    writes = name == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_APPEND)
    if (writes and event == "open" or name == event != "open") and place in os.fsdecode(str(details[0])):
        fail()
def synced(descriptor):
    fail()
    return sync(descriptor)
if event == "fsync":
    os.fsync = synced
sys.addaudithook(heard)
"""


@pytest.fixture
def folder(tmp_path):
    """A made-up checkout with some recorded runs."""
    made_up.checkout(tmp_path)
    assert outside.lab(tmp_path, "run", "0910", "--seeds", str(RECORDED), "--results", "runs")[0] == 0
    return tmp_path


def seeds(folder):
    return outside.lab(folder, "export", "0910", "--results", "runs")[1].count('"seed"')


ERRORS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.ESTALE]
EVENTS = ["open", "fsync", "os.rename", "os.mkdir"]
CASES = [(event, error, number) for event in EVENTS for error in ERRORS for number in (1, 2, 5)]
SHORT = [("open", errno.EROFS, 1), ("open", errno.ENOSPC, 2), ("fsync", errno.EIO, 2), ("os.rename", errno.ENOSPC, 1)]


@pytest.mark.parametrize(("event", "error", "number"), CASES if outside.LONG else SHORT)
def test_an_operation_that_fails_is_one_line_and_loses_nothing(folder, event, error, number):
    env = {"PLACE": str(folder / "runs"), "EVENT": event, "NUMBER": str(number), "ERROR": str(error)}
    run = ("run", "0910", "--seeds", str(RECORDED + 20), "--results", str(folder / "runs"))
    status, out, err = done = outside.lab(folder, *run, before=FAILING, env=env)
    assert "Traceback" not in out + err
    if status:  # some operations come too seldom to fail at that number
        outside.refused(done, os.strerror(error))
    assert RECORDED <= seeds(folder) <= RECORDED + 20
    assert outside.lab(folder, *run)[0] == 0
    assert seeds(folder) == RECORDED + 20


@pytest.mark.parametrize("room", [0, 100, 1000, 4000] if outside.LONG else [100])
def test_a_file_that_may_grow_no_more_is_one_line_and_loses_nothing(folder, room):
    runs = folder / "runs" / "0910_coin" / "runs.jsonl"
    most = runs.stat().st_size + room
    before = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {resource.RLIM_INFINITY}))"
    run = ("run", "0910", "--seeds", "200", "--results", "runs")
    outside.refused(outside.lab(folder, *run, before=before), "cannot be written")
    assert seeds(folder) >= RECORDED
    assert outside.lab(folder, *run)[0] == 0
    assert seeds(folder) == 200


def something_else(kind, path):
    """Puts something that is no file, or no folder, in a path's place."""
    match kind:
        case "file":
            path.write_text("mine")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link to nowhere":
            path.symlink_to(path.with_name("nowhere") / "at all")
        case "link to itself":
            path.symlink_to(path)


NAMES = ["runs.jsonl", "histories.jsonl", "REPORT.md", ".lock"]
KINDS = ["folder", "pipe", "link to itself", "link to nowhere"]
PLACED = list(itertools.product(NAMES, KINDS))


@pytest.mark.parametrize(("name", "kind"), PLACED if outside.LONG else [("runs.jsonl", "pipe"), ("REPORT.md", "pipe")])
def test_what_is_no_file_in_a_files_place_is_refused_and_stays(folder, name, kind):
    path = folder / "runs" / "0910_coin" / name
    path.unlink(missing_ok=True)
    something_else(kind, path)
    before = stat.S_IFMT(path.lstat().st_mode)
    status, out, err = outside.lab(folder, "run", "0910", "--seeds", "60", "--results", "runs")
    assert "Traceback" not in out + err
    assert status in (0, 2)
    assert stat.S_IFMT(path.lstat().st_mode) == before or (name, kind[:4]) == ("REPORT.md", "link")


WRONG = ["file", "file/in", "loop", "/dev/null/runs", "a" * 300, ""]


@pytest.mark.parametrize("results", WRONG if outside.LONG else WRONG[-2:])
def test_a_results_folder_that_cannot_be_is_refused(folder, results):
    (folder / "file").write_text("mine")
    (folder / "loop").symlink_to("loop")
    for command in ("run", "report", "export"):
        outside.refused(outside.lab(folder, command, *["0910"][: command != "report"], "--results", results))
    assert (folder / "file").read_text() == "mine"
