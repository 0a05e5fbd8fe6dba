/** The Posts tab: what people wrote in a channel, the newest at the bottom, and where one writes. */
import { fill, h } from "../core/dom.js";
import { announce, attempt, bar, emptyState, reasonOf, skeleton } from "../core/notices.js";
import { t, tCount } from "../core/texts.js";
import { longDay } from "../core/values.js";
import { composer } from "./composer.js";
import { authorOf, messageElement } from "./message.js";
import { listMembers, listPosts, writePost, writeReply } from "./teamwork.js";

const ASK_AGAIN_MS = 15_000;
const REPLIES_SHOWN = 2;
const NEAR_END_PX = 80;

/** Returns {element, stop(), reload()} for the posts of a scene's channel; its `focusId` is a post to bring into view. */
export function postsView(scene) {
  const { team, channel, me, writable, focusId = null } = scene;
  const log = h("div.log", {
    role: "log",
    "aria-label": t("posts.of", { channel: channel.displayName }),
    tabindex: "0",
  });
  const view = { teamId: team.id, team, channel, me, writable, log };
  Object.assign(view, { posts: [], next: null, open: new Set(), drawn: "", atEnd: true });
  view.people = peopleOf(team, channel);
  view.changed = () => refresh(view, { force: true });
  const element = h("div.posts", {}, log, h("div.posts-foot", {}, writable ? writer(view) : null));
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

function writer(view) {
  return composer({
    opener: t("posts.start"),
    label: t("posts.write"),
    drawing: "edit",
    people: view.people,
    withSubject: true,
    send: async (message) => {
      if (!(await attempt(() => writePost(view.teamId, view.channel.id, message)))) return false;
      await refresh(view, { toEnd: true });
      announce(t("posts.sent"));
      return true;
    },
  });
}

/** Who can be mentioned, asked for once. */
function peopleOf(team, channel) {
  let found = null;
  return () => {
    found ??= listMembers(team.id, channel).then((members) =>
      members.map((member) => ({ id: member.userId, displayName: member.displayName, mail: member.email ?? "" })),
    );
    return found;
  };
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
    fill(view.log, emptyState("chat", t("posts.none"), t("posts.none.text", { channel: view.channel.displayName })));
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
    messageElement(view, post, "post"),
    h(
      "div.replies",
      {},
      more,
      replies.slice(hidden).map((reply) => messageElement(view, reply, "reply")),
      view.writable ? replyBox(view, post) : null,
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
    people: view.people,
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

async function bringUp(view, postId) {
  while (view.next && !view.posts.some((post) => post.id === postId)) await showEarlier(view);
  const found = document.getElementById(`post-${postId}`);
  if (!found) return;
  found.scrollIntoView({ block: "center" });
  found.classList.add("found");
  found.focus();
}
