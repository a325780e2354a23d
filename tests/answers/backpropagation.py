"""What we know of answers to the week backpropagation.

``RIGHT``: different right ways; a check must pass them all. ``WRONG``: wrong ways that are no
listed mistake, each with words that it must be told. ``EQUIVALENT``: mutants of a reference that
pass, each with why that is right.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F


def slopes_by_autograd(w, x, b):
    given = [part.detach().clone().requires_grad_() for part in (w, x, b)]
    torch.sigmoid(given[0] * given[1] + given[2]).sum().backward()
    return torch.stack([part.grad for part in given])


def slopes_by_exponentials(w, x, b):
    z = w * x + b
    through = torch.exp(-z) / (1 + torch.exp(-z)) ** 2
    return through * torch.stack([x, w, torch.ones_like(b)])


def slopes_by_loops(w, x, b):
    rows = torch.zeros(3, len(w))
    for i in range(len(w)):
        y = 1 / (1 + math.exp(-(w[i] * x[i] + b[i])))
        rows[:, i] = y * (1 - y) * torch.tensor([x[i], w[i], 1.0])
    return rows


def slopes_in_numpy(w, x, b):
    w, x, b = (part.numpy().astype(np.float64) for part in (w, x, b))
    y = 1 / (1 + np.exp(-(w * x + b)))
    return np.array([y * (1 - y) * x, y * (1 - y) * w, y * (1 - y)])


def graph_by_nodes(edges, slopes, n_nodes):
    gradients = [0.0] * n_nodes
    gradients[-1] = 1.0
    for end in range(n_nodes - 1, -1, -1):
        for k, (a, b) in enumerate(edges.tolist()):
            if b == end:
                gradients[a] += gradients[end] * slopes[k].item()
    return torch.tensor(gradients)


def graph_by_recursion(edges, slopes, n_nodes):
    def rate(node):
        if node == n_nodes - 1:
            return 1.0
        return sum(
            slope * rate(end)
            for (start, end), slope in zip(edges.tolist(), slopes.tolist(), strict=True)
            if start == node
        )

    return torch.tensor([float(rate(node)) for node in range(n_nodes)])


def graph_by_matrix(edges, slopes, n_nodes):
    steps = torch.zeros(n_nodes, n_nodes, dtype=torch.float64)
    steps.index_put_((edges[:, 0], edges[:, 1]), slopes.double(), accumulate=True)
    # All paths of every length: 1 + A + A² + … = (1 - A)⁻¹
    return torch.linalg.inv(torch.eye(n_nodes, dtype=torch.float64) - steps)[:, -1]


def layer_by_autograd(x, weight, output, d_output):
    x, weight = x.clone().requires_grad_(), weight.clone().requires_grad_()
    bias = (torch.logit(output) - x.detach() @ weight.detach().T)[0].requires_grad_()
    y = torch.sigmoid(x @ weight.T + bias)
    return torch.autograd.grad(y, (x, weight, bias), d_output)


def layer_by_einsum(x, weight, output, d_output):
    d_z = d_output * (output - output**2)
    return (
        torch.einsum("bo,oi->bi", d_z, weight),
        torch.einsum("bo,bi->oi", d_z, x),
        torch.einsum("bo->o", d_z),
    )


def layer_by_examples(x, weight, output, d_output):
    d_x, d_weight, d_bias = torch.zeros_like(x), torch.zeros_like(weight), 0
    for i in range(len(x)):
        d_z = d_output[i] * output[i] * (1 - output[i])
        d_x[i] = weight.T @ d_z
        d_weight += torch.outer(d_z, x[i])
        d_bias = d_bias + d_z
    return d_x, d_weight, d_bias


def entropy_by_library(logits, labels):
    logits = logits.detach().clone().requires_grad_()
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    return loss.detach(), logits.grad


def entropy_by_logsumexp(logits, labels):
    logs = logits - logits.logsumexp(dim=1, keepdim=True)
    wanted = F.one_hot(labels, logits.shape[1])
    return -(logs * wanted).sum() / len(labels), (logs.exp() - wanted) / len(labels)


def entropy_by_loops(logits, labels):
    n, total, rows = len(labels), 0.0, []
    for row, label in zip(logits.double().tolist(), labels.tolist(), strict=True):
        top = max(row)
        whole = sum(math.exp(v - top) for v in row)
        total += math.log(whole) - (row[label] - top)
        rows.append([math.exp(v - top) / whole - (k == label) for k, v in enumerate(row)])
    return torch.tensor(total / n), torch.tensor(rows) / n


# --- wrong ways ----------------------------------------------------------------------------------


def slopes_as_a_list(w, x, b):
    return list(slopes_by_autograd(w, x, b))


def slopes_of_tanh(w, x, b):
    through = 1 - torch.tanh(w * x + b) ** 2
    return through * torch.stack([x, w, torch.ones_like(b)])


def graph_of_absolute_slopes(edges, slopes, n_nodes):
    return graph_by_matrix(edges, slopes.abs(), n_nodes)


def graph_with_a_missing_edge(edges, slopes, n_nodes):
    return graph_by_nodes(edges[1:], slopes[1:], n_nodes)


def layer_without_d_x(x, weight, output, d_output):
    return layer_by_einsum(x, weight, output, d_output)[1:]


def layer_of_tanh(x, weight, output, d_output):
    d_z = d_output * (1 - output**2)
    return d_z @ weight, d_z.T @ x, d_z.sum(0)


def entropy_of_squares(logits, labels):
    shares = logits.softmax(dim=1)
    gap = shares - F.one_hot(labels, logits.shape[1])
    return (gap**2).sum() / len(labels), gap / len(labels)


def entropy_alone(logits, labels):
    return entropy_by_library(logits, labels)[0]


RIGHT = {
    "backpropagation.local_slopes": (
        slopes_by_autograd,
        slopes_by_exponentials,
        slopes_by_loops,
        slopes_in_numpy,
    ),
    "backpropagation.graph_gradients": (graph_by_nodes, graph_by_recursion, graph_by_matrix),
    "backpropagation.layer_backward": (layer_by_autograd, layer_by_einsum, layer_by_examples),
    "backpropagation.softmax_cross_entropy": (
        entropy_by_library,
        entropy_by_logsumexp,
        entropy_by_loops,
    ),
}

WRONG = {
    "backpropagation.local_slopes": (
        (slopes_as_a_list, "where one array is expected"),
        (slopes_of_tanh, "The first difference is at"),
    ),
    "backpropagation.graph_gradients": (
        (graph_of_absolute_slopes, "The first difference is at"),
        (graph_with_a_missing_edge, "The first difference is at"),
    ),
    "backpropagation.layer_backward": (
        (layer_without_d_x, "layer_backward"),
        (layer_of_tanh, "The first difference is at"),
    ),
    "backpropagation.softmax_cross_entropy": (
        (entropy_of_squares, "softmax_cross_entropy"),
        (entropy_alone, "softmax_cross_entropy"),
    ),
}

AS_MANY = "There is one label for each row of logits, so both lengths are the same number."
EQUIVALENT = {
    "backpropagation.graph_gradients": {
        "graph_gradients: for k in reversed(range(len(edges))): → "
        "for k in reversed(range(len(slopes))):": (
            "There is one slope for each edge, so both lengths are the same number."
        ),
    },
    "backpropagation.softmax_cross_entropy": {
        "softmax_cross_entropy: return (loss, d_logits / len(labels)) → "
        "return (loss, d_logits / len(logits))": AS_MANY,
        "softmax_cross_entropy: rows = torch.arange(len(labels)) → "
        "rows = torch.arange(len(logits))": AS_MANY,
    },
}
