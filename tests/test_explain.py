"""Asking for a word: three sentences, the week that shows it, near matches."""

import pytest
from markdown_it import MarkdownIt

from paperclub.curriculum import GlossaryEntry, glossary, syllabus
from paperclub.errors import CourseError
from paperclub.learner import explain
from paperclub.learner.words import Explanation

# What a first reading left open, as somebody would look it up.
OPEN = {
    "What does attention cost, quadratically?": "four times",
    "MLP": "multilayer perceptron",
    "residual stream": "running sum",
    "forward pass": "from its input to its output",
    "hill climbing": "small change",
    "softmax": "sum to one",
    "distillation": "teacher",
    "KV value": "passes on",
    "induction head": "earlier occurrence",
    "steganography": "hides a message",
    "Is chain of thought a proxy for adaptive compute?": "forward pass",
    "Does more data per parameter mean more superposition, or less?": "more features than",
    "Is the brain recurrent?": "connected in loops",
    "entropy": "shared equally",
    "gradient": "rises fastest",
    "Jacobian": "table of all its derivatives",
    "self-attention": "one and the same sequence",
    "cross-attention": "from another",
    "encoder": "reads a whole input",
    "GRU": "between 0 and 1",
    "layer normalization": "mean 0 and variance 1",
    "BLEU": "bilingual",
    "warmup": "from near zero",
}


@pytest.mark.parametrize(("word", "says"), OPEN.items())
def test_each_open_question_of_a_first_reading_is_answered(word, says):
    found = explain(word)
    assert says in str(found)
    assert len(found.entry.answer) == 3


@pytest.mark.parametrize(
    "word", ["Residual stream", "residual-stream", " RESIDUAL  STREAMS ", "residual connection"]
)
def test_a_word_is_found_under_its_other_names_in_any_case_one_or_many(word):
    assert explain(word).entry.term == "Residual stream"


def test_the_week_is_named_with_a_link_or_as_planned():
    written = explain("softmax")._repr_markdown_()
    assert f"](../chapters/{explain('softmax').entry.week}.ipynb)" in written
    planned = next(one for one in glossary() if not syllabus().week(one.week).written)
    assert "(*planned*)" in explain(planned.term)._repr_markdown_()
    assert "(planned)" in repr(explain(planned.term))
    assert "../book/glossary.md#softmax" in written


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("residul stream", "Did you mean residual stream"),
        ("attention", "Cost of attention or .* or Attention head"),
        ("quokka", "Nothing known resembles it"),
        ("", "Nothing known resembles it"),
        (3, "no entry '3'"),
    ],
)
def test_an_unknown_word_names_the_near_ones(word, says):
    with pytest.raises(CourseError, match=says):
        explain(word)


def test_without_a_word_all_are_listed():
    listed = explain()
    assert all(one.term in repr(listed) and one.question in repr(listed) for one in glossary())
    assert MarkdownIt().render(listed._repr_markdown_()).count("<li>") == len(glossary())


def test_the_text_of_an_entry_is_shown_as_text():
    hostile = "<img src=x onerror=alert(1)> [a](javascript:b) *c*"
    week = syllabus().weeks[0].slug
    entry = GlossaryEntry(term=hostile, question=hostile, answer=[hostile] * 3, week=week)
    html = MarkdownIt("commonmark").render(Explanation(entry)._repr_markdown_())
    assert "<img" not in html and 'javascript:b"' not in html
