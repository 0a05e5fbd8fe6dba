/** Which origins an app may speak from, and which addresses may stand in a frame of this client. */

/** Whether an app's package lists an origin's host among its valid domains; `*.` stands for one label. */
export function inValidDomains(definition, origin) {
  if (!URL.canParse(origin)) return false;
  const { host, hostname } = new URL(origin);
  return (definition?.validDomains ?? []).some((domain) => {
    const pattern = domain.toLowerCase();
    if (pattern.startsWith("*.")) return host.split(".").slice(1).join(".") === pattern.slice(2);
    return pattern === host || pattern === hostname;
  });
}

/** Whether an address may stand in a frame here: web pages, but never this client's own origin. */
export function mayFrame(address) {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return ["http:", "https:"].includes(url.protocol) && url.origin !== location.origin;
}
