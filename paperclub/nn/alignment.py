"""What the week ``alignment`` builds: Bahdanau, Cho and Bengio (2014), Section 3 and Appendix A.

A mask is boolean, (batch, source), and True where there is a token and not padding.
"""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class AdditiveAttention(nn.Module):
    """Score every source state with a small network, and mix the states (Appendix A.1.2).

    Args:
        d_state: Width of the decoder's state.
        d_source: Width of a source state.
        d_hidden: Width of the scoring network's one hidden layer.
    """

    def __init__(self, d_state: int, d_source: int, d_hidden: int):
        super().__init__()
        self.to_query = nn.Linear(d_state, d_hidden, bias=False)  # W_a
        self.to_key = nn.Linear(d_source, d_hidden, bias=False)  # U_a
        self.to_score = nn.Linear(d_hidden, 1, bias=False)  # v_a

    def forward(
        self, state: Tensor, states: Tensor, mask: Tensor | None = None, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the context and the weights of one step of the decoder (Equations 5 and 6).

        Args:
            state: The decoder's state before this step, (batch, d_state).
            states: One vector for each source token, (batch, source, d_source).
            mask: True where there is a token; by default everywhere.
            keys: ``to_key(states)``, when it was computed once for all steps.

        Returns:
            (batch, d_source) and (batch, source). The weights of a row sum to one; a row without
            any token gets NaN.
        """
        keys = self.to_key(states) if keys is None else keys
        hidden = (self.to_query(state)[:, None] + keys).tanh()  # (batch, source, d_hidden)
        scores = self.to_score(hidden).squeeze(-1)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(dim=-1)
        return (weights[:, None] @ states).squeeze(1), weights


class AligningTranslator(nn.Module):
    """A recurrent encoder and decoder, and attention between them (Sections 3.1 and 3.2).

    Args:
        n_source: Number of source tokens; token 0 is padding.
        n_target: Number of target tokens.
        d_embed: Width of a token's vector.
        d_state: Width of the decoder's state, and of the encoder's in each direction.
    """

    def __init__(self, n_source: int, n_target: int, d_embed: int, d_state: int):
        super().__init__()
        self.source = nn.Embedding(n_source, d_embed, padding_idx=0)
        self.target = nn.Embedding(n_target + 1, d_embed)  # the last one means "begin"
        self.encoder = nn.GRU(d_embed, d_state, batch_first=True, bidirectional=True)
        self.first = nn.Linear(d_state, d_state)
        self.cell = nn.GRUCell(d_embed + 2 * d_state, d_state)
        self.read_out = nn.Linear(d_embed + 3 * d_state, n_target)
        self.attention = AdditiveAttention(d_state, 2 * d_state, d_state)

    def read(self, source: Tensor, lengths: Tensor) -> Tensor:
        """Return a state for each source token (batch, source, 2 d_state), zeros for padding."""
        packed = pack_padded_sequence(
            self.source(source), lengths, batch_first=True, enforce_sorted=False
        )
        return pad_packed_sequence(self.encoder(packed)[0], batch_first=True)[0]

    def forward(
        self, source: Tensor, lengths: Tensor, steps: int, target: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Write ``steps`` target tokens.

        Args:
            source: Token numbers, (batch, source).
            lengths: How many tokens each row has, (batch,).
            steps: How many tokens to write.
            target: The right tokens (batch, steps), for teacher forcing: each step is then told
                the right token before it, and otherwise the one that the model wrote itself.

        Returns:
            Logits (batch, step, n_target) and weights (batch, step, source).
        """
        states = self.read(source, lengths)
        mask = torch.arange(states.size(1), device=states.device) < lengths[:, None]
        keys = self.attention.to_key(states)
        state = self.first(states[:, 0, self.cell.hidden_size :]).tanh()  # Appendix A.2.2
        token = torch.full_like(source[:, 0], self.target.num_embeddings - 1)
        logits, weights = [], []
        for i in range(steps):
            context, looked = self.attention(state, states, mask, keys)
            before = self.target(token)
            state = self.cell(torch.cat([before, context], dim=-1), state)
            logits.append(self.read_out(torch.cat([before, state, context], dim=-1)))
            weights.append(looked)
            token = logits[-1].argmax(dim=-1) if target is None else target[:, i]
        return torch.stack(logits, dim=1), torch.stack(weights, dim=1)
