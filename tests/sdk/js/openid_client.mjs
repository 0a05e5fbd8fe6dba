// Drives openid-client, unmodified: prints where a person signs in, reads where they came back, prints what it got.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const { ISSUER, APP_ID, APP_SECRET, JOB_ID, JOB_SECRET, DEVICE_ID, CALLBACK } = process.env;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (answer) => console.log(JSON.stringify(answer));

const config = await client.discovery(new URL(ISSUER), APP_ID, APP_SECRET);
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const [expectedNonce, expectedState] = [client.randomNonce(), client.randomState()];
tell({ address: client.buildAuthorizationUrl(config, {
  redirect_uri: CALLBACK, scope: "openid profile email offline_access User.Read", nonce: expectedNonce, state: expectedState,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256",
}).href });

const returned = new URL((await lines.next()).value);
const tokens = await client.authorizationCodeGrant(config, returned, {
  pkceCodeVerifier, expectedNonce, expectedState, idTokenExpected: true,
});
const { sub, preferred_username: username, iss } = tokens.claims();
const about = await client.fetchUserInfo(config, tokens.access_token, sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const again = await client.authorizationCodeGrant(config, returned, { pkceCodeVerifier, expectedNonce, expectedState })
  .catch((error) => [error.error, error.status]);

async function job(authentication) {
  const own = await client.discovery(new URL(ISSUER), JOB_ID, undefined, authentication(JOB_SECRET));
  return (await client.clientCredentialsGrant(own, { scope: "https://graph.microsoft.com/.default" })).token_type;
}

const device = new client.Configuration(config.serverMetadata(), DEVICE_ID, undefined, client.None());
const started = await client.initiateDeviceAuthorization(device, { scope: "openid User.Read.All" });
tell({
  issuer: config.serverMetadata().issuer === iss, username, name: about.name, again,
  scopes: renewed.scope.split(" ").sort(), job: [await job(client.ClientSecretPost), await job(client.ClientSecretBasic)],
  device: [typeof started.user_code, started.verification_uri],
  out: client.buildEndSessionUrl(config, { post_logout_redirect_uri: CALLBACK, id_token_hint: tokens.id_token }).pathname,
});
process.exit(0);
