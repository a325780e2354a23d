const SMALLEST = 1e-10; // below it stands what rounding left over

/**
 * A number with at most three significant digits. `number` in expressions.py writes the same.
 */
export function number(value) {
  if (Number.isNaN(value)) return "no number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Math.abs(value) < SMALLEST) return "0";
  const [digits, power] = Math.abs(value).toExponential(2).split("e");
  const exponent = Number(power);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const plain = exponent >= -4 && exponent <= 5;
  const text = plain
    ? trim(Number(`${digits}e${power}`).toFixed(Math.max(0, 2 - exponent)))
    : `${trim(digits)}e${exponent < 0 ? "−" : ""}${Math.abs(exponent)}`;
  return value < 0 ? `−${text}` : text;
}

const token = (text) => ({ token: text });

function listed(items) {
  return items.flatMap((item, i) => {
    if (i === 0) return item;
    return [i === items.length - 1 ? " and " : ", ", ...item];
  });
}

/**
 * What the figure shows after `step` steps, as strings and `{token}` for the reader's own text.
 *
 * `sentence` in computation_graph.py gives the same words; a test holds the two together.
 */
export function sentence(nodes, way, step) {
  const { phase, node } = way.steps[step];
  const count = way.operations.length;
  if (phase === "start") {
    const inputs = nodes.flatMap(({ kind, text }, i) =>
      (kind === "input" ? [[token(text), ` = ${number(way.values[i])}`]] : []));
    return ["Given: ", ...listed(inputs), ". Nothing is computed yet."];
  }
  if (phase === "forward") {
    const end = step === count ? ", the result." : ".";
    return [`Forward, step ${step} of ${count}: `, token(nodes[node].text),
      ` = ${number(way.values[node])}${end}`];
  }
  if (phase === "turn") {
    return ["Backward begins at the result: its gradient by itself is 1."];
  }
  return backward(nodes, way, step);
}

function backward(nodes, way, step) {
  const { node, handed } = way.steps[step];
  const count = way.operations.length;
  // What it had itself when its turn came: everything behind it has already handed on.
  const own = number(way.gradients[node]);
  const shares = handed.map(({ to, slope, share }) =>
    [`${own} × ${number(slope)} = ${number(share)} to `, token(nodes[to].text)]);
  const parts = [`Backward, step ${step - count - 1} of ${count}: `, token(nodes[node].text),
    ...(shares.length ? [` has the gradient ${own} and hands `, ...listed(shares)]
      : [" hands nothing on: it is made from numbers only"]), "."];
  for (const { to, before, share, total } of handed) {
    if (before === null) continue;
    parts.push(" ", token(nodes[to].text),
      ` is used more than once: ${number(before)} + ${number(share)} = ${number(total)}.`);
  }
  if (step === way.steps.length - 1) parts.push(...summary(nodes, way));
  return parts;
}

/** At the end: what the gradient of the first input means. */
function summary(nodes, way) {
  const first = nodes.findIndex((node) => node.kind === "input");
  return [" Done: 0.01 more of ", token(nodes[first].text),
    ` changes the result by about ${number((way.gradients[first] ?? 0) / 100)}.`];
}
