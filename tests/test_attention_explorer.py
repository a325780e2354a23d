"""The attention explorer's Python: what it refuses, what it packs, what it says."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from paperclub.errors import CourseError
from paperclub.widgets import AttentionExplorer, attention_explorer, page
from paperclub.widgets.looks import STEPS, Look, look_at

torch = pytest.importorskip("torch")

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def figure():
    return AttentionExplorer(["To be, or not to be", HOSTILE, ""])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda: AttentionExplorer("To be"), r"one string; a list of strings"),
        (lambda: AttentionExplorer([]), "0 sentences are given; 1 to 6"),
        (lambda: AttentionExplorer([str(i) for i in range(7)]), "7 sentences are given"),
        (lambda: AttentionExplorer(["a", 3]), r"sentences\[1\] is no text but int"),
        (lambda: AttentionExplorer(["a" * 1001]), "1001 characters; at most 1000"),
        (lambda: AttentionExplorer(["a", "a"]), r"sentences\[1\] stands there twice"),
        (lambda: AttentionExplorer(["a"], layer=1), "give both or none"),
        (lambda: AttentionExplorer(["a"], layer=0, head=99), "no head 99 in layer 0"),
    ],
)
def test_wrong_input_is_refused_with_what_would_be_right(given, message):
    with pytest.raises(CourseError, match=message):
        given()


def test_attentions_are_sent_in_steps_that_the_eye_cannot_tell(figure):
    layers, heads = figure.shape
    sent, start = np.frombuffer(figure.attentions, "<u2"), 0
    for entry in figure.sentences:
        exact, n = look_at("tiny-gpt", entry["text"]).weights, len(entry["tokens"])
        assert exact.shape == (layers, heads, n, n)
        # No query of a causal model looks ahead: only the keys up to it are sent.
        back = np.zeros(exact.shape)
        size = layers * heads * n * (n + 1) // 2
        piece = sent[start : start + size].reshape(layers, heads, -1)
        back[..., *np.tril_indices(n)] = piece / STEPS
        assert np.abs(back - exact).max() <= 0.5 / STEPS
        start += size
    assert start == sent.size


def test_the_weights_may_come_late_and_once(figure):
    from ipywidgets.embed import dependency_state

    second = AttentionExplorer(["What say you?"])
    models = dependency_state([figure], drop_defaults=False)
    models |= dependency_state([second], drop_defaults=False)
    state = page.split_state(models)
    assert len(state.late) == 1 and len(next(iter(state.late.values()))) <= 2_000_000
    for entry in state.figures.values():
        assert set(entry["late"]) == {"parameters"}
        assert "parameters" not in {buffer["path"][0] for buffer in entry["buffers"]}


def test_the_sentence_is_what_the_model_gives(figure):
    look = look_at("tiny-gpt", "To be, or not to be")
    weights = look.weights[1, 2, 4]
    best = int(weights.argmax())
    said = figure.sentence(layer=1, head=2, query=4)
    assert said.startswith("In layer 2, head 3")
    assert f"puts {weights[best]:.2f} of its weight on “{look.tokens[best]}”" in said
    name, share = look.next[4][0]
    assert said.endswith(f"The likeliest next token is “{name}” ({share:.2f}).")
    assert repr(figure) == f"AttentionExplorer: {figure.sentence()}"


def test_patterns_are_those_of_the_models_card(monkeypatch, tmp_path):
    from paperclub.models import store

    called = ["previous", "mixed", "induction"] * 8
    heads = [{"called": name, "scores": {"previous": 0.5, "first": 0.1}} for name in called]
    card = {"patterns": {"named_from": 0.35, "heads": heads}}
    (tmp_path / "card.json").write_text(json.dumps(card), "utf-8")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(store, "folder", lambda name: tmp_path)
        found = attention_explorer._patterns("tiny-gpt")
    assert found == (heads, 0.35)
    monkeypatch.setattr(attention_explorer, "_patterns", lambda name: found)
    shown = AttentionExplorer(["To be"])
    assert "layer 1, head 1 (previous token)," in shown.sentence(layer=0, head=0)
    assert "layer 1, head 2," in shown.sentence(layer=0, head=1)
    assert "layer 1, head 3 (induction)," in shown.sentence(layer=0, head=2)


def test_it_opens_where_a_query_looks_far_back():
    weights = np.zeros((2, 2, 7, 7))
    weights[..., range(7), range(7)] = 1
    weights[1, 0, 6] = [0.9, 0, 0, 0.1, 0, 0, 0]
    weights[0, 1, 5] = [0, 0.4, 0.6, 0, 0, 0, 0]
    look = Look(list("abcdefg"), weights, [])
    assert look.striking() == (0, 1, 5)
    assert look.striking((1, 0)) == (1, 0, 6), "nothing far in that head: the last token"
    assert Look(["a"], np.ones((2, 2, 1, 1)), []).striking() == (0, 0, 0)


def test_a_long_text_is_cut_and_the_sentence_says_so(figure):
    said = figure.sentence(text="say " * 100, query=63)
    assert "The model sees 64 tokens;" in said and said.endswith("at the end are left out.")


def test_a_head_that_is_switched_off_writes_zeros_and_is_still_seen():
    whole = look_at("tiny-gpt", "To be, or not")
    without = look_at("tiny-gpt", "To be, or not", off=((0, 1),))
    assert np.array_equal(whole.weights[0], without.weights[0]), "its own layer sees the same"
    assert np.abs(whole.weights[1] - without.weights[1]).max() > 0, "the next one does not"
    layers, heads = whole.weights.shape[:2]
    everything = tuple((layer, head) for layer in range(layers) for head in range(heads))
    silent = look_at("tiny-gpt", "To be, or not", off=everything)
    other = look_at("tiny-gpt", "No be, or not", off=everything)
    assert silent.next[-1] == other.next[-1], "no head: nothing is heard of earlier tokens"


def test_temperature_sharpens(figure):
    cold, warm = (look_at("tiny-gpt", "To be", temperature=t).next[-1][0][1] for t in (0.2, 2))
    assert cold > warm
    assert "at temperature 0.2 is" in figure.sentence(query=0, temperature=0.2)


def test_changing_one_look_changes_no_other():
    before = look_at("tiny-gpt", "To be").weights.copy()
    look_at("tiny-gpt", "To be", off=((0, 0),))
    look_at.cache_clear()
    assert np.array_equal(before, look_at("tiny-gpt", "To be").weights)


class Given:
    """A model that answers as one of Hugging Face's does."""

    def __init__(self, weights, generates=True):
        self.weights, self.generates = weights, generates

    def __call__(self, input_ids, output_attentions):
        assert output_attentions
        logits = torch.arange(5.0).repeat(1, input_ids.shape[1], 1)
        return SimpleNamespace(attentions=self.weights, logits=logits)

    def can_generate(self):
        return self.generates


