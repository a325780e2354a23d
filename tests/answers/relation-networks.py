"""What we know of answers to the week relation-networks.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import numpy as np
import torch
import torch.nn.functional as F

# --- right ways ----------------------------------------------------------------------------------


def pairs_by_loops(objects):
    batch, n, m = objects.shape
    pairs = objects.new_zeros(batch, n, n, 2 * m)
    for i in range(n):
        for j in range(n):
            pairs[:, i, j, :m] = objects[:, i]
            pairs[:, i, j, m:] = objects[:, j]
    return pairs


def pairs_by_index(objects):
    n = objects.shape[1]
    first, second = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    return torch.cat([objects[:, first], objects[:, second]], dim=-1)


def pairs_by_repeat(objects):
    batch, n, m = objects.shape
    first = objects.repeat_interleave(n, dim=1).view(batch, n, n, m)
    second = objects.repeat(1, n, 1).view(batch, n, n, m)
    return torch.cat((first, second), -1)


def pairs_in_numpy(objects):
    x = objects.numpy()
    first, second = np.broadcast_arrays(x[:, :, None], x[:, None])
    return np.concatenate([first, second], axis=-1)


def notes_by_loops(objects, question, w_1, b_1, w_2, b_2):
    heap = 0
    for i in range(objects.shape[1]):
        for j in range(objects.shape[1]):
            pair = torch.cat([objects[:, i], objects[:, j], question], dim=-1)
            heap = heap + F.relu(F.linear(F.relu(F.linear(pair, w_1, b_1)), w_2, b_2))
    return heap


def notes_in_parts(objects, question, w_1, b_1, w_2, b_2):
    """The first layer is linear: each object is multiplied once, not once for every pair."""
    m = objects.shape[2]
    first = objects @ w_1[:, :m].T
    second = objects @ w_1[:, m : 2 * m].T
    asked = question @ w_1[:, 2 * m :].T + b_1
    hidden = (first[:, :, None] + second[:, None] + asked[:, None, None]).clamp(min=0)
    return torch.einsum("bijd,ed->bije", hidden, w_2).add(b_2).clamp(min=0).sum(2).sum(1)


def notes_in_a_row(objects, question, w_1, b_1, w_2, b_2):
    """Judge the pairs in one row, with j first: a sum over all does not mind."""
    n = objects.shape[1]
    pairs = pairs_by_index(objects).transpose(1, 2).flatten(1, 2)
    pairs = torch.cat([pairs, question[:, None].repeat(1, n * n, 1)], dim=-1)
    hidden = torch.nn.functional.linear(pairs, w_1, b_1).relu()
    return (hidden @ w_2.T + b_2).relu().sum(dim=1)


def notes_in_double(objects, question, w_1, b_1, w_2, b_2):
    given = (part.double() for part in (objects, question, w_1, b_1, w_2, b_2))
    return notes_in_parts(*given)


def change_by_loop(network, objects, order):
    moved = torch.stack([scene[order] for scene in objects])
    return max((a - b).abs().max() for a, b in zip(network(moved), network(objects), strict=True))


def change_by_index_select(network, objects, order):
    return torch.max(torch.abs(network(objects) - network(objects.index_select(1, order))))


def change_by_norm(network, objects, order):
    moved = network(objects[:, order, :]) - network(objects)
    return torch.linalg.vector_norm(moved, ord=float("inf"))


def change_as_a_float(network, objects, order):
    return float((network(objects[:, order]) - network(objects)).abs().max())


def cost_by_layers(n, m, q, d):
    layers = [(2 * m + q, d, n * n), (d, d, n * n), (d, d, 1), (d, 2, 1)]
    parameters = sum((into + 1) * out for into, out, _ in layers)
    return parameters, sum(2 * into * out * runs for into, out, runs in layers)


def cost_by_building(n, m, q, d):
    g = torch.nn.Sequential(torch.nn.Linear(2 * m + q, d), torch.nn.Linear(d, d))
    f = torch.nn.Sequential(torch.nn.Linear(d, d), torch.nn.Linear(d, 2))
    parameters = sum(p.numel() for net in (g, f) for p in net.parameters())
    of_g, of_f = (sum(2 * layer.weight.numel() for layer in net) for net in (g, f))
    return parameters, n**2 * of_g + of_f


def cost_in_one_line(n, m, q, d):
    return d * (2 * m + q + 2 * d + 5) + 2, 2 * n * n * d * (2 * m + q + d) + 2 * d * (d + 2)


# --- wrong ways ----------------------------------------------------------------------------------


def pairs_as_differences(objects):
    difference = objects[:, :, None] - objects[:, None]
    return torch.cat([difference, difference], dim=-1)


def pairs_in_a_list(objects):
    n = objects.shape[1]
    return [torch.cat([objects[:, i], objects[:, j]], -1) for i in range(n) for j in range(n)]


def pairs_of_the_first_scene(objects):
    return pairs_by_index(objects[:1]).expand(len(objects), -1, -1, -1)


def pairs_without_cat(objects):
    n = objects.shape[1]
    return objects[:, :, None].expand(-1, -1, n, -1), objects[:, None].expand(-1, n, -1, -1)


def notes_by_sigmoid(objects, question, w_1, b_1, w_2, b_2):
    n = objects.shape[1]
    asked = question[:, None, None].expand(-1, n, n, -1)
    hidden = torch.sigmoid(torch.cat([pairs_by_index(objects), asked], -1) @ w_1.T + b_1)
    return torch.sigmoid(hidden @ w_2.T + b_2).sum(dim=(1, 2))


def notes_of_the_first_question(objects, question, w_1, b_1, w_2, b_2):
    return notes_by_loops(objects, question[:1].expand_as(question), w_1, b_1, w_2, b_2)


def notes_of_a_layer_made_anew(objects, question, w_1, b_1, w_2, b_2):
    layer = torch.nn.Linear(*reversed(w_2.shape))
    return layer(notes_by_loops(objects, question, w_1, b_1, w_2, b_2))


def notes_of_the_largest_pair(objects, question, w_1, b_1, w_2, b_2):
    heap = notes_by_loops(objects, question, w_1, b_1, w_2, b_2)
    return heap * (heap == heap.amax(dim=1, keepdim=True))


def change_as_true_or_false(network, objects, order):
    return bool((network(objects[:, order]) != network(objects)).any())


def change_of_one_swap(network, objects, order):
    moved = objects.clone()
    moved[:, [0, 1]] = objects[:, [1, 0]]
    return (network(moved) - network(objects)).abs().max()


def change_by_scene(network, objects, order):
    return (network(objects[:, order]) - network(objects)).abs().amax(dim=1)


def cost_without_f(n, m, q, d):
    width = 2 * m + q
    return (width + 1) * d + (d + 1) * d, 2 * n * n * (width * d + d * d)


def cost_with_one_answer(n, m, q, d):
    parameters, operations = cost_by_layers(n, m, q, d)
    return parameters - d - 1, operations - 2 * d


def cost_parameters_only(n, m, q, d):
    return cost_by_layers(n, m, q, d)[0]


RIGHT = {
    "relation-networks.all_pairs": (
        pairs_by_loops,
        pairs_by_index,
        pairs_by_repeat,
        pairs_in_numpy,
    ),
    "relation-networks.sum_of_notes": (
        notes_by_loops,
        notes_in_parts,
        notes_in_a_row,
        notes_in_double,
    ),
    "relation-networks.change_of_order": (
        change_by_loop,
        change_by_index_select,
        change_by_norm,
        change_as_a_float,
    ),
    "relation-networks.cost": (cost_by_layers, cost_by_building, cost_in_one_line),
}

WRONG = {
    "relation-networks.all_pairs": (
        (pairs_as_differences, "The first difference is at"),
        (pairs_in_a_list, "`torch.stack`"),
        (pairs_of_the_first_scene, "for example: 1 scene of 2 objects"),
        (pairs_without_cat, "one array is expected"),
    ),
    "relation-networks.sum_of_notes": (
        (notes_by_sigmoid, "The first difference is at"),
        (notes_of_the_first_question, "for example: 1 scene of 2 objects"),
        (notes_of_a_layer_made_anew, "a layer made anew with weights of its own"),
        (notes_of_the_largest_pair, "The first difference is at"),
    ),
    "relation-networks.change_of_order": (
        (change_as_true_or_false, "true/false"),
        (change_of_one_swap, "for example"),
        (change_by_scene, "The shape of"),
    ),
    "relation-networks.cost": (
        (cost_without_f, "The first difference is at"),
        (cost_with_one_answer, "The first difference is at"),
        (cost_parameters_only, "two"),
    ),
}

EQUIVALENT = {
    "relation-networks.change_of_order": {
        "change_of_order: moved = network(objects[:, order]) - network(objects) → "
        "moved = network(objects) - network(objects[:, order])": (
            "Only the size of the difference counts, and that does not ask which was taken first."
        )
    }
}
