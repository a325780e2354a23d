"""What `course.py start` does in good and in bad circumstances."""

import json
import socket
import sys
import time

import psutil
import pytest
from running import Running, copy_course

from paperclub.errors import CourseError
from paperclub.site import start


@pytest.fixture
def root(tmp_path):
    return copy_course(tmp_path / "der Kurs für alle")


def ended(running: Running) -> int:
    """Wait until a start that cannot succeed has said why."""
    code = running.process.wait(60)
    running._reader.join(10)
    return code


def test_start_says_where_and_how_to_stop_and_nothing_of_jupyters_log(root, tmp_path, free_port):
    running = Running(root, tmp_path / "home", free_port).wait_until_open()
    assert running.base == f"http://localhost:{free_port}/"
    assert len(running.token) > 20
    begun = time.monotonic()
    assert running.stop() == 0
    # Jupyter alone would ask, and wait five seconds for an answer.
    assert time.monotonic() - begun < 5 or "Stopped" in running.said
    assert "[y]" not in running.said
    assert "ServerApp" not in running.said
    assert len(running.said.strip().splitlines()) < 8


def test_taken_port_is_passed_over_and_named(root, tmp_path, free_port):
    with socket.create_server(("127.0.0.1", free_port)):
        running = Running(root, tmp_path / "home", free_port).wait_until_open()
    try:
        assert f"Port {free_port} is taken" in running.said
        assert f"localhost:{free_port}/" not in running.url
        assert running.ask("course")[0] == 200
    finally:
        running.stop()


def test_two_starts_at_once_work_on_two_ports(root, tmp_path, free_port):
    both = [Running(root, tmp_path / "home", free_port) for _ in range(2)]
    try:
        for running in both:
            running.wait_until_open()
        assert len({running.base for running in both}) == 2
        assert [running.ask("course/api/ping")[0] for running in both] == [200, 200]
    finally:
        for running in both:
            running.stop()


def test_missing_book_is_built_in_the_background_while_the_home_works(root, tmp_path, free_port):
    html = root / "_build" / "html"
    html.rename(html.with_name("away"))
    # A build that takes its time, in the place of one that takes minutes.
    building = "import time\n\ndef build(fresh=False):\n    time.sleep(600)\n"
    (root / "paperclub" / "site" / "book.py").write_text(building, encoding="utf-8")
    running = Running(root, tmp_path / "home", free_port).wait_until_open()
    try:
        assert "book is being built" in running.said
        assert json.loads(running.ask("course/api/book")[2])["state"] == "building"
        assert "Open lesson" in running.ask("course")[2]
        server = psutil.Process(running.process.pid)
        builds = [p for p in server.children(recursive=True) if "build" in p.cmdline()]
        assert builds
    finally:
        running.stop()
    psutil.wait_procs(builds, timeout=10)
    assert not any(build.is_running() for build in builds)


@pytest.mark.parametrize("port", [0, -1, 65536, 10**9])
def test_impossible_port_is_a_sentence(port):
    with pytest.raises(CourseError, match="Ports are 1 to 65535"):
        start.start(browser=False, port=port)


@pytest.mark.skipif(sys.platform == "win32", reason="a path below a device exists on POSIX only")
def test_home_that_cannot_be_written_to_is_a_sentence(root, tmp_path, free_port):
    running = Running(root, tmp_path / "home", free_port, HOME="/dev/null/home")
    assert ended(running) == 2
    assert "home directory" in running.said
    assert "Traceback" not in running.said


def test_folder_that_cannot_be_written_to_is_a_sentence(root, tmp_path, free_port):
    (root / "work").write_text("a file where the folder should be")
    running = Running(root, tmp_path / "home", free_port)
    assert ended(running) == 2
    assert "cannot be written" in running.said
    assert "Traceback" not in running.said


def test_server_that_does_not_start_leaves_its_log(root, tmp_path, free_port):
    config = tmp_path / "home" / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir(parents=True)
    config.write_text("c.ServerApp.certfile = '/nowhere/at-all.pem'\n")
    running = Running(root, tmp_path / "home", free_port, JUPYTER_CONFIG_DIR=str(config.parent))
    assert ended(running) == 2
    assert "JupyterLab did not start" in running.said
    assert "paperclub-start-" in running.said
    assert "Traceback" not in running.said


def test_broken_notebook_of_the_course_does_not_keep_it_from_starting(root, tmp_path, free_port):
    (root / "exercises" / "attention.ipynb").write_text("<<<<<<< HEAD")
    running = Running(root, tmp_path / "home", free_port).wait_until_open()
    try:
        assert "git checkout -- exercises/attention.ipynb" in running.said
        status, _, text = running.ask("course")
        assert status == 200
        assert "git checkout -- exercises/attention.ipynb" in text
    finally:
        running.stop()
