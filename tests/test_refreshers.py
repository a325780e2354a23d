"""The refreshers: in the book's contents, with questions and folded answers, and code that runs."""

import re

import pytest
import torch

from paperclub import paths
from paperclub.curriculum.contents import REFRESHERS, toc_text

PAGES = {name: paths.BOOK / "refreshers" / f"{name}.md" for name in REFRESHERS}


def code_of(page):
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def test_every_refresher_of_the_folder_stands_in_the_contents():
    assert {path.stem for path in (paths.BOOK / "refreshers").glob("*.md")} == set(REFRESHERS)
    for name in REFRESHERS:
        assert toc_text().count(f"  - file: book/refreshers/{name}\n") == 1


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_refresher_has_three_questions_and_as_many_folded_answers(page):
    questions, _, answers = (
        page.read_text("utf-8")
        .partition("## Three questions")[2]
        .partition("<details><summary>Answers</summary>")
    )
    for part in (questions, answers):
        assert re.findall(r"^(\d)\. ", part, re.MULTILINE) == ["1", "2", "3"]
    assert "</details>" in answers


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_refreshers_code_runs_in_order(page):
    def next_batch():
        return torch.randn(4, 64), torch.randint(10, (4,))

    names = {"torch": torch, "next_batch": next_batch}
    for block in code_of(page):
        exec(block.replace("range(1000)", "range(3)"), names)


def test_the_numbers_of_the_refreshers_are_right():
    names: dict = {"torch": torch}
    for block in code_of(PAGES["derivatives"]):
        exec(block, names)
    rate = names["rate"]
    assert rate(lambda x: x**2, 3.0) == pytest.approx(6)
    assert rate(lambda x: (3 * x + 1) ** 2, 1.0) == pytest.approx(24)
    assert rate(lambda x: 5 * x**3, 2.0) == pytest.approx(60)
    assert rate(lambda w: (w * 3 - 5) ** 2, 2.0) == pytest.approx(6)
    shares = torch.softmax(torch.tensor([2.0, 1.0, 0.0]), dim=0)
    assert [round(share, 3) for share in shares.tolist()] == [0.665, 0.245, 0.09]
    a, b = (
        -(0.9 * torch.tensor(sure).log() + 0.1 * torch.tensor(unsure).log()).item()
        for sure, unsure in ((0.6, 0.3), (0.99, 0.001))
    )
    assert (round(a, 2), round(b, 2)) == (0.58, 0.7)
