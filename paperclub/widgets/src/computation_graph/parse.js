// A reader's expression, read by recursive descent into a list of nodes. Nothing is ever evaluated as
// code: what is not in this grammar is an error with a message. The grammar, its limits and messages
// are those of expressions.py; a test holds the two together.
//
//   program  = { name "=" sum ";" } sum
//   sum      = product { ("+" | "-") product }
//   product  = negative { ("*" | "/") negative }
//   negative = "-" negative | power
//   power    = atom [ ("^" | "**") ["-"] number ]
//   atom     = number | name | function "(" sum ")" | "(" sum ")"

export const FUNCTIONS = ["exp", "log", "sin", "cos", "tanh", "sigmoid", "relu", "sqrt"];
export const MOST = { letters: 80, operations: 12, leaves: 8 };

const TOKEN = /\s*(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)|([\p{L}_][\p{L}\p{N}_]*)|(\*\*|[-+*/^();=]))/uy;

/** What is wrong with an expression, in words for its reader; `found` is the reader's own text. */
export class Unreadable extends Error {
  constructor(before, found = null, after = "") {
    super(before + (found ?? "") + after);
    this.parts = found === null ? [before + after] : [before, { token: found }, after];
  }
}

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const [letter] = [...text.slice(from).trimStart()];
      throw new Unreadable("“", letter, "” has no meaning here. Use + - * / ^ and brackets.");
    }
    const [, number, name, sign] = match;
    found.push({ kind: number ? "number" : name ? "name" : "sign", text: number ?? name ?? sign });
  }
  return found;
}

/**
 * Read an expression. Returns nodes in an order in which each comes after what it is made from:
 * {kind, text, parents, number}: kind is "input", "number" or an operation, text the node's own
 * expression, parents the places of what it is made from. The last node is the result.
 */
export function parse(text) {
  if ([...text].length > MOST.letters) throw new Unreadable(`Keep it to ${MOST.letters} letters.`);
  const reader = new Reader(tokens(text));
  const nodes = reader.program();
  const count = (test) => nodes.filter(test).length;
  const operations = count((node) => node.parents.length > 0);
  if (operations === 0) throw new Unreadable("There is nothing to compute: write a sum or a product.");
  if (operations > MOST.operations) throw new Unreadable(`At most ${MOST.operations} operations fit.`);
  if (nodes.length - operations > MOST.leaves) {
    throw new Unreadable(`At most ${MOST.leaves} names and numbers fit.`);
  }
  if (count((node) => node.kind === "input") === 0) throw new Unreadable("There is no name in it to change.");
  return nodes;
}

class Reader {
  constructor(list) {
    this.list = list;
    this.place = 0;
    this.nodes = [];
    this.named = new Map();
  }

  get next() { return this.list[this.place]?.text; }

  take(...signs) {
    const token = this.list[this.place];
    if (token?.kind !== "sign" || !signs.includes(token.text)) return null;
    this.place += 1;
    return token.text;
  }

  /**
   * Add a node, and return its place.
   *
   * @param {string} kind
   * @param {string} text
   * @param {number[]} [parents] the places of what it is made from
   * @param {number | null} [number] the value of a number, or a power's exponent
   */
  add(kind, text, parents = [], number = null) {
    this.nodes.push({ kind, text, parents, number });
    return this.nodes.length - 1;
  }

  program() {
    while (this.list[this.place]?.kind === "name" && this.list[this.place + 1]?.text === "=") {
      const name = this.next;
      if (this.named.has(name)) throw new Unreadable("“", name, "” is there already; choose another name.");
      this.place += 2;
      const made = this.sum();
      this.named.set(name, made);
      if (!this.take(";")) throw new Unreadable("After “", name, "” and its value comes a semicolon.");
    }
    const last = this.sum();
    if (this.next !== undefined) throw new Unreadable("I did not expect “", this.next, "” there.");
    return this.#reachable(last);
  }

  /** Only what the result is made from, with the result last. */
  #reachable(last) {
    const needed = new Set([last]);
    for (let i = last; i >= 0; i -= 1) {
      if (needed.has(i)) this.nodes[i].parents.forEach((parent) => needed.add(parent));
    }
    const kept = [...needed].sort((a, b) => a - b);
    const now = new Map(kept.map((old, i) => [old, i]));
    return kept.map((old) => ({
      ...this.nodes[old], parents: this.nodes[old].parents.map((parent) => now.get(parent)),
    }));
  }

  two(kind, left, right) {
    const [a, b] = [left, right].map((i) => this.bracketed(i, kind, i === right));
    return this.add(kind, `${a} ${SIGNS[kind]} ${b}`, [left, right]);
  }

  bracketed(place, kind, isRight) {
    const { kind: inner, text } = this.nodes[place];
    const loose = LOOSE[inner] ?? 9;
    const here = LOOSE[kind];
    return loose < here || (loose === here && isRight && "-/".includes(kind)) ? `(${text})` : text;
  }

  sum() {
    let left = this.product();
    for (let sign = this.take("+", "-"); sign; sign = this.take("+", "-")) {
      left = this.two(sign, left, this.product());
    }
    return left;
  }

  product() {
    let left = this.negative();
    for (let sign = this.take("*", "/"); sign; sign = this.take("*", "/")) {
      left = this.two(sign, left, this.negative());
    }
    return left;
  }

  negative() {
    if (!this.take("-")) return this.power();
    const inner = this.negative();
    return this.add("negative", `−${this.bracketed(inner, "negative", true)}`, [inner]);
  }

  power() {
    const base = this.atom();
    if (!this.take("^", "**")) return base;
    const minus = this.take("-") ? "-" : "";
    const token = this.list[this.place];
    if (token?.kind !== "number") throw new Unreadable("After ^ comes a number, such as 2.");
    this.place += 1;
    const text = `${this.bracketed(base, "power", true)}^${minus}${token.text}`;
    return this.add("power", text, [base], Number(minus + token.text));
  }

  atom() {
    const token = this.list[this.place];
    if (!token) throw new Unreadable("The expression stops too early: something is missing at its end.");
    this.place += 1;
    if (token.kind === "number") return this.add("number", token.text, [], Number(token.text));
    if (token.kind === "name") return this.name(token.text);
    if (token.text !== "(") throw new Unreadable("I did not expect “", token.text, "” there.");
    const inner = this.sum();
    this.close();
    return inner;
  }

  close() {
    if (!this.take(")")) throw new Unreadable("A bracket is opened and never closed.");
  }

  name(name) {
    if (this.take("(")) {
      if (!FUNCTIONS.includes(name)) {
        throw new Unreadable("I do not know the function “", name, `”. I know ${FUNCTIONS.join(", ")}.`);
      }
      const inner = this.sum();
      this.close();
      return this.add(name, `${name}(${this.nodes[inner].text})`, [inner]);
    }
    if (!this.named.has(name)) this.named.set(name, this.add("input", name));
    return this.named.get(name);
  }
}

const SIGNS = { "+": "+", "-": "−", "*": "·", "/": "/" };
// How loosely a node's text hangs together; what is not named here never needs brackets.
const LOOSE = { "+": 1, "-": 1, "*": 2, "/": 2, negative: 3, power: 4 };
