// The window that signs in for a side pane: asks the pane that opened it which attempt it is for, and sends that.

const PATIENCE_MS = 4000;
const page = document.querySelector("[data-pane-window]");

if (page?.dataset.done === "true") {
  setTimeout(() => window.close(), 1200);
} else if (page) {
  const alone = () => {
    page.querySelector("[data-joining]").hidden = true;
    page.querySelector("[data-alone]").hidden = false;
  };
  const waiting = setTimeout(alone, PATIENCE_MS);
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== window.opener) return;
    if (event.data?.liaison !== "attempt") return;
    clearTimeout(waiting);
    page.querySelector("[name=attempt]").value = event.data.attempt;
    page.querySelector("form").submit();
  });
  // Only a page of our own origin receives this, whoever opened the window.
  if (window.opener) window.opener.postMessage({ liaison: "window-ready" }, location.origin);
  else alone();
}
