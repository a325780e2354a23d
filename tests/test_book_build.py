"""Building the book: what is executed anew, what a failure says, what is never lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest
from mounts import can_mount
from running import write_notebook
from small_book import copy_course, course

pytestmark = pytest.mark.slow

PROBED = [
    ("markdown", "# Attention is all you need"),
    ("code", "from paperclub.paths import user_data\n\n(user_data() / 'mark').touch()"),
    ("code", "from paperclub.nn.probe import VALUE\n\nprint(f'the probe says {VALUE}')"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """Return a copy of the course whose one chapter prints what a library file says, built once."""
    root = copy_course(tmp_path_factory.mktemp("a course ä"), PROBED)
    (root / "paperclub" / "nn" / "probe.py").write_text("VALUE = 'one'\n")
    done = course(root, "book", "build")
    assert done.returncode == 0, done.stderr
    return root


def page(root: Path) -> str:
    return (root / "_build" / "html" / "chapters" / "attention.html").read_text(encoding="utf-8")


def said(root: Path) -> dict:
    return json.loads((root / "_build" / "progress.json").read_text(encoding="utf-8"))


def test_a_build_ends_with_a_whole_book_and_says_so(tree):
    assert "the probe says one" in page(tree)
    assert said(tree)["stage"] == "done"
    assert not (tree / "_build" / "html.new").exists()


def test_notebooks_are_executed_before_pages_are_read(tree):
    log = (tree / "_build" / "book.log").read_text(encoding="utf-8")
    assert "executed [1/1] chapters/attention" in log
    assert "Using cached notebook" in log and "Executing notebook using" not in log


def test_building_again_executes_nothing(tree):
    saved = next((tree / "_build" / "executed").rglob("base.ipynb"))
    before = saved.stat().st_mtime_ns
    assert course(tree, "book", "build").returncode == 0
    assert saved.stat().st_mtime_ns == before


def test_an_edited_library_is_executed_anew_and_old_results_go(tree, own_data_folder):
    probe = tree / "paperclub" / "nn" / "probe.py"
    probe.write_text("VALUE = 'two'\n")
    done = course(tree, "book", "build")
    assert done.returncode == 0, done.stderr
    assert "the probe says two" in page(tree)
    assert len(list((tree / "_build" / "executed").rglob("base.ipynb"))) == 1
    assert not (own_data_folder / "mark").exists(), "a build wrote into the reader's own folder"


def test_an_edited_style_script_or_extension_reaches_pages_whose_text_is_the_same(tree):
    style = tree / "book" / "static" / "course.css"
    script = tree / "paperclub" / "widgets" / "dist" / "host" / "present.js"
    chrome = tree / "paperclub" / "site" / "pages" / "chrome.py"
    kept = {path: path.read_text("utf-8") for path in (style, script, chrome)}
    style.write_text(kept[style] + "\n.edited-style {}\n", "utf-8")
    script.write_text(kept[script] + "\n// edited script\n", "utf-8")
    chrome.write_text(kept[chrome].replace(">Present<", ">Edited<"), "utf-8")
    done = course(tree, "book", "build")
    for path, text in kept.items():
        path.write_text(text, "utf-8")
    assert done.returncode == 0, done.stderr
    static = tree / "_build" / "html" / "_static"
    assert ".edited-style" in (static / "course.css").read_text("utf-8")
    assert "edited script" in (static / "present.js").read_text("utf-8")
    assert ">Edited<" in page(tree)


def test_a_failing_cell_is_named_and_the_old_book_stays(tree):
    chapter = tree / "chapters" / "attention.ipynb"
    kept, before = chapter.read_text(), page(tree)
    write_notebook(chapter, [*PROBED, ("code", "print('so far')\nboom = [][3]")])
    done = course(tree, "book", "build")
    chapter.write_text(kept)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "chapters/attention.ipynb, cell 4: IndexError: list index out of range" in done.stderr
    assert "_build/book.log" in done.stderr
    assert page(tree) == before
    assert said(tree)["stage"] == "failed"
    assert "IndexError" in said(tree)["message"]


def test_a_warning_is_an_error_with_file_and_line(tree):
    text = tree / "book" / "measured.md"
    kept = text.read_text(encoding="utf-8")
    text.write_text(kept + "\n[nowhere](no-such-page.md)\n", encoding="utf-8")
    tries = [course(tree, "book", "build") for _ in range(2)]
    text.write_text(kept, encoding="utf-8")
    for done in tries:  # a second try does not let pass what the first one named
        assert done.returncode == 2
        assert "book/measured.md:" in done.stderr
        assert "no-such-page.md" in done.stderr


def test_wrong_data_is_named_before_anything_is_built(tree):
    data = tree / "book" / "syllabus.yml"
    kept = data.read_text(encoding="utf-8")
    data.write_text(kept.replace("needs: [attention]", "needs: [atention]", 1), encoding="utf-8")
    done = course(tree, "book", "build")
    data.write_text(kept, encoding="utf-8")
    assert done.returncode == 2
    assert "book/syllabus.yml:" in done.stderr
    assert "Did you mean attention" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_week_that_left_leaves_no_page_behind(tree):
    chapter = tree / "chapters" / "attention.ipynb"
    kept = chapter.read_text()
    chapter.unlink()
    done = course(tree, "book", "build")
    gone = not (tree / "_build" / "html" / "chapters" / "attention.html").exists()
    chapter.write_text(kept)
    assert done.returncode == 0, done.stderr
    assert gone


def test_weeks_planted_for_the_bench_are_pages_and_nothing_is_executed(tree, tmp_path):
    root = shutil.copytree(tree, tmp_path / "course")
    (root / "solutions" / "attention.py").write_text("EXERCISES = []\n", "utf-8")
    assert course(root, "book", "build").returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "paperclub.bench.growth", "plant", "3"],
        cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr
    built = course(root, "book", "build")
    assert built.returncode == 0, built.stderr
    chapters = sorted((root / "_build" / "html" / "chapters").glob("*.html"))
    assert len(chapters) == 3
    assert all("the probe says" in chapter.read_text("utf-8") for chapter in chapters)
    assert "executed [" not in (root / "_build" / "book.log").read_text("utf-8")


def test_a_second_build_waits_for_the_first(tree):
    command = [sys.executable, "-m", "paperclub.cli", "book", "build"]
    surroundings = os.environ | {"PYTHONPATH": str(tree)}
    both = [
        subprocess.Popen(
            command, cwd=tree, env=surroundings, stderr=subprocess.PIPE, encoding="utf-8"
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum("Another build of this book is running" in text for text in told) == 1


def test_the_export_is_one_folder_that_replaces_an_older_file(tree, tmp_path):
    target = tmp_path / "deep" / "paper club.zip"
    target.parent.mkdir()
    target.write_text("old")
    done = course(tree, "book", "export", "--zip", str(target))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert "paper club/index.html" in names
    assert {name.split("/")[0] for name in names} == {"paper club"}
    assert [file.name for file in target.parent.iterdir()] == ["paper club.zip"]


SLOW = """
import os, time
from pathlib import Path

