"""Small trained models, opened by name: weights, cards, loaders, and what trained them.

``load("tiny-gpt")`` gives a model and its tokenizer, ``untrained("tiny-gpt")`` the same model
before its first step: the control. ``load("SmolLM2")`` gives a real language model of 135 million
parameters where its package is installed, ``load("owner/name")`` one of the Hugging Face Hub where
there is a network; ``ModelMissing`` says how to get what is not there.
"""

from paperclub.models.language import ModelMissing
from paperclub.models.store import load, names, read_card, read_meta, read_weights, untrained

__all__ = ["ModelMissing", "load", "names", "read_card", "read_meta", "read_weights", "untrained"]
