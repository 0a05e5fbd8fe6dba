/** Where one writes: a closed line that opens into a field with formatting, mentions and a button that sends. */
import { fill, freshId, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { t } from "../core/texts.js";
import { mentions } from "./mention.js";
import { messageOf } from "./message-text.js";

/** A closed line that opens into a place to write; `send(message)` returns whether the message has gone out. */
export function composer({ opener, drawing = "add", ...options }) {
  const place = h("div.composer");
  const open = () => {
    const form = writingForm({ ...options, shut: close });
    fill(place, form);
    form.querySelector("textarea").focus();
  };
  const close = () => {
    const button = h(
      "button.composer-opener",
      { type: "button", on: { click: open } },
      icon(drawing),
      h("span", {}, opener),
    );
    fill(place, button);
    return button;
  };
  close();
  return place;
}

/**
 * The open field. `people()` gives who can be mentioned; `start` is {text, mentioned} of a message that is edited;
 * `shut()` takes the field away and returns what gets the focus.
 */
export function writingForm({
  label,
  send,
  people,
  withSubject = false,
  enterSends = false,
  start = null,
  shut,
  done,
}) {
  const id = freshId("write");
  const subject = withSubject
    ? h("input.composer-subject", {
        type: "text",
        maxlength: 200,
        placeholder: t("posts.subject"),
        "aria-label": t("posts.subject"),
      })
    : null;
  const hint = enterSends ? t("posts.enterSends") : t("posts.ctrlEnterSends");
  const text = h("textarea", {
    id,
    rows: withSubject ? 3 : 1,
    "aria-label": label,
    placeholder: label,
    "aria-describedby": `${id}-hint`,
    value: start?.text ?? "",
  });
  const named = mentions(text, people);
  if (start) named.add(start.mentioned);
  const button = h("button.button.primary", { type: "submit" }, icon("send"), done ?? t("posts.send"));
  const cancel = h("button.button", { type: "button" }, t("cancel"));
  const form = h(
    "form.composer-form",
    {},
    subject,
    h("div.composer-field", {}, text, named.element),
    h("span.composer-hint", { id: `${id}-hint` }, hint),
    h("div.composer-foot", {}, toolbar(text), cancel, button),
  );
  const leave = () => shut()?.focus();
  cancel.addEventListener("click", leave);
  text.addEventListener("input", () => grow(text));
  queueMicrotask(() => grow(text));
  form.addEventListener("keydown", (event) => {
    if (event.target === text && named.keydown(event)) return;
    if (event.key === "Escape") leave();
    if (formats(text, event)) return;
    const sends =
      event.key === "Enter" &&
      (event.ctrlKey || event.metaKey || (enterSends && !event.shiftKey && event.target === text));
    if (!sends || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    const message = messageOf(text.value, named.chosen());
    if (subject?.value.trim()) message.subject = subject.value.trim();
    button.disabled = true;
    const gone = await send(message);
    button.disabled = false;
    return gone ? leave() : text.focus();
  });
  return form;
}

function toolbar(text) {
  const tool = (drawing, label, run) => {
    const button = h("button.icon-button", { type: "button", "aria-label": label, title: label }, icon(drawing));
    button.addEventListener("click", run);
    return button;
  };
  return h(
    "div.composer-tools",
    { role: "group", "aria-label": t("posts.format") },
    tool("bold", t("posts.bold"), () => wrap(text, "**")),
    tool("italic", t("posts.italic"), () => wrap(text, "_")),
    tool("bullets", t("posts.list"), () => insert(text, text.value && !text.value.endsWith("\n") ? "\n- " : "- ")),
    tool("at", t("posts.mention"), () => insert(text, /\s$|^$/.test(before(text)) ? "@" : " @")),
  );
}

function formats(text, event) {
  const mark = { b: "**", i: "_" }[event.key.toLowerCase()];
  if (!mark || !(event.ctrlKey || event.metaKey) || event.target !== text) return false;
  event.preventDefault();
  wrap(text, mark);
  return true;
}

function wrap(text, mark) {
  const { selectionStart: from, selectionEnd: to } = text;
  const inner = text.value.slice(from, to);
  text.setRangeText(`${mark}${inner}${mark}`, from, to, "end");
  if (!inner) text.selectionStart = text.selectionEnd = from + mark.length;
  changed(text);
}

function insert(text, added) {
  text.setRangeText(added, text.selectionStart, text.selectionEnd, "end");
  changed(text);
}

function before(text) {
  return text.value.slice(0, text.selectionStart);
}

function changed(text) {
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function grow(text) {
  text.style.setProperty("height", "auto");
  text.style.setProperty("height", `${Math.min(text.scrollHeight + 2, 320)}px`);
}
