"""The exercise engine: what a learner is told, and what must not happen on the way."""

import signal
import sys
import threading
import time

import pytest
import torch

from paperclub import paths
from paperclub.errors import CourseError
from paperclub.exercises import Case, Exercise, Mistake
from paperclub.exercises.judge import judge, rows_of
from paperclub.exercises.limits import TimeIsUp, within
from paperclub.exercises.run import run
from paperclub.learner import check, hint, predict, solution

SDPA = "attention.scaled_dot_product"
HOSTILE = "<img src=x onerror=alert(1)>"


def right(scores, mask=None):
    weights = (scores if mask is None else scores.masked_fill(~mask, -float("inf"))).softmax(-1)
    return weights if mask is None else weights.masked_fill(~mask, 0)


def right_attention(q, k, v, mask=None):
    return right(q @ k.mT / q.shape[-1] ** 0.5, mask) @ v


def told(answer, id="attention.weights", **options):
    return check(id, answer, **options)


# --- verdicts ------------------------------------------------------------------------------------


def test_right_answer_gets_its_points_and_a_next_step():
    verdict = told(right)
    assert (verdict.status, verdict.points, repr(verdict)) == ("passed", 2, "2")
    assert "Covered:" in str(verdict) and "Next:" in str(verdict)
    assert verdict._repr_html_().count("<div") == verdict._repr_html_().count("</div>")


def test_known_mistake_is_shown_on_its_smallest_case_with_both_values():
    verdict = told(lambda scores, mask=None: scores.softmax(-1))
    assert verdict.headline == "mask ignored"
    assert "2 queries, 3 keys, a mask" in str(verdict)
    assert "yours" in str(verdict) and "expected" in str(verdict)
    assert verdict._repr_html_().count("<svg") == 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda scores, mask=None: right(scores, mask).mean(-1), "The shape of output is (2,)"),
        (lambda scores, mask=None: right(scores, mask) > 0.5, "are true/false"),
        (lambda scores, mask=None: right(scores, mask) * 0 / 0, "are NaN"),
        (lambda scores, mask=None: "weights", "It returned a str where an array is expected"),
        (lambda scores, mask=None: (right(scores, mask), 1), "The first is right: return it alone"),
        (lambda scores, mask=None: right(scores, mask) + 0.1, "The first difference is at"),
    ],
)
def test_unknown_mistake_is_told_by_where_it_first_differs(answer, says):
    verdict = told(answer)
    assert verdict.status == "wrong" and verdict.points == 0
    assert says in str(verdict)


def test_first_difference_is_named_with_its_index():
    def answer(scores, mask=None):
        weights = right(scores, mask).clone()
        weights[..., -1, -1] += 0.25
        return weights

    assert "`output[1, 0]`" in str(told(answer)) or "`output[1, 2]`" in str(told(answer))


def test_answer_that_is_right_without_a_mask_only_is_told_so():
    def answer(scores, mask=None):
        return right(scores) if mask is None else right(scores) ** 2

    assert "15 of 45 cases are right" in str(told(answer))


def test_two_mistakes_at_once_are_told_one_by_one():
    def answer(q, k, v, mask=None):
        return right(q @ k.mT, None if mask is None else ~mask) @ v

    verdict = told(answer, SDPA)
    assert verdict.status == "wrong"
    assert "this mistake does: no scale" in str(verdict)


def test_changed_input_is_told_after_the_result_is_right():
    def answer(q, k, v, mask=None):
        result = right_attention(q, k, v, mask)
        with torch.no_grad():
            v.mul_(2)
        return result

    verdict = told(answer, SDPA)
    assert verdict.headline == "An input was changed"
    assert "`v` was changed on the way" in str(verdict)


def test_changed_input_of_one_call_does_not_reach_the_next():
    def answer(scores, mask=None):
        weights = right(scores, mask)
        scores.zero_()
        return weights

    assert told(answer).headline == "An input was changed"
    assert told(right).status == "passed"


