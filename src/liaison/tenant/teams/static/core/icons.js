// Line drawings on a 20 × 20 grid, our own.
const SHAPES = {
  add: ["M10 4v12M4 10h12"],
  apps: ["M4 4h5v5H4zM4 11h5v5H4zM11 11h5v5h-5zM13.5 3.5l3 3-3 3-3-3z"],
  back: ["M12.5 4.5 7 10l5.5 5.5"],
  chat: [
    "M10 3.5c4.2 0 7.5 2.8 7.5 6.300s-3.3 6.3-7.5 6.300c-1 0-2-.2-2.9-.5L3.5 16.500l1-3A6 6 0 0 1 2.5 9.800c0-3.5 3.3-6.3 7.5-6.300zM7 8.500h6M7 11h4",
  ],
  check: ["m4.5 10.5 3.5 3.5 7.5-8"],
  chevronDown: ["m5 7.5 5 5 5-5"],
  chevronRight: ["m7.5 5 5 5-5 5"],
  close: ["m5 5 10 10M15 5 5 15"],
  copy: ["M7.5 3.5h9v9h-9zM7.5 7h-4v9.5H13v-4"],
  download: ["M10 3.5v9M6 9l4 4 4-4M4 16.5h12"],
  error: ["M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 6v5M10 13.2v.8"],
  archive: ["M2.5 4h15v3.5h-15zM4 7.5v8.5h12V7.5M8 11h4"],
  at: ["M13.2 10a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0zM13.2 6.8v4.4a2 2 0 0 0 4 0V10A7.2 7.2 0 1 0 14 16"],
  bold: ["M6 4h4.8a3 3 0 0 1 0 6H6zM6 10h5.6a3 3 0 0 1 0 6H6z"],
  bullets: ["M7.5 5.5H17M7.5 10H17M7.5 14.5H17M3.5 5.5h.01M3.5 10h.01M3.5 14.5h.01"],
  edit: ["m12.5 4.5 3 3L7 16l-3.8.8L4 13zM11 6l3 3"],
  emoji: ["M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM7.5 8h.01M12.5 8h.01M6.5 11.5c1 3 6 3 7 0"],
  file: ["M5.5 2.5h6l3.5 3.5v11.5h-9.5zM11.5 2.5V6H15"],
  folder: ["M2.5 5h5.3l1.7 2h8v8.5h-15z"],
  info: ["M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15zM10 9v5M10 6v.8"],
  italic: ["M8.5 4h6M5.5 16h6M11.8 4 8.2 16"],
  leave: ["M11.5 3.5h-7v13h7M9 10h8.5M14.5 6.5 18 10l-3.5 3.5"],
  link: [
    "M8.5 11.5a3.2 3.2 0 0 0 4.6 0l2.6-2.6a3.2 3.2 0 0 0-4.6-4.6l-1 1M11.5 8.5a3.2 3.2 0 0 0-4.6 0l-2.6 2.6a3.2 3.2 0 0 0 4.6 4.6l1-1",
  ],
  lock: ["M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9"],
  more: ["M4.5 10h.01M10 10h.01M15.5 10h.01"],
  open: ["M8 4.5H4v11.5h11.5V12M11 4h5v5M16 4l-7 7"],
  move: ["M2.5 5h5.3l1.7 2h8v8.5h-15zM7.5 11.5h5M10.5 9.5l2 2-2 2"],
  people: [
    "M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 4a2.6 2.6 0 0 1 0 5M14.5 11.5c2 .5 3 2 3 4.5",
  ],
  personAdd: ["M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.5c0-3 2.4-4.5 5.5-4.5 1 0 2 .2 2.8.5M14.5 11v6M11.5 14h6"],
  refresh: ["M15.5 8A6 6 0 1 0 16 11.5M16 3.5V8h-4.5"],
  reply: ["M8 4.5 3.5 9 8 13.5M3.5 9H12c3 0 4.5 2 4.5 6"],
  search: ["M8.5 3a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM12.5 12.5 17 17"],
  send: ["M3 10 17 3.5 13 17l-3.5-5.5zM9.5 11.5 17 3.5"],
  settings: [
    "M10 7.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.600zM10 2.500v2.200M10 15.300v2.200M2.5 10h2.200M15.3 10h2.200M4.7 4.700l1.5 1.500M13.8 13.800l1.5 1.500M15.3 4.700l-1.5 1.500M6.2 13.800l-1.5 1.5",
  ],
  share: ["M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16c0-3 2.4-4.5 5.5-4.5M12 14h5.5M15 11.2l2.8 2.8-2.8 2.8"],
  teams: [
    "M7.5 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 16.5v-3a2.5 2.5 0 0 1 2.5-2.5h5a2.5 2.5 0 0 1 2.5 2.5v3zM13.5 8a2.2 2.2 0 1 0 0-4.4M15 10.5a2.5 2.5 0 0 1 2.5 2.5v2.5",
  ],
  trash: ["M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.8 11h8.4l.8-11M8.5 8.500v5M11.5 8.500v5"],
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
