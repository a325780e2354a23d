"""The course's pages on the Jupyter server: who may see them, and what they say."""

import json
import time
from types import SimpleNamespace

import pytest
from running import TASK, Running, copy_course, write_notebook

from paperclub import paths
from paperclub.curriculum import syllabus
from paperclub.errors import CourseError
from paperclub.learner.copies import CopyState
from paperclub.learner.places import Place
from paperclub.site import background, home
from paperclub.site.background import BookBuild
from paperclub.site.server import OpenCopy


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A started course, in a folder with a space and a letter that is not ASCII."""
    folder = tmp_path_factory.mktemp("Kurs für alle")
    root = copy_course(folder / "der Kurs")
    running = Running(root, folder / "home", port=18880).wait_until_open()
    yield running
    running.stop()


PAGES = [
    "course",
    "course/",
    "course/static/home.css",
    "course/open/chapters/attention",
    "book",
    "book/",
    "book/chapters/attention.html",
]
ANSWERS = ["course/api/ping", "course/api/state", "course/api/book"]


@pytest.mark.parametrize("path", PAGES)
def test_without_login_a_page_leads_to_the_login(course, path):
    status, headers, text = course.ask(path, login=False)
    assert status == 302
    assert "/login?next=" in headers["Location"]
    assert not text


@pytest.mark.parametrize("path", ANSWERS)
def test_without_login_a_program_is_refused(course, path):
    assert course.ask(path, login=False)[0] == 403


def test_a_build_cannot_be_started_without_login_or_from_another_site(course):
    assert course.ask("course/api/book", "POST", login=False)[0] == 403
    status, headers, _ = course.ask("course?token=" + course.token, login=False)
    assert status == 200
    cookie = "; ".join(set_.split(";")[0] for set_ in headers.get_all("Set-Cookie"))
    for given in ({}, {"Origin": "http://elsewhere.example"}):
        status, _, _ = course.ask("course/api/book", "POST", login=False, Cookie=cookie, **given)
        assert status in (403, 404), given
    assert json.loads(course.ask("course/api/book")[2])["state"] == "built"


@pytest.mark.parametrize(
    "path",
    [
        "book/../../paperclub/cli.py",
        "book/%2e%2e/%2e%2e/paperclub/cli.py",
        "book/..%2f..%2fpaperclub%2fcli.py",
        "book/chapters/../../../course.py",
        "book//etc/passwd",
        "course/static/../server.py",
        "course/static/%2e%2e/server.py",
        "course/open/chapters/..%2f..%2fsecret",
        "course/open/solutions/attention",
    ],
)
def test_no_path_leads_out_of_what_is_served(course, path):
    status, _, text = course.ask(path)
    assert status in (400, 403, 404)
    assert "import " not in text
    assert "root:" not in text


def test_ping_answers_for_the_books_pages(course):
    assert json.loads(course.ask("course/api/ping")[2]) == {"course": "paperclub"}


def test_open_leads_to_the_learners_copy_in_lab(course):
    for kind in ("chapters", "exercises"):
        status, headers, _ = course.ask(f"course/open/{kind}/attention")
        assert status == 302
        assert headers["Location"] == f"/lab/tree/{kind}/attention.ipynb"
        assert (course.root / "work" / kind / "attention.ipynb").is_file()
    assert course.ask("lab/tree/chapters/attention.ipynb")[0] == 200
    assert course.ask("api/contents/chapters/attention.ipynb?content=0")[0] == 200


def test_lab_shows_the_copies_and_not_the_tracked_files(course):
    names = {item["name"] for item in json.loads(course.ask("api/contents/")[2])["content"]}
    assert names == {"chapters", "exercises"}


def mark(course, slug, read="yes", **headers):
    return course.ask(f"course/read/{slug}?read={read}", "POST", **headers)


def test_a_week_is_marked_as_read_and_unmarked_and_comes_next_no_more(course):
    assert _state(course)["coming"] != "again"
    status, headers, _ = mark(course, "attention")
    assert (status, headers["Location"]) == (303, "/course#week-attention")
    state = _state(course)
    assert (state["counts"]["read"], state["coming"]) == (1, "again")
    mark(course, "attention", read="no")
    assert _state(course)["counts"]["read"] == 0


def test_only_a_written_week_can_be_marked(course):
    status, _, text = mark(course, "adapters")
    assert status == 400 and "nothing to read yet" in text
    status, _, text = mark(course, "%3Cimg%20src=x%3E")
    assert status == 400 and "no week" in text and "<img" not in text
    assert mark(course, "a/b")[0] == 404


def test_a_mark_needs_a_login_and_the_pages_own_token(course):
    assert mark(course, "attention", login=False)[0] == 403
    _, headers, _ = course.ask("course?token=" + course.token, login=False)
    cookie = "; ".join(set_.split(";")[0] for set_ in headers.get_all("Set-Cookie"))
    assert mark(course, "attention", login=False, Cookie=cookie)[0] in (403, 404)
    assert _state(course)["counts"]["read"] == 0


def test_unknown_week_is_a_sentence_that_escapes_what_was_asked(course):
    status, _, text = course.ask("course/open/chapters/%3Cimg%20src=x%3E")
    assert status == 404
    assert "These exist: attention" in text
    assert "<img" not in text


def test_broken_copy_is_a_sentence_with_what_to_do(course):
    copy = course.root / "work" / "exercises" / "attention.ipynb"
    course.ask("course/open/exercises/attention")
    whole = copy.read_bytes()
    copy.write_bytes(whole[:40])
    status, _, text = course.ask("course/open/exercises/attention")
    assert status == 404
    assert "course.py reset attention" in text
    assert "course.py reset attention" in course.ask("course")[2]
    assert copy.read_bytes() == whole[:40]
    copy.write_bytes(whole)


def test_state_tells_the_year_and_follows_what_the_learner_does(course):
    weeks = [w for part in _state(course)["parts"] for w in part["weeks"]]
    assert [week["slug"] for week in weeks if week["written"]] == ["attention"]
    assert len(weeks) == len(syllabus().weeks)
    assert weeks[0]["standing"] == "planned"
    assert weeks[0]["lesson"] is None
    assert _state(course)["next"]["slug"] == "attention"
    assert _state(course)["counts"]["run"] == 0
    course.ask("course/open/chapters/attention")
    assert _state(course)["counts"]["opened"] == 1
    assert _state(course)["coming"] == "begun"
    assert _state(course)["counts"]["answered"] == 0
    task = course.root / "work" / "exercises" / "attention.ipynb"
    write_notebook(task, [TASK[0], ("code", "answer = 42")])
    assert _state(course)["counts"]["answered"] == 1
    write_notebook(course.root / "exercises" / "attention.ipynb", [*TASK, ("markdown", "New")])
    assert _state(course)["newer"]
    assert "course.py update" in course.ask("course")[2]
    write_notebook(course.root / "exercises" / "attention.ipynb", TASK)


def _state(course) -> dict:
    return json.loads(course.ask("course/api/state")[2])


def test_pages_may_load_nothing_from_elsewhere(course):
    for path, script in [("course", None), ("book/", "'self' blob: 'unsafe-inline'")]:
        policy = course.ask(path)[1]["Content-Security-Policy"]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"].startswith("'self'")
        assert "http" not in policy
        assert "*" not in policy
        if script:
            assert rules["script-src"].startswith(script)
        else:
            assert "unsafe" not in policy


def test_scripts_have_the_type_that_browsers_ask_for(course):
    assert course.ask("course/static/home.js")[1]["Content-Type"].startswith("text/javascript")
    assert course.ask("book/")[1]["Content-Type"].startswith("text/html")


def test_missing_page_of_the_book_is_a_friendly_page(course):
    status, _, text = course.ask("book/nowhere.html")
    assert status == 404
    assert "There is no such page" in text
    assert 'href="/course"' in text


def test_home_works_without_the_book_and_the_book_says_so(course):
    html = course.root / "_build" / "html"
    away = html.rename(html.with_name("away"))
    try:
        status, _, text = course.ask("book/")
        assert status == 404
        assert "not built yet" in text
        status, _, text = course.ask("course")
        assert status == 200
        assert "not built yet" in text
        assert "Open lesson" in text
    finally:
        away.rename(html)


def test_kernel_is_the_courses_python_even_if_the_home_has_another(tmp_path, free_port):
    """A kernel called python3 in the home directory is common, and would lack the course."""
    root = copy_course(tmp_path / "course")
    spec = {"argv": ["/nowhere/python"], "display_name": "Mine", "language": "python"}
    for place in (".local/share/jupyter", "Library/Jupyter", "elsewhere"):
        folder = tmp_path / "home" / place / "kernels" / "python3"
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(spec))
    running = Running(
        root,
        tmp_path / "home",
        free_port,
        JUPYTER_PREFER_ENV_PATH="0",
        JUPYTER_PATH=str(tmp_path / "home" / "elsewhere"),
    ).wait_until_open()
    try:
        specs = json.loads(running.ask("api/kernelspecs")[2])
    finally:
        running.stop()
    assert specs["default"] == "python3"
    argv = specs["kernelspecs"]["python3"]["spec"]["argv"]
    assert argv[0] != "/nowhere/python"


def _seen_from(root, copy, allow_hidden=False) -> str:
    contents = SimpleNamespace(root_dir=str(root), allow_hidden=allow_hidden)
    handler = OpenCopy.__new__(OpenCopy)
    handler.application = SimpleNamespace(settings={"contents_manager": contents})
    return handler._as_lab_sees_it(copy)


def test_copy_is_found_from_whatever_folder_the_lab_shows(tmp_path):
    """A hub or Binder starts Lab in the checkout, or in the home directory."""
    copy = tmp_path / "home" / "course" / "work" / "chapters" / "attention.ipynb"
    copy.parent.mkdir(parents=True)
    assert _seen_from(tmp_path / "home" / "course", copy) == "work/chapters/attention.ipynb"
    assert _seen_from(tmp_path / "home", copy) == "course/work/chapters/attention.ipynb"
    with pytest.raises(CourseError, match=r"this Lab shows only what is below"):
        _seen_from(tmp_path / "elsewhere", copy)
    hidden = tmp_path / ".courses" / "work" / "chapters" / "attention.ipynb"
    with pytest.raises(CourseError, match="hidden folder"):
        _seen_from(tmp_path, hidden)
    assert _seen_from(tmp_path, hidden, allow_hidden=True).startswith(".courses/")


class Builds:
    """Stands in for the book's build: a process that says and does what a test wants."""

    def __init__(self, monkeypatch, tmp_path):
        monkeypatch.setattr(paths, "BUILD", tmp_path / "_build")
        monkeypatch.setattr(paths, "HTML", tmp_path / "_build" / "html")
        monkeypatch.setattr(paths, "ROOT", tmp_path)
        package = tmp_path / "paperclub"
        package.mkdir()
        (package / "__init__.py").touch()
        self.script = package / "cli.py"
        self.build = BookBuild()

    def run(self, code: str) -> background.BookStatus:
        self.script.write_text(code)
        assert self.build.start()
        assert not self.build.start()
        self.build._process.wait(30)
        return self.build.status()


