"""What a learner is told: of errors in the code, of what is not written yet, of what is printed."""

import os
import subprocess
import sys
import types

import numpy as np
import pytest
import torch

from paperclub.errors import CourseError
from paperclub.learner import ask, check

INF = float("inf")
SDPA, HEADS = "attention.scaled_dot_product", "attention.split_and_join_heads"
MULTI_HEAD = "attention.multi_head"
HOSTILE = "<img src=x onerror=alert(1)>"


def right(scores, mask=None):
    weights = (scores if mask is None else scores.masked_fill(~mask, -INF)).softmax(-1)
    return weights if mask is None else weights.masked_fill(~mask, 0)


def right_attention(q, k, v, mask=None):
    return right(q @ k.mT / q.shape[-1] ** 0.5, mask) @ v


def split(x, n_heads):
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)


def join(heads):
    return heads.transpose(1, 2).flatten(2)


def told(answer, id="attention.weights", **options):
    return check(id, answer, **options)


# --- errors in the learner's code ----------------------------------------------------------------


def test_exception_shows_the_learners_line_and_what_it_means():
    def answer(scores, mask=None):
        return scores @ scores

    verdict = told(answer)
    text = str(verdict)
    assert verdict.status == "error"
    assert "return scores @ scores" in text
    assert "the last dimension of `a` must equal" in text
    assert "paperclub" not in text and "Traceback" not in text


def test_exception_inside_a_library_is_told_by_the_learners_line():
    def answer(scores, mask=None):
        return np.linalg.inv(scores.numpy())

    assert "return np.linalg.inv(scores.numpy())" in str(told(answer))


def test_wrong_signature_is_told_in_words():
    assert "arguments of the stub" in str(told(lambda scores: scores))


def test_sys_exit_does_not_end_the_notebook():
    def answer(scores, mask=None):
        raise SystemExit

    assert "SystemExit" in str(told(answer))


def test_hostile_text_is_escaped():
    class Hostile(Exception):
        def __str__(self):
            return HOSTILE

    def answer(scores, mask=None):
        raise Hostile  # <script>alert(1)</script>

    html = told(answer)._repr_html_()
    assert "<img" not in html and "<script" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html and "&lt;script&gt;" in html


def test_hostile_class_name_is_escaped():
    hostile = type(HOSTILE, (), {})
    html = told(lambda scores, mask=None: hostile())._repr_html_()
    assert "<img" not in html and "&lt;img" in html


def test_exception_whose_text_raises_is_still_told():
    class Nasty(Exception):
        def __str__(self):
            raise RuntimeError

    def answer(scores, mask=None):
        raise Nasty

    assert "Nasty" in str(told(answer))


# --- not answered yet ----------------------------------------------------------------------------


def stub_with_dots(scores, mask=None):
    """Docstring."""
    ...  # your answer here


def stub_half_written(scores, mask=None):
    allowed = ...
    return scores / allowed


def stub_that_raises(scores, mask=None):
    raise NotImplementedError


@pytest.mark.parametrize(
    "answer", [stub_with_dots, stub_half_written, stub_that_raises, lambda *_: ..., None, ...]
)
def test_stub_is_not_answered_yet(answer):
    verdict = told(answer)
    assert (verdict.status, repr(verdict)) == ("unanswered", "0")


def test_dots_in_an_index_are_no_blank():
    def answer(scores, mask=None):
        return right(scores, mask)[..., :] * 1.5

    assert told(answer).status == "wrong"


def test_path_without_return_is_told_as_such():
    def answer(scores, mask=None):
        if mask is None:
            return right(scores)

    assert "a path through it with no return" in str(told(answer))


# --- functions of one's own ----------------------------------------------------------------------


def without_return(scores, mask=None):
    weights = right(scores, mask)  # noqa: F841 - this is the mistake


def stub_with_code_below(scores, mask=None):
    ...  # your answer here
    return scores.softmax(-1)


def stub(*inputs): ...


def test_forgotten_return_is_not_called_unanswered():
    verdict = told(without_return)
    assert (verdict.status, repr(verdict)) == ("wrong", "0")
    assert "`attention_weights` ran and gave back None. Is a `return` missing" in str(verdict)


def test_dots_left_above_written_code_are_no_blank():
    assert told(stub_with_code_below).headline == "mask ignored"


def test_two_functions_of_which_one_is_written_are_told_apart():
    verdict = check(HEADS, split, stub)
    assert (verdict.status, repr(verdict)) == ("wrong", "0")
    assert "`split_heads` is right." in str(verdict)
    assert "`join_heads` is still to be written." in str(verdict)
    half = check(HEADS, stub, lambda heads: heads.mean(1))
    assert half.headline == "heads added up"
    assert "`split_heads` is still to be written." in str(half)
    assert check(HEADS, stub, stub).status == "unanswered"


def test_forgotten_return_of_one_of_two_functions_names_it():
    def forgotten(heads):
        join(heads)

    assert "Your `join_heads` ran and gave back None" in str(check(HEADS, split, forgotten))


def test_functions_in_the_wrong_order_are_named():
    def split_heads(x, n_heads):
        return split(x, n_heads)

    def join_heads(heads):
        return join(heads)

    with pytest.raises(CourseError, match="join_heads stands where split_heads is asked for"):
        check(HEADS, join_heads, split_heads)
    assert check(HEADS, split_heads, join_heads).status == "passed"


