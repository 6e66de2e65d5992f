// The map of what is found, and the small one on a profile. Leaflet (L) draws; the page says where the
// points are and every word that is shown. Pictures of streets are asked for when somebody wants them.
import { element } from "./dom.js";
import { house, sketch } from "./map_drawing.js";
import { digits, grouped, read } from "./map_points.js";

// How far from the edge, in pixels.
const MARGIN = 16;
const TILE = 256;
const DEEPEST = 18;
const LONGEST_STACK = 12;
const CITY = [[55.615, 12.46], [55.735, 12.65]];
const STILL = matchMedia("(prefers-reduced-motion: reduce)").matches;
const language = document.documentElement.lang;

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
      // In a frame on another site, nothing but the frame's own page may show.
      if ("outside" in root.dataset) Object.assign(link, { target: "_blank", rel: "noopener" });
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
