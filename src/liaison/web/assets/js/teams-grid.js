// A view's rows in the tab: pages, sorting by a column's heading, search by name, and records that open in the CRM.

const { ask, h, message, say, sayCount, webAddress } = window.liaison;
const section = document.querySelector("[data-grid]");
const scroll = section.querySelector("[data-grid-scroll]");
const notes = section.querySelector("[data-grid-notes]");
const previous = section.querySelector("[data-previous]");
const next = section.querySelector("[data-next]");

const asked = { entity: "", order: "", search: "", marks: [""], after: "" };

async function showGrid(entity) {
  Object.assign(asked, { entity, order: "", search: "", marks: [""], after: "" });
  await read();
}

async function read() {
  const query = new URLSearchParams();
  const wanted = { q: asked.search, order: asked.order, page: asked.marks.at(-1) };
  for (const [name, value] of Object.entries(wanted)) if (value) query.set(name, value);
  section.setAttribute("aria-busy", "true");
  try {
    draw(await ask("GET", `/tabs/${asked.entity}/rows?${query}`));
  } finally {
    section.setAttribute("aria-busy", "false");
  }
}

async function readAgain() {
  notes.replaceChildren();
  try {
    await read();
  } catch (refusal) {
    notes.replaceChildren(message("danger", refusal.problem?.title ?? "", refusal.sentence ?? ""));
  }
}

function draw(grid) {
  scroll.setAttribute("aria-label", grid.view);
  scroll.replaceChildren(grid.rows.length ? table(grid) : h("p.tab-no-rows", {}, say("no_rows")));
  const count = section.querySelector("[data-count]");
  count.textContent = grid.total === null ? sayCount("shown", grid.rows.length) : sayCount("rows", grid.total);
  asked.after = grid.next ?? "";
  next.hidden = !grid.next;
  previous.hidden = asked.marks.length === 1;
}

function table(grid) {
  const head = h("tr", { role: "row" }, grid.columns.map(heading));
  const rows = grid.rows.map((row) =>
    h(
      "tr",
      { role: "row" },
      row.cells.map((cell, place) => {
        const label = grid.columns[place].label;
        if (place > 0) return h("td", { role: "cell", "data-label": label }, cell.text);
        const link = h("a", { href: webAddress(row.address), target: "_blank", rel: "noopener" }, cell.text || row.title);
        return h("td.first", { role: "cell", "data-label": label }, link);
      }),
    ),
  );
  return h(
    "table.grid",
    { role: "table" },
    h("caption.unseen", {}, grid.view),
    h("thead", { role: "rowgroup" }, head),
    h("tbody", { role: "rowgroup" }, rows),
  );
}

function heading(column) {
  const isUp = asked.order === column.name;
  const isDown = asked.order === `-${column.name}`;
  const sort = isUp ? "ascending" : isDown ? "descending" : "none";
  const turn = () => {
    Object.assign(asked, { order: isUp ? `-${column.name}` : column.name, marks: [""] });
    readAgain().then(() => scroll.querySelector(`[data-column="${CSS.escape(column.name)}"]`)?.focus());
  };
  const state = isUp ? say("sort_up") : isDown ? say("sort_down") : "";
  const button = h(
    "button.tab-sort",
    { type: "button", "data-column": column.name, title: say("sort_by", { column: column.label }), on: { click: turn } },
    h("span", {}, column.label),
    h("span.tab-sort-mark", { "aria-hidden": "true" }, isUp ? "↑" : isDown ? "↓" : ""),
    state ? h("span.unseen", {}, ` ${state}`) : null,
  );
  return h("th", { scope: "col", role: "columnheader", "aria-sort": sort }, button);
}

next.addEventListener("click", () => {
  asked.marks.push(asked.after);
  readAgain().then(() => scroll.focus());
});
previous.addEventListener("click", () => {
  asked.marks.pop();
  readAgain().then(() => scroll.focus());
});
const find = document.querySelector("[data-find]");
let typing = 0;
function search() {
  clearTimeout(typing);
  Object.assign(asked, { search: find.querySelector("input").value.trim(), marks: [""] });
  void readAgain();
}
find.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, 300);
});
find.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});

window.liaison.showGrid = showGrid;
