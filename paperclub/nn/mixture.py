"""What the week ``mixture-of-experts`` builds: Shazeer et al. (2017), Sections 2, 4 and Appendix A.

Tokens stand in one list: where a model has (batch, n, d), it hands over ``x.flatten(0, 1)``.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def cv_squared(amounts: Tensor) -> Tensor:
    """Return the squared coefficient of variation of ``amounts``: 0 when all are equal."""
    return amounts.var(unbiased=False) / amounts.mean() ** 2


def noisy_top_k(clean: Tensor, spread: Tensor, k: int, noise: Tensor) -> tuple[Tensor, ...]:
    """Choose k experts for each token (Equations 3 to 5).

    Args:
        clean: Scores without noise, (token, expert).
        spread: The standard deviation of each score's noise, (token, expert).
        k: How many experts each token asks.
        noise: Drawn from the standard normal distribution, (token, expert).

    Returns:
        Gates that sum to 1 and the numbers of their experts, both (token, k), and the noisy scores
        that decided, (token, expert).
    """
    noisy = clean + noise * spread
    top, expert = noisy.topk(k, dim=-1)
    return top.softmax(dim=-1), expert, noisy


def chance_chosen(clean: Tensor, noisy: Tensor, spread: Tensor, k: int) -> Tensor:
    """Return P(x, i) of Equation 9, (token, expert): i is chosen when its noise is drawn anew.

    Raises:
        ValueError: All experts are asked, so there is no chance to speak of.
    """
    if k >= noisy.size(-1):
        raise ValueError(f"k={k} of {noisy.size(-1)} experts: every one is chosen")
    top = noisy.topk(k + 1, dim=-1).values
    k_th, next_one = top[:, k - 1 : k], top[:, k:]
    # The k-th largest of the others: for the chosen, that is the next one.
    to_beat = torch.where(noisy > next_one, next_one, k_th)
    return torch.special.ndtr((clean - to_beat) / spread)


def importance(gates: Tensor, expert: Tensor, n_experts: int) -> Tensor:
    """Return each expert's sum of gates (Equation 6), (expert,)."""
    return gates.new_zeros(n_experts).index_add(0, expert.flatten(), gates.flatten())


def queue_places(expert: Tensor, n_experts: int) -> tuple[Tensor, Tensor]:
    """Return the place of each choice in its expert's queue, and the queues' lengths.

    Args:
        expert: Whom each token asks, (token, k); choices are read token by token.
        n_experts: How many experts there are.

    Returns:
        Places from 0, (token, k), and loads, (expert,).
    """
    asked = F.one_hot(expert.flatten(), n_experts)  # (token * k, expert)
    before = asked.cumsum(dim=0) - asked
    return before.gather(1, expert.flatten()[:, None]).view_as(expert), asked.sum(dim=0)


class NoisyTopKGate(nn.Module):
    """The gate of Section 2.1. In training, ``balance`` is CV² of load plus CV² of importance.

    Args:
        d: Width of a token's vector.
        n_experts: How many experts there are.
        k: How many each token asks.
    """

    def __init__(self, d: int, n_experts: int, k: int):
        super().__init__()
        self.k, self.n_experts = k, n_experts
        # "No signal and some noise" (Appendix A).
        self.w_gate = nn.Parameter(torch.zeros(d, n_experts))
        self.w_noise = nn.Parameter(torch.zeros(d, n_experts))
        self.balance: Tensor | float = 0.0

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return gates and experts of ``x`` (token, d), both (token, k)."""
        clean = x @ self.w_gate
        if not self.training:
            top, expert = clean.topk(self.k, dim=-1)
            return top.softmax(dim=-1), expert
        spread = F.softplus(x @ self.w_noise)
        gates, expert, noisy = noisy_top_k(clean, spread, self.k, torch.randn_like(clean))
        load = chance_chosen(clean, noisy, spread, self.k).sum(dim=0)
        weight = importance(gates, expert, self.n_experts)
        self.balance = cv_squared(load) + cv_squared(weight)
        return gates, expert


class Experts(nn.Module):
    """Networks of one hidden layer with ReLU, computed side by side.

    Args:
        n_experts: How many.
        d: Width of what goes in and comes out.
        d_hidden: Units of each.
    """

    def __init__(self, n_experts: int, d: int, d_hidden: int):
        super().__init__()
        self.w_in = nn.Parameter(torch.randn(n_experts, d, d_hidden) * d**-0.5)
        self.b_in = nn.Parameter(torch.zeros(n_experts, 1, d_hidden))
        self.w_out = nn.Parameter(torch.randn(n_experts, d_hidden, d) * d_hidden**-0.5)
        self.b_out = nn.Parameter(torch.zeros(n_experts, 1, d))

    def forward(self, queues: Tensor) -> Tensor:
        """Return the answers to ``queues`` (expert, place, d), of the same shape."""
        hidden = torch.baddbmm(self.b_in, queues, self.w_in).relu()
        return torch.baddbmm(self.b_out, hidden, self.w_out)


class Mixture(nn.Module):
    """A mixture of experts (Equation 1): only who is asked is computed.

    Args:
        gate: Gives gates and experts, both (token, k), for tokens (token, d).
        experts: The experts.
        capacity_factor: Room in each queue in units of the mean load; what finds none adds
            nothing. None: room for all.

    Attributes:
        load: How many choices named each expert in the last batch, (expert,).
    """

    def __init__(self, gate: nn.Module, experts: Experts, capacity_factor: float | None = None):
        super().__init__()
        self.gate, self.experts, self.capacity_factor = gate, experts, capacity_factor
        self.load: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Return the weighted answers for ``x`` (token, d), of the same shape."""
        gates, expert = self.gate(x)
        n = len(self.experts.w_in)
        place, self.load = queue_places(expert, n)
        capacity = int(self.load.max())
        if self.capacity_factor is not None:
            capacity = math.ceil(self.capacity_factor * expert.numel() / n)
        kept = place < capacity
        slot = (expert * capacity + place)[kept]
        token = torch.arange(len(x), device=x.device)[:, None].expand_as(expert)[kept]
        queues = x.new_zeros(n * capacity, x.size(1))
        queues[slot] = x[token]
        answers = self.experts(queues.view(n, capacity, -1)).flatten(0, 1)
        return torch.zeros_like(x).index_add(0, token, answers[slot] * gates[kept][:, None])
