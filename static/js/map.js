// The map of what is found, and the small one on a profile. Leaflet (L) draws; the page says where the
// points are and every word that is shown. Pictures of streets are asked for when somebody wants them.
// In pixels: what becomes one, what stays between two, how far from the edge, the widest with its gap.
const CELL = 56;
const GAP = 6;
const MARGIN = 16;
const WIDEST = 68;
const TILE = 256;
const DEEPEST = 18;
const DEEPEST_SKETCH = 15;
const LONGEST_STACK = 12;
const CITY = [[55.615, 12.46], [55.735, 12.65]];
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const language = document.documentElement.lang;

// -- the points, as directory/map_points.py writes them -----------------------------------------------

function read({ y, x, p, s, c, g }) {
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
function grouped(points, zoom) {
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
const digits = (size) => Math.min(4, String(size).length);
const radius = ({ size }) => (size === 1 ? 16 : [17, 20, 24, 31][digits(size) - 1]);

// -- the map of what is found -------------------------------------------------------------------------

function cityMap(root) {
  const canvas = root.querySelector("[data-canvas]");
  const words = canvas.dataset;
  const say = sayer(root);
  const map = blank(canvas, { zoomSnap: 0.5, minZoom: 8, maxZoom: DEEPEST });
  const shown = new Map();
  const popup = L.popup({ closeButton: false, className: "map-popup", offset: [0, -6], maxWidth: 280 });
  let points = [];
  let byView = false;
  let loaded;
  let asked;
  let asking = new AbortController();
  let wantsFocus = false;
  let opener;

  root.hidden = false;
  map.invalidateSize();
  map.fitBounds(CITY);
  sketch(map, JSON.parse(words.districts));
  const button = root.querySelector("[data-streets]");
  if (button) button.addEventListener("click", streets(map, root, say, button));
  map.on("moveend", () => {
    if (byView && box() !== asked) load(box());
    render();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && map.hasLayer(popup)) close();
  });

  async function load(part = "") {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = root.dataset.points;
    asked = part;
    try {
      const answer = await fetch(part ? address + (address.includes("?") ? "&" : "?") + part : address, { signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const data = await answer.json();
      if (signal.aborted) return;
      points = read(data);
      byView = "g" in data;
      say("");
      if (loaded !== address) {
        loaded = address;
        map.closePopup(popup);
        fit();
      }
    } catch {
      if (!signal.aborted) say(words.textFailed);
    }
    render();
    if (byView && box() !== asked) load(box());
  }

  // The part of the map in sight, as whole tiles, so that many readers ask for the same.
  function box() {
    const zoom = Math.round(map.getZoom());
    const bounds = map.getBounds();
    const first = map.project(bounds.getNorthWest(), zoom).divideBy(TILE).floor();
    const last = map.project(bounds.getSouthEast(), zoom).divideBy(TILE).ceil();
    const [{ lat: north, lng: west }, { lat: south, lng: east }] = [first, last].map((corner) =>
      map.unproject(corner.multiplyBy(TILE), zoom),
    );
    return `bbox=${[west, south, east, north].map((degrees) => degrees.toFixed(5))}&zoom=${zoom}`;
  }

  // All that lies in the city; what lies far from it only where nothing else is found.
  function fit() {
    const city = L.latLngBounds(CITY).pad(0.1);
    const near = points.filter(({ at }) => city.contains(at));
    const bounds = L.latLngBounds((near.length ? near : points).map(({ at }) => at));
    if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 15, padding: [28, 28], animate: false });
  }

  function render() {
    const { x: width, y: height } = map.getSize();
    const groups = grouped(points, map.getZoom()).filter(({ at }) => {
      const { x, y } = map.latLngToContainerPoint(at);
      return x > MARGIN && x < width - MARGIN && y > MARGIN && y < height - MARGIN;
    });
    const wanted = new Set(groups.map(({ key }) => key));
    const pane = map.getPane("markerPane");
    wantsFocus ||= pane.contains(document.activeElement);
    for (const [key, marker] of shown) {
      if (wanted.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
    for (const group of groups) if (!shown.has(group.key)) shown.set(group.key, mark(group));
    // In reading order; what has the focus stays where it is, or it would lose it.
    const icons = groups.map(({ key }) => shown.get(key).getElement());
    const focused = icons.find((icon) => icon.contains(document.activeElement));
    let after = false;
    for (const icon of icons) {
      if (icon === focused) after = true;
      else pane.insertBefore(icon, after ? null : (focused ?? null));
    }
    if (wantsFocus && !focused) (icons[0]?.firstChild ?? canvas).focus();
    wantsFocus = false;
  }

  function mark(group) {
    const button = element("button", { type: "button" });
    const count = group.size.toLocaleString(language);
    const [only] = group.points;
    if (group.size === 1) {
      button.className = "map-house";
      button.append(house(only.colour));
      button.setAttribute("aria-label", filled(words.textPlace, { name: only.name }));
    } else {
      button.className = `map-group map-group-${digits(group.size)}`;
      button.textContent = count;
      const text = isStack(group) ? words.textStack : words.textCluster;
      button.setAttribute("aria-label", filled(text, { count }));
    }
    button.title = button.getAttribute("aria-label");
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      // A map that was dragged by one of its points; a keyboard's click has no detail.
      if (event.detail && map.dragging.moved()) return;
      if (group.size === 1 || isStack(group)) open(group, button);
      else enter(group);
    });
    button.addEventListener("focus", () => {
      if (button.matches(":focus-visible")) map.panInside(group.at, { padding: [24, 24], animate: false });
    });
    const icon = L.divIcon({ className: "map-point", iconSize: null, html: button });
    return L.marker(group.at, { icon, interactive: false, keyboard: false }).addTo(map);
  }

  // Several in the same spot, which no zoom will part.
  function isStack({ points: members }) {
    const [{ at: first }] = members;
    const same = members.every(({ at, size }) => size === 1 && at.equals(first, 2e-5));
    return same || map.getZoom() >= DEEPEST;
  }

  function enter(group) {
    // The focus goes where the reader went.
    wantsFocus = true;
    const bounds = L.latLngBounds(group.points.map(({ at }) => at));
    const known = group.points.every(({ size }) => size === 1);
    const zoom = map.getBoundsZoom(bounds, false, L.point(40, 40));
    const next = known ? Math.max(zoom, map.getZoom() + 1) : map.getZoom() + 2;
    map.setView(known ? bounds.getCenter() : group.at, Math.min(next, DEEPEST));
  }

  function open(group, button) {
    opener = button;
    const content = element("div", {});
    const list = element("ul", { class: "map-names" });
    for (const { name, slug, size } of group.points.slice(0, LONGEST_STACK)) {
      if (size > 1) continue;
      const item = element("li", {});
      const link = element("a", { href: `${root.dataset.profiles}${slug}/` });
      link.textContent = name;
      item.append(link);
      list.append(item);
    }
    const closer = element("button", { type: "button", class: "link" });
    closer.textContent = words.textClose;
    closer.addEventListener("click", close);
    content.append(list);
    if (group.points.length > LONGEST_STACK) {
      const more = element("p", { class: "muted" });
      more.textContent = filled(words.textMany, { count: group.size.toLocaleString(language) });
      content.append(more);
    }
    content.append(closer);
    popup.setLatLng(group.at).setContent(content).openOn(map);
    content.querySelector("a")?.focus({ preventScroll: true });
  }

  function close() {
    map.closePopup(popup);
    (opener.isConnected ? opener : canvas).focus({ preventScroll: true });
  }

  // Results may be swapped in place: the map moves into the new ones, and follows what they say.
  return {
    follow(fresh) {
      if (fresh !== root) {
        root.dataset.points = fresh.dataset.points;
        fresh.replaceWith(root);
        map.invalidateSize();
      }
      if (root.dataset.points !== loaded) load();
    },
    load,
  };
}

// -- what every map has -------------------------------------------------------------------------------

function blank(canvas, options) {
  const map = L.map(canvas, {
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false,
    zoomAnimation: !STILL,
    fadeAnimation: !STILL,
    markerZoomAnimation: !STILL,
    inertia: !STILL,
    ...options,
  });
  const { textIn, textOut } = canvas.dataset;
  L.control.zoom({ zoomInTitle: textIn, zoomOutTitle: textOut, position: "topright" }).addTo(map);
  // The wheel scrolls the page until somebody takes hold of the map.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  return map;
}

function sayer(root) {
  const note = root.querySelector("[data-said]");
  return (text) => {
    note.textContent = text;
  };
}

// The street map comes and goes by its button. Returns what the button does.
function streets(map, root, say, button) {
  const layer = L.tileLayer(button.dataset.streets, { maxZoom: DEEPEST + 1, className: "map-streets" });
  const attribution = L.control.attribution({ prefix: false }).addAttribution(button.dataset.attribution);
  const canvas = map.getContainer();
  layer.on("tileload", () => {
    canvas.classList.add("has-streets");
    say("");
  });
  layer.on("tileerror", () => say(button.dataset.textFailed));
  return () => {
    const wanted = !map.hasLayer(layer);
    button.setAttribute("aria-pressed", String(wanted));
    root.classList.toggle("on-streets", wanted);
    say("");
    if (wanted) {
      map.options.zoomSnap = 1;
      map.setZoom(Math.round(map.getZoom()), { animate: false });
      layer.addTo(map);
      attribution.addTo(map);
    } else {
      layer.remove();
      attribution.remove();
      canvas.classList.remove("has-streets");
    }
  };
}

// -- the small map on a profile -----------------------------------------------------------------------

function placeMap(root) {
  const button = root.querySelector("[data-streets]");
  const canvas = root.querySelector("[data-canvas]");
  const say = sayer(root);
  let toggle;
  root.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await leaflet(root.dataset);
    } catch {
      return say(button.dataset.textFailed);
    }
    canvas.hidden = Boolean(toggle) && !canvas.hidden;
    toggle ??= begun();
    toggle();
  });

  function begun() {
    const at = [root.dataset.latitude, root.dataset.longitude];
    const map = blank(canvas, { maxZoom: DEEPEST }).setView(at, 15);
    const here = element("span", { class: "map-house" });
    here.append(house(root.dataset.colour));
    const icon = L.divIcon({ className: "map-point", iconSize: null, html: here });
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(map);
    return streets(map, root, say, button);
  }
}

