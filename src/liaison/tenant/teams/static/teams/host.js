/**
 * The host side of TeamsJS 2.58: one frame, the messages it sends, and the answers.
 *
 * A message is believed only from the frame itself or from a window it opened, and only from an origin that `trusts`
 * accepts; answers go to that origin alone.
 */
import { h } from "../core/dom.js";

const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads";
const LATEST_API = 4;
const LOOK_EVERY_MS = 400;
const NOT_SUPPORTED = 100;

// What this host really does; everything else answers isSupported() with false.
const RUNTIME = JSON.stringify({
  apiVersion: LATEST_API,
  hostVersionsInfo: { adaptiveCardSchemaVersion: { majorVersion: 1, minorVersion: 5 } },
  isLegacyTeams: true,
  supports: {
    appInstallDialog: {},
    clipboard: {},
    dialog: { url: { parentCommunication: {} }, update: {} },
    pages: { backStack: {}, config: {}, currentApp: {}, tabs: {} },
    people: {},
    teamsCore: {},
  },
});

// Where the SDK reads [true, value] or [false, reason]; elsewhere it reads [error, value].
const SAYS_STATUS = new Set([
  "authentication.getUser",
  "calendar.composeMeeting",
  "calendar.openCalendarItem",
  "chat.openChat",
  "conversations.openConversation",
  "mail.composeMail",
  "mail.openMailItem",
  "pages.navigateToApp",
  "search.closeSearch",
]);

/**
 * Puts a page in a frame and speaks with it. `answers` maps message names to functions of their arguments that
 * return the reply's arguments (or undefined for no reply). Returns {frame, heard, fire(name, …args), stop()}; `heard`
 * holds the events that the page asked for, `fire` tells whether there is a page to hear one.
 */
export function hostFrame({ address, title, frameContext, trusts, answers }) {
  const frame = h("iframe.tab-frame", {
    src: address,
    title,
    sandbox: SANDBOX,
    allow: "clipboard-write; clipboard-read",
    referrerpolicy: "strict-origin",
  });
  const host = { frame, trusts, frameContext, answers, popup: null, origin: null, heard: new Set() };
  const listen = (event) => receive(host, event);
  addEventListener("message", listen);
  return {
    frame,
    heard: host.heard,
    fire: (name, ...args) => {
      if (host.origin === null || !frame.contentWindow) return false;
      frame.contentWindow.postMessage({ func: name, args }, host.origin);
      return true;
    },
    stop: () => {
      removeEventListener("message", listen);
      closePopup(host, null);
    },
  };
}

async function receive(host, event) {
  const { data } = event;
  if (data === null || typeof data !== "object" || typeof data.func !== "string") return;
  const fromFrame = event.source !== null && event.source === host.frame.contentWindow;
  const fromPopup = event.source !== null && event.source === host.popup?.window;
  if ((!fromFrame && !fromPopup) || !host.trusts(event.origin)) return;
  const args = Array.isArray(data.args) ? data.args : [];
  const reply = await (fromPopup ? answerPopup(host, data.func, args) : answerFrame(host, event, data.func, args));
  // A page that has left its frame meanwhile must not get what its predecessor asked for.
  if (reply === undefined || data.id === undefined || event.source.closed) return;
  event.source.postMessage({ id: data.id, uuidAsString: data.uuidAsString, args: reply }, event.origin);
}

async function answerFrame(host, event, name, args) {
  if (name === "initialize") {
    host.origin = event.origin;
    host.heard.clear();
    host.answers.initialized?.();
    return [host.frameContext, "web", RUNTIME, args[0]];
  }
  if (name === "authentication.authenticate") return authenticate(host, args);
  if (name === "registerHandler") {
    host.heard.add(args[0]);
    return undefined;
  }
  if (!Object.hasOwn(host.answers, name)) return refusal(name);
  return host.answers[name](...args);
}

function refusal(name) {
  const message = `${name} is not supported by this host.`;
  return SAYS_STATUS.has(name) ? [false, message] : [{ errorCode: NOT_SUPPORTED, message }];
}

async function answerPopup(host, name, args) {
  if (name === "initialize") return ["authentication", "web", RUNTIME, args[0]];
  if (name === "authentication.authenticate.success") closePopup(host, [true, args[0]]);
  else if (name === "authentication.authenticate.failure") closePopup(host, [false, args[0]]);
  else if (name === "getContext") return host.answers.getContext?.();
  return undefined;
}

/** Opens the sign-in window that a tab asks for, and waits for its word or for its end. */
function authenticate(host, [address, width, height]) {
  closePopup(host, [false, "CancelledByUser"]);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !host.trusts(url.origin)) return [false, "The address is not in the app's valid domains"];
  const size = `popup,width=${Number(width) || 600},height=${Number(height) || 535}`;
  const opened = window.open(url.href, "_blank", size);
  if (!opened) return [false, "FailedToOpenWindow"];
  return new Promise((settle) => {
    // Only the opener can see that the person closed the window.
    const timer = setInterval(() => opened.closed && closePopup(host, [false, "CancelledByUser"]), LOOK_EVERY_MS);
    host.popup = { window: opened, settle, timer };
  });
}

function closePopup(host, outcome) {
  if (!host.popup) return;
  clearInterval(host.popup.timer);
  host.popup.settle(outcome ?? [false, "CancelledByUser"]);
  if (!outcome) host.popup.window.close();
  host.popup = null;
}
