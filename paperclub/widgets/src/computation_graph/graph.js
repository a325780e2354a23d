// The numbers of a graph: every value on the way forward, every gradient on the way back.

const sigmoid = (a) => 1 / (1 + Math.exp(-a));

// For each operation its value, and its derivative by each of what it is made from.
const OPERATIONS = {
  "+": [(a, b) => a + b, () => [1, 1]],
  "-": [(a, b) => a - b, () => [1, -1]],
  "*": [(a, b) => a * b, (a, b) => [b, a]],
  "/": [(a, b) => a / b, (a, b) => [1 / b, -a / (b * b)]],
  negative: [(a) => -a, () => [-1]],
  exp: [Math.exp, (a) => [Math.exp(a)]],
  log: [Math.log, (a) => [1 / a]],
  sin: [Math.sin, (a) => [Math.cos(a)]],
  cos: [Math.cos, (a) => [-Math.sin(a)]],
  tanh: [Math.tanh, (a) => [1 - Math.tanh(a) ** 2]],
  sigmoid: [sigmoid, (a) => [sigmoid(a) * (1 - sigmoid(a))]],
  relu: [(a) => (a > 0 ? a : 0), (a) => [a > 0 ? 1 : 0]],
  sqrt: [Math.sqrt, (a) => [0.5 / Math.sqrt(a)]],
};

// What a name holds that nobody gave a value, by its order among the names.
const USUAL = [2, -1, 3, 0.5, -2, 1.5, 1, -3];

/** The names of a graph with their values: those given, and usual ones for the others. */
export function inputsOf(nodes, given) {
  const names = nodes.filter((node) => node.kind === "input").map((node) => node.text);
  return Object.fromEntries(names.map((name, i) =>
    [name, Object.hasOwn(given, name) ? given[name] : USUAL[i]]));
}

/** The value of every node, and its derivatives by each of its parents. */
export function forward(nodes, inputs) {
  const values = [];
  const slopes = nodes.map((node) => {
    const from = node.parents.map((parent) => values[parent]);
    if (node.kind === "input") values.push(inputs[node.text]);
    else if (node.kind === "number") values.push(node.number);
    else if (node.kind === "power") {
      values.push(from[0] ** node.number);
      return [node.number * from[0] ** (node.number - 1)];
    } else {
      const [value, derivative] = OPERATIONS[node.kind];
      values.push(value(...from));
      return derivative(...from);
    }
    return [];
  });
  return { values, slopes };
}

/**
 * The way through a graph, step by step: the operations forward, one step for the gradient of the
 * result itself, and the operations back, each of which hands its gradient to its parents.
 *
 * `steps` holds {phase, node, handed}: `handed` lists {to, slope, share, before, total}, where
 * `before` is null for the first share that a node is handed.
 */
export function walk(nodes, inputs) {
  const { values, slopes } = forward(nodes, inputs);
  const operations = nodes.map((_, i) => i).filter((i) => nodes[i].parents.length > 0);
  const last = nodes.length - 1;
  const gradients = nodes.map(() => null);
  gradients[last] = 1;
  const back = operations.toReversed().map((node) => ({
    phase: "back", node,
    handed: nodes[node].parents.flatMap((to, i) => {
      if (nodes[to].kind === "number") return [];
      const slope = slopes[node][i];
      const share = gradients[node] * slope;
      const before = gradients[to];
      gradients[to] = (before ?? 0) + share;
      return [{ to, slope, share, before, total: gradients[to] }];
    }),
  }));
  return {
    values, slopes, gradients, operations,
    steps: [
      { phase: "start", node: null, handed: [] },
      ...operations.map((node) => ({ phase: "forward", node, handed: [] })),
      { phase: "turn", node: last, handed: [] }, ...back,
    ],
  };
}

/** What is known after `step` steps: a value or null, and a gradient or null, for every node. */
export function known(nodes, way, step) {
  const values = nodes.map((node, i) => (node.parents.length ? null : way.values[i]));
  const gradients = nodes.map(() => null);
  for (const { phase, node, handed } of way.steps.slice(0, step + 1)) {
    if (phase === "forward") values[node] = way.values[node];
    if (phase === "turn") gradients[node] = 1;
    for (const { to, total } of handed) gradients[to] = total;
  }
  return { values, gradients };
}