// Leaflet for a page on which most readers never need it.
let coming;
function leaflet({ leaflet: script, leafletCss: stylesheet }) {
  coming ??= new Promise((resolve, reject) => {
    const link = element("link", { rel: "stylesheet", href: stylesheet });
    const library = element("script", { src: script });
    library.onload = resolve;
    library.onerror = reject;
    // Before our own stylesheet, which has the last word.
    document.head.prepend(link);
    document.head.append(library);
  });
  return coming;
}

// Copenhagen from memory, for those who have not asked for streets: water, and where the districts are.
const SEA = [
  [55.85, 12.575], [55.8, 12.583], [55.777, 12.592], [55.757, 12.597], [55.7495, 12.587], [55.7335, 12.58],
  [55.7225, 12.579], [55.7165, 12.584], [55.7155, 12.593], [55.7245, 12.605], [55.7165, 12.622],
  [55.707, 12.616], [55.7035, 12.606], [55.6985, 12.601], [55.693, 12.6], [55.6885, 12.6], [55.6845, 12.5972],
  [55.6795, 12.5942], [55.6765, 12.59], [55.6752, 12.5868], [55.6735, 12.583], [55.6715, 12.5772],
  [55.667, 12.5705], [55.6625, 12.564], [55.6575, 12.557], [55.65, 12.553], [55.645, 12.549],
  [55.643, 12.5465], [55.6365, 12.53], [55.633, 12.515], [55.623, 12.496], [55.61, 12.48], [55.596, 12.452],
  [55.604, 12.4], [55.607, 12.36], [55.58, 12.3], [55.3, 12.3], [55.3, 13.2], [55.85, 13.2],
];
const AMAGER = [
  [55.6425, 12.551], [55.6505, 12.557], [55.6605, 12.5662], [55.6655, 12.574], [55.67, 12.58],
  [55.674, 12.5885], [55.6785, 12.5965], [55.682, 12.601], [55.689, 12.606], [55.6945, 12.608],
  [55.6985, 12.618], [55.696, 12.627], [55.689, 12.633], [55.679, 12.642], [55.664, 12.6425],
  [55.656, 12.649], [55.644, 12.652], [55.637, 12.656], [55.624, 12.68], [55.594, 12.679], [55.579, 12.672],
  [55.556, 12.615], [55.5525, 12.6015], [55.572, 12.55], [55.59, 12.523], [55.609, 12.508], [55.625, 12.522],
  [55.637, 12.54],
];
const LAKES = [
  [[55.6748, 12.5578], [55.6808, 12.5577]],
  [[55.6828, 12.56], [55.6866, 12.5645]],
  [[55.6876, 12.5658], [55.691, 12.5702]],
  [[55.6916, 12.571], [55.6966, 12.5758]],
  [[55.6735, 12.4755], [55.6805, 12.474]],
];
const LAKE_METRES = 170;

