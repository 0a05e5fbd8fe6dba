// What a single-page application does with @azure/msal-browser and the Graph client; tests call these functions.
window.start = async ({ clientId, authority, redirectUri }) => {
  const known = [new URL(authority).host];
  window.app = new msal.PublicClientApplication({ auth: { clientId, authority, knownAuthorities: known, redirectUri } });
  await app.initialize();
};

window.signIn = async (scopes) => {
  const { account, ...rest } = await app.loginPopup({ scopes });
  app.setActiveAccount(account);
  return { username: account.username, tenantId: account.tenantId, scopes: rest.scopes, audience: rest.idTokenClaims.aud };
};

window.token = async (scopes, more = {}) => {
  try {
    const { accessToken, fromCache, scopes: granted } = await app.acquireTokenSilent({ scopes, ...more });
    return { accessToken, fromCache, scopes: granted };
  } catch (error) {
    const interaction = error instanceof msal.InteractionRequiredAuthError;
    return { interaction, code: error.errorCode, suberror: error.subError };
  }
};

window.graph = (root) => MicrosoftGraph.Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => (await token(["Files.ReadWrite.All", "User.Read"])).accessToken },
  baseUrl: `${root}/`, defaultVersion: "v1.0", customHosts: new Set([new URL(root).hostname]),
});

window.work = async (root) => {
  const client = graph(root);
  const made = await client.api("/me/drive/root:/page.txt:/content").put("from a page");
  const { "@microsoft.graph.downloadUrl": address } = await client.api(`/me/drive/items/${made.id}`).get();
  const session = await client.api("/me/drive/root:/long.bin:/createUploadSession").post({});
  const put = (range, size) => fetch(session.uploadUrl, {
    method: "PUT", headers: { "Content-Range": `bytes ${range}/400000` }, body: new Uint8Array(size),
  });
  const first = await put("0-327679", 327680);
  const last = await put("327680-399999", 72320);
  const batch = await client.api("/$batch").post({ requests: [{ id: "1", method: "GET", url: "/me" }] });
  const refused = await fetch(`${root}/v1.0/me`);
  return {
    me: (await client.api("/me").select("displayName").get()).displayName,
    text: await (await fetch(address)).text(),
    followed: await client.api(`/me/drive/items/${made.id}/content`).responseType("text").get(),
    ranges: [first.status, last.status, (await last.json()).size],
    renamed: (await client.api(`/me/drive/items/${made.id}`).header("If-Match", made.eTag).patch({ name: "p.txt" })).name,
    batch: batch.responses.map((part) => part.status),
    refused: [refused.status, (await refused.json()).error.code, refused.headers.has("request-id")],
  };
};

window.rows = async (environment) => {
  const { accessToken } = await token([`${environment}/user_impersonation`]);
  const headers = { Authorization: `Bearer ${accessToken}`, Prefer: "odata.maxpagesize=2" };
  const answer = await fetch(`${environment}/api/data/v9.2/accounts?$select=name`, { headers });
  return [answer.status, (await answer.json()).value.length, answer.headers.get("Preference-Applied")];
};
