"""The building blocks that the course constructs, week by week. A chapter builds them in view."""

from paperclub.nn.alignment import AdditiveAttention, AligningTranslator
from paperclub.nn.attention import (
    Block,
    MultiHeadAttention,
    scaled_dot_product_attention,
    sinusoidal_positions,
)
from paperclub.nn.decoding import decoding_probabilities
from paperclub.nn.mixture import Experts, Mixture, NoisyTopKGate
from paperclub.nn.relation import RelationNetwork, all_pairs

__all__ = [
    "AdditiveAttention",
    "AligningTranslator",
    "Block",
    "Experts",
    "Mixture",
    "MultiHeadAttention",
    "NoisyTopKGate",
    "RelationNetwork",
    "all_pairs",
    "decoding_probabilities",
    "scaled_dot_product_attention",
    "sinusoidal_positions",
]
