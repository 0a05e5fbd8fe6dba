/**
 * Pages of tabs that asked to be told before they go: each is kept out of sight until it says that it is ready, and
 * longer when it also wants to be loaded again, as Teams keeps the pages of apps in its cache.
 */
import { h } from "../core/dom.js";

const PATIENCE_MS = 5_000;
const MOST = 3;

const kept = new Map();
let lot = null;

/** Takes a page {element, host, ready} off the screen; it ends now, when it is ready, or stays for `revive`. */
export async function park(key, page) {
  if (!page.host.heard.has("beforeUnload") || !canMove(page.element)) {
    end(page);
    return;
  }
  lot ??= document.body.appendChild(h("div", { hidden: true, inert: true }));
  lot.moveBefore(page.element, null);
  const ready = new Promise((done) => {
    page.ready = done;
  });
  page.host.fire("beforeUnload");
  const late = new Promise((done) => setTimeout(() => done(false), PATIENCE_MS));
  const isReady = await Promise.race([ready.then(() => true), late]);
  if (isReady && page.host.heard.has("load")) keep(key, page);
  else end(page);
}

/** Puts a kept page into `holder` again and tells it what to show; null when none is kept. */
export function revive(key, holder, { entityId, contentUrl }) {
  const page = kept.get(key);
  if (!page || !canMove(page.element)) return null;
  kept.delete(key);
  holder.moveBefore(page.element, null);
  page.host.fire("load", { entityId, contentUrl });
  return page;
}

// Moving without this method would load the page anew.
function canMove(element) {
  return typeof element.moveBefore === "function" && element.isConnected;
}

function keep(key, page) {
  if (kept.has(key)) end(kept.get(key));
  kept.set(key, page);
  const [oldest] = kept.keys();
  if (kept.size > MOST) {
    end(kept.get(oldest));
    kept.delete(oldest);
  }
}

function end(page) {
  page.host.stop();
  if (page.element.parentElement === lot) page.element.remove();
}
