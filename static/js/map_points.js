// The points as directory/map_points.py writes them, and which of them become one on a map.
// In pixels: what becomes one, what stays between two, the widest with its gap.
const CELL = 56;
const GAP = 6;
const WIDEST = 68;

export function read({ y, x, p, s, c, g }) {
  let latitude = 0;
  let longitude = 0;
  return p.map((plate, at) => {
    latitude += y[at];
    longitude += x[at];
    const [name, slug = plainSlug(name)] = plate.split("\n");
    const colour = c[s.charCodeAt(at) - "A".charCodeAt(0)];
    return { at: L.latLng(latitude / 1e5, longitude / 1e5), name, slug, colour, size: g ? g[at] : 1 };
  });
}

// The rule of directory/plates.py.
function plainSlug(name) {
  const letters = { æ: "ae", ø: "oe", å: "aa" };
  const plain = name.toLowerCase().replace(/[æøå]/g, (letter) => letters[letter]);
  return plain.replace(/[^a-z0-9]+/g, "-").slice(0, 60).replace(/^-|-$/g, "");
}

// One group for each cell of a grid, in the middle of its points, in the order one reads a page.
export function grouped(points, zoom) {
  const cells = new Map();
  for (const point of points) {
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(point.at, zoom);
    const key = `${Math.floor(x / CELL)}/${Math.floor(y / CELL)}`;
    const cell = cells.get(key) ?? { size: 0, x: 0, y: 0, points: [] };
    cell.size += point.size;
    cell.x += x * point.size;
    cell.y += y * point.size;
    cell.points.push(point);
    cells.set(key, cell);
  }
  const groups = apart([...cells.values()].map((cell) => ({ ...cell, x: cell.x / cell.size, y: cell.y / cell.size })));
  for (const group of groups) {
    group.at = L.CRS.EPSG3857.pointToLatLng(L.point(group.x, group.y), zoom);
    group.key = `${zoom}/${Math.round(group.x)}/${Math.round(group.y)}/${group.size}/${group.points[0].name}`;
  }
  const row = ({ y }) => Math.floor(y / CELL);
  return groups.sort((one, other) => row(one) - row(other) || one.x - other.x);
}

// What would lie on top of something larger becomes part of it, so that each can be hit.
function apart(groups) {
  const kept = new Map();
  const near = ({ x, y }) => {
    const [column, line] = [Math.floor(x / WIDEST), Math.floor(y / WIDEST)];
    const around = [-1, 0, 1].flatMap((right) => [-1, 0, 1].map((down) => `${column + right}/${line + down}`));
    return [`${column}/${line}`, around.flatMap((key) => kept.get(key) ?? [])];
  };
  for (const group of groups.sort((one, other) => other.size - one.size)) {
    const [key, others] = near(group);
    const over = others.find(
      (other) => Math.hypot(other.x - group.x, other.y - group.y) < radius(other) + radius(group) + GAP,
    );
    if (!over) kept.set(key, [...(kept.get(key) ?? []), group]);
    else {
      over.size += group.size;
      over.points.push(...group.points);
    }
  }
  return [...kept.values()].flat();
}

// As wide as the stylesheet draws them.
export const digits = (size) => Math.min(4, String(size).length);
const radius = ({ size }) => (size === 1 ? 16 : [17, 20, 24, 31][digits(size) - 1]);