def test_wrong_gradient_is_told_when_the_numbers_are_right():
    def answer(q, k, v, mask=None):
        return right((q @ k.mT).detach() / q.shape[-1] ** 0.5, mask) @ v

    verdict = told(answer, SDPA)
    assert verdict.headline == "The gradient is wrong"
    assert "No gradient arrives for q" in str(verdict)


def test_reference_is_never_shown_by_a_check():
    for answer in (right, lambda *_: None, lambda *_: 1 / 0, lambda s, m=None: s):
        verdict = told(answer)
        assert "masked_fill(~mask, -" not in str(verdict) + verdict._repr_html_()


def test_answer_in_another_precision_or_library_passes():
    assert told(lambda s, m=None: right(s.double(), m)).status == "passed"
    assert told(lambda s, m=None: right(s, m).numpy()).status == "passed"
    assert told(lambda s, m=None: right(s, m).mT.contiguous().mT).status == "passed"


def test_warning_or_print_to_stderr_leaves_stderr_empty(capfd):
    def answer(scores, mask=None):
        import sys
        import warnings

        warnings.warn("careful", stacklevel=1)
        print("here", file=sys.stderr)
        return right(scores, mask)

    assert told(answer).status == "passed"
    assert capfd.readouterr().err == ""


def test_check_leaves_the_learners_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    told(right)
    assert torch.equal(torch.rand(3), expected)


# --- time ----------------------------------------------------------------------------------------


def test_endless_loop_is_stopped_with_a_message():
    def answer(scores, mask=None):
        while True:
            pass

    verdict = told(answer, seconds=0.2)
    assert verdict.status == "late" and repr(verdict) == "0"
    assert "Stopped after 0.2 seconds" in str(verdict)
    assert told(right).status == "passed"


def test_loop_that_catches_everything_is_stopped():
    def answer(scores, mask=None):
        while True:
            try:
                while True:
                    pass
            except:  # noqa: E722 - what a learner may write
                pass

    assert told(answer, seconds=0.2).status == "late"


def test_endless_loop_is_stopped_in_a_second_thread():
    def answer(scores, mask=None):
        while True:
            pass

    found = []
    thread = threading.Thread(target=lambda: found.append(told(answer, seconds=0.2)))
    thread.start()
    thread.join(60)
    assert found[0].status == "late"


def test_time_limit_leaves_nothing_behind():
    before = sys.gettrace(), signal.getsignal(signal.SIGALRM)
    within(0.05, lambda: None)
    time.sleep(0.1)
    with pytest.raises(TimeIsUp):
        within(0.05, lambda: time.sleep(5))
    assert (sys.gettrace(), signal.getsignal(signal.SIGALRM)) == before


# --- other kinds of answers ----------------------------------------------------------------------


def drive_counter(answer, start, steps):
    counter = answer(start)
    return {"after": [counter.step() for _ in range(steps)], "total": counter.total}


class Counter:
    def __init__(self, start):
        self.total = start.clone()

    def step(self):
        self.total = self.total + 1
        return self.total


class Stuck(Counter):
    def step(self):
        return self.total


class Mutating(Counter):
    def __init__(self, start):
        start += 1
        self.total = start - 1


def counting(**changes):
    given = {
        "id": "test.counting",
        "title": "Counting",
        "asks": ("Counter",),
        "reference": Counter,
        "driver": drive_counter,
        "cases": lambda seed: [Case("from 3", {"start": torch.tensor([3.0 + seed]), "steps": 2})],
        "mistakes": (Mistake("stuck", Stuck, "It does not move."),),
        "points": 1,
        "difficulty": 1,
        "importance": 1,
        "minutes": 1,
        "hints": ("one", "two"),
        "symptoms": (),
        "why": "",
        "covered": "counting",
        "next_step": "rest",
    }
    return Exercise(**given | changes)


def judged(exercise, answer):
    rows = rows_of(exercise, (0, 1))
    return judge(exercise, rows, run(exercise, answer, [row.case for row in rows]), 10)


