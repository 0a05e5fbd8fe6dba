// Signing in inside the side pane: a window of our own signs in; this frame tells it its attempt, and asks the server
// until its own session is there. Messages are taken from that window and from our own origin only.

const EVERY_MS = 1500;
const LONGEST_MS = 10 * 60 * 1000;
const page = document.querySelector("[data-pane]");
const attempt = page?.dataset.attempt;
let signingIn = null;
let polling = 0;

page?.querySelector("[data-signs-in]").addEventListener("click", (event) => {
  event.preventDefault();
  signingIn = window.open(event.currentTarget.href, "_blank", "popup,width=520,height=680");
  page.querySelector("[data-waiting]").hidden = false;
  if (!polling) {
    polling = Date.now();
    ask();
  }
});

window.addEventListener("message", (event) => {
  if (!signingIn || event.origin !== location.origin || event.source !== signingIn) return;
  if (event.data?.liaison === "window-ready") signingIn.postMessage({ liaison: "attempt", attempt }, location.origin);
});

async function ask() {
  try {
    const answer = await fetch("/pane/session", { method: "POST", body: new URLSearchParams({ attempt }) });
    if (answer.status === 201) return location.replace(location.href);
  } catch {
    // The network may be back the next time.
  }
  if (Date.now() - polling < LONGEST_MS) return setTimeout(ask, EVERY_MS);
  page.querySelector("[data-waiting]").hidden = true;
  page.querySelector("[data-over]").hidden = false;
}
