"""What every test shares: a data folder of its own, free ports, one browser."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from paperclub.checks.marks import STAGES, names_mark
from paperclub.threads import threads

# Two kernels or two test processes share a laptop's two cores: none of them may take both.
for name, number in threads(1).items():
    os.environ.setdefault(name, number)


@pytest.hookimpl(tryfirst=True)  # before any is left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that its stage would not find: stages look for marks in the files' text."""
    for item in items:
        for mark in STAGES:
            if item.get_closest_marker(mark) and not names_mark(item.path, mark):
                raise pytest.UsageError(f"{item.nodeid}: write pytest.mark.{mark} in this file.")


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """Keep every test away from the person's progress and log."""
    folder = tmp_path_factory.mktemp("paperclub-data")
    monkeypatch.setenv("PAPERCLUB_DATA", str(folder))
    return folder


@pytest.fixture
def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return the system's Chromium, Chrome or Edge; skip where there is none."""
    from paperclub.checks.chromium import find_chromium

    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine")
    return found


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator:
    """Return one browser for the session (Playwright's synchronous API); open contexts in it."""
    from playwright.sync_api import expect, sync_playwright

    from paperclub.checks.chromium import flags

    expect.set_options(timeout=20_000)  # milliseconds: another process has the second core
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=flags())
        yield running
        running.close()


@pytest.fixture
def visit(browser, addresses: dict[str, str]) -> Iterator:
    """Return a function that opens a page of ``addresses``; complaints fail at the end."""
    from figure_places import visits

    with visits(browser, addresses) as opened:
        yield opened


@pytest.fixture
def open_figure(browser, addresses: dict[str, dict[str, str]]) -> Iterator:
    """Return a function that opens the figure of a name in a place, of ``addresses``."""
    from figure_places import figure_on, visits

    with ExitStack() as opened:

        def open_one(name: str, place: str = "http", **options):
            visit = opened.enter_context(visits(browser, addresses[name]))
            page = "figure.html" if place == "alone" else f"{name}.html"
            return figure_on(visit(place, page, **options))

        yield open_one
