// Every part of @microsoft/microsoft-graph-client against the tenant, in one process; prints what each step returned.
import { createReadStream, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import graph from "@microsoft/microsoft-graph-client";

const { BatchRequestContent, BatchResponseContent, Client, FileUpload, LargeFileUploadTask } = graph;
const { OneDriveLargeFileUploadTask, PageIterator, ResponseType, StreamUpload } = graph;
const { ADDRESS, CONTROL, TOKEN, DATA } = process.env;
const { team, other, app, people, listener } = JSON.parse(DATA);
const asked = { tokens: 0 };

const client = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => ((asked.tokens += 1), TOKEN) },
  baseUrl: `${ADDRESS}/`,
  defaultVersion: "v1.0",
  customHosts: new Set([new URL(ADDRESS).hostname]),
});
const api = (path) => client.api(path);
const answers = {};

async function step(name, act) {
  try {
    const value = await act();
    answers[name] = { value: value === undefined ? null : value };
  } catch (error) {
    const { statusCode: status, code, message, requestId, body } = error;
    const read = status > 0 && body ? JSON.parse(body) : null;
    answers[name] = { error: { status, code, message, requestId, body: read } };
  }
  return answers[name].value;
}

async function raw(request, method, body) {
  const answer = await request.responseType(ResponseType.RAW)[method](body);
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
}