def test_the_courses_own_line_is_never_shown_as_the_learners():
    verdict = check(HEADS, join, split)
    assert verdict.status == "error"
    assert "Your line" not in str(verdict) and "split(x" not in str(verdict)


def in_one_notebook(**functions):
    """Make functions know one another by name, as they do in a notebook."""
    names = {"torch": torch, "INF": INF}
    for name, function in functions.items():
        names[name] = types.FunctionType(function.__code__, names, name, function.__defaults__)
    return types.SimpleNamespace(**names)


def calls_attention_weights(q, k, v, mask=None):
    return attention_weights(q @ k.mT / q.shape[-1] ** 0.5, mask) @ v  # noqa: F821


def mask_ignored(scores, mask=None):
    return torch.softmax(scores, -1)


@pytest.mark.parametrize(
    ("earlier", "how"), [(mask_ignored, "mask ignored"), (stub, "not answered yet")]
)
def test_earlier_function_that_is_wrong_is_blamed_before_the_one_that_calls_it(earlier, how):
    own = in_one_notebook(attention_weights=earlier, answer=calls_attention_weights)
    verdict = told(own.answer, SDPA)
    assert "Hand `mask` on" not in str(verdict)
    assert verdict.headline == "Something that your answer calls is wrong"
    assert f"that does not pass `attention.weights` ({how})" in str(verdict)


def test_error_in_the_answers_own_line_is_told_before_the_blame():
    def own_error(q, k, v, mask=None):
        return attention_weights(q @ k, mask) @ v  # noqa: F821

    own = in_one_notebook(attention_weights=mask_ignored, answer=own_error)
    text = str(told(own.answer, SDPA))
    assert text.index("Is a transpose missing") < text.index("does not pass `attention.weights`")


def test_earlier_function_that_is_right_is_not_blamed():
    own = in_one_notebook(
        attention_weights=lambda s, m=None: torch.nan_to_num(
            s.masked_fill(~m, -INF).softmax(-1) if m is not None else s.softmax(-1)
        ),
        answer=calls_attention_weights,
        unscaled=lambda q, k, v, mask=None: attention_weights(q @ k.mT, mask) @ v,  # noqa: F821
    )
    assert told(own.answer, SDPA).status == "passed"
    assert told(own.unscaled, SDPA).headline == "no scale"


# --- what differs ------------------------------------------------------------------------------


def test_large_exponential_is_a_cause_of_nan_that_is_named():
    def answer(scores, mask=None):
        parts = scores.exp()
        return parts / parts.sum(-1, keepdim=True) if mask is None else right(scores, mask) ** 2

    assert "so does the exponential of a large number" in str(told(answer))


def test_mistake_in_part_of_the_cases_does_not_promise_a_second_one():
    def answer(scores, mask=None):
        return scores.softmax(-2 if scores.dim() == 2 else 1)

    assert "something more" not in str(told(answer))


def test_list_of_arrays_is_called_a_list():
    text = str(told(lambda scores, mask=None: list(right(scores, mask))))
    assert "output is a list or tuple where one array is expected" in text
    assert "`torch.stack`" in text


def test_transpose_of_all_dimensions_is_told_as_such():
    def answer(q, k, v, mask=None):
        return right(q @ k.T / q.shape[-1] ** 0.5, mask) @ v

    text = str(told(answer, SDPA))
    assert "`.T` turns all dimensions round" in text and "`transpose(-2, -1)`" in text


def test_message_of_an_unknown_error_says_how_to_make_inputs():
    def answer(scores, mask=None):
        return {}[1] if scores.dim() == 4 else right(scores, mask)

    text = str(told(answer))
    assert "scores = an array of shape (2, 2, 3, 4)" in text
    assert "on inputs of the shapes below (`torch.randn(2, 3)` has the shape (2, 3))" in text


# --- what is printed -----------------------------------------------------------------------------


def test_what_an_answer_prints_is_shown_once(capsys):
    def answer(scores, mask=None):
        print("shape", tuple(scores.shape), HOSTILE)
        return right(scores, mask)

    verdict = told(answer)
    assert verdict.status == "passed"
    assert str(verdict).count("shape (2, 3)") == 1
    assert "printed something in 45 of 45 cases" in str(verdict)
    assert "<img" not in verdict._repr_html_() and "&lt;img" in verdict._repr_html_()
    assert capsys.readouterr().out == f"{verdict}\n"


def test_endless_printing_is_cut_and_shown_with_the_time_that_was_up():
    def answer(scores, mask=None):
        while True:
            print("again and again")

    verdict = told(answer, seconds=0.2)
    assert verdict.status == "late"
    assert 1 < str(verdict).count("again and again") < 20 and "…" in str(verdict)


def test_second_call_for_gradients_is_not_shown():
    def answer(q, k, v, mask=None):
        print("called")
        return right_attention(q, k, v, mask)

    assert str(told(answer, SDPA)).count("called") == 1


def test_outside_a_notebook_the_message_is_printed_and_inside_it_is_not(capsys, monkeypatch):
    told(right)
    assert "✓ Right · 2 of 2 points" in capsys.readouterr().out
    monkeypatch.setattr(ask, "_in_a_notebook", lambda: True)
    told(right)
    assert capsys.readouterr().out == ""


def test_a_script_sees_the_message_of_a_hint(tmp_path):
    code = 'from paperclub.learner import hint; hint("attention.weights")'
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PAPERCLUB_DATA": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    assert "Hint 1 of 2" in done.stdout
