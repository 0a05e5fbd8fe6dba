/** What this client asks of Graph about libraries, folders and files. */
import { GraphRefused, path, patch, post, read, readAll, remove, send } from "../core/graph.js";

// Multiples of 320 KiB, as upload sessions want them.
const CHUNK_BYTES = 16 * 327_680;
const LARGEST_SIMPLE_BYTES = 4 * 1024 * 1024;
const AGAIN = 4;

export const readItem = (driveId, itemId) => read(path`/drives/${driveId}/items/${itemId}`);

export const listChildren = (driveId, itemId) =>
  readAll(`${path`/drives/${driveId}/items/${itemId}/children`}?$top=200&$orderby=name`);

export const createFolder = (driveId, itemId, name) =>
  post(path`/drives/${driveId}/items/${itemId}/children`, {
    name,
    folder: {},
    "@microsoft.graph.conflictBehavior": "fail",
  });

export const renameItem = (driveId, itemId, name) => patch(path`/drives/${driveId}/items/${itemId}`, { name });
export const moveItem = (driveId, itemId, folderId) =>
  patch(path`/drives/${driveId}/items/${itemId}`, { parentReference: { id: folderId } });

/** Files and folders below a folder whose name or content has a text in it. */
export const searchItems = (driveId, itemId, text) =>
  readAll(
    `${path`/drives/${driveId}/items/${itemId}`}/search(q='${encodeURIComponent(text.replaceAll("'", "''"))}')?$top=100`,
  );
export const deleteItem = (driveId, itemId) => remove(path`/drives/${driveId}/items/${itemId}`);

/** The item at the address of a file or folder. */
export const readItemAt = (address) => read(`/shares/u!${base64Url(address)}/driveItem`);

/** The site at a server-relative path, the organisation's own one where the path is empty; and its libraries. */
export const readSiteAt = (host, sitePath) => read(sitePath ? `/sites/${host}:${encodePath(sitePath)}` : "/sites/root");
export const listLibraries = (siteId) => readAll(path`/sites/${siteId}/drives`);
export const readRoot = (driveId) => read(path`/drives/${driveId}/root`);

/** A fresh address from which the browser may fetch the content without a token. */
export async function downloadAddress(driveId, itemId) {
  const item = await readItem(driveId, itemId);
  const address = item["@microsoft.graph.downloadUrl"];
  if (!address) throw new GraphRefused(404, "itemNotFound", item.name, null);
  return address;
}

/**
 * Uploads one file below a folder; `conflict` is "fail", "replace" or "rename". `onPart(share)` hears of progress
 * from 0 to 1. Returns the new item.
 */
export async function uploadFile(driveId, folderId, file, conflict, onPart) {
  const place = `${path`/drives/${driveId}/items/${folderId}`}:/${encodeURIComponent(file.name)}:`;
  if (file.size > LARGEST_SIMPLE_BYTES) return uploadInParts(place, file, conflict, onPart);
  const type = file.type || "application/octet-stream";
  const address = `${place}/content?@microsoft.graph.conflictBehavior=${conflict}`;
  return send("PUT", address, { content: file, headers: { "Content-Type": type } });
}

async function uploadInParts(place, file, conflict, onPart) {
  const session = await post(`${place}/createUploadSession`, {
    item: { "@microsoft.graph.conflictBehavior": conflict, name: file.name },
  });
  for (let start = 0; start < file.size;) {
    const end = Math.min(start + CHUNK_BYTES, file.size);
    const answer = await sendPart(session.uploadUrl, file.slice(start, end), `bytes ${start}-${end - 1}/${file.size}`);
    onPart(end / file.size);
    if (answer.id) return answer;
    start = Number((answer.nextExpectedRanges?.[0] ?? String(end)).split("-")[0]);
  }
  throw new GraphRefused(502, "uploadIncomplete", file.name, null);
}

async function sendPart(address, content, range) {
  for (let attempt = 0; ; attempt += 1) {
    // The address is its own permission; a bearer token on it may be refused.
    const answer = await fetch(address, { method: "PUT", headers: { "Content-Range": range }, body: content });
    if (answer.ok) return answer.json();
    const mayRepeat = [429, 500, 502, 503, 504].includes(answer.status) && attempt < AGAIN;
    if (!mayRepeat) throw await partRefused(answer);
    await new Promise((done) => setTimeout(done, (Number(answer.headers.get("Retry-After")) || 2 ** attempt) * 1000));
  }
}

async function partRefused(answer) {
  const { error } = await answer.json();
  return new GraphRefused(answer.status, error.code, error.message, answer.headers.get("request-id"));
}

function encodePath(text) {
  return text.split("/").map(encodeURIComponent).join("/");
}

function base64Url(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
