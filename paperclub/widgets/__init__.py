"""The interactive figures: a Python class supplies data, a JavaScript module does the rest."""

from paperclub.widgets.attention_explorer import AttentionExplorer
from paperclub.widgets.attention_heads import AttentionHeads
from paperclub.widgets.byte_pairs import BytePairs
from paperclub.widgets.computation_graph import ComputationGraph
from paperclub.widgets.expert_queues import ExpertQueues
from paperclub.widgets.figure import Figure
from paperclub.widgets.hand_count import HandCount
from paperclub.widgets.merge_vote import MergeVote
from paperclub.widgets.next_token import NextToken
from paperclub.widgets.pair_judge import PairJudge
from paperclub.widgets.pointing_hull import PointingHull
from paperclub.widgets.queries_keys import QueriesKeys
from paperclub.widgets.recall_curve import RecallCurve
from paperclub.widgets.recall_game import RecallGame
from paperclub.widgets.relation_scene import RelationScene
from paperclub.widgets.soft_alignment import SoftAlignment

__all__ = [
    "AttentionExplorer",
    "AttentionHeads",
    "BytePairs",
    "ComputationGraph",
    "ExpertQueues",
    "Figure",
    "HandCount",
    "MergeVote",
    "NextToken",
    "PairJudge",
    "PointingHull",
    "QueriesKeys",
    "RecallCurve",
    "RecallGame",
    "RelationScene",
    "SoftAlignment",
]
