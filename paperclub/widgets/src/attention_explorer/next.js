/**
 * The likeliest next tokens after the chosen one, as bars with their probabilities. With heads switched
 * off, what was likely before stands beside them in grey dashes.
 *
 * @param {import("../kit/pen.js").Pen} pen
 * @param {Box} box
 * @param {{name: string, bars: ReturnType<typeof import("./looks.js").sideBySide>, temperature: number,
 *   hasBefore: boolean}} view `name` is the token after which the bars come
 */
export function drawNext(pen, box, { name, bars, temperature, hasBefore }) {
  const head = pen.label * 1.9;
  const step = Math.min((box.height - head) / bars.length, pen.size * 1.9);
  const fit = Math.max(1, Math.floor((box.height - head) / (pen.label * 0.95)));
  const shown = step < pen.label * 0.75 ? bars.slice(0, fit) : bars;
  const height = Math.min((box.height - head) / shown.length, pen.size * 1.9);
  const strip = Math.min(pen.widest(shown.map((bar) => bar.name), { mono: true }), box.width * 0.32);
  const x = box.x + Math.max(strip, pen.label * 4) + pen.label * 0.6;
  const room = box.x + box.width - x - pen.label * (hasBefore ? 8 : 3.6);
  const largest = Math.max(...shown.flatMap(({ now, before }) => [now, before ?? 0]), 1e-6);
  drawHeading(pen, box, name, temperature);
  shown.forEach((bar, i) => {
    const y = box.y + head + (i + 0.5) * height;
    const wide = (share) => ((share ?? 0) / largest) * room;
    const size = Math.min(pen.label, height);
    const gap = pen.label * 0.6;
    pen.write(bar.name, x - gap, y, { mono: true, align: "right", width: x - box.x - gap, size });
    pen.bar(x, y - height * 0.33, wide(bar.now), height * 0.66, pen.colours.query);
    if (bar.before !== null) pen.outline(x, y - height * 0.33, wide(bar.before), height * 0.66);
    const end = x + Math.max(wide(bar.now), wide(bar.before)) + pen.label * 0.5;
    pen.write(change(bar, hasBefore), end, y, { size });
  });
}

const number = (share) => (share < 0.005 ? "< 0.01" : share.toFixed(2));

const change = ({ now, before }, hasBefore) => (hasBefore ? `${number(before)} → ${number(now)}` : number(now));

function drawHeading(pen, box, name, temperature) {
  const y = box.y + pen.label * 0.6;
  const start = "what comes next after ";
  pen.write(start, box.x, y, { colour: pen.colours.muted });
  const x = box.x + pen.measure(start);
  const end = temperature === 1 ? "" : `, temperature ${temperature.toFixed(1)}`;
  const room = box.x + box.width - x - pen.measure(end);
  pen.write(name, x, y, { mono: true, bold: true, colour: pen.colours.queryText, width: room });
  if (end) {
    const after = x + Math.min(pen.measure(name), room);
    pen.write(end, after, y, { colour: pen.colours.muted });
  }
}
