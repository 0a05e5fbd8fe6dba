import { fill, freshId, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { t } from "../core/texts.js";

/** A closed line that opens into a place to write; `send(message)` returns whether the message has gone out. */
export function composer({ opener, label, send, drawing = "add", withSubject = false, enterSends = false }) {
  const place = h("div.composer");
  const open = () => {
    const form = writingForm({ label, send, withSubject, enterSends, shut: close });
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

function writingForm({ label, send, withSubject, enterSends, shut }) {
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
  });
  const button = h("button.button.primary", { type: "submit" }, icon("send"), t("posts.send"));
  const cancel = h("button.button", { type: "button" }, t("cancel"));
  const form = h(
    "form.composer-form",
    {},
    subject,
    text,
    h("div.composer-foot", {}, h("span.quiet", { id: `${id}-hint` }, hint), cancel, button),
  );
  const leave = () => shut().focus();
  cancel.addEventListener("click", leave);
  text.addEventListener("input", () => grow(text));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    const sends =
      event.key === "Enter" &&
      (event.ctrlKey || event.metaKey || (enterSends && !event.shiftKey && event.target === text));
    if (!sends || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const message = readMessage(text, subject);
    if (!message) return text.focus();
    button.disabled = true;
    const gone = await send(message);
    button.disabled = false;
    return gone ? leave() : text.focus();
  });
  return form;
}

function readMessage(text, subject) {
  const content = text.value.trim();
  if (!content) return null;
  const message = { body: { contentType: "text", content } };
  if (subject?.value.trim()) message.subject = subject.value.trim();
  return message;
}

function grow(text) {
  text.style.setProperty("height", "auto");
  text.style.setProperty("height", `${Math.min(text.scrollHeight + 2, 320)}px`);
}
