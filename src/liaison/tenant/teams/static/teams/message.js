/** One post or reply: who wrote it, what it says, how people reacted, and what may be done with it. */
import { avatar } from "../core/avatar.js";
import { messageAddress } from "../core/addresses.js";
import { copyText } from "../core/clipboard.js";
import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { menuButton } from "../core/menu.js";
import { attempt } from "../core/notices.js";
import { t } from "../core/texts.js";
import { fullTime, shortTime } from "../core/values.js";
import { cardOf } from "./card.js";
import { writingForm } from "./composer.js";
import { link, messageNodes } from "./message-body.js";
import { mentionedIn, typedText } from "./message-text.js";
import { changeMessage, deleteMessage, react, restoreMessage } from "./teamwork.js";

const EMOJI = {
  like: "👍",
  heart: "❤️",
  laugh: "😆",
  surprised: "😮",
  sad: "😢",
  angry: "😠",
  pin: "📌",
  star: "⭐",
  check: "✅",
  clip: "📎",
  memo: "📝",
};

/**
 * `view` is the list that it stands in: {team, channel, me, writable, people(), changed()}. Returns null for what is
 * no message, such as the note that somebody joined.
 */
export function messageElement(view, one, kind) {
  if (one.messageType && one.messageType !== "message") return null;
  const author = authorOf(one);
  const head = h(
    "div.message-head",
    {},
    h("span.author", {}, author),
    h("time", { datetime: one.createdDateTime, title: fullTime(one.createdDateTime) }, shortTime(one.createdDateTime)),
    one.lastEditedDateTime && !one.deletedDateTime ? h("span.quiet.edited", {}, t("posts.edited")) : null,
    one.importance === "high" || one.importance === "urgent" ? important() : null,
  );
  const main = h("div.message-main", {}, head, contentOf(view, one), reactionsOf(view, one));
  const element = h(`div.message.${kind}`, {}, avatar(author), main);
  if (view.writable && !one.deletedDateTime) element.append(tools(view, one, main));
  return element;
}

export function authorOf(one) {
  return one.from?.user?.displayName ?? one.from?.application?.displayName ?? t("posts.unknown");
}

function important() {
  return h("span.important", {}, icon("error"), t("posts.important"));
}

function contentOf(view, one) {
  if (one.deletedDateTime) return deleted(view, one);
  const attachments = new Map((one.attachments ?? []).map((attachment) => [attachment.id, attachment]));
  const placed = new Set();
  const show = (id) => {
    placed.add(id);
    return attachments.has(id) ? attached(attachments.get(id)) : null;
  };
  const body = messageNodes(one.body ?? {}, show);
  const rest = [...attachments.keys()].filter((id) => !placed.has(id)).map((id) => attached(attachments.get(id)));
  return [one.subject ? h("h3.subject", {}, one.subject) : null, h("div.message-body", {}, body, rest)];
}

function deleted(view, one) {
  const undo = h("button.link-button", { type: "button" }, t("posts.undo"));
  undo.addEventListener("click", () => act(view, () => restoreMessage(view.team.id, view.channel.id, one)));
  return h("p.quiet.deleted", {}, t("posts.deleted"), " ", view.writable && isOwn(view, one) ? undo : null);
}

function attached(attachment) {
  if (attachment.contentType === "application/vnd.microsoft.card.adaptive") return cardOf(attachment);
  if (!attachment.contentUrl) return null;
  return h("p.attached", {}, icon("file"), link(attachment.contentUrl, attachment.name || attachment.contentUrl));
}

function isOwn(view, one) {
  return one.from?.user?.id === view.me.id;
}

function reactionsOf(view, one) {
  if (one.deletedDateTime || !one.reactions?.length) return null;
  const groups = new Map();
  for (const reaction of one.reactions) {
    const sign = EMOJI[reaction.reactionType] ?? reaction.reactionType;
    groups.set(sign, [...(groups.get(sign) ?? []), reaction.user?.user]);
  }
  return h(
    "div.reactions",
    { role: "group", "aria-label": t("posts.reactions") },
    [...groups].map(([sign, people]) => reactionButton(view, one, sign, people)),
  );
}

function reactionButton(view, one, sign, people) {
  const mine = people.some((person) => person?.id === view.me.id);
  const names = people.map((person) => person?.displayName ?? t("posts.unknown")).join(", ");
  const label = t("posts.reacted", { emoji: sign, names });
  const button = h(
    "button.reaction",
    { type: "button", "aria-pressed": String(mine), "aria-label": label, title: names, disabled: !view.writable },
    h("span", {}, sign),
    h("span", {}, String(people.length)),
  );
  button.addEventListener("click", () => act(view, () => react(view.team.id, view.channel.id, one, sign, !mine)));
  return button;
}

function tools(view, one, main) {
  const smile = h(
    "button.icon-button",
    { type: "button", "aria-label": t("posts.react", { name: authorOf(one) }), title: t("posts.reactions") },
    icon("emoji"),
  );
  const more = h(
    "button.icon-button",
    { type: "button", "aria-label": t("posts.moreFor", { name: authorOf(one) }) },
    icon("more"),
  );
  const choices = () =>
    Object.entries(EMOJI).map(([word, sign]) => ({
      label: `${sign} ${t(`emoji.${word}`)}`,
      run: () => act(view, () => react(view.team.id, view.channel.id, one, sign, true)),
    }));
  return h(
    "div.message-tools",
    {},
    menuButton(smile, choices),
    menuButton(more, () => moreActs(view, one, main)),
  );
}

function moreActs(view, one, main) {
  const { team, channel } = view;
  const address = location.origin + messageAddress(team.id, channel, one);
  const copy = { label: t("copyLink"), drawing: "link", run: () => copyText(address) };
  if (!isOwn(view, one)) return [copy];
  return [
    copy,
    { label: t("posts.edit"), drawing: "edit", run: () => edit(view, one, main) },
    {
      label: t("posts.delete"),
      drawing: "trash",
      danger: true,
      run: () => act(view, () => deleteMessage(team.id, channel.id, one)),
    },
  ];
}

function edit(view, one, main) {
  const before = [...main.childNodes];
  const form = writingForm({
    label: t("posts.edit"),
    people: view.people,
    start: { text: typedText(one), mentioned: mentionedIn(one) },
    done: t("save"),
    enterSends: Boolean(one.replyToId),
    send: async (message) => {
      const changes = { ...message, ...kept(one, message) };
      return act(view, () => changeMessage(view.team.id, view.channel.id, one, changes));
    },
    shut: () => {
      if (form.isConnected) main.replaceChildren(...before);
      return main.closest("article");
    },
  });
  main.replaceChildren(before[0], form);
  form.querySelector("textarea").focus();
}

/** A card or file of a message stays when its words change. */
function kept(one, { body }) {
  const attachments = one.attachments ?? [];
  if (!attachments.length) return {};
  const marks = attachments.map(({ id }) => `<attachment id="${id}"></attachment>`).join("");
  const text =
    body.contentType === "html" ? body.content : body.content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return { attachments, body: { contentType: "html", content: text.replaceAll("\n", "<br>") + marks } };
}

async function act(view, work) {
  const done = await attempt(async () => {
    await work();
    return true;
  });
  if (done) await view.changed();
  return Boolean(done);
}