def test_class_is_driven_and_judged_by_its_numbers():
    exercise = counting()
    assert judged(exercise, Counter).status == "passed"
    assert judged(exercise, Stuck).headline == "stuck"
    assert judged(exercise, Mutating).headline == "An input was changed"


def test_exercise_that_contradicts_itself_is_refused():
    with pytest.raises(ValueError, match="two mistakes have the same name"):
        counting(mistakes=(Mistake("a", Stuck, "x"), Mistake("a", Mutating, "y")))
    with pytest.raises(ValueError, match="difficulty goes from 1 to 5"):
        counting(difficulty=6)


def test_tolerance_is_a_share_of_the_outputs_size():
    def give(value):
        return lambda start, steps: torch.tensor([value])

    exercise = counting(
        reference=give(1e-6), driver=lambda answer, *inputs: answer(*inputs), mistakes=()
    )
    assert judged(exercise, give(1.00001e-6)).status == "passed"
    assert judged(exercise, give(1.1e-6)).status == "wrong"
    assert judged(exercise, give(0.0)).status == "wrong"


# --- asking --------------------------------------------------------------------------------------


def test_unknown_exercise_names_the_near_ones():
    with pytest.raises(CourseError, match=r"Did you mean 'attention.weights'"):
        check("attention.wieghts", right)
    with pytest.raises(CourseError, match="The week 'atention' has no exercises"):
        hint("atention.weights")


def test_missing_solutions_are_told_as_a_missing_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)
    with pytest.raises(CourseError, match="none is there"):
        check("attention.weights", right)


def test_calling_the_function_instead_of_handing_it_over_is_told():
    with pytest.raises(CourseError, match="takes the function itself"):
        check("attention.weights", right(torch.zeros(2, 2)))
    with pytest.raises(CourseError, match="asks for split_heads and join_heads"):
        check("attention.split_and_join_heads", right)


def test_check_works_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told(right).status == "passed"
    assert not list(tmp_path.iterdir())


def test_hints_come_one_after_the_other_and_the_last_stays():
    first, second, third = (hint("attention.multi_head") for _ in range(3))
    assert first.headline == "Hint 1 of 2"
    assert second.headline == third.headline == "Hint 2 of 2"
    assert first.parts[0] != second.parts[0] == third.parts[0]


def test_solution_is_shown_at_the_second_asking_with_its_why():
    first, second = solution("attention.weights"), solution("attention.weights")
    assert "def attention_weights" not in str(first)
    assert "def attention_weights" in str(second)
    assert "shared out anew" in str(second)


# --- predictions ---------------------------------------------------------------------------------

PREDICTION = "attention.without_scale"


def measure(sharp=True):
    return {
        (d, scaled): (20.0, 0.23, 0.1) if scaled or not sharp else (1.1, 0.001, 1.0)
        for scaled in (True, False)
        for d in (4, 1024)
    }


def test_prediction_earns_its_points_for_being_made():
    assert repr(predict(PREDICTION, None)) == "0"
    assert repr(predict(PREDICTION, "A")) == "3"


def test_run_is_not_made_before_the_prediction():
    def forbidden():
        raise AssertionError("the run was made")

    assert check(PREDICTION, forbidden).headline == "Predict first"


def test_prediction_can_be_changed_before_the_run_and_not_after():
    predict(PREDICTION, "a")
    predict(PREDICTION, "b")
    verdict = check(PREDICTION, measure)
    assert verdict.headline == "You predicted b"
    assert "The run says c" in str(verdict)
    assert "stays: b" in predict(PREDICTION, "c").headline
    assert check(PREDICTION, measure).headline == "You predicted b"


def test_choice_that_does_not_exist_is_refused_with_those_that_do():
    verdict = predict(PREDICTION, HOSTILE)
    assert "Choose one of a, b, c, d" in str(verdict) and repr(verdict) == "0"
    assert "<img" not in verdict._repr_html_()


def test_run_settles_by_what_was_measured():
    predict(PREDICTION, "a")
    assert (
        check(PREDICTION, lambda: measure(sharp=False)).headline == "You predicted a, and so it is"
    )
