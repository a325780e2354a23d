/**
 * The parameters of a model: read from weights.bin, or as they were before training.
 *
 * The format, and the numbers before training, are those of paperclub/models/weights.py: first every
 * float32 number (a scale for each row of a matrix; biases, norms), then the matrices' bytes.
 */

/** Names and shapes of the parameters, in the order in which they are stored. */
function parameters({ layers, width, vocabulary }) {
  const list = [["embedding.weight", vocabulary, width]];
  const linear = (name, rows, columns) =>
    list.push([`${name}.weight`, rows, columns], [`${name}.bias`, rows]);
  const norm = (name) => list.push([`${name}.weight`, width], [`${name}.bias`, width]);
  for (let layer = 0; layer < layers; layer += 1) {
    const block = `blocks.${layer}`;
    norm(`${block}.norm_1`);
    for (const part of ["to_q", "to_k", "to_v", "to_out"]) linear(`${block}.attention.${part}`, width, width);
    norm(`${block}.norm_2`);
    linear(`${block}.feed_forward.0`, 4 * width, width);
    linear(`${block}.feed_forward.2`, width, 4 * width);
  }
  norm("norm");
  return list;
}

/** The parameters in `bytes` (Uint8Array, DataView or ArrayBuffer), each a Float32Array, by name. */
export function readWeights(config, bytes) {
  // The copy has the alignment that Float32Array insists on.
  const content = (ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes)).slice();
  const list = parameters(config);
  const floats = list.reduce((sum, [, rows]) => sum + rows, 0);
  const expected = list.reduce((sum, [, rows, columns = 0]) => sum + rows * columns, 4 * floats);
  if (content.length !== expected) {
    throw new Error(`The model's weights have ${content.length} bytes; ${expected} are expected.`);
  }
  const view = new DataView(content.buffer);
  const named = {};
  let place = 0, cell = 4 * floats;
  for (const [name, rows, columns] of list) {
    const first = Float32Array.from({ length: rows }, (_, row) => view.getFloat32(place + 4 * row, true));
    place += 4 * rows;
    named[name] = columns ? new Float32Array(rows * columns) : first;
    for (let i = 0; columns && i < rows * columns; i += 1, cell += 1) {
      named[name][i] = view.getInt8(cell) * first[Math.floor(i / columns)];
    }
  }
  return named;
}

/** A whole number from -127 to 127 for place `i` of parameter `place`: MurmurHash3's last step. */
function scattered(i, place, seed) {
  let x = Math.imul((i + (place << 20)) ^ seed, 0x9e3779b1);
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  x ^= x >>> 16;
  return ((x >>> 0) % 255) - 127;
}

function level(name) {
  if (name.endsWith("bias")) return 0;
  // Output and embedding are one matrix: at full strength every token would foretell itself.
  return name === "norm.weight" ? 0.25 : 1;
}

function bound(name, { layers, width }) {
  if (name.startsWith("embedding")) return Math.sqrt(3 / width);
  if (name.endsWith("feed_forward.2.weight")) return 1 / Math.sqrt(4 * width * 2 * layers);
  if (name.endsWith("to_out.weight")) return 1 / Math.sqrt(width * 2 * layers);
  return 1 / Math.sqrt(width);
}

/** The parameters before the first training step, by name. */
export function initialWeights(config, seed) {
  return Object.fromEntries(parameters(config).map(([name, rows, columns], place) => {
    if (!columns) return [name, new Float32Array(rows).fill(level(name))];
    const scale = Math.fround(bound(name, config) / 127);
    return [name, Float32Array.from({ length: rows * columns }, (_, i) => scattered(i, place, seed) * scale)];
  }));
}
