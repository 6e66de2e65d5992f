// Copenhagen from memory, for those who have not asked for streets: water, and where the districts are.
import { element } from "./dom.js";

const DEEPEST_SKETCH = 15;
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

export function sketch(map, districts) {
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

export function house(colour) {
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
