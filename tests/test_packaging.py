"""What pyproject.toml declares, and the files that must agree with it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import lstm_lab

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ["requirements.lock", "requirements-oldest.lock"]


def requirements():
    """The declared dependencies, those for development among them."""
    return [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]


def locked(name):
    """A lock file's versions by name."""
    pairs = (line.split("==") for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return {canonicalize_name(name): Version(version) for name, version in pairs}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_plain_lines_of_a_name_and_a_version(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
    assert len(locked(name)) == len(lines)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_every_dependency_at_a_version_that_is_allowed(name):
    versions = locked(name)
    allowed = {canonicalize_name(each.name): each.specifier for each in requirements()}
    assert {each: str(versions.get(each)) for each in allowed if versions.get(each) not in allowed[each]} == {}


def test_the_set_up_builds_with_the_setuptools_of_the_lock():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert {Requirement(each).name for each in build} == {"setuptools"}
    setuptools, package = re.findall(r"^\t.*\$\(INSTALL\) (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert setuptools == "--constraint $(filter %.lock,$^) setuptools"
    assert "--no-build-isolation" in package


def test_the_oldest_versions_are_the_lower_bounds():
    versions = locked("requirements-oldest.lock")
    for requirement in requirements():
        (bound,) = requirement.specifier
        assert bound.operator == ">=", requirement
        assert versions[canonicalize_name(requirement.name)] == Version(bound.version), requirement


def test_the_extra_for_gpus_asks_for_no_other_jax():
    (gpu,) = map(Requirement, PROJECT["optional-dependencies"]["gpu"])
    assert gpu.specifier == next(each.specifier for each in requirements() if each.name == gpu.name)


def test_one_version_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PROJECT["version"] == lstm_lab.__version__
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [PROJECT["version"]]
    assert f"\n## {PROJECT['version']}\n" in (ROOT / "CHANGES.md").read_text(encoding="utf-8")
