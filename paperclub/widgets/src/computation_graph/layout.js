// Where the nodes of a graph stand. Along the way from inputs to the result a node stands one place
// behind the last of what it is made from; across it, inputs stand side by side in the order in which
// they are read, and an operation in the middle of what it is made from.

/** For every node its place along and across the way, in steps from 0. */
export function arrange(nodes) {
  const along = nodes.map(() => 0);
  nodes.forEach((node, i) => {
    if (node.parents.length) along[i] = 1 + Math.max(...node.parents.map((parent) => along[parent]));
  });
  // An input stands just before its first use, so that its line is short.
  nodes.forEach((node, i) => {
    if (node.parents.length) return;
    along[i] = Math.min(...nodes.flatMap(({ parents }, user) => (parents.includes(i) ? [along[user] - 1] : [])));
  });
  let leaf = 0;
  const across = nodes.map(() => 0);
  nodes.forEach((node, i) => {
    if (!node.parents.length) {
      across[i] = leaf;
      leaf += 1;
    } else {
      across[i] = node.parents.reduce((sum, parent) => sum + across[parent], 0) / node.parents.length;
    }
  });
  const deepest = Math.max(...along);
  for (let place = 0; place <= deepest; place += 1) spread(nodes, along, across, place, leaf);
  return { along, across, depth: deepest + 1, leaves: leaf };
}

/** Push nodes of one place apart until none covers another, and keep them within the leaves. */
function spread(nodes, along, across, place, leaves) {
  const here = nodes.map((_, i) => i).filter((i) => along[i] === place)
    .sort((a, b) => across[a] - across[b] || a - b);
  for (let k = 1; k < here.length; k += 1) {
    across[here[k]] = Math.max(across[here[k]], across[here[k - 1]] + 1);
  }
  for (let k = here.length - 1; k >= 0; k -= 1) {
    const most = leaves - 1 - (here.length - 1 - k);
    across[here[k]] = Math.min(across[here[k]], Math.max(most, k));
  }
}

const LINES = 3; // what a box holds: its name, its value, its gradient

/**
 * The boxes in CSS pixels, for the room that there is: from left to right where it is wide enough,
 * from top to bottom on a phone.
 *
 * @param {{parents: number[]}[]} nodes
 * @param {Space} space room for the picture, and the size of type
 */
export function layout(nodes, space) {
  const { along, across, depth, leaves } = arrange(nodes);
  const sideways = space.width >= space.size * 34;
  const [length, breadth] = sideways ? [space.width, space.height] : [space.height, space.width];
  const room = sideways ? [space.width / depth / 7, space.height / leaves / 4.8] : [space.width / leaves / 5];
  const label = Math.max(10, Math.min(space.size * 0.9, ...room));
  const high = Math.round(label * (LINES * 1.3 + 0.5));
  const stepAlong = sideways ? length / depth : high * 1.5;
  const stepAcross = sideways ? Math.min(breadth / leaves, high * 1.55) : breadth / leaves;
  const wide = Math.round(Math.min(label * 5.6, sideways ? stepAlong * 0.68 : stepAcross - 6));
  const boxes = nodes.map((_, i) => {
    const a = (along[i] + 0.5) * stepAlong;
    const b = (across[i] + 0.5) * stepAcross;
    const [x, y] = sideways ? [a, b] : [b, a];
    return { x: x - wide / 2, y: y - high / 2, width: wide, height: high };
  });
  return {
    boxes, sideways, label,
    width: Math.floor(space.width),
    height: Math.ceil(sideways ? stepAcross * leaves : stepAlong * depth),
  };
}
