// Line drawings on a 20 × 20 grid, our own.
const SHAPES = {
  add: ["M10 4v12M4 10h12"],
  apps: ["M4 4h5v5H4zM4 11h5v5H4zM11 11h5v5h-5zM13.5 3.5l3 3-3 3-3-3z"],
  back: ["M12.5 4.5 7 10l5.5 5.5"],
  check: ["m4.5 10.5 3.5 3.5 7.5-8"],
  chevronDown: ["m5 7.5 5 5 5-5"],
  chevronRight: ["m7.5 5 5 5-5 5"],
  close: ["m5 5 10 10M15 5 5 15"],
  copy: ["M7.5 3.5h9v9h-9zM7.5 7h-4v9.5H13v-4"],
  download: ["M10 3.5v9M6 9l4 4 4-4M4 16.5h12"],
  error: ["M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 6v5M10 13.2v.8"],
  file: ["M5.5 2.5h6l3.5 3.5v11.5h-9.5zM11.5 2.5V6H15"],
  folder: ["M2.5 5h5.3l1.7 2h8v8.5h-15z"],
  info: ["M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 9v5M10 6v.8"],
  lock: ["M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9"],
  more: ["M4.5 10h.01M10 10h.01M15.5 10h.01"],
  open: ["M8 4.5H4v11.5h11.5V12M11 4h5v5M16 4l-7 7"],
  people: [
    "M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 4a2.6 2.6 0 0 1 0 5M14.5 11.5c2 .5 3 2 3 4.5",
  ],
  refresh: ["M15.5 8A6 6 0 1 0 16 11.5M16 3.5V8h-4.5"],
  reply: ["M8 4.5 3.5 9 8 13.5M3.5 9H12c3 0 4.5 2 4.5 6"],
  send: ["M3 10 17 3.5 13 17l-3.5-5.5zM9.5 11.5 17 3.5"],
  share: ["M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16c0-3 2.4-4.5 5.5-4.5M12 14h5.5M15 11.2l2.8 2.8-2.8 2.8"],
  teams: [
    "M7.5 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.5v-3a2.5 2.5 0 0 1 2.5-2.5h5a2.5 2.5 0 0 1 2.5 2.5v3zM13.5 8a2.2 2.2 0 1 0 0-4.4M15 10.5a2.5 2.5 0 0 1 2.5 2.5v2.5",
  ],
  upload: ["M10 13V4M6 7.5l4-4 4 4M4 16.5h12"],
  web: ["M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM2.5 10h15M10 2.5c-5 5-5 10 0 15M10 2.5c5 5 5 10 0 15"],
};

const SVG = "http://www.w3.org/2000/svg";

/** A decorative drawing; the words beside it carry the meaning. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  drawing.classList.add("icon", `icon-${name}`);
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    drawing.append(path);
  }
  return drawing;
}
