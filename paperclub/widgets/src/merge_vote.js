// The figure MergeVote: a room joins pairs of letters by show of hands, as a tokenizer does by counting.
import { textField, wordButton } from "./kit/controls.js";
import { penFor } from "./kit/grid.js";
import { RoomFigure } from "./kit/room.js";
import { drawTokens, tokenBoxes } from "./kit/tokens.js";
import * as votes from "./merge_vote/votes.js";

const LABEL = "The text, and pairs to vote for. Up and down choose a pair, right and left count hands, Enter joins.";

class MergeVote extends RoomFigure {
  /** @type {{top: number, row: number} | null} where the pairs stand; known once there is a width */
  place = null;
  /** @type {ReturnType<typeof votes.candidates>} */
  pairs;

  constructor(place) {
    const text = textField({ label: "text", value: "", most: votes.MOST_LETTERS, changed: (typed) => this.#begin(typed) });
    const word = textField({ label: "a new word", value: "", most: votes.MOST_LETTERS, changed: (typed) => this.change({ word: typed }) });
    const undo = wordButton({ text: "Undo the last join", pressed: () => this.#undo() });
    super(place, {
      name: "Be the tokenizer", label: LABEL, shared: ["text", "joins", "votes", "hands", "word"],
      panel: "text, record", parts: [text.element, word.element, undo.element],
      keys: {
        ArrowDown: () => this.choose(this.chosen + 1), ArrowUp: () => this.choose(this.chosen - 1),
        ArrowRight: () => this.#count(1), ArrowLeft: () => this.#count(-1),
        "+": () => this.#count(1), "-": () => this.#count(-1), Enter: () => this.#join(),
      },
    });
    this.chosen = 0;
    this.fields = { text, word };
    this.frame.controls.append(
      wordButton({ text: "one less", pressed: () => this.#count(-1) }).element,
      wordButton({ text: "one more", pressed: () => this.#count(1) }).element,
      wordButton({ text: "Join the winner", pressed: () => this.#join() }).element, this.record.button,
    );
    this.begin();
  }

  #begin(text) {
    this.chosen = 0;
    this.change({ text, joins: [], votes: [], hands: [] });
  }

  #hands(place) { return this.state.hands[place] ?? 0; }

  choose(place) {
    const count = this.pairs.length;
    if (count) this.chosen = (place + count) % count;
    this.show();
    this.frame.redraw();
  }

  #count(by) {
    if (!this.pairs.length) return;
    const hands = this.pairs.map((_, i) => this.#hands(i));
    hands[this.chosen] = Math.min(votes.MOST_HANDS, Math.max(0, hands[this.chosen] + by));
    this.change({ hands });
  }

  /** Join the pair with most hands; of several, and when nobody voted, the chosen one if it is among them. */
  #join() {
    if (!this.pairs.length || this.state.joins.length >= votes.MOST_JOINS) return;
    const hands = this.pairs.map((_, i) => this.#hands(i));
    const most = Math.max(...hands);
    const winner = hands[this.chosen] === most ? this.chosen : hands.indexOf(most);
    const all = hands.reduce((sum, count) => sum + count, 0);
    const { joins, votes: before } = this.state;
    this.chosen = 0;
    this.change({ joins: [...joins, this.pairs[winner].pair], votes: [...before, [most, all]], hands: [] });
  }

  #undo() {
    const { joins, votes: before } = this.state;
    this.chosen = 0;
    this.change({ joins: joins.slice(0, -1), votes: before.slice(0, -1), hands: [] });
  }

  tap(x, y) {
    if (!this.place) return;
    const place = Math.floor((y - this.place.top) / this.place.row);
    if (place < 0 || place >= this.pairs.length) return;
    if (place === this.chosen) this.#count(1);
    else this.choose(place);
  }

  words() {
    this.pairs = votes.candidates(this.state.text, this.state.joins);
    this.chosen = Math.min(this.chosen, Math.max(0, this.pairs.length - 1));
    for (const [name, field] of Object.entries(this.fields)) {
      if (document.activeElement !== field.input) field.set(this.state[name]);
    }
    return { sentence: votes.sentence(this.state), line: votes.line(this.state) };
  }

  paint() {
    const { text, joins } = this.state;
    const width = this.frame.width();
    const height = this.frame.height(320);
    const pen = penFor(this.canvas, this.frame, height);
    const { label, colours } = pen;
    const tokens = votes.tokensOf(text, joins).flat();
    const boxes = tokenBoxes(pen, { x: 0, y: 0, width }, votes.namesOf(joins, tokens));
    const last = 255 + joins.length;
    drawTokens(pen, boxes, (i) => (tokens[i] === last && joins.length
      ? { fill: colours.emphasis, ink: "#1C1C1E", bold: true }
      : { fill: tokens[i] > 255 ? colours.rule : undefined, bold: tokens[i] > 255 }));
    const bottom = boxes.length ? boxes.at(-1).y + boxes.at(-1).height : 0;
    const top = bottom + label;
    const row = Math.max(label * 1.6, Math.min(label * 3.2, (height - top) / votes.MOST_PAIRS));
    this.place = { top, row };
    this.#paintPairs(pen, width, this.place);
  }

  #paintPairs(pen, width, { top, row }) {
    const { label, colours } = pen;
    const names = this.pairs.map(({ pair }) => votes.namesOf(this.state.joins, pair).join(" + "));
    if (!names.length) return;
    const left = Math.min(pen.widest(names, { bold: true, mono: true }) + label * 2, width * 0.5);
    const most = Math.max(5, ...this.pairs.map((_, i) => this.#hands(i)));
    const unit = (width - left - label * 3) / most;
    names.forEach((name, i) => {
      const y = top + i * row;
      const hands = this.#hands(i);
      pen.write(name, label * 0.6, y + row / 2, { mono: true, bold: i === this.chosen, width: left - label });
      pen.bar(left, y + row * 0.2, hands * unit, row * 0.6, colours.key);
      pen.write(String(hands), left + hands * unit + label * 0.5, y + row / 2, { bold: true });
      if (i === this.chosen) pen.ring(pen.stroke + 2, y + pen.stroke, width - 2 * pen.stroke - 4, row - 2 * pen.stroke);
    });
  }
}

export default {
  render(place) {
    const figure = new MergeVote(place);
    return () => figure.destroy();
  },
};
