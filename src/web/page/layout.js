/**
 * Where the nodes and links of the picture are drawn. Pure: numbers in, numbers out.
 *
 * With room, tiers stand side by side, clients' side left, and the node that writes lies below all of them, reached by a line beside each tier. On a phone
 * the nodes stand below each other, and links are arcs at their left.
 *
 * @import { Edge } from './cluster.js'
 * @typedef {{ name: string, x: number, y: number, width: number, height: number, flat?: boolean }} Box
 * @typedef {{ edge: Edge, path: string, label?: { x: number, y: number, anchor: 'start' | 'middle' | 'end' } }} Drawn
 * @typedef {{ width: number, height: number, isTall?: boolean, boxes: Box[], links: Drawn[] }} Layout
 */

const BOX = { width: 196, height: 82 };
/** The writer's, where it lies below the tiers. */
const BAR = 46;
const ROW_GAP = 22;
const MARGIN = 4;
/** Between the last row of nodes and the writer. */
const WRITER_GAP = 44;
/** Widths below this get the tall layout. */
const WIDE = 720;
const LEAST_GUTTER = 84;
/** Of the tall layout: between the nodes, of a line of text more, between arcs side by side. */
const TALL_GAP = 14;
const TALL_WIDTH = 460;
const LINE = 20;
const LANE = 12;

/**
 * @param {{ tiers: string[][], writer: string | undefined }} placed
 * @param {Edge[]} edges
 * @param {number} width of the room there is
 * @returns {Layout}
 */
export function layout(placed, edges, width) {
  const columns = placed.tiers.length;
  const needed = columns * BOX.width + (columns + 1) * LEAST_GUTTER;
  return width >= Math.max(WIDE, needed) ? wide(placed, edges, width) : tall(placed, edges, width);
}

function wide({ tiers, writer }, edges, width) {
  const gutter = Math.min(220, (width - tiers.length * BOX.width - 2 * MARGIN) / Math.max(1, tiers.length - 0.4));
  const used = tiers.length * BOX.width + (tiers.length - 0.4) * gutter;
  const left = Math.max(MARGIN, (width - used) / 2);
  const rows = Math.max(1, ...tiers.map((tier) => tier.length));
  const tallest = rows * BOX.height + (rows - 1) * ROW_GAP;
  /** @type {Map<string, Box & { column: number }>} */
  const boxes = new Map();
  tiers.forEach((tier, column) => {
    const height = tier.length * BOX.height + (tier.length - 1) * ROW_GAP;
    tier.forEach((name, row) => {
      const y = MARGIN + (tallest - height) / 2 + row * (BOX.height + ROW_GAP);
      boxes.set(name, { name, column, x: left + column * (BOX.width + gutter), y, width: BOX.width, height: BOX.height });
    });
  });
  const floor = MARGIN + tallest + WRITER_GAP;
  if (writer !== undefined) boxes.set(writer, { name: writer, column: -1, x: left, y: floor, width: used, height: BAR, flat: true });
  const links = edges.flatMap((edge) => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    if (!from || !to) return [];
    if (edge.to === writer || edge.from === writer) return [drop(edge, edge.to === writer ? from : to, floor, gutter)];
    if (from.column === to.column) return [besides(edge, from, to)];
    return [from.column < to.column ? across(edge, from, to, tiers) : across(edge, to, from, tiers)];
  });
  return { width, height: (writer === undefined ? MARGIN + tallest : floor + BAR) + MARGIN, boxes: [...boxes.values()], links };
}

/** From the right of one box to the left of another. */
function across(edge, a, b, tiers) {
  const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height * 0.4, b.x, b.y + b.height * 0.4];
  const middle = (x1 + x2) / 2;
  // Where links fan out they are apart near the end, where they come together near the beginning; nowhere in the middle.
  const fansIn = tiers[a.column].length > tiers[b.column].length;
  const t = y1 === y2 ? 0.5 : fansIn ? 0.32 : 0.68;
  const along = 3 * t * t * (1 - t) + t * t * t;
  return {
    edge,
    path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`,
    label: { x: x1 + (x2 - x1) * t, y: y1 + (y2 - y1) * along - 7, anchor: 'middle' },
  };
}

/** Between two boxes of one tier, around their left. */
function besides(edge, from, to) {
  const [x, y1, y2] = [from.x, from.y + from.height / 2, to.y + to.height / 2];
  return { edge, path: `M${x} ${y1}C${x - 40} ${y1} ${x - 40} ${y2} ${x} ${y2}`, label: { x: x - 34, y: (y1 + y2) / 2, anchor: 'end' } };
}

/** Down the line at the right of its tier, to the writer. */
function drop(edge, box, floor, gutter) {
  const lane = box.x + box.width + Math.min(26, gutter * 0.2);
  const y = box.y + box.height * 0.78;
  const bend = 8;
  return {
    edge,
    path: `M${box.x + box.width} ${y}H${lane - bend}Q${lane} ${y} ${lane} ${y + bend}V${floor}`,
    label: { x: lane + 7, y: y + 16, anchor: 'start' },
  };
}

/** The rates stand in the boxes: beside arcs there is no room for them. */
function tall({ tiers, writer }, edges, width) {
  const names = [...tiers.flat(), ...(writer === undefined ? [] : [writer])];
  const spans = edges.flatMap((edge) => {
    const [upper, lower] = [names.indexOf(edge.from), names.indexOf(edge.to)].sort((a, b) => a - b);
    return upper < 0 ? [] : [{ edge, upper, lower }];
  });
  const lanes = lanesOf(spans);
  const margin = Math.min(width * 0.3, MARGIN + 10 + LANE * lanes.length);
  const step = (margin - MARGIN - 10) / Math.max(1, lanes.length);
  const boxes = [];
  let y = MARGIN;
  for (const name of names) {
    const height = BOX.height + (edges.some(({ from }) => from === name) ? LINE : 0);
    boxes.push({ name, x: margin, y, width: Math.min(TALL_WIDTH, width - margin - MARGIN), height });
    y += height + TALL_GAP;
  }
  const links = lanes.flatMap((lane, at) =>
    lane.map(({ edge, upper, lower }) => {
      const x = margin - 10 - step * (at + 0.5);
      // Each lane meets the boxes at a height of its own, the inner ones nearer to the gap between them.
      const inset = 12 + Math.min(at, 4) * 7;
      const [y1, y2] = [boxes[upper].y + boxes[upper].height - inset, boxes[lower].y + inset];
      const bend = Math.min(8, (y2 - y1) / 2);
      const path = `M${margin} ${y1}H${x + bend}Q${x} ${y1} ${x} ${y1 + bend}V${y2 - bend}Q${x} ${y2} ${x + bend} ${y2}H${margin}`;
      return { edge, path };
    }),
  );
  return { width, height: y - TALL_GAP + MARGIN, boxes, links, isTall: true };
}

/** Puts arcs side by side where they would cover each other; short ones lie inside. */
function lanesOf(spans) {
  /** @type {(typeof spans)[]} */
  const lanes = [];
  for (const span of [...spans].sort((a, b) => a.lower - a.upper - (b.lower - b.upper))) {
    const free = lanes.find((lane) => lane.every(({ upper, lower }) => span.lower <= upper || lower <= span.upper));
    if (free) free.push(span);
    else lanes.push([span]);
  }
  return lanes;
}
