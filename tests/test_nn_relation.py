"""The blocks of the week ``relation-networks`` against plain loops, in float64."""

import pytest
import torch

from paperclub.nn import RelationNetwork, all_pairs


def network_and_scenes(n, seed):
    torch.manual_seed(seed)
    network = RelationNetwork(m=5, q=3, d=16, answers=4).double()
    return network, torch.randn(6, n, 5).double(), torch.randn(6, 3).double()


def test_pairs_stand_where_their_objects_do():
    objects = torch.arange(12.0).view(2, 3, 2)
    pairs = all_pairs(objects, torch.tensor([[-1.0], [-2.0]]))
    assert pairs.shape == (2, 3, 3, 5)
    assert pairs[1, 2, 0].tolist() == [10, 11, 6, 7, -2]
    assert pairs[0, 1, 1].tolist() == [2, 3, 2, 3, -1]


@pytest.mark.parametrize("n", [1, 2, 6])
@pytest.mark.parametrize("seed", range(3))
def test_all_pairs_at_once_equal_two_loops(n, seed):
    network, objects, question = network_and_scenes(n, seed)
    expected = []
    for scene, asked in zip(objects, question, strict=True):
        heap = sum(network.g(torch.cat([a, b, asked])) for a in scene for b in scene)
        expected.append(network.f(heap))
    assert (network(objects, question) - torch.stack(expected)).abs().max() < 1e-10


@pytest.mark.parametrize("seed", range(5))
def test_order_does_not_matter_but_objects_do(seed):
    network, objects, question = network_and_scenes(6, seed)
    answers = network(objects, question)
    order = torch.randperm(6)
    assert (network(objects[:, order], question) - answers).abs().max() < 1e-10
    assert (network(objects.roll(1, dims=0), question) - answers).abs().max() > 1e-3


def test_number_of_objects_changes_no_parameter():
    network, objects, question = network_and_scenes(6, 0)
    assert sum(p.numel() for p in network.parameters()) == 14 * 16 + 2 * 17 * 16 + 17 * 4
    assert network(objects[:, :3], question).shape == (6, 4)
