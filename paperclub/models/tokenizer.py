"""Byte pairs: how text becomes numbers, the same in Python and in a page.

Text is taken as its UTF-8 bytes, so that anything can be written and read back. The bytes are cut
into pieces (words with the space before them, mostly), and within a piece the pair that was learned
first is joined first, until no learned pair is left (Sennrich, Haddow & Birch 2016). The rules for
pieces look at one byte at a time: regular expressions differ between languages.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

LONGEST_PIECE = 32
SPACE, BREAKS = 0x20, frozenset(b"\t\n\r")


def _kind(byte: int) -> str:
    """Return what kind of byte this is; a piece holds bytes of one kind."""
    if byte == SPACE:
        return "space"
    if byte in BREAKS:
        return "break"
    if 0x30 <= byte <= 0x39:
        return "digit"
    # Bytes from 0x80 on belong to letters of other scripts and to emoji.
    if byte >= 0x80 or byte == 0x27 or 0x41 <= byte & 0xDF <= 0x5A:
        return "letter"
    return "other"


def pieces(data: bytes) -> Iterator[bytes]:
    """Cut bytes into runs of one kind, each with one space before it, at most 32 bytes long."""
    start = 0
    while start < len(data):
        end = start
        if data[start] == SPACE and end + 1 < len(data) and _kind(data[end + 1]) != "break":
            end += 1
        kind = _kind(data[end])
        while end < len(data) and end - start < LONGEST_PIECE and _kind(data[end]) == kind:
            end += 1
        yield data[start:end]
        start = end


def utf8(text: str) -> bytes:
    """Return the bytes of ``text``; half a surrogate pair becomes U+FFFD, as in a browser."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


class Tokenizer:
    """Turns text into tokens and back.

    Token 0 to 255 is that byte, token 256 + i the i-th learned pair, and the last one, ``start``,
    stands before every text.

    Args:
        merges: The learned pairs, first learned first.
    """

    def __init__(self, merges: Iterable[tuple[int, int]]):
        self.merges = [(left, right) for left, right in merges]
        self.start = 256 + len(self.merges)
        self.vocabulary = self.start + 1
        self._rank = {pair: rank for rank, pair in enumerate(self.merges)}
        self._bytes = [bytes([byte]) for byte in range(256)]
        for left, right in self.merges:
            self._bytes.append(self._bytes[left] + self._bytes[right])
        self._bytes.append(b"")
        self._known: dict[bytes, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        """Return the tokens of ``text``, the start mark first."""
        tokens = [self.start]
        for piece in pieces(utf8(text)):
            if piece not in self._known:
                self._known[piece] = self._join(list(piece))
            tokens += self._known[piece]
        return tokens

    def _join(self, tokens: list[int]) -> list[int]:
        while len(tokens) > 1:
            rank, pair = min((self._rank.get(pair, self.start), pair) for pair in pairwise(tokens))
            if rank == self.start:
                break
            tokens = replaced(tokens, pair, 256 + rank)
        return tokens

    def spell(self, tokens: Iterable[int]) -> bytes:
        """Return the bytes that the tokens stand for; the start mark stands for none."""
        return b"".join(self._bytes[token] for token in tokens)

    def decode(self, tokens: Iterable[int]) -> str:
        """Return the text of the tokens; bytes that are no whole character become U+FFFD."""
        return self.spell(tokens).decode("utf-8", "replace")

    def names(self, tokens: Iterable[int]) -> list[str]:
        """Return one label a token, for showing.

        A space is ``·``, a line end ``⏎``, the start mark ``⟨start⟩``, and bytes that are no whole
        characters by themselves stand in hexadecimal, ``⟨f0 9f⟩``.
        """
        return [self._name(token) for token in tokens]

    def _name(self, token: int) -> str:
        if token == self.start:
            return "⟨start⟩"
        data = self._bytes[token]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return f"⟨{data.hex(' ')}⟩"
        if any((byte < 0x20 and byte != 0x0A) or byte == 0x7F for byte in data):
            return f"⟨{data.hex(' ')}⟩"
        return text.replace(" ", "·").replace("\n", "⏎")


def replaced(tokens: list[int], pair: tuple[int, int], joined: int) -> list[int]:
    """Return the tokens with every ``pair``, from the left, as the one token ``joined``."""
    result, i = [], 0
    while i < len(tokens):
        if tokens[i] == pair[0] and tokens[i + 1 : i + 2] == [pair[1]]:
            result.append(joined)
            i += 2
        else:
            result.append(tokens[i])
            i += 1
    return result


def learn_merges(texts: Iterable[str], count: int) -> list[tuple[int, int]]:
    """Learn the ``count`` pairs that a vocabulary joins, the most frequent pair each time.

    Of equally frequent pairs the one with the smaller tokens is taken, so that the same texts
    always give the same vocabulary.
    """
    frequency = Counter(piece for text in texts for piece in pieces(utf8(text)))
    words = [list(piece) for piece in frequency]
    weights = list(frequency.values())
    pairs: Counter = Counter()
    places: defaultdict = defaultdict(set)
    for place, word in enumerate(words):
        for pair in pairwise(word):
            pairs[pair] += weights[place]
            places[pair].add(place)
    merges = []
    for joined in range(256, 256 + count):
        best = max(pairs, key=lambda pair: (pairs[pair], -pair[0], -pair[1]))
        merges.append(best)
        for place in places.pop(best):
            for pair in pairwise(words[place]):
                pairs[pair] -= weights[place]
            words[place] = replaced(words[place], best, joined)
            for pair in pairwise(words[place]):
                pairs[pair] += weights[place]
                places[pair].add(place)
        del pairs[best]
    return merges
