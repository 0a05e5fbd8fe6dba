// The side panel: shown when its content arrives, closed by its own links, focus back where it came from. As a page of
// its own it changes in place.

const panel = document.getElementById("panel");

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "panel-body") return;
  if (panel && !panel.open) panel.showModal();
  event.detail.target.querySelector(".panel-head h2")?.focus();
});

if (panel) {
  panel.addEventListener("click", (event) => {
    const closing = event.target.closest("[data-closes-panel]");
    if (closing || event.target === panel) {
      event.preventDefault();
      panel.close();
    }
  });

  panel.addEventListener("close", () => {
    document.getElementById("panel-body").replaceChildren();
  });
}

document.addEventListener("htmx:beforeRequest", (event) => {
  event.detail.target?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.setAttribute("aria-busy", "false");
});
// No answer at all: the link or form is followed as if there were no script, and the browser says what is wrong.
document.addEventListener("htmx:sendError", (event) => {
  const link = event.detail.elt.closest("a[href]");
  if (link) window.location.assign(link.href);
});
