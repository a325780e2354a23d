"""The figure of queues: it refuses what does not fit, and JavaScript, Python and torch agree."""

import base64
import json
import shutil
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from specimens import HOSTILE, every_specimen

from paperclub.errors import CourseError
from paperclub.widgets import ExpertQueues

torch = pytest.importorskip("torch")

LETTERS = "abcdefghijklmnopqrstuvwxyz \n"
ASK = Path(__file__).with_name("expert_queues.mjs")
TEXTS = ("", "a", "to be, or not to be\nthat is", HOSTILE, "ö 😀 x" * 4, "e" * 200)


class Reader(torch.nn.Module):
    """Embedding, attention and gate in torch, as the chapter builds them."""

    def __init__(self, d=8, heads=2, experts=6, n=96):
        super().__init__()
        self.heads = heads
        self.letter = torch.nn.Embedding(len(LETTERS) + 1, d)
        self.place = torch.nn.Embedding(n, d)
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(d) for _ in range(2))
        self.attention = torch.nn.MultiheadAttention(d, heads, batch_first=True)
        self.gate = torch.nn.Parameter(torch.randn(d, experts))
        self.noise = torch.nn.Parameter(torch.randn(d, experts))
        for parameter in (*self.norms.parameters(), self.attention.in_proj_bias):
            torch.nn.init.normal_(parameter)
        torch.nn.init.normal_(self.attention.out_proj.bias)

    def arrays(self):
        maps = [*self.attention.in_proj_weight.chunk(3), self.attention.out_proj.weight]
        biases = [*self.attention.in_proj_bias.chunk(3), self.attention.out_proj.bias]
        joined = [torch.cat([w.T, b[None]]) for w, b in zip(maps, biases, strict=True)]
        norms = [p for norm in self.norms for p in (norm.weight, norm.bias)]
        return {
            "characters": self.letter.weight,
            "places": self.place.weight,
            "norms": torch.stack(norms),
            "attention": torch.stack(joined),
            "gate": self.gate,
            "noise": self.noise,
        }

    @torch.no_grad()
    def route(self, text, k, level, drawn):
        ids = torch.tensor([[LETTERS.find(c) % (len(LETTERS) + 1) for c in text]])
        n = ids.shape[1]
        x = self.letter(ids) + self.place.weight[:n]
        h = self.norms[0](x)
        x = x + self.attention(h, h, h, attn_mask=torch.ones(n, n).bool().triu(1))[0]
        x = self.norms[1](x)[0]
        spread = torch.nn.functional.softplus(x @ self.noise)
        scores = x @ self.gate + level * drawn[:n] * spread
        top, expert = scores.topk(k, dim=-1)
        return top.softmax(dim=-1).numpy(), expert.numpy()


@pytest.fixture(scope="module")
def reader():
    torch.manual_seed(0)
    return Reader()


@pytest.fixture(scope="module")
def figure(reader):
    zeros = {name: torch.zeros_like(values) for name, values in reader.arrays().items()}
    models = {"Trained": reader.arrays(), "Zeros": zeros}
    return ExpertQueues(models, letters=LETTERS, text=TEXTS[2], n_heads=reader.heads)


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("level", [0.0, 1.5])
def test_gates_and_experts_are_torchs(figure, reader, k, level):
    drawn = torch.from_numpy(np.frombuffer(figure.drawn, "<f4").reshape(96, 6).copy())
    gates, experts = reader.route(TEXTS[2], k, level, drawn)
    routed = figure.routed(k=k, noise=level)
    assert np.abs(routed.gates - gates).max() < 1e-4
    assert (routed.experts == experts).all()
    assert (routed.loads == np.bincount(experts.ravel(), minlength=6)).all()


def test_javascript_routes_as_python_does_and_says_the_same(figure):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    cases = [
        {"text": text, "model": model, "k": k, "noise": noise, "at": at}
        for text, model, k, noise, at in product(TEXTS, (0, 1), (1, 2, 4), (0, 0.75), (0, 7))
    ]
    names = ("names", "letters", "shape", "weights", "drawn")
    traits = {name: getattr(figure, name) for name in names}
    for name in ("weights", "drawn"):
        traits[name] = base64.b64encode(traits[name]).decode()
    asked = json.dumps({"traits": traits, "cases": cases})
    done = subprocess.run([node, ASK], input=asked, capture_output=True, text=True, check=True)
    for case, answer in zip(cases, json.loads(done.stdout), strict=True):
        at = case.pop("at")
        assert answer["words"] == figure.sentence(**case, at=at)
        if case["text"]:
            routed = figure.routed(**case)
            assert np.abs(np.array(answer["gates"]) - routed.gates).max() < 1e-9
            assert answer["experts"] == routed.experts.tolist()
            assert answer["loads"] == routed.loads.tolist()
            assert (answer["capacity"], answer["overflow"]) == (routed.capacity, routed.overflow)


def test_a_gate_of_zeros_sends_everybody_to_the_first_experts_until_there_is_noise(figure):
    routed = figure.routed(model=1, k=2)
    assert (routed.experts == [0, 1]).all() and (routed.gates == 0.5).all()
    assert figure.routed(model=1, k=2, noise=1.0).loads.min() > 0


def test_capacity_and_overflow_by_hand(figure):
    routed = figure.routed("a" * 12, model=1, k=1)
    assert routed.loads.tolist() == [12, 0, 0, 0, 0, 0]
    assert (routed.capacity, routed.overflow) == (3, 9)  # 1.25 × 12 / 6, rounded up
    assert "6.0 times the mean; 5 are never asked. 9 of 12 choices" in figure.sentence(
        "a" * 12, model=1, k=1
    )


def test_it_opens_at_the_middle_and_can_be_saved(figure, tmp_path):
    assert figure.at == len(TEXTS[2]) // 2
    assert figure.save_html(tmp_path / "queues.html").stat().st_size < 300_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gate": None}, "has no gate"),
        ({"gate": torch.zeros(7, 6)}, r"gate of 'x' has shape \(7, 6\); \(8, 6\)"),
        ({"gate": torch.zeros(8)}, "are matrices"),
        ({"noise": torch.full((8, 6), torch.nan)}, "not finite"),
        ({"characters": torch.zeros(5, 8)}, "one more than letters"),
        ({"places": torch.zeros(400, 8)}, "400 places; the figure shows one to 128"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(reader, change, message):
    arrays = reader.arrays() | change
    arrays = {name: values for name, values in arrays.items() if values is not None}
    with pytest.raises(CourseError, match=message):
        ExpertQueues({"x": arrays}, letters=LETTERS, text="a", n_heads=2)


def test_numbers_that_do_not_fit_are_refused(reader):
    arrays = reader.arrays()
    for given, message in (
        ({"k": 5}, "k is 5; it runs from 1 to 4"),
        ({"n_heads": 3}, "3 heads do not divide d = 8"),
        ({"models": {}}, "0 models"),
    ):
        made = {"models": {"x": arrays}, "letters": LETTERS, "text": "a", "n_heads": 2} | given
        with pytest.raises(CourseError, match=message):
            ExpertQueues(made.pop("models"), **made)


def test_the_specimen_shows_a_hostile_text_as_it_is():
    figure = every_specimen()["expert_queues"].figure()
    assert HOSTILE in figure.text
    assert "“<” (character 11)" in figure.sentence(at=10)
