/** The Posts tab: what people wrote in a channel, the newest at the bottom, and where one writes. */
import { avatar } from "../core/avatar.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { announce, attempt, bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";
import { fullTime, longDay, shortTime } from "../core/values.js";
import { cardOf } from "./card.js";
import { composer } from "./composer.js";
import { link, messageNodes } from "./message-body.js";
import { listPosts, writePost, writeReply } from "./teamwork.js";

const ASK_AGAIN_MS = 15_000;
const REPLIES_SHOWN = 2;
const NEAR_END_PX = 80;

/** Returns {element, stop()}; `focusId` is a post to bring into view. */
export function postsView(teamId, channel, { focusId = null } = {}) {
  const log = h("div.log", {
    role: "log",
    "aria-label": t("posts.of", { channel: channel.displayName }),
    tabindex: "0",
  });
  const view = { teamId, channel, log, posts: [], next: null, open: new Set(), drawn: "", atEnd: true };
  const write = composer({
    opener: t("posts.start"),
    label: t("posts.write"),
    withSubject: true,
    send: async (message) => {
      if (!(await attempt(() => writePost(teamId, channel.id, message)))) return false;
      await refresh(view, { toEnd: true });
      announce(t("posts.sent"));
      return true;
    },
  });
  const element = h("div.posts", {}, log, h("div.posts-foot", {}, write));
  fill(log, skeleton(6));
  const stayAtEnd = new ResizeObserver(() => view.atEnd && scrollToEnd(view));
  stayAtEnd.observe(log);
  log.addEventListener("scroll", () => {
    view.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  });
  refresh(view, { toEnd: !focusId }).then(() => focusId && bringUp(view, focusId));
  const timer = setInterval(() => document.visibilityState === "visible" && refresh(view), ASK_AGAIN_MS);
  const stop = () => {
    clearInterval(timer);
    stayAtEnd.disconnect();
  };
  return { element, stop };
}

function scrollToEnd(view) {
  view.log.scrollTop = view.log.scrollHeight;
}

async function refresh(view, { toEnd = false, force = toEnd } = {}) {
  let page;
  try {
    page = await listPosts(view.teamId, view.channel.id);
  } catch (refused) {
    if (!view.posts.length) fill(view.log, bar("failure", reasonOf(refused)));
    return;
  }
  const newest = new Set(page.posts.map((post) => post.id));
  const older = view.posts.filter((post) => !newest.has(post.id) && post.id < (page.posts.at(-1)?.id ?? ""));
  if (!view.posts.length) view.next = page.next;
  view.posts = [...page.posts, ...older];
  draw(view, { toEnd, force });
}

async function showEarlier(view) {
  const page = await attempt(() => listPosts(view.teamId, view.channel.id, view.next));
  if (!page) return;
  view.next = page.next;
  view.posts = [...view.posts, ...page.posts];
  const before = view.log.scrollHeight;
  draw(view, { force: true });
  view.log.scrollTop += view.log.scrollHeight - before;
}

function draw(view, { toEnd = false, force = false }) {
  const now = JSON.stringify([view.posts, [...view.open], view.next]);
  // Someone who writes a reply must not lose it to a redraw; the next turn comes soon.
  if (!force && (now === view.drawn || view.log.querySelector("form"))) return;
  view.drawn = now;
  const stay = toEnd || view.atEnd;
  if (!view.posts.length) {
    fill(view.log, emptyState("reply", t("posts.none"), t("posts.none.text", { channel: view.channel.displayName })));
    return;
  }
  const earlier = view.next
    ? h("button.button.quiet", { type: "button", on: { click: () => showEarlier(view) } }, t("posts.earlier"))
    : null;
  fill(view.log, earlier, withDays(view, [...view.posts].reverse()));
  if (stay) scrollToEnd(view);
}

function withDays(view, posts) {
  let day = null;
  return posts.flatMap((post) => {
    const own = longDay(post.createdDateTime);
    const line = own === day ? [] : [h("div.day", { role: "separator", "aria-label": own }, h("span", {}, own))];
    day = own;
    return [...line, thread(view, post)];
  });
}

function thread(view, post) {
  const replies = [...(post.replies ?? [])].sort((one, other) => one.id.localeCompare(other.id));
  const all = view.open.has(post.id) || replies.length <= REPLIES_SHOWN;
  const hidden = all ? 0 : replies.length - REPLIES_SHOWN;
  const more = hidden
    ? h(
        "button.button.quiet",
        { type: "button", on: { click: () => openReplies(view, post.id) } },
        tCount("posts.more", hidden),
      )
    : null;
  return h(
    "article.thread",
    { id: `post-${post.id}`, "aria-label": t("posts.by", { name: authorOf(post) }), tabindex: "-1" },
    message(post, "post"),
    h(
      "div.replies",
      {},
      more,
      replies.slice(hidden).map((reply) => message(reply, "reply")),
      replyBox(view, post),
    ),
  );
}

function openReplies(view, postId) {
  view.open.add(postId);
  draw(view, { force: true });
}

function replyBox(view, post) {
  return composer({
    opener: t("posts.reply"),
    label: t("posts.replyTo", { name: authorOf(post) }),
    drawing: "reply",
    enterSends: true,
    send: async (reply) => {
      if (!(await attempt(() => writeReply(view.teamId, view.channel.id, post.id, reply)))) return false;
      view.open.add(post.id);
      await refresh(view, { force: true });
      announce(t("posts.sent"));
      return true;
    },
  });
}

function message(one, kind) {
  if (one.messageType && one.messageType !== "message") return null;
  const author = authorOf(one);
  const when = h(
    "time",
    { datetime: one.createdDateTime, title: fullTime(one.createdDateTime) },
    shortTime(one.createdDateTime),
  );
  const head = h(
    "div.message-head",
    {},
    h("span.author", {}, author),
    when,
    one.importance === "high" ? important() : null,
  );
  return h(`div.message.${kind}`, {}, avatar(author), h("div.message-main", {}, head, contentOf(one)));
}

function important() {
  return h("span.important", {}, icon("error"), t("posts.important"));
}

function contentOf(one) {
  if (one.deletedDateTime) return h("p.quiet", {}, t("posts.deleted"));
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

function attached(attachment) {
  if (attachment.contentType === "application/vnd.microsoft.card.adaptive") return cardOf(attachment);
  if (!attachment.contentUrl) return null;
  return h("p.attached", {}, icon("file"), link(attachment.contentUrl, attachment.name || attachment.contentUrl));
}

function authorOf(one) {
  return one.from?.user?.displayName ?? one.from?.application?.displayName ?? t("posts.unknown");
}

async function bringUp(view, postId) {
  while (view.next && !view.posts.some((post) => post.id === postId)) await showEarlier(view);
  const found = document.getElementById(`post-${postId}`);
  if (!found) return;
  found.scrollIntoView({ block: "center" });
  found.classList.add("found");
  found.focus();
}
