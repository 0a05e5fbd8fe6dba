/** Between what a person types and what Graph keeps: mentions, bold, italic and lists become HTML, the rest stays text. */

const MARKS = [
  [/\*\*([^*\n]+)\*\*/g, "<strong>$1</strong>"],
  [/(^|[\s(])_([^_\n]+)_(?=$|[\s).,;:!?])/gm, "$1<em>$2</em>"],
];

/**
 * A message as Graph takes it: {body, mentions?}. `people` are those who were chosen for a mention, {id, displayName};
 * a name counts where `@Name` stands in the text.
 */
export function messageOf(text, people = []) {
  const content = text.trim();
  const mentioned = people.filter((person) => content.includes(`@${person.displayName}`));
  let html = escaped(content);
  for (const [pattern, made] of MARKS) html = html.replace(pattern, made);
  html = withLists(html);
  const isPlain = !mentioned.length && html === withLists(escaped(content)) && !html.includes("<ul>");
  if (isPlain) return { body: { contentType: "text", content } };
  mentioned.forEach((person, id) => {
    const name = escaped(person.displayName);
    html = html.replaceAll(`@${name}`, `<at id="${id}">${name}</at>`);
  });
  const mentions = mentioned.map((person, id) => ({
    id,
    mentionText: person.displayName,
    mentioned: { user: { id: person.id, displayName: person.displayName, userIdentityType: "aadUser" } },
  }));
  return { body: { contentType: "html", content: html }, ...(mentions.length ? { mentions } : {}) };
}

/** What a message looks like in the field where it is edited. */
export function typedText(message) {
  if (message.body?.contentType !== "html") return message.body?.content ?? "";
  const page = new DOMParser().parseFromString(safe(message.body.content ?? ""), "text/html");
  return [...page.body.childNodes].map(typed).join("").trim();
}

/** Who is mentioned in a message: {id, displayName}. */
export function mentionedIn(message) {
  return (message.mentions ?? [])
    .map((one) => ({ id: one.mentioned?.user?.id, displayName: one.mentionText }))
    .filter((one) => one.id);
}

const inert = globalThis.trustedTypes?.createPolicy("typed-html", { createHTML: (html) => html });
const safe = (html) => (inert ? inert.createHTML(html) : html);

function typed(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE", "ATTACHMENT"].includes(node.tagName)) return "";
  const inside = [...node.childNodes].map(typed).join("");
  if (node.tagName === "BR") return "\n";
  if (node.tagName === "AT") return `@${inside}`;
  if (["STRONG", "B"].includes(node.tagName)) return `**${inside}**`;
  if (["EM", "I"].includes(node.tagName)) return `_${inside}_`;
  if (node.tagName === "LI") return `- ${inside}\n`;
  return ["P", "DIV", "UL", "OL"].includes(node.tagName) ? `${inside}\n` : inside;
}

function withLists(html) {
  const parts = html.split("\n").reduce((lines, line) => {
    const item = /^[-*] (.+)$/.exec(line);
    const last = lines.at(-1);
    if (item && Array.isArray(last)) last.push(item[1]);
    else lines.push(item ? [item[1]] : line);
    return lines;
  }, []);
  return parts
    .map((part, number) => {
      if (Array.isArray(part)) return `<ul>${part.map((one) => `<li>${one}</li>`).join("")}</ul>`;
      return number && !Array.isArray(parts[number - 1]) ? `<br>${part}` : part;
    })
    .join("");
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