const control = (path, body, method = "POST") =>
  fetch(`${CONTROL}/_control/${path}`, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const bind = (id, ...roles) => ({
  "@odata.type": "#microsoft.graph.aadUserConversationMember", roles,
  "user@odata.bind": `https://graph.microsoft.com/v1.0/users('${id}')`,
});
const bound = { "teamsApp@odata.bind": `https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/${app}` };
const EVENTUAL = ["ConsistencyLevel", "eventual"];

// People.
await step("me", () => api("/me").get());
await step("me selected", () => api("/me").select(["id", "displayName"]).get());
await step("me with beta of another host", () => api(`${ADDRESS}/v1.0/me`).get());
await step("users", () => api("/users").top(3).select("displayName").get());
await step("users searched", () => api("/users").header(...EVENTUAL).search('"displayName:cla"').count(true).select("displayName").get());
await step("users filtered", () => api("/users").filter("startswith(displayName,'Em')").orderby("displayName").header(...EVENTUAL).count(true).get());
await step("users counted", () => api("/users/$count").header(...EVENTUAL).get());
await step("user by name", () => api("/users/oliver.grant@contoso.com").get());
await step("user missing", () => api("/users/47000000-0000-0000-0000-000000000001").get());
await step("licences", () => api("/me/licenseDetails").get());
await step("skus", () => api("/subscribedSkus").get());
await step("presence", () => api("/me/presence").get());
await step("presences", () => api("/communications/getPresencesByUserId").post({ ids: [people.oliver] }));
await step("photo", () => api("/me/photo/$value").get());
await step("member of", () => api("/me/memberOf/microsoft.graph.group").select("id,displayName").get());
await step("member groups", () => api("/me/checkMemberGroups").post({ groupIds: [team] }));
await step("users delta", () => api("/users/delta").query({ $select: "displayName" }).get());

// Teams and their people.
await step("joined", () => api("/me/joinedTeams").get());
await step("team", () => api(`/teams/${team}`).get());
await step("team in parentheses", () => api(`/teams('${team}')`).select("id").get());
await step("team without metadata", () => api(`/teams/${team}`).header("Accept", "application/json;odata.metadata=none").get());
await step("team changed", () => api(`/teams/${team}`).patch({ funSettings: { allowGiphy: false } }));
await step("team missing", () => api("/teams/47000000-0000-0000-0000-000000000001").get());
const created = await step("team created", () => raw(api("/teams"), "post", {
  "template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')", displayName: "Depuis Node",
}));
const location = created.headers.location;
await step("operation", () => api(location).get());
const fresh = location.split("'")[1];
await step("team created without headers", () => api("/teams").post({
  "template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')", displayName: "Sans en-têtes",
}));
await step("archive", () => raw(api(`/teams/${fresh}/archive`), "post", {}));
await step("unarchive", () => raw(api(`/teams/${fresh}/unarchive`), "post", {}));
await step("group deleted", () => api(`/groups/${fresh}`).delete());
await step("restored", () => api(`/directory/deletedItems/${fresh}/restore`).post({}));
const member = await step("member added", () => api(`/teams/${team}/members`).post(bind(people.anais)));
await step("members", () => api(`/teams/${team}/members`).get());
await step("member found", () => api(`/teams/${team}/members`).filter(`(microsoft.graph.aadUserConversationMember/userId eq '${people.anais}')`).get());
await step("member promoted", () => api(`/teams/${team}/members/${member.id}`).patch({ "@odata.type": "#microsoft.graph.aadUserConversationMember", roles: ["owner"] }));
await step("member removed", () => api(`/teams/${team}/members/${member.id}`).del());
await step("members added", () => api(`/teams/${team}/members/add`).post({ values: [bind(people.daniel), bind("47000000-0000-0000-0000-000000000001")] }));
await step("members removed", () => api(`/teams/${team}/members/remove`).post({ values: [bind(people.daniel)] }));

// Channels, apps, tabs.
await step("primary", () => api(`/teams/${team}/primaryChannel`).get());
const channel = await step("channel created", () => api(`/teams/${team}/channels`).post({ displayName: "Opportunité 4711", description: "Salle" }));
const at = `/teams/${team}/channels/${channel.id}`;
await step("channel", () => api(at).get());
await step("channel encoded", () => api(`/teams/${team}/channels/${encodeURIComponent(channel.id)}`).select("displayName").get());
await step("channels", () => api(`/teams/${team}/channels`).filter("displayName eq 'Opportunité 4711'").get());
await step("all channels", () => api(`/teams/${team}/allChannels`).get());
await step("channel renamed", () => api(at).patch({ displayName: "Opportunité 4712" }));
await step("channel refused", () => api(`/teams/${team}/channels`).post({ displayName: "a#b" }));
await step("channel members", () => api(`${at}/members`).get());
await step("access", () => api(`${at}/doesUserHaveAccess(userId='${people.oliver}',tenantId='',userPrincipalName='')`).get());
await step("catalogue", () => api("/appCatalogs/teamsApps").filter(`id eq '${app}'`).expand("appDefinitions").get());
await step("installed", () => api(`/teams/${team}/installedApps`).post(bound));
await step("installed twice", () => api(`/teams/${team}/installedApps`).post(bound));
await step("installations", () => api(`/teams/${team}/installedApps`).expand("teamsApp,teamsAppDefinition").get());
const tab = await step("tab created", () => api(`${at}/tabs`).post({
  displayName: "Affaire", ...bound, configuration: { entityId: "lnk_1", contentUrl: "https://liaison.contoso.com/t/1" },
}));
await step("tab renamed", () => api(`${at}/tabs/${tab.id}`).patch({ displayName: "Gagnée" }));
await step("tabs", () => api(`${at}/tabs`).expand("teamsApp").get());
await step("tab deleted", () => api(`${at}/tabs/${tab.id}`).delete());

// Messages.
const message = await step("message", () => api(`${at}/messages`).post({ body: { contentType: "html", content: "Linked to <b>4711</b>" } }));
await step("reply", () => api(`${at}/messages/${message.id}/replies`).post({ body: { content: "Merci" } }));
await step("messages", () => api(`${at}/messages`).top(10).get());
await step("replies", () => api(`${at}/messages/${message.id}/replies`).get());

// Files.
const folder = await step("folder", () => api(`${at}/filesFolder`).get());
const drive = folder.parentReference.driveId;
const items = `/drives/${drive}/items`;
await step("drive", () => api(`/groups/${team}/drive`).get());
await step("sub folder", () => api(`${items}/${folder.id}/children`).post({ name: "Annexes", folder: {}, "@microsoft.graph.conflictBehavior": "fail" }));
await step("sub folder again", () => api(`${items}/${folder.id}/children`).post({ name: "Annexes", folder: {} }));
const file = await step("written", () => api(`${items}/${folder.id}:/Note d'équipe (1) 50%25.txt:/content`).header("Content-Type", "text/plain").put("bonjour"));
await step("written bytes", () => api(`${items}/${folder.id}:/bytes.bin:/content`).put(Buffer.from([1, 2, 3])));
await step("read by path", () => api(`/drives/${drive}/root:/${folder.name}/bytes.bin`).get());
await step("read text", async () => (await api(`${items}/${file.id}/content`).responseType(ResponseType.TEXT).get()));
await step("read stream", async () => {
  let size = 0;
  for await (const chunk of await api(`${items}/${file.id}/content`).getStream()) size += chunk.length;
  return size;
});
await step("streamed", () =>
  api(`${items}/${folder.id}:/streamed.txt:/content`).option("duplex", "half").putStream(Readable.from([Buffer.from("ab"), Buffer.from("cd")])));
await step("children", () => api(`${items}/${folder.id}/children`).select(["id", "name"]).orderby("name").get());
await step("renamed", () => api(`${items}/${file.id}`).patch({ name: "Note.txt" }));
await step("stale", () => api(`${items}/${file.id}`).header("If-Match", file.eTag).patch({ name: "x.txt" }));
await step("unchanged", async () => {
  const item = await api(`${items}/${file.id}`).get();
  return (await raw(api(`${items}/${file.id}`).header("If-None-Match", item.eTag), "get")).status;
});
await step("copied", () => raw(api(`${items}/${file.id}/copy`), "post", { name: "Copie.txt" }));
await step("versions", () => api(`${items}/${file.id}/versions`).get());
await step("link", () => api(`${items}/${file.id}/createLink`).post({ type: "view", scope: "organization" }));
await step("share", () => api(`/shares/u!${Buffer.from(answers.link.value.link.webUrl).toString("base64url")}/driveItem`).get());
await step("permissions", () => api(`${items}/${file.id}/permissions`).get());
await step("search", () => api(`/drives/${drive}/root/search(q='Plan de vente')`).select("name").get());
await step("search apostrophe", () => api(`/drives/${drive}/root/search(q='l''équipe')`).select("name").get());
const latest = await step("latest", () => api(`/drives/${drive}/root/delta?token=latest`).get());
await step("deleted", () => api(`${items}/${file.id}`).delete());
await step("changes", () => api(latest["@odata.deltaLink"]).get());
await step("site", () => api(`/sites/contoso.sharepoint.com:/sites/VentesEurope`).get());
await step("site drives", () => api(`/sites/contoso.sharepoint.com:/sites/VentesEurope:/drives`).get());
await step("lists", () => api(`/groups/${team}/sites/root/lists`).get());

// Uploads in ranges.
const content = new Uint8Array(1_000_000).fill(65);
const ranges = [];
const uploadEventHandlers = { progress: (range) => ranges.push([range.minValue, range.maxValue]) };
async function session(name, conflict = "replace") {
  return LargeFileUploadTask.createUploadSession(client, `${items}/${folder.id}:/${name}:/createUploadSession`, {
    item: { "@microsoft.graph.conflictBehavior": conflict, name },
  });
}
await step("uploaded", async () => {
  const file = new FileUpload(content.buffer, "grand.bin", content.byteLength);
  const done = await new LargeFileUploadTask(client, file, await session("grand.bin"), { rangeSize: 327_680, uploadEventHandlers }).upload();
  return { size: done.responseBody.size, name: done.responseBody.name, location: done.location ?? null, ranges };
});
await step("uploaded from a stream", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "graph-")), "flux.bin");
  writeFileSync(path, content);
  const file = new StreamUpload(createReadStream(path, { highWaterMark: 327_680 }), "flux.bin", content.byteLength);
  return (await new LargeFileUploadTask(client, file, await session("flux.bin"), { rangeSize: 327_680 }).upload()).responseBody.size;
});
await step("upload cancelled", async () => {
  const task = new LargeFileUploadTask(client, new FileUpload(content.buffer, "non.bin", content.byteLength), await session("non.bin"), {});
  const before = await task.getStatus();
  return { before: before.nextExpectedRanges, status: (await task.cancel()).status };
});
await step("upload resumed", async () => {
  const task = new LargeFileUploadTask(client, new FileUpload(content.buffer, "suite.bin", content.byteLength), await session("suite.bin"), { rangeSize: 327_680 });
  await task.uploadSlice(content.buffer.slice(0, 327_680), { minValue: 0, maxValue: 327_679 }, content.byteLength);
  return (await task.resume()).responseBody.size;
});
await step("uploaded to one's own drive", async () => {
  const task = await OneDriveLargeFileUploadTask.create(client, content, { fileName: "à moi.bin", path: "/Documents", rangeSize: 983_040, conflictBehavior: "rename" });
  const { responseBody } = await task.upload();
  return { size: responseBody.size, path: responseBody.parentReference.path.split("root:")[1], name: responseBody.name };
});

