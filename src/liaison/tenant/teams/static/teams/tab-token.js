/** The single sign-on token that a tab asks for, and Teams' own words where Entra gives none. */
import { account, SignInRefused, tokenFor } from "../core/signin.js";

/** The reply to `authentication.getAuthToken`: [true, token] or [false, reason]. */
export async function ssoToken(definition, claims, tenantId) {
  const registered = definition?.webApplicationInfo;
  if (!registered?.resource) return [false, "resourceDisabled"];
  if (tenantId && tenantId !== account().tenantId) return [false, "resourceRequiresConsent"];
  try {
    const challenge = claims?.length ? [claims].flat().join("") : undefined;
    return [true, await tokenFor(`${registered.resource}/access_as_user`, challenge)];
  } catch (refused) {
    if (!(refused instanceof SignInRefused)) throw refused;
    return [false, wordFor(refused)];
  }
}

function wordFor({ error, suberror, codes }) {
  const has = (...numbers) => numbers.some((number) => codes.includes(number));
  if (suberror === "consent_required" || error === "consent_required" || has(65001)) return "resourceRequiresConsent";
  if (has(50076, 50079, 50072, 50074)) return "resourceRequiresMfa";
  if (error === "invalid_resource" || error === "invalid_scope" || has(500011, 650057, 65005, 70011))
    return "resourceDisabled";
  if (has(50173, 700082, 70008, 70043)) return "tokenRevoked";
  return error === "interaction_required" ? "resourceRequiresMfa" : error;
}
