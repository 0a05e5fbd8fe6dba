"""A small Teams app on a server of its own: configuration, tab, removal and sign-in pages with the real TeamsJS."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Every page begins like this. `show` puts what a test looks for on the page.
_START = """
const { app, pages, authentication } = microsoftTeams;
const opener = document.referrer ? new URL(document.referrer).origin : undefined;
const host = location.ancestorOrigins.length ? location.ancestorOrigins[0] : opener;
const newLine = (id) => document.body.appendChild(Object.assign(document.createElement("pre"), { id }));
const show = (id, value) => {
  const line = document.getElementById(id) ?? newLine(id);
  line.textContent = typeof value === "string" ? value : JSON.stringify(value);
};
const outcome = (id, promise) =>
  promise.then((value) => show(id, value), (failure) => show(id, `failed: ${failure.message}`));
const ready = app.initialize(host ? [host] : undefined);
ready.catch((failure) => show("failure", failure.message));
"""

_TAB = """
ready.then(async () => {
  app.registerOnThemeChangeHandler((theme) => show("theme", theme));
  show("context", await app.getContext());
  show("config", await pages.getConfig());
  show("supported", { config: pages.config.isSupported(), tabs: pages.tabs.isSupported() });
  outcome("token", authentication.getAuthToken());
  outcome("silent", authentication.getAuthToken({ silent: true, tenantId: "00000000-0000-0000-0000-000000000001" }));
  app.notifyAppLoaded();
  app.notifySuccess();
  document.getElementById("go").onclick = () =>
    outcome("link", app.openLink(new URLSearchParams(location.search).get("go") ?? "javascript:alert(1)"));
  document.getElementById("consent").onclick = () => {
    show("asked", "yes");
    // TeamsJS itself refuses http addresses, so this asks the host below it.
    const id = 4711;
    addEventListener("message", (event) => event.data?.id === id && show("consented", event.data.args));
    const args = [`${location.origin}/teams/consent`, 500, 400];
    parent.postMessage({ id, func: "authentication.authenticate", args }, host);
  };
});
"""

_CONFIG = """
ready.then(async () => {
  pages.config.registerOnSaveHandler(async (event) => {
    if (document.getElementById("fail").checked) return event.notifyFailure("The order is locked");
    const origin = document.getElementById("foreign").checked ? "http://elsewhere.example" : location.origin;
    try {
      await pages.config.setConfig({
        entityId: "lnk_42",
        contentUrl: `${origin}/teams/tab/lnk_42?theme={theme}&locale={locale}&page={page.id}`,
        websiteUrl: `${location.origin}/l/lnk_42`,
        removeUrl: `${location.origin}/teams/remove`,
        suggestedDisplayName: "Northwind – order 42",
      });
      event.notifySuccess();
    } catch (failure) {
      event.notifyFailure(failure.message);
    }
  });
  show("context", await app.getContext());
  show("config", await pages.getConfig());
  document.getElementById("valid").onchange = (event) => pages.config.setValidityState(event.target.checked);
  app.notifyAppLoaded();
});
"""

_REMOVE = """
ready.then(async () => {
  pages.config.registerOnRemoveHandler((event) => {
    fetch("/removed", { method: "POST" }).then(() => event.notifySuccess());
  });
  show("context", await app.getContext());
  pages.config.setValidityState(true);
});
"""

_CONSENT = """
document.getElementById("grant").onclick = () =>
  window.opener.postMessage({ id: 2, func: "authentication.authenticate.success", args: ["granted"] }, "*");
"""

# A page that tests drive themselves: it says hello and keeps what the host told it.
_SDK = """
window.told = [];
const tell = (name) => (...facts) => { told.push([name, ...facts]); };
ready.then(() => show("hello", "yes"));
"""

# The end of a sign-in: what its address says, through TeamsJS.
_END = """
ready.then(() => {
  const said = new URLSearchParams(location.search);
  if (said.has("ok")) authentication.notifySuccess(said.get("ok"));
  if (said.has("no")) authentication.notifyFailure(said.get("no"));
  show("hello", "yes");
});
"""

_BOX = '<label><input type="checkbox" id="{id}">{id}</label>'
_PAGES = {
    "/teams/tab": (_TAB, '<h1>Order 42</h1><button id="go">go</button><button id="consent">consent</button>'),
    "/teams/config": (_CONFIG, "".join(_BOX.format(id=name) for name in ("valid", "fail", "foreign"))),
    "/teams/remove": (_REMOVE, "<h1>Leave order 42?</h1>"),
    "/teams/consent": (_CONSENT, '<button id="grant">grant</button>'),
    "/teams/sdk": (_SDK, "<h1>SDK</h1>"),
    "/teams/end": (_END, "<h1>The end</h1>"),
    "/silent": ("", "<h1>says nothing</h1>"),
}


class TabApp(ThreadingHTTPServer):
    """The running app; `removed` counts how often its removal page was told to act."""

    daemon_threads = True

    def __init__(self, teams_js: Path, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.teams_js = teams_js.read_bytes()
        self.removed = 0
        self.scheme = "http" if tls is None else "https"
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that does not know the certificate yet hangs up once; tests are quiet."""

    @property
    def address(self) -> str:
        return f"{self.scheme}://localhost:{self.server_port}"


class _Pages(BaseHTTPRequestHandler):
    server: TabApp

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/MicrosoftTeams.min.js":
            self._answer("text/javascript", self.server.teams_js)
            return
        found = next((page for start, page in _PAGES.items() if path.startswith(start)), None)
        script, body = found or ("", f"<h1>{path.strip('/')}</h1>")
        start = _START if script and script is not _CONSENT else ""
        html = (
            f'<!doctype html><html lang="en"><title>app</title><body>{body}'
            f'<script src="/MicrosoftTeams.min.js"></script><script>{start}{script}</script></body></html>'
        )
        self._answer("text/html; charset=utf-8", html.encode())

    def do_POST(self) -> None:
        self.server.removed += 1
        self._answer("text/plain", b"noted")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tests are quiet."""

    def _answer(self, media_type: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextlib.contextmanager
def running_tab_app(teams_js: Path, tls: ssl.SSLContext | None = None) -> Iterator[TabApp]:
    """Serve the app while the block lasts."""
    server = TabApp(teams_js, tls)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for localhost that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