// Pages.
await step("pages", async () => {
  const names = [];
  const first = await api("/users").top(5).select("displayName").get();
  const iterator = new PageIterator(client, first, (user) => (names.push(user.displayName), true));
  await iterator.iterate();
  return { names, complete: iterator.isComplete() };
});
await step("pages paused", async () => {
  const names = [];
  const first = await api("/users").top(5).select("displayName").get();
  const iterator = new PageIterator(client, first, (user) => (names.push(user.displayName), names.length !== 7));
  await iterator.iterate();
  const paused = names.length;
  await iterator.resume();
  return { paused, all: names.length };
});
await step("pages with headers", async () => {
  let count = 0;
  const first = await api("/users").header(...EVENTUAL).count(true).filter("endswith(mail,'@contoso.com')").top(4).get();
  await new PageIterator(client, first, () => ((count += 1), true), { headers: { ConsistencyLevel: "eventual" } }).iterate();
  return count;
});
await step("changes to the end", async () => {
  const seen = [];
  const iterator = new PageIterator(client, await api(`/drives/${drive}/root/delta`).top(5).get(), (item) => (seen.push(item.id), true));
  await iterator.iterate();
  return { some: seen.length > 5, link: iterator.getDeltaLink() };
});

// Batches.
await step("batch", async () => {
  const part = (id, path, init, dependsOn) => ({ id, request: new Request(`${ADDRESS}/v1.0${path}`, init), dependsOn });
  const post = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const batch = new BatchRequestContent([
    part("1", `/teams/${team}`, { method: "GET" }),
    part("2", `/teams/${team}/channels`, post({ displayName: "Par lot" }), ["1"]),
    part("3", "/teams/nothing", { method: "GET" }, ["2"]),
    part("4", "/me", { method: "GET" }, ["3"]),
  ]);
  const body = await batch.getContent();
  const answered = new BatchResponseContent(await api("/$batch").post(body));
  const read = {};
  for (const [id, response] of answered.getResponses()) read[id] = { status: response.status, body: await response.json() };
  return { urls: body.requests.map((one) => one.url), read };
});

