"""The figure SoftAlignment: what runs in the page is what PyTorch computes, and says the same."""

import base64
import json
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from paperclub.data import dates
from paperclub.errors import CourseError
from paperclub.models.dates import FOLDER, read_date_weights
from paperclub.models.train_dates import batch, share_right
from paperclub.nn import AligningTranslator
from paperclub.widgets import SoftAlignment
from paperclub.widgets.reading import NAMES, Reader, pack

ASK = Path(__file__).with_name("soft_alignment.mjs")
TEXTS = [
    "3 july 1997",
    "Thursday, JULY 3rd, 1997",
    "the 31st of december '49",
    "7",
    "7/7/77",
    "        ",
    "<img src=x onerror=alert(1)>",
    "naïve 😀 Привет",
    "tab\tand\nline",
    "a" * 40,
    "1" * 41,
]


@pytest.fixture(scope="module")
def figure():
    return SoftAlignment()


@pytest.fixture(scope="module")
def model():
    weights = read_date_weights()
    made = AligningTranslator(len(dates.SOURCE) + 1, len(dates.TARGET), 16, 32)
    made.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return made


def ask(figure, asked):
    """Return what the page's JavaScript answers."""
    if shutil.which("node") is None:
        pytest.skip("node is not on this machine: JavaScript is not tested")
    given = {name: getattr(figure, name) for name in ("sizes", "source", "target", "steps")}
    given |= {"weights": base64.b64encode(figure.weights).decode(), "asked": asked}
    done = subprocess.run(
        ["node", str(ASK)], input=json.dumps(given), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def question(text, step=0, key=None, muted=()):
    return {"text": text, "step": step, "key": key, "muted": list(muted)}


@torch.no_grad()
def by_torch(model, text):
    ids = torch.tensor([dates.source_ids(text)])
    logits, weights = model(ids, torch.tensor([ids.shape[1]]), dates.STEPS)
    return logits[0].argmax(-1).tolist(), weights[0].numpy()


def test_the_page_and_numpy_compute_what_torch_computes(figure, model):
    texts = [text for text, _ in dates.pairs(30, random.Random(0), held_out=True)]
    texts += ["7", "a" * 40, "no date at all"]
    for text, answer in zip(texts, ask(figure, [question(t) for t in texts]), strict=True):
        wrote, weights = by_torch(model, text)
        own = figure.look(text)[1]
        assert answer["wrote"] == wrote == own.wrote
        assert np.abs(np.array(answer["weights"]) - weights).max() < 1e-3
        assert np.abs(own.weights - weights).max() < 1e-5


def test_the_page_says_what_python_says(figure):
    asked, chance = [], random.Random(1)
    for text in TEXTS:
        size = min(len(text), 40)
        asked += [
            question(text, step=0),
            question(text, step=9, key=0),
            question(text, step=chance.randrange(10), key=chance.randrange(size)),
            question(text, step=4, muted=[size - 1]),
            question(text, step=2, key=0, muted=sorted({0, size // 2})),
            question(text, step=3, muted=range(size)),
        ]
    for one, answer in zip(asked, ask(figure, asked), strict=True):
        text, step = one["text"], one["step"]
        said = figure.sentence(text, step, key=one["key"], muted=one["muted"])
        assert answer["said"] == said


def test_a_muted_letter_gets_nothing_and_the_others_share_it_all(figure):
    _, reading = figure.look("3 july 1997", muted=[9])
    assert (reading.weights[:, 9] == 0).all()
    assert np.allclose(reading.weights.sum(axis=1), 1)
    assert "muted it writes “1977-07-03”, not “1997-07-03”" in figure.sentence(muted=[9])


def test_when_all_is_muted_it_can_look_nowhere(figure):
    assert figure.sentence("3/7/97", muted=range(6)).endswith("it can look nowhere.")
    assert figure.sentence("") == "There is nothing to read: type something."


def test_a_model_that_writes_as_much_as_it_reads_is_shown(model):
    own = SoftAlignment(
        model.state_dict(), source=dates.SOURCE, target=dates.TARGET, texts=["7/7/77"], step=5
    )
    assert len(own.look("7/7/77")[0]) == 6
    assert "Writing letter 6" in own.sentence() and "Writing letter 2" in own.sentence("77")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"texts": "one"}, "a list of strings is expected"),
        ({"texts": []}, "0 texts were given"),
        ({"texts": ["x" * 41]}, "has 41 letters; 1 to 40"),
        ({"texts": [""]}, "has 0 letters"),
        ({"steps": 0}, "writes 1 to 40 letters"),
        ({"step": 10}, "step is 10; 10 letters are written"),
        ({"source": None}, "needs its source"),
        ({"source": "abc"}, "source has 3 letters; the weights ask for 42"),
        ({"target": "0" * 11}, "target holds a letter twice"),
    ],
)
def test_wrong_input_is_refused_with_what_would_be_right(model, change, message):
    given = {"source": dates.SOURCE, "target": dates.TARGET, "steps": 10} | change
    with pytest.raises(CourseError, match=message):
        SoftAlignment(model.state_dict(), **given)


def test_weights_that_do_not_fit_are_refused():
    weights = read_date_weights()
    with pytest.raises(CourseError, match=r"no weight 'cell\.bias_hh'"):
        pack({name: value for name, value in weights.items() if name != "cell.bias_hh"})
    with pytest.raises(CourseError, match=r"read_out\.bias has shape \(3,\)"):
        pack(weights | {"read_out.bias": np.zeros(3)})
    with pytest.raises(CourseError, match="not finite"):
        pack(weights | {"read_out.bias": np.full(11, np.nan)})


def test_sixteen_bits_are_what_a_page_gets_and_all_of_it():
    weights = read_date_weights()
    sizes, packed = pack(weights)
    assert len(packed) == 2 * sum(weights[name].size for name in NAMES) < 60_000
    unpacked = Reader(sizes, packed).weights
    assert all(np.array_equal(unpacked[name], weights[name]) for name in NAMES)


def test_the_models_card_is_true(model):
    card = (FOLDER / "CARD.md").read_text("utf-8")
    assert f"{sum(p.numel() for p in model.parameters()):,} parameters" in " ".join(card.split())
    assert f"{share_right(model):.1%}" in card


def test_a_damaged_file_of_weights_is_told(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        read_date_weights(tmp_path / "none.npz")
    (tmp_path / "weights.npz").write_bytes(b"no archive")
    with pytest.raises(CourseError, match="restore it from the course"):
        read_date_weights(tmp_path / "weights.npz")


# --- the dates that it is trained on -------------------------------------------------------------


def test_days_kept_back_are_never_given_for_training():
    train = {iso for _, iso in dates.pairs(3000, random.Random(2))}
    test = {iso for _, iso in dates.pairs(3000, random.Random(3), held_out=True)}
    assert train and test and not train & test


def test_every_letter_of_every_date_has_a_number():
    for text, iso in dates.pairs(2000, random.Random(4)):
        assert 0 not in dates.source_ids(text) and len(text) <= 40
        assert len(dates.target_ids(iso)) == dates.STEPS


@pytest.mark.parametrize(
    ("day", "written"), [(1, "1st"), (2, "2nd"), (11, "11th"), (13, "13th"), (23, "23rd")]
)
def test_days_are_counted_as_english_counts(day, written):
    assert dates.ordinal(day) == written


def test_a_batch_is_padded_with_zeros_behind_its_texts():
    source, lengths, target = batch([("3/7/97", "1997-07-03"), ("7", "1997-07-03")])
    assert lengths.tolist() == [6, 1] and (source[1, 1:] == 0).all() and target.shape == (2, 10)
