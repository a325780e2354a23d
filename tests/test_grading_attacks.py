"""What hostile, faulty and unlucky submissions earn: each its right score, and no more."""

import subprocess
import sys
from dataclasses import replace

import pytest

from paperclub.curriculum import syllabus
from paperclub.grading.border import Deadline
from paperclub.grading.judging import grade
from paperclub.grading.notebook import read_submission
from paperclub.grading.sandbox.mirror import blocks_before, write_mirror
from tests.class_room import needs_sandbox
from tests.class_week import (
    IMPORTS,
    RIGHT_ATTENTION,
    RIGHT_MASK,
    STUB_ATTENTION,
    answer,
    cell,
    cells,
    check,
    notebook,
    week,
)

pytestmark = needs_sandbox

QUICK = Deadline(cpu=1.0, idle=2.0, wall=60)
WRONG_MASK = "def causal_mask(positions):\n    return torch.zeros(positions, positions).bool()\n"
WRONG_ATTENTION = "def attention(q, k, v, mask=None):\n    return v * 2\n"


def attention(body, top=""):
    """Return an answer to the second and third part with the right mask before it."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return cells(attention=f"{top}\ndef attention(q, k, v, mask=None):\n{lines}\n")


def forged(top):
    """Return a submission of wrong answers that tries to gain something at the top."""
    return cells(WRONG_MASK, WRONG_ATTENTION, top=top, end=top)


@pytest.fixture(scope="module")
def zygote():
    from paperclub.grading.sandbox.start import Zygote

    running = Zygote("a-class")
    yield running
    running.close()


def graded(zygote, cells):
    return grade(zygote, week(), read_submission(notebook(cells)), QUICK)


def points(found):
    return sum(mark.points for mark in found.marks)


SPIN = "while True:\n    pass"
# What each submission of the table is worth, whatever it tries.
TABLE = {
    "correct": (10, cells()),
    "wrong": (0, cells(WRONG_MASK, WRONG_ATTENTION)),
    "an endless loop in the second function": (4, attention(SPIN)),
    "raises at the import of the second part": (
        4, cells(attention="import nothing_of_this_name\n" + STUB_ATTENTION),
    ),
    "sys.exit inside": (4, attention("import sys\nsys.exit(0)")),
    "os._exit inside": (4, attention("import os\nos._exit(0)")),
    "edits the test cells and their points": (
        0,
        [
            *cells(WRONG_MASK, WRONG_ATTENTION)[:2],
            check("mask", 1000, "print('fine')"), check("seen", 2000, "1000"),
        ],
    ),
    "strips assert by an AST transformer": (
        0,
        forged(
            "import ast\nfrom IPython import get_ipython\n"
            "class Strip(ast.NodeTransformer):\n"
            "    def visit_Assert(self, node):\n        return ast.Pass()\n"
            "get_ipython().ast_transformers.append(Strip())"
        ),
    ),
    "patches the shell's run_ast_nodes": (
        0,
        forged(
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "async def fine(*a, **k):\n    return False\n"
            "InteractiveShell.run_ast_nodes = fine"
        ),
    ),
    "patches the grader's own runner": (
        0,
        forged(
            "import paperclub.exercises.run as r, paperclub.grading.sandbox.inside as i\n"
            "r.run = lambda *a, **k: [r.Outcome()]\ni.run = r.run\n"
            "r.Outcome.blank = property(lambda self: False)"
        ),
    ),
    "disables showtraceback": (
        0, forged("get_ipython().showtraceback = lambda *a, **k: None"),
    ),
    "patches torch.allclose": (
        0, forged("torch.allclose = torch.equal = lambda *a, **k: True"),
    ),
    "returns an object equal to everything": (
        4,
        attention(
            "return Same()",
            "class Same:\n    shape = ()\n    def __eq__(self, other):\n        return True\n"
            "    def __getattr__(self, name):\n        return lambda *a, **k: self\n",
        ),
    ),
    "memory bomb": (4, attention("torch.ones(2_000_000_000)\nreturn v")),
    "reads the solution from the source folder": (
        0,
        forged(
            "from pathlib import Path\nimport paperclub\n"
            "text = Path(paperclub.__file__).parents[1].joinpath('solutions/attention.py')\n"
            "exec(text.read_text())"
        ),
    ),
    "writes the gradebook": (
        0,
        forged(
            "import sqlite3\nbook = sqlite3.connect('/tmp/gradebook.db')\n"
            "book.execute('update marks set points = 2997')"
        ),
    ),
    "hands back a hostile pickle": (
        4,
        attention(
            "return Hostile()",
            "class Hostile:\n    def __reduce__(self):\n"
            "        return (eval, (\"open('/tmp/paperclub-pickled', 'w')\",))\n",
        ),
    ),
    "correct, but emits a warning": (
        10, cells(attention=RIGHT_ATTENTION.replace(
            "    scores", "    import warnings\n    warnings.warn('oh')\n    scores", 1)),
    ),
    "correct, a graded cell deleted": (10, cells()[:2] + cells()[3:5]),
    "correct, a cell duplicated": (10, cells() + cells()[1:3]),
    "correct, a graded cell turned into Markdown": (
        10, [cell(IMPORTS), answer(RIGHT_MASK, "mask", kind="markdown"), *cells()[2:]],
    ),
    "a loop that ignores interrupts": (
        4,
        attention(
            "while True:\n    try:\n        while True:\n            pass\n"
            "    except BaseException:\n        pass"
        ),
    ),
    "correct, starts a background process at the top": (
        10, cells(top="import subprocess\nsubprocess.Popen(['sleep', '1000'])"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_a_submission_of_the_table_earns_what_is_right(zygote, name):
    expected, submitted = TABLE[name]
    found = graded(zygote, submitted)
    assert points(found) == expected, [(m.exercise, m.status, m.says) for m in found.marks]
    assert not found.has("infrastructure")


HONEST = RIGHT_ATTENTION.partition("\n")[2]
# What does not help: a wrong answer that tries this earns nothing for it, and the rest stands.
NO_HELP = {
    "searches frames and the collector for expected values": (
        "import gc, sys\nfound = []\nframe = sys._getframe()\n"
        "while frame:\n    found += frame.f_locals.values()\n    frame = frame.f_back\n"
        "for one in [*found, *gc.get_objects()]:\n"
        "    if type(one).__name__ in ('Row', 'Recorded', 'Mark', 'Week'):\n"
        "        return one.expected.values['output']\n"
        "    if isinstance(one, dict) and 'expected' in one and 'output' in one:\n"
        "        return one['output']\n"
        "return v"
    ),
    "reads every open file descriptor": (
        "import os\nfor one in range(3, 40):\n    try:\n        os.read(one, 10)\n"
        "    except OSError:\n        pass\nos.read(40, 1 << 20)\nreturn v"
    ),
    "writes noise to the grader": "import os\nos.write(41, b'passed' * 100)\nreturn v",
    "writes a whole answer to the grader": (
        "import os\nfrom paperclub.exercises import plain\n"
        "os.write(41, plain.pack({'values': {'output': v.numpy()}, 'gradients': {}, "
        "'status': 'passed', 'points': 100}))\nreturn v"
    ),
    "writes several whole answers to the grader": (
        "import os\nfrom paperclub.exercises import plain\n"
        "one = {'values': {'output': v.numpy()}, 'gradients': {}}\n"
        "os.write(41, plain.pack([one] * 4))\nreturn v"
    ),
    "says without end that it is at work": (
        "import os\nfrom paperclub.exercises import plain\n"
        "while True:\n    os.write(41, plain.pack({'at': 'work'}))"
    ),
    "says that it is at work and is not": (
        "import os\nfrom paperclub.exercises import plain\n"
        "os.write(41, plain.pack({'at': 'work'}))\nwhile True:\n    pass"
    ),
    "says that the sandbox failed": "import os\nos.write(41, b'!no sandbox')\nos._exit(3)",
    "reads the zygote's environment": "return open('/proc/1/environ').read() and v",
    "reads its own memory map": "return open('/proc/self/maps').read() and v",
    "reads the password file": "return open('/etc/passwd').read() and v",
    "lists the temporary folder": "import os\nreturn os.listdir('/tmp') and v",
    "a fork bomb": "import os\nwhile True:\n    os.fork()",
    "a bomb of threads": (
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(100,)).start()"
    ),
    "signals blocked": (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "while True:\n    pass"
    ),
    "memory by mmap": "import mmap\nmmap.mmap(-1, 8 << 30)\nreturn v",
    "memory in a file": (
        "f = open('large', 'wb')\nfor _ in range(1000):\n    f.write(bytes(1 << 20))\nreturn v"
    ),
    "an object with __torch_function__": (
        "class Same(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
        "        return torch.ones(()) if func is torch.Tensor.numpy else args[0]\n"
        "return v.as_subclass(Same)"
    ),
    "an array that equals everything": (
        "import numpy as np\nclass Same(np.ndarray):\n"
        "    def __eq__(self, other):\n        return np.True_\n"
        "    def __sub__(self, other):\n        return np.zeros(())\n"
        "    __rsub__ = __sub__\nreturn v.numpy().view(Same)"
    ),
    "one tensor for all calls, changed later": (
        "kept = globals().setdefault('kept', [])\n"
        "for old in kept:\n    old.fill_(0.5)\nkept.append(v * 2)\nreturn kept[-1]"
    ),
    "nothing but NaN": "return v * float('nan')",
    "NaN where it is hard": "out = v * 2\nout[..., 0, 0] = float('nan')\nreturn out",
    "infinity": "return v + float('inf')",
    "a link to a file outside": (
        "import os\nos.symlink('/etc/passwd', 'x')\nreturn open('x') and v"
    ),
    "a hard link to a file outside": (
        "import os\nos.link('/etc/passwd', 'x')\nreturn open('x') and v"
    ),
    "kills itself by a signal": "import os\nos.kill(os.getpid(), 9)\nreturn v",
    "kills everything": "import os\nos.kill(-1, 9)\nreturn v",
    "becomes another program": "import os\nos.execv('/bin/true', ['true'])",
    "a crash of native code": "import ctypes\nctypes.string_at(0)",
    "closes every file": "import os\nos.closerange(0, 100)\nreturn v",
    "a result of a gigabyte": "return torch.zeros(1).expand(1 << 28)",
    "a million results": "return [v] * 1_000_000",
    "lists within lists": (
        "out = v\nfor _ in range(5000):\n    out = [out]\nreturn out"
    ),
    "recursion without end": "return attention(q, k, v, mask)",
    "a lock that is never released": (
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"
    ),
    "a long sleep": "import time\ntime.sleep(10_000)",
    "an exception that cannot be shown": (
        "class Odd(BaseException):\n    def __str__(self):\n        raise SystemExit\nraise Odd"
    ),
    "an exception of a million letters": "raise ValueError('x' * 1_000_000)",
    "the network": "import socket\nsocket.create_connection(('127.0.0.1', 80))\nreturn v",
    "workers of a data loader": (
        "from torch.utils.data import DataLoader\n"
        "return torch.stack(list(DataLoader(v, num_workers=2)))"
    ),
    "limits lifted": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n"
        "return torch.ones(2_000_000_000) and v"
    ),
    "reads memory through a number": (
        "import ctypes\nctypes.CDLL(None).process_vm_readv(1, 0, 0, 0, 0, 0)\nreturn v"
    ),
    "pickles itself into the answer": (
        "import pickle\nreturn pickle.dumps(v)"
    ),
    "changes its input on the way": HONEST.replace("    return", "    q.zero_()\n    return")
    .replace("\n    ", "\n").strip(),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_HELP)
def test_what_an_answer_tries_costs_only_that_answer(zygote, name):
    found = graded(zygote, attention(NO_HELP[name]))
    assert points(found) == 4, [(m.exercise, m.status, m.headline, m.says) for m in found.marks]
    assert not found.has("infrastructure")


FORGED = {
    "patches comparison everywhere": (
        "import numpy as np\nnp.array_equal = np.allclose = lambda *a, **k: True\n"
        "torch.Tensor.__eq__ = lambda self, other: True\nnp.abs = lambda x: x * 0"
    ),
    "patches builtins": "import builtins\nbuiltins.all = builtins.any = lambda x: True",
    "a module named like ours": (
        "import os, sys\nos.makedirs('paperclub/exercises')\n"
        "open('paperclub/exercises/judge.py', 'w').write('same = lambda *a: True')\n"
        "sys.path.insert(0, '.')\nsys.modules.pop('paperclub', None)"
    ),
    "the code of the week before it": "from paperclub.nn import scaled_dot_product_attention",
    "the course's own comparison": "from paperclub.exercises.judge import rows_of",
    "traces every call": "import sys\nsys.settrace(lambda *a: None)",
    "something for the end": "import atexit, os\natexit.register(lambda: os.write(41, b'x' * 99))",
    "a class for the grader": "from paperclub.grading.book import Book",
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_tried_around_wrong_answers_earns_nothing(zygote, name):
    found = graded(zygote, forged(FORGED[name]))
    assert points(found) == 0
    assert not found.has("infrastructure")


def bare(cells):
    """Return cells as an editor leaves them that keeps no metadata."""
    return [{**one, "metadata": {}, "id": f"x{place}"} for place, one in enumerate(cells)]


def with_points(cells):
    for one in cells:
        if "nbgrader" in one["metadata"]:
            one["metadata"]["nbgrader"] |= {"points": 1000, "grade": True}
    return cells


FAIR = {
    "prints much": cells(attention=RIGHT_ATTENTION.replace(
        "    scores", "    print('x' * 10_000_000)\n    scores", 1)),
    "takes its time at every call": cells(RIGHT_MASK.replace(
        "    return", "    import time\n    began = time.process_time()\n"
        "    while time.process_time() < began + 0.4:\n        pass\n    return", 1)),
    "prints past Python": cells(
        top="import os\nfor _ in range(500):\n    os.write(1, b'x' * 10**6)"),
    "a thread left running": cells(
        top="import threading\ndef spin():\n    while True:\n        pass\n"
        "threading.Thread(target=spin, daemon=True).start()"),
    "a hundred thousand cells more": cells() + [cell("1 + 1")] * 100_000,
    "slow for some inputs": cells(attention=RIGHT_ATTENTION.replace(
        "    scores",
        "    import time\n    time.sleep(0.2 if mask is None else 0)\n    scores", 1)),
    "lines of IPython's own": cells(top="%matplotlib inline\n!pip install nothing\nx = 1\nx?"),
    "a magic cell": cells(top="%%time\nx = (1\n"),
    "a cell that is no Python": cells(top="this is no Python", end="def half(:"),
    "cells in another order": [*cells()[::-1]],
    "an editor that keeps no metadata": bare(cells()),
    "the answers in other cells": [
        cell(IMPORTS), answer("# see below", "mask"), answer("# see below", "seen"),
        cell(RIGHT_MASK), cell(RIGHT_ATTENTION),
    ],
    "an experiment afterwards under the same name": cells(end=WRONG_ATTENTION),
    "a loop without end before the answers": cells(top="while True:\n    pass"),
    "an exit before the answers": cells(top="import os\nos._exit(1)"),
    "a fork bomb before the answers": cells(top="import os\nwhile True:\n    os.fork()"),
    "many cells that train for long": [
        *cells(), *[cell("while True:\n    pass")] * 7, cell("import math, torch\nlast = 1"),
    ],
    "very many cells that train for a while": [
        *[cell("import time\nend = time.process_time() + 0.6\n"
               "while time.process_time() < end:\n    pass")] * 40, *cells(),
    ],
    "a text that Python's parser dies of": cells(top="(" * 100_000 + "-" * 200_000),
    "half a character and a zero byte": cells(top="x = '\ud800'", end="y = '\0'"),
    "metadata of its own": with_points(cells()),
    "names at the top that are taken": cells(top="torch = math = None", end="import torch, math"),
    "a stub after the answer": [*cells(), answer(STUB_ATTENTION, "seen")],
    "double precision": cells(attention=RIGHT_ATTENTION.replace("@ v", "@ v").replace(
        "return torch", "return 1.0 * torch")),
    "a warning turned into an error": cells(top="import warnings\nwarnings.simplefilter('error')"),
    "gradients switched off at the top": cells(top="torch.set_default_dtype(torch.float32)"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAIR)
def test_an_honest_answer_loses_nothing(zygote, name):
    found = graded(zygote, FAIR[name])
    assert points(found) == 10, [(m.exercise, m.status, m.says) for m in found.marks]


def test_a_name_that_only_looks_right_is_not_the_answer(zygote):
    found = graded(zygote, cells(attention=RIGHT_ATTENTION.replace("attention", "аttention")))
    assert [mark.status for mark in found.marks] == ["passed", "unanswered", "unanswered"]


def test_right_values_with_wrong_gradients_pass_only_where_none_are_asked_for(zygote):
    body = HONEST.replace("return ", "return 0 * q.sum() + ").replace("@ v", "@ v", 1)
    cut = body.replace("scores = q", "scores = q.detach()")
    found = graded(zygote, cells(attention=f"def attention(q, k, v, mask=None):\n{cut}"))
    assert [mark.status for mark in found.marks] == ["passed", "passed", "wrong"]


def test_the_sandbox_has_an_environment_of_its_own(zygote, monkeypatch):
    top = "import os\nraise RuntimeError(' '.join(sorted(os.environ)))"
    (remark,) = graded(zygote, cells(top=top)).remarks
    names = set(remark.partition("RuntimeError: ")[2].rstrip(").").split())
    allowed = {"HOME", "TMPDIR", "LANG", "LC_CTYPE", "MPLBACKEND"}
    assert names - {name for name in names if name.endswith("_NUM_THREADS")} <= allowed


def test_no_child_sees_what_another_left(zygote):
    leave = "import os, torch\nopen('left', 'w').write('x')\ntorch.left = 1"
    beside = "open('../beside', 'w').write('x')"
    (refused,) = graded(zygote, [*cells(top=leave), cell(beside)]).remarks
    assert "Read-only file system" in refused
    look = (
        "import os, torch\n"
        "raise RuntimeError(os.listdir('.') + os.listdir('..'), hasattr(torch, 'left'))"
    )
    (remark,) = graded(zygote, cells(top=look)).remarks
    assert "(['scratch'], False)" in remark


def test_what_was_skipped_and_mended_is_reported(zygote):
    top = "import subprocess\nsubprocess.Popen(['sleep', '1000'])"
    found = graded(zygote, [cell(IMPORTS), cell(top), answer(RIGHT_MASK, "mask", kind="markdown")])
    assert any("Cell 2, line 2 was skipped (PermissionError" in one for one in found.remarks)
    assert any("Cell 3" in one and "no code cell" in one for one in found.remarks)


def test_a_known_mistake_is_named_with_its_hint(zygote):
    found = graded(zygote, cells("def causal_mask(n):\n    return torch.ones(n, n).bool().triu()"))
    mark = found.marks[0]
    assert (mark.status, mark.mistake) == ("mistake", "mistaken mask")
    assert ("text", "A hint about mask.") in mark.says


def test_a_statement_of_the_courses_own_is_not_held_against_anyone(zygote):
    ours = "from paperclub.models import load"
    submitted = read_submission(notebook(cells(top=ours)))
    (remark,) = grade(zygote, week(), submitted, QUICK).remarks
    assert "was skipped" in remark
    same = replace(week(), given=frozenset([ours]))
    assert grade(zygote, same, submitted, QUICK).remarks == ()


def test_the_sandbox_holds_what_earlier_weeks_built_and_not_this_one(tmp_path):
    order = [one.slug for one in syllabus().weeks]
    place = order.index("attention")
    assert "attention" not in blocks_before("attention")
    assert "attention" in blocks_before(order[place + 1])
    assert all("attention" not in blocks_before(slug) for slug in order[:place])
    assert blocks_before("a week of nowhere") == []
    write_mirror(tmp_path, order[place + 1])
    code = "import paperclub.nn as nn\nassert nn.Block\nimport paperclub.data"
    subprocess.run([sys.executable, "-I", "-c", f"import sys\nsys.path.insert(0, {str(tmp_path)!r})"
                    f"\n{code}"], check=True)  # fmt: skip
    assert not list(tmp_path.rglob("judge.py"))
    assert not list(tmp_path.rglob("recorded.py"))
