// Drives @azure/msal-node, unmodified: one line of JSON in, one line of JSON out, until the input ends.
import { createInterface } from "node:readline";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";

const { AUTHORITY, HOST } = process.env;
const apps = new Map();

function application({ name, kind = "confidential", authority = AUTHORITY, ...auth }) {
  const Application = kind === "public" ? PublicClientApplication : ConfidentialClientApplication;
  const app = new Application({ auth: { authority, knownAuthorities: [HOST], ...auth } });
  apps.set(name, app);
  return { made: true };
}

function told(result) {
  if (!result) return result;
  const { accessToken, idTokenClaims, account, scopes, fromCache, tokenType, expiresOn, tenantId } = result;
  return { accessToken, idTokenClaims, account, scopes, fromCache, tokenType, expiresOn, tenantId };
}

// A device code arrives while the call goes on: it is written out for the one who types it.
const telling = { deviceCodeCallback: (code) => console.log(JSON.stringify({ deviceCode: code })) };

async function call({ app, method, request }) {
  const client = apps.get(app);
  if (method === "getAuthCodeUrl") return { address: await client.getAuthCodeUrl(request) };
  if (method === "getAllAccounts") return { accounts: await client.getTokenCache().getAllAccounts() };
  if (method === "removeAccount") return client.getTokenCache().removeAccount(request);
  if (method === "acquireTokenByDeviceCode") return told(await client[method]({ ...request, ...telling }));
  return told(await client[method](request));
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    const answer = order.make ? application(order.make) : await call(order);
    console.log(JSON.stringify({ answer: answer ?? null }));
  } catch (error) {
    const { name, errorCode, errorMessage, subError, claims, errorNo, correlationId, status } = error;
    const failure = { name, errorCode, errorMessage, subError, claims, errorNo, correlationId, status };
    console.log(JSON.stringify({ failure, message: String(error.message) }));
  }
}
