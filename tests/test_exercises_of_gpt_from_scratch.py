"""The week gpt-from-scratch: natural mistakes are known, and the notebook's run settles c."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F

from paperclub import exercises
from paperclub.learner import check, predict

PAIRS, ENCODE = "gpt-from-scratch.pairs", "gpt-from-scratch.encode"
STEP, NUCLEUS, UNITS = (f"gpt-from-scratch.{name}" for name in ("step", "nucleus", "units"))


def right(id):
    return exercises.exercise(id).reference


def count_in_one_text(words, counts):
    found = {}
    text = [token for word, n in zip(words, counts, strict=True) for token in word * n]
    for pair in pairwise(text):
        found[pair] = found.get(pair, 0) + 1
    return found


def merge_with_a_for_loop(tokens, pair, joined):
    result = []
    for i in range(len(tokens)):
        if tuple(tokens[i : i + 2]) == pair:
            result.append(joined)
        elif i > 0 and tuple(tokens[i - 1 : i + 1]) == pair:
            continue
        else:
            result.append(tokens[i])
    return result


def encode_by_looking_up_the_longest(text, merges):
    spelling = [bytes([byte]) for byte in range(256)]
    for left, right_part in merges:
        spelling.append(spelling[left] + spelling[right_part])
    data, tokens = text.encode(), []
    while data:
        fits = [t for t, word in enumerate(spelling) if data.startswith(word)]
        tokens.append(max(fits, key=lambda t: len(spelling[t])))
        data = data[len(spelling[tokens[-1]]) :]
    return tokens


def decode_piece_by_piece(tokens, merges):
    return "".join(right(ENCODE)[1]([token], merges) for token in tokens)


def loss_without_a_shift(logits, tokens):
    return F.cross_entropy(logits.transpose(1, 2), tokens)


def step_of(loss):
    def step(weight, tokens, rate, most):
        table = weight.clone().requires_grad_()
        loss(table[tokens] @ table.T, tokens).backward()
        torch.nn.utils.clip_grad_norm_([table], most)
        return (table - rate * table.grad).detach()

    return step


def step_clipping_values(weight, tokens, rate, most):
    table = weight.clone().requires_grad_()
    right(STEP)[1](table[tokens] @ table.T, tokens).backward()
    torch.nn.utils.clip_grad_value_([table], most)
    return (table - rate * table.grad).detach()


def nucleus_up_to_p(logits, p, temperature=1.0):
    shares, order = (logits / temperature).softmax(-1).sort(-1, descending=True)
    kept = shares * (shares.cumsum(-1) <= p)
    kept = torch.zeros_like(shares).scatter(-1, order, kept)
    return kept / kept.sum(-1, keepdim=True)


def nucleus_as_many_programs_do(logits, p, temperature=1.0):
    """What is common elsewhere: remove what is over p, shifted by one so that one stays."""
    ordered, order = (logits / temperature).sort(-1, descending=True)
    remove = ordered.softmax(-1).cumsum(-1) > p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    hidden = torch.zeros_like(remove).scatter(-1, order, remove)
    return (logits / temperature).masked_fill(hidden, float("-inf")).softmax(-1)


@pytest.mark.parametrize(
    ("id", "answers", "name"),
    [
        (PAIRS, (count_in_one_text, right(PAIRS)[1]), "pairs across words"),
        (PAIRS, (right(PAIRS)[0], merge_with_a_for_loop), "overlapping pairs"),
        (ENCODE, (encode_by_looking_up_the_longest, right(ENCODE)[1]), "the longest token first"),
        (ENCODE, (right(ENCODE)[0], decode_piece_by_piece), "each token decoded by itself"),
        (
            STEP,
            (right(STEP)[0], loss_without_a_shift, step_of(loss_without_a_shift)),
            "targets not shifted",
        ),
        (STEP, (*right(STEP)[:2], step_clipping_values), "each number clipped"),
        (NUCLEUS, (nucleus_up_to_p,), "the token that crosses p is dropped"),
        (NUCLEUS, (nucleus_as_many_programs_do,), "Right"),
    ],
)
def test_natural_mistake_is_known_by_name(id, answers, name):
    assert check(id, *answers).headline == name


@pytest.mark.parametrize("text", ["", "aaaa", "Ж猫🙂\x00\u200d", "the then hen\n" * 3])
def test_reference_gives_any_text_back(text):
    encode, decode = right(ENCODE)
    merges = exercises.exercise(ENCODE).cases(0)[0].inputs["merges"]
    assert decode(encode(text, merges), merges) == text


def test_prediction_is_settled_by_which_way_each_unit_goes():
    predict(UNITS, "a")
    verdict = check(UNITS, lambda: {0: (4.7, 4.7), 256: (7.5, 3.8)})
    assert "c" in str(verdict) and "7.50" in str(verdict)
    settle = exercises.exercise(UNITS).settle
    assert settle({0: (4.0, 4.0), 9: (3.0, 5.0)})[0] == "b"
    assert settle({0: (4.0, 4.0), 9: (5.0, 5.0)})[0] == "d"
    assert settle({0: (4.0, 4.0), 9: (3.0, 3.0)})[0] == "a"