class Words:
    """A tokenizer that takes words, and marks spaces as GPT-2's does."""

    def __call__(self, text, return_tensors):
        return {"input_ids": torch.arange(len(text.split()))[None]}

    def convert_ids_to_tokens(self, ids):
        return ["<img/src=x>" if i == 1 else f"Ġw{i}" for i in ids]


def given_attentions(n=3, heads=2, layers=2):
    torch.manual_seed(0)
    return [torch.randn(1, heads, n, n).softmax(-1) for _ in range(layers)]


def test_any_model_that_yields_attentions_is_shown():
    weights = given_attentions()
    shown = AttentionExplorer.from_transformers(Given(weights), Words(), "one two three")
    assert (shown.shape, shown.causal) == ([2, 2], False)
    assert shown.sentences[0]["tokens"] == ["·w0", "<img/src=x>", "·w2"]
    seen = weights[1][0, 0, 2]
    best = int(seen.argmax())
    said = shown.sentence(layer=1, head=0, query=2)
    assert f"puts {float(seen[best]):.2f} of its weight on “" in said
    assert "The likeliest next token is “·w4” (0.64)." in said
    assert not shown.parameters and "call from_transformers again" in shown.fixed


def test_names_of_tokens_are_what_they_stand_for():
    class Bytes(Words):
        def convert_ids_to_tokens(self, ids):
            return [["ĠÃ¼ber", "▁king", "Ð", None, "##s"][i] for i in ids]

        def decode(self, ids, clean_up_tokenization_spaces):
            return [" über", "king", "\ufffd", "", "##s"][ids[0]]

    model = Given(given_attentions(5), generates=False)
    shown = AttentionExplorer.from_transformers(model, Bytes(), "a b c d e")
    assert shown.sentences[0]["tokens"] == ["·über", "·king", "Ð", "⟨3⟩", "##s"]


def test_a_model_that_cannot_generate_foretells_nothing():
    model = Given(given_attentions(), generates=False)
    shown = AttentionExplorer.from_transformers(model, Words(), "one two three")
    assert "likeliest" not in shown.sentence()


@pytest.mark.parametrize(
    ("weights", "text", "message"),
    [
        (None, "a b c", 'no attentions.*attn_implementation="eager"'),
        ([None], "a b c", "no attentions"),
        (given_attentions(), "", "no token of this text"),
        (given_attentions(), "a " * 65, "65 tokens; 1 to 64 can be shown"),
        ([w * 2 for w in given_attentions()], "a b c", r"attentions.* sums to 2|reaches from"),
        (given_attentions(4), "a b c", "4 × 4 for 3 tokens"),
        (given_attentions(3, 33), "a b c", "2 layers of 33 heads"),
    ],
)
def test_outputs_that_cannot_be_shown_are_refused(weights, text, message):
    with pytest.raises(CourseError, match=message):
        AttentionExplorer.from_transformers(Given(weights), Words(), text)


def test_a_saved_file_holds_the_model_and_no_open_markup(figure, tmp_path):
    text = figure.save_html(tmp_path / "figure.html").read_text("utf-8")
    assert "paperclubData" in text
    assert "<img" not in text