function sketch(map, districts) {
  const shape = { interactive: false, smoothFactor: 0.5, stroke: false, fillOpacity: 1 };
  const lakes = LAKES.map((line) => L.polyline(line, { interactive: false, className: "map-lake", opacity: 1 }));
  const drawn = L.layerGroup([
    L.polygon(SEA, { ...shape, className: "map-sea" }),
    L.polygon(AMAGER, { ...shape, className: "map-land" }),
    ...lakes,
  ]);
  map.createPane("names").classList.add("map-names-pane");
  const names = L.layerGroup(
    districts.map(([name, latitude, longitude]) => {
      const icon = L.divIcon({ className: "map-district", iconSize: null, html: element("span", {}, name) });
      const still = { icon, interactive: false, keyboard: false, pane: "names" };
      return L.marker([latitude, longitude], still);
    }),
  );
  function redraw() {
    const zoom = map.getZoom();
    const metres = (156_543 * Math.cos((55.68 * Math.PI) / 180)) / 2 ** zoom;
    for (const lake of lakes) lake.setStyle({ weight: LAKE_METRES / metres });
    // A sketch from memory must not pretend to know the streets.
    map[zoom > DEEPEST_SKETCH ? "removeLayer" : "addLayer"](drawn);
    map[zoom < 11.5 ? "removeLayer" : "addLayer"](names);
  }
  map.on("zoomend", redraw);
  redraw();
}

function house(colour) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 28 30");
  svg.setAttribute("aria-hidden", "true");
  const parts = [
    ["map-edge", "M2 29V12L14 1 26 12V29Z"],
    ["map-wall", "M4 27.2V12.8L14 3.6 24 12.8V27.2Z"],
    ["map-window", "M8.5 15h4v4.5h-4zM15.5 15h4v4.5h-4zM12 22h4v5.2h-4z"],
  ];
  for (const [name, outline] of parts) {
    const path = document.createElementNS(namespace, "path");
    path.setAttribute("d", outline);
    path.setAttribute("class", name);
    if (name === "map-wall" && colour) path.style.fill = colour;
    svg.append(path);
  }
  return svg;
}

function element(tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
}

// -- begin --------------------------------------------------------------------------------------------

let present;

function begin() {
  const root = document.querySelector("[data-map]");
  if (!root) return;
  if (present) present.follow(root);
  else {
    present = cityMap(root);
    present.load();
  }
}

begin();
for (const root of document.querySelectorAll("[data-place]")) placeMap(root);
for (const event of ["htmx:afterSwap", "htmx:afterSettle", "htmx:historyRestore"]) {
  document.addEventListener(event, begin);
}
