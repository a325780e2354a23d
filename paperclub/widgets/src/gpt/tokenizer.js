/**
 * Byte pairs: how text becomes tokens. The rules stand in paperclub/models/tokenizer.py; a test
 * compares the two on thousands of texts.
 */

const LONGEST_PIECE = 32;
const SPACE = 0x20;
const BREAK = 1, DIGIT = 2, LETTER = 3, OTHER = 4;

/** What kind of byte this is. Bytes from 0x80 on belong to letters of other scripts and to emoji. */
function kindOf(byte) {
  if (byte === SPACE) return SPACE;
  if (byte === 0x09 || byte === 0x0a || byte === 0x0d) return BREAK;
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  const upper = byte & 0xdf;
  return byte >= 0x80 || byte === 0x27 || (upper >= 0x41 && upper <= 0x5a) ? LETTER : OTHER;
}

/** Cut bytes into runs of one kind, each with one space before it, at most 32 bytes long. */
export function* pieces(data) {
  let start = 0;
  while (start < data.length) {
    let end = start;
    if (data[start] === SPACE && start + 1 < data.length && kindOf(data[start + 1]) !== BREAK) end += 1;
    const kind = kindOf(data[end]);
    while (end < data.length && end - start < LONGEST_PIECE && kindOf(data[end]) === kind) end += 1;
    yield data.subarray(start, end);
    start = end;
  }
}

const isControl = (byte) => (byte < 0x20 && byte !== 0x0a) || byte === 0x7f;
const hexadecimal = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** The tokenizer of `merges`, a list of [left, right]; a text is cut after `context` tokens. */
export function makeTokenizer(merges, context) {
  const start = 256 + merges.length;
  const rank = new Map(merges.map(([left, right], i) => [left * 65536 + right, i]));
  const spelling = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  for (const [left, right] of merges) spelling.push(Uint8Array.of(...spelling[left], ...spelling[right]));
  spelling.push(new Uint8Array(0));
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

  /** Join the pair that was learned first, again and again, until no learned pair is left. */
  function join(tokens) {
    for (;;) {
      let best = Infinity;
      for (let i = 0; i + 1 < tokens.length; i += 1) {
        best = Math.min(best, rank.get(tokens[i] * 65536 + tokens[i + 1]) ?? Infinity);
      }
      if (best === Infinity) return tokens;
      const [left, right] = merges[best];
      const joined = [];
      for (let i = 0; i < tokens.length; i += 1) {
        const pair = tokens[i] === left && tokens[i + 1] === right;
        joined.push(pair ? 256 + best : tokens[i]);
        if (pair) i += 1;
      }
      tokens = joined;
    }
  }

  function encode(text) {
    const ids = [start];
    let cut = 0;
    // TextEncoder writes half a surrogate pair as U+FFFD.
    for (const piece of pieces(new TextEncoder().encode(text))) {
      for (const token of join(Array.from(piece))) {
        if (ids.length < context) ids.push(token);
        else cut += 1;
      }
    }
    return { ids, cut };
  }

  function decode(ids) {
    return lenient.decode(Uint8Array.from(ids.flatMap((id) => Array.from(spelling[id]))));
  }

  function nameOf(id) {
    if (id === start) return "⟨start⟩";
    const data = spelling[id];
    if (data.some(isControl)) return `⟨${hexadecimal(data)}⟩`;
    try {
      return strict.decode(data).replaceAll(" ", "·").replaceAll("\n", "⏎");
    } catch {
      return `⟨${hexadecimal(data)}⟩`;
    }
  }

  return { start, encode, decode, names: (ids) => Array.from(ids, nameOf) };
}