mark = Path("../begun") / str(os.getpid())
mark.parent.mkdir(exist_ok=True)
mark.touch()
time.sleep(300)
"""


@pytest.mark.skipif(os.name == "nt", reason="no process groups to interrupt")
def test_an_interrupted_build_leaves_no_kernel_and_begins_nothing_new(tmp_path):
    root = copy_course(tmp_path / "course", [("markdown", "# Attention"), ("code", SLOW)])
    for folder in ("exercises", "solutions"):
        shutil.copy(root / "chapters" / "attention.ipynb", root / folder)
    assert course(root, "derive").returncode == 0
    begun = root / "begun"
    running = subprocess.Popen(
        [sys.executable, "-m", "paperclub.cli", "book", "build"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    at_once = min(3, os.cpu_count() or 1)
    wait_until(lambda: begun.is_dir() and len(list(begun.iterdir())) == at_once)
    os.killpg(running.pid, signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    assert running.returncode != 0 and "Traceback" not in said
    kernels = [int(mark.name) for mark in begun.iterdir()]
    assert len(kernels) == at_once, "a notebook was begun after the interruption"
    wait_until(lambda: not any(map(psutil.pid_exists, kernels)))
    wait_until(lambda: not group_lives(running.pid))


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.1)


def group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not can_mount(), reason="no file system of its own for a test here")
def test_a_full_disk_leaves_the_old_book_and_with_room_the_new_one_is_built(tree):
    chapter = tree / "chapters" / "attention.ipynb"
    kept, before = chapter.read_text(), page(tree)
    write_notebook(chapter, [*PROBED, ("markdown", "New since then.")])
    build = f"'{sys.executable}' -m paperclub.cli book build"
    html = "_build/html/chapters/attention.html"
    # With 40 kB left Sphinx meets the end of the disk, with 1500 kB the copy of what it made.
    script = f"""
        cp -a _build kept; mount -t tmpfs -o size=300m none _build; cp -a kept/. _build; rm -r kept
        for room in 40 1500; do
            used=$(df -k --output=used _build | tail -1)
            mount -o remount,size=$((used + room))k _build
            {build} || echo "exit code $?"; cat {html}; ls _build; echo ---
        done
        mount -o remount,size=300m _build
        {build}; cat {html}
    """
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-ec", script],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    chapter.write_text(kept)
    *full, roomy = done.stdout.split("\n---\n")
    assert len(full) == 2
    for said in full:
        assert said.startswith("exit code 2\n") and before in said
        assert "html.new" not in said.splitlines()
    assert done.stderr.count("The disk is full") == 2 and "Traceback" not in done.stderr
    assert "New since then." in roomy
