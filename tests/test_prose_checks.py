"""The checks of prose: spelling, and the addresses in it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from paperclub.checks import links, spelling, stages
from paperclub.checks.outcome import Outcome

PIECE = """\
# The *softmax* over scores

A colour, a `nonsens()` and $\\alfa + bta$; [the pape](https://example.org/nonsens) by **Vas**wani.

| left | rihgt |
|------|-------|
| don't | file_nam.py and U.S. |

<details><summary>For the <code>lowerd</code> facilitatr</summary>

```python
wrng = 1
```

</details>
"""


def test_only_prose_is_read():
    found = set(spelling.words(PIECE))
    assert {"softmax", "colour", "pape", "Vaswani", "rihgt", "don't", "facilitatr"} <= found
    assert not found & {"nonsens", "alfa", "bta", "wrng", "lowerd", "file_nam", "nam", "py", "US"}


@pytest.fixture
def dictionary():
    if not spelling.can_check():
        pytest.skip("no British dictionary on this machine")


def test_a_misspelt_and_an_american_word_are_named_with_their_place(dictionary):
    pieces = [("book/a.md", "We recieve the color twice, color again."), ("book/b.md", "Fine.")]
    assert list(spelling.misspelt(pieces, set())) == [
        ("book/a.md", "recieve"),
        ("book/a.md", "color"),
    ]


def test_the_courses_own_words_and_authors_are_known(dictionary):
    known = spelling.known_words()
    assert {"softmax", "vaswani", "bahdanau"} <= known
    assert list(spelling.misspelt([("a", "Softmax, after Vaswani’s paper")], known)) == []


@pytest.mark.parametrize(
    ("code", "installable", "wanted"),
    [
        (0, True, Outcome(passed=1)),
        (spelling.NOT_FOUND, False, Outcome(skipped=1)),
        (spelling.NOT_FOUND, True, Outcome(skipped=1, fault="no dictionary to check with")),
    ],
)
def test_a_missing_dictionary_is_said_and_fails_where_it_could_be_had(
    monkeypatch, code, installable, wanted
):
    monkeypatch.setattr(stages, "run", lambda command: code)
    monkeypatch.setattr(stages, "can_install", lambda: installable)
    assert stages.run_spelling() == wanted


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("(see https://a.org/x).", "https://a.org/x"),
        ("[a](https://a.org/x_(y))", "https://a.org/x_(y)"),
        ("<https://a.org/?p=1>", "https://a.org/?p=1"),
        ("https://a.org/x, and", "https://a.org/x"),
    ],
)
def test_an_address_ends_where_a_reader_ends_it(written, address):
    assert [links.closed(found) for found in links.ADDRESS.findall(written)] == [address]


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://arxiv.org/abs/1706.03762", True),
        ("https://arxiv.org/abs/math/0211159", True),
        ("https://arxiv.org/abs/1706.03762v5", False),
        ("https://arxiv.org/pdf/1706.03762", False),
        ("http://arxiv.org/abs/1706.03762", False),
        ("https://www.arxiv.org/abs/1706.03762", False),
        ("https://doi.org/10.1038/323533a0", True),
        ("https://dx.doi.org/10.1038/323533a0", False),
        ("https://doi.org/323533a0", False),
        ("http://example.org/anything", True),
    ],
)
def test_papers_are_cited_by_the_one_right_form(address, right):
    assert (list(links.faults({address: ["book/a.md"]})) == []) == right


def test_two_works_with_one_address_are_named(monkeypatch):
    class Work:
        def __init__(self, id, url):
            self.id, self.url = id, url

    class Works:
        works = (Work("a", "https://x.org/1/"), Work("b", "http://www.x.org/1"), Work("c", None))

    monkeypatch.setattr(links, "reading_list", Works)
    (line,) = links.same_address_twice()
    assert "a and b have the same address" in line


def test_online_a_dead_address_is_named_and_one_behind_a_wall_is_not():
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(int(self.path[1:]))
            self.end_headers()

        def log_message(self, format, *args):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        said = links.silent([f"{base}/200", f"{base}/403", f"{base}/404"])
        server.shutdown()
    assert said == [f"{base}/404: answers 404"]
    with requests.Session() as session:
        assert links.answer(session, base).startswith("does not answer")
