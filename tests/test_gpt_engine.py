"""The model that runs inside a page says what torch says with the same weights."""

import json
import math
import random
import shutil
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from gpt_fixture import FILE, fixture

from paperclub import models

ASK = Path(__file__).with_name("gpt_engine.mjs")
TOLERANCE = 1e-3

BY_HAND = [
    "",
    " ",
    "\n",
    "a",
    "To be, or not to be, that is the question",
    "O Romeo, Romeo! wherefore art thou Romeo?",
    "😀",
    "The 👩‍👩‍👧‍👦 family went 🏖️ to Þórshöfn",
    "🇬🇧🇯🇵 flags, and skin tones 👍🏽👍🏿",
    "吾輩は猫である。名前はまだ無い。",
    "Быть или не быть, вот в чём вопрос",
    "أكون أو لا أكون، هذا هو السؤال",
    "होना या न होना, यही सवाल है",
    "n̈ ǹ Z̸̧͎a̴l͠g̷o",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "a" * 500,
    "honorificabilitudinitatibus " * 4,
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\x00\x01\x1b[31m\x7f\x85\u200b\u202e\ufeff",
    "\ufeffa mark of byte order",
    "half a pair \ud83d and the other half \ude00",
    "\ude00\ud83d",
    "\ud83d\ude00",
    "tabs\tand\r\nline ends\n\n\nand   spaces   ",
    " leading  and \n trailing ",
    "1234567890 3.14159 -17 0x1F",
    "I'll o'er-leap 'tis; who's there? ''quoted''",
    "KING HENRY V.\nOnce more unto the breach, dear friends, once more;\n" * 3,
    "x" * 62,
    " x" * 63,
    " x" * 64,
    " x" * 200,
    "⟨start⟩ is not the start mark",
]
ALPHABETS = [
    "abcdefghij klmnop qrstuvwxyz ETAOIN'.,;:!?-\n",
    "😀🎭👑⚔️🇬🇧👍🏽\u200d ",
    "日本語中文한국어 ",
    "абвгдежз αβγδε אבגד عربي ",
    "".join(map(chr, range(256))),
    "".join(map(chr, [*range(0xD7F0, 0xD800), *range(0xD800, 0xE010), 0xFFFD, 0x10FFFF])),
]


def sentences(count: int) -> list[str]:
    """Return ``count`` texts, those above first."""
    choose = random.Random(20)
    words = " ".join(text for text in BY_HAND if text.isascii()).split()
    made = []
    for number in range(count - len(BY_HAND)):
        if number % 3 == 0:
            made.append(" ".join(choose.choices(words, k=choose.randint(1, 30))))
        else:
            alphabet = choose.choice(ALPHABETS)
            made.append("".join(choose.choices(alphabet, k=choose.randint(1, 90))))
    return BY_HAND + made


def ask(questions: list[dict]) -> list[dict]:
    """Let the engine answer; each question is what ``answer`` in gpt_engine.mjs takes."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the engine is not tested")
    done = subprocess.run(
        [node, str(ASK)],
        input=json.dumps(questions),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@torch.no_grad()
def expected(model, ids, ablate=()) -> dict[str, torch.Tensor]:
    """Return what torch says: weights and scores (layer, head, query, key), logits (n, v)."""
    seen, hooks = {}, []
    config = model.config
    for layer, block in enumerate(model.blocks):
        off = [head for where, head in ablate if where == layer]

        def silence(_, given, off=off):
            mixed = given[0].unflatten(-1, (config.heads, -1)).clone()
            mixed[..., off, :] = 0
            return (mixed.flatten(-2),)

        def keep(attention, given, layer=layer):
            seen[layer] = [
                attention.split(to(given[0]))[0] for to in (attention.to_q, attention.to_k)
            ]

        hooks.append(block.attention.register_forward_pre_hook(keep))
        hooks.append(block.attention.to_out.register_forward_pre_hook(silence))
    logits, weights = model(torch.tensor([ids]))
    for hook in hooks:
        hook.remove()
    q, k = (torch.stack([seen[layer][i] for layer in range(config.layers)]) for i in (0, 1))
    products = q @ k.transpose(-1, -2)
    return {
        "weights": weights[0],
        "products": products,
        "scaled": products / math.sqrt(config.head_width),
        "logits": logits[0],
        "q": q[-1, -1],
        "k": k[-1, -1],
    }


def off_by(answer: list, wanted: torch.Tensor) -> float:
    """Return the largest difference; what was never computed (null) is left out."""
    found = np.array(answer, dtype=float)  # null becomes nan
    assert found.size == wanted.numel()
    return np.nanmax(np.abs(found - wanted.double().flatten().numpy()))


def test_the_fixture_of_the_javascript_tests_is_what_torch_says_now():
    kept, now = json.loads(FILE.read_text("utf-8")), json.loads(json.dumps(fixture()))
    assert kept["meta"] == now["meta"] and kept["weights"] == now["weights"], (
        "run `python tests/gpt_fixture.py`"
    )
    for old, new in zip(kept["cases"], now["cases"], strict=True):
        assert all(old[key] == new[key] for key in ("text", "ids", "cut", "names"))
        assert old["weights"] == pytest.approx(new["weights"], abs=1e-4)
        assert old["last"] == pytest.approx(new["last"], abs=1e-4)
    assert kept["untrained"] == now["untrained"]


def test_texts_become_the_same_tokens_in_the_page():
    texts = sentences(2000)
    _, tokenizer = models.load("tiny-gpt")
    context = 64
    for text, answer in zip(
        texts, ask([{"text": t, "give": ["names"]} for t in texts]), strict=True
    ):
        ids = tokenizer.encode(text)
        assert answer["ids"] == ids[:context], text
        assert answer["cut"] == max(0, len(ids) - context), text
        assert answer["names"] == tokenizer.names(ids[:context]), text
        assert answer["decoded"] == tokenizer.decode(ids[:context]), text


@pytest.mark.parametrize(("which", "count"), [("trained", 150), ("untrained", 50)])
def test_the_page_computes_what_torch_computes(which, count):
    texts = sentences(count)
    model, tokenizer = (models.load if which == "trained" else models.untrained)("tiny-gpt")
    for text, answer in zip(texts, ask([{"text": t, "model": which} for t in texts]), strict=True):
        wanted = expected(model, tokenizer.encode(text)[:64])
        assert off_by(answer["weights"], wanted["weights"]) < TOLERANCE, text
        assert off_by(answer["probabilities"], wanted["logits"].softmax(-1)) < TOLERANCE, text


def test_scores_before_and_after_scaling_are_what_torch_computes():
    texts = BY_HAND[:16]
    model, tokenizer = models.load("tiny-gpt")
    asked = [{"text": text, "give": ["attention", "scores"]} for text in texts]
    for text, answer in zip(texts, ask(asked), strict=True):
        wanted = expected(model, tokenizer.encode(text)[:64])
        for name in ("products", "scaled", "q", "k"):
            assert off_by(answer[name], wanted[name]) < TOLERANCE, (name, text)
        n = len(answer["ids"])
        later = [i for i in range(len(answer["scaled"])) if i % n > i // n % n]
        assert all(answer["scaled"][i] is None and answer["products"][i] is None for i in later)
        assert sum(value is None for value in answer["scaled"]) == len(later)
        assert all(answer["weights"][i] == 0 for i in later)


@pytest.mark.parametrize(
    "ablate",
    [[[0, 0]], [[1, 3], [1, 5]], [[2, 7]], [list(pair) for pair in product(range(3), range(8))]],
    ids=["one below", "two in the middle", "one above", "all"],
)
def test_a_silenced_head_writes_nothing_in_torch_either(ablate):
    text = "O Romeo, Romeo! wherefore art thou Romeo?"
    model, tokenizer = models.load("tiny-gpt")
    whole, answer = ask([{"text": text}, {"text": text, "ablate": ablate}])
    wanted = expected(model, tokenizer.encode(text), ablate)
    assert off_by(answer["weights"], wanted["weights"]) < TOLERANCE
    assert off_by(answer["probabilities"], wanted["logits"].softmax(-1)) < TOLERANCE
    assert answer["probabilities"] != whole["probabilities"]
    first = min(layer for layer, _ in ablate)
    size = (first + 1) * 8 * len(answer["ids"]) ** 2
    assert answer["weights"][:size] == whole["weights"][:size], "what lies below does not change"


@pytest.mark.parametrize("temperature", [0.05, 0.7, 3])
def test_temperature_divides_the_logits(temperature):
    text = "Good night, good"
    model, tokenizer = models.load("tiny-gpt")
    [answer] = ask([{"text": text, "temperature": temperature}])
    shares = (expected(model, tokenizer.encode(text))["logits"].double() / temperature).softmax(-1)
    assert off_by(answer["probabilities"], shares) < TOLERANCE
    best = shares[-1].topk(3)
    assert [token["id"] for token in answer["next"]] == best.indices.tolist()
    assert [token["name"] for token in answer["next"]] == tokenizer.names(best.indices.tolist())
    assert all(
        abs(token["probability"] - share) < TOLERANCE
        for token, share in zip(answer["next"], best.values.tolist(), strict=True)
    )