@pytest.fixture
def builds(monkeypatch, tmp_path):
    made = Builds(monkeypatch, tmp_path)
    yield made
    made.build.stop()


def test_build_is_missing_then_built(builds):
    assert builds.build.status().state == "missing"
    code = "import pathlib as p; p.Path('_build/html').mkdir(); "
    status = builds.run(code + "p.Path('_build/html/index.html').write_text('x')")
    assert status.state == "built"


def test_failed_build_says_its_sentence(builds):
    said = {"stage": "failed", "page": "", "done": 0, "total": 100, "message": "Cell 3 fails."}
    code = f"import os, pathlib as p, json; p.Path('_build/progress.json').write_text({said!r}"
    status = builds.run(code.replace("write_text(", "write_text(json.dumps(") + ")); exit(2)")
    assert (status.state, status.message) == ("failed", "Cell 3 fails.")


def test_build_that_dies_before_it_speaks_is_explained_from_what_it_printed(builds):
    old = paths.BUILD / "progress.json"
    old.parent.mkdir(parents=True)
    old.write_text(json.dumps({"stage": "failed", "message": "An older failure."}))
    time.sleep(0.02)
    status = builds.run("raise SystemExit('course.py: No room is left on the disk.')")
    assert status.state == "failed"
    assert status.message.startswith("No room is left on the disk.")
    assert "book-printed.log" in status.message


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", '{"stage": 3}', '{"stage": "reading", "pid": -5}'][:5]
)
def test_damaged_progress_file_is_no_trouble(builds, damaged):
    paths.BUILD.mkdir()
    (paths.BUILD / "progress.json").write_text(damaged)
    assert builds.build.status().state == "missing"