// Subscriptions.
const subscription = await step("subscribed", () => api("/subscriptions").post({
  changeType: "created", resource: `/teams/${team}/channels`, notificationUrl: listener, clientState: "kq8",
  expirationDateTime: new Date(Date.now() + 50 * 60_000).toISOString(),
}));
await step("subscriptions", () => api("/subscriptions").get());
await step("renewed", () => api(`/subscriptions/${subscription.id}`).update({ expirationDateTime: new Date(Date.now() + 55 * 60_000).toISOString() }));
await step("unsubscribed", () => api(`/subscriptions/${subscription.id}`).delete());

// Retries, redirects, and a token for the right host only.
async function throttled(name, status, path, act) {
  await control("faults", { rules: [{ method: "*", path, nth: 1, times: 1, phase: "before", action: { status, headers: { "Retry-After": "1" }, code: "TooManyRequests" } }], seed: 1 });
  const began = Date.now();
  await step(name, async () => ({ value: await act(), waited: Date.now() - began >= 1000 }));
  await control("faults", {}, "DELETE");
}
await throttled("retried reading", 429, "/v1.0/teams/*", () => api(`/teams/${other}`).select("id").get());
await throttled("retried writing", 503, "/v1.0/teams/*/channels", () => api(`/teams/${team}/channels`).post({ displayName: "Une fois" }));
await step("written once", () => api(`/teams/${team}/channels`).filter("displayName eq 'Une fois'").get());
await step("without a token", () => Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => TOKEN }, baseUrl: `${ADDRESS}/`, defaultVersion: "v1.0",
}).api("/me").get());
await step("tokens", () => asked.tokens);
process.stdout.write(JSON.stringify(answers));
