import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * A button with a menu. `entries` is called at each opening and gives {label, drawing, run, checked, danger} or
 * null for a line between groups.
 */
export function menuButton(button, entries) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => open(button, entries()));
  button.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      open(button, entries());
    }
  });
  return button;
}

function open(button, entries) {
  const items = [];
  const menu = h("div.menu", { role: "menu", popover: "auto", "aria-label": button.getAttribute("aria-label") ?? "" });
  const shut = () => menu.hidePopover();
  for (const entry of entries) {
    if (entry === null) menu.append(h("div.menu-line", { role: "separator" }));
    else items.push(menu.appendChild(menuItem(entry, shut)));
  }
  // Beside its button the menu is in the same landmark and, in a modal dialog, in the same layer.
  button.after(menu);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    button.setAttribute("aria-expanded", "false");
    if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus();
    menu.remove();
  });
  menu.addEventListener("keydown", (event) => moveFocus(event, items, shut));
  menu.showPopover();
  place(menu, button);
  button.setAttribute("aria-expanded", "true");
  items[0]?.focus();
}

function menuItem({ label, drawing, run, checked, danger }, shut) {
  const role = checked === undefined ? "menuitem" : "menuitemradio";
  const item = h(
    `button.menu-item${danger ? ".danger" : ""}`,
    { type: "button", role, tabindex: "-1", "aria-checked": checked === undefined ? null : String(checked) },
    drawing || checked ? icon(checked ? "check" : drawing) : h("span.icon"),
    h("span", {}, label),
  );
  item.addEventListener("click", () => {
    shut();
    run();
  });
  return item;
}

function moveFocus(event, items, shut) {
  const at = items.indexOf(document.activeElement);
  const targets = {
    ArrowDown: items[(at + 1) % items.length],
    ArrowUp: items[(at - 1 + items.length) % items.length],
    Home: items[0],
    End: items.at(-1),
  };
  if (event.key === "Tab") shut();
  if (!(event.key in targets)) return;
  event.preventDefault();
  targets[event.key].focus();
}

function place(menu, button) {
  const from = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left, innerWidth - size.width - 8));
  const below = from.bottom + 4;
  const top = below + size.height > innerHeight - 8 ? Math.max(8, from.top - size.height - 4) : below;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}