def test_running_build_tells_its_percentage_and_is_ended_with_the_server(builds):
    said = json.dumps(
        {"stage": "executing", "page": "chapters/a", "done": 50, "total": 100, "pid": 1}
    )
    code = f"import pathlib as p, time; p.Path('_build/progress.json').write_text({said!r})"
    builds.script.write_text(code + "; time.sleep(600)")
    builds.build.start()
    end = time.monotonic() + 30
    while builds.build.status().percent is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    status = builds.build.status()
    assert (status.state, status.percent, status.doing) == ("building", 40, "running chapters/a")
    builds.build.stop()
    assert builds.build._process.poll() is not None


@pytest.mark.parametrize(
    ("chapter", "exercises", "standing"),
    [
        (CopyState(), CopyState(), "ready"),
        (CopyState(exists=True), CopyState(exists=True), "ready"),
        (CopyState(exists=True, touched=True), CopyState(), "opened"),
        (CopyState(exists=True, has_run=True), CopyState(), "run"),
        (CopyState(exists=True, has_run=True), CopyState(exists=True, touched=True), "answered"),
    ],
)
def test_standing_says_only_what_the_files_show(chapter, exercises, standing):
    states = {Place("chapters", "adam"): chapter, Place("exercises", "adam"): exercises}
    assert home._standing("adam", states) == standing
