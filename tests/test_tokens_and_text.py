"""The figures BytePairs and NextToken: their data is checked, and their numbers are right."""

import math

import pytest
import torch

from paperclub import models
from paperclub.errors import CourseError
from paperclub.nn import decoding_probabilities
from paperclub.widgets import BytePairs, NextToken

MERGES = [(116, 104), (256, 101), (97, 97)]  # "th", "the", "aa"


def counts(**often):
    listed = [0] * 256
    for letter, number in often.items():
        listed[ord(letter)] = number
    return listed


BYTES = counts(t=8, h=8, e=4, a=8)


def pairs(**options):
    return BytePairs(MERGES, BYTES, [6, 4, 2], **({"text": "the aaa"} | options))


def test_bits_come_from_the_shares_of_the_training_text():
    # With two merges: t 2, h 2, e 0, a 8, th 2, the 4; 18 tokens, and half a count for each of 258.
    price = {"the": 4.5, " ": 0.5, "a": 8.5}
    bits = sum(-math.log2(share / (18 + 129)) for share in (price["the"], price[" "]))
    bits += 3 * -math.log2(price["a"] / (18 + 129))
    assert f"7 bytes are 5 tokens: {bits / 5:.2f} bits a token" in pairs().sentence(count=2)
    assert f"and {bits / 7:.2f} bits a byte" in pairs().sentence(count=2)


def test_the_sentence_says_which_merge_and_how_often_it_joins():
    figure = pairs()
    assert figure.sentence(count=0).startswith("With no merge, 7 bytes are 7 tokens")
    assert figure.sentence(count=1).startswith("Merge 1 joins “t” and “h”, once here. 7 bytes")
    assert "Merge 3 joins “a” and “a”, once here" in figure.sentence(count=3)
    assert "Merge 3 joins “a” and “a”, 2 times here" in figure.sentence("aaaa", count=3)
    assert "nowhere here. 1 byte is 1 token" in figure.sentence("x", count=3)
    assert figure.sentence("") == "There is no text yet: type one."
    assert repr(figure) == f"BytePairs: {figure.sentence(count=1)}"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: BytePairs([], BYTES, []), "0 merges are given"),
        (lambda: BytePairs([(97, 256)], BYTES, [1]), r"merges\[0\] joins 97 and 256"),
        (lambda: BytePairs(MERGES, BYTES[:9], [6, 4, 2]), "byte_counts has 9 numbers"),
        (lambda: BytePairs(MERGES, BYTES, [6, 4]), "merge_counts has 2 numbers for 3 merges"),
        (lambda: BytePairs(MERGES, BYTES, [6, 7, 2]), r"merge_counts\[1\] is 7"),
        (lambda: pairs(text="x" * 141), "text has 141 characters"),
        (lambda: pairs(count=4), "count is 4; there are 0 to 3 merges"),
        (lambda: NextToken("x" * 301), "prompt has 301 characters"),
        (lambda: NextToken(temperature=0), "temperature is 0"),
        (lambda: NextToken(top_k=-1), "top_k is -1"),
        (lambda: NextToken(top_p=0), "top_p is 0"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(make, says):
    with pytest.raises(CourseError, match=says):
        make()


def test_next_token_says_what_the_shipped_model_gives():
    figure = NextToken("My lord, the king is")
    model, tokenizer = models.load("tiny-gpt")
    with torch.no_grad():
        logits = model(torch.tensor([tokenizer.encode("My lord, the king is")]))[0][0, -1].double()
    given, drawn = logits.softmax(-1), decoding_probabilities(logits, 0.7, 40, 0.9)
    best = int(logits.argmax())
    text = figure.sentence(temperature=0.7, top_k=40, top_p=0.9)
    assert text.startswith(f"After “·is”, “{tokenizer.names([best])[0]}” (number 1) is drawn with")
    assert f"probability {drawn[best]:.2f}; the model gave it {given[best]:.2f}." in text
    assert f"{int((drawn > 0).sum())} of 1024 tokens can be drawn" in text
    assert "“⏎”" in figure.sentence("")


def test_next_token_says_what_is_cut_off_and_what_alone_is_left():
    figure = NextToken()
    assert "(number 2) is never drawn" in figure.sentence(top_k=1, row=1)
    assert figure.sentence(top_k=1).endswith("No other token can be drawn.")
    assert "less than 0.01" in figure.sentence(row=200)


def test_a_long_prompt_is_read_from_its_end():
    words = "zq" * 140  # each letter is a token
    assert NextToken(words).sentence() == NextToken(words[-192:]).sentence()
