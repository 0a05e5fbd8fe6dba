"""A page that plays Dynamics 365 for the side pane, at an origin of its own: a stand-in for Xrm, and our web resources.

The stand-in answers what our script asks of the Client API from the local tenant's Dataverse, and shows a side pane as
a frame. The web resources are those of the solution that the running Liaison hands out.
"""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2
from defusedxml.ElementTree import fromstring

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stand-in for Dynamics 365</title>
<style>body{font:14px sans-serif;margin:0;display:flex;height:100vh}main{flex:1;padding:16px}
aside{width:420px;border-left:1px solid #999}aside iframe{width:100%;height:100%;border:0}</style></head>
<body><main><h1>A model-driven app</h1><p id="said"></p></main><script src="/xrm.js"></script>
<script src="/WebResources/liaison_/main.js"></script></body></html>"""

XRM = """
const ENVIRONMENT = "%(environment)s";
const panes = new Map();
window.made = [];
window.Xrm = {
  Utility: {
    getGlobalContext: () => ({ client: { getFormFactor: () => 1 }, getClientUrl: () => ENVIRONMENT }),
    getEntityMetadata: async (table) =>
      window.bareMetadata ? { LogicalName: table } : (await fetch(`/metadata/${table}`)).json(),
    getResourceString: (library, key) => (library === "liaison_/strings" ? `string ${key}` : null),
  },
  WebApi: { retrieveMultipleRecords: (table, query) => fetch(`/rows/${table}${query}`).then((a) => a.json()) },
  App: { sidePanes: {
    getPane: (id) => panes.get(id),
    createPane: async (options) => {
      window.made.push(options);
      const place = document.createElement("aside");
      const frame = document.createElement("iframe");
      frame.title = options.title;
      place.append(frame);
      document.body.append(place);
      const pane = {
        select() {},
        navigate: async (target) => {
          frame.src = `/WebResources/${target.webresourceName}?data=${encodeURIComponent(target.data)}`;
        },
      };
      panes.set(options.paneId, pane);
      return pane;
    },
  } },
};
window.form = (table, id) => ({ data: { entity: { getEntityName: () => table, getId: () => id } } });
window.grid = (table, id, entityType) => ({
  getEntityName: () => table,
  getViewSelector: () => ({ getCurrentView: () => ({ id, entityType, name: "A view" }) }),
});
"""
_TYPES = {"js": "text/javascript", "html": "text/html", "svg": "image/svg+xml", "resx": "text/xml"}


@dataclass
class Host:
    """Where it is, what it serves, and where it asks; filled in once the demo runs."""

    address: str
    resources: dict[str, bytes] = field(default_factory=dict)
    environment: str = ""
    dataverse: httpx2.Client | None = None

    def load(self, package: bytes) -> None:
        """Take the web resources of a solution, by their names."""
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            listed = fromstring(archive.read("customizations.xml")).findall("WebResources/WebResource")
            named = {one.findtext("Name"): str(one.findtext("FileName")).lstrip("/") for one in listed}
            self.resources = {str(name): archive.read(path) for name, path in named.items()}

    def answer(self, path: str, query: str) -> tuple[str, bytes]:
        """Media type and content. Raises KeyError for what is not here."""
        if path == "/":
            return "text/html", PAGE.encode()
        if path == "/xrm.js":
            return "text/javascript", (XRM % {"environment": self.environment}).encode()
        first, _, rest = path.lstrip("/").partition("/")
        if first == "WebResources":
            return _TYPES[rest.rpartition(".")[2]], self.resources[rest]
        if first == "metadata":
            where = f"/EntityDefinitions(LogicalName='{rest}')?$select=LogicalName,IsMSTeamsIntegrationEnabled"
            return "application/json", json.dumps(self._ask(where)).encode()
        if path.startswith("/api/data/v9.2/EntityDefinitions("):
            return "application/json", json.dumps(self._ask(f"{path.removeprefix('/api/data/v9.2')}?{query}")).encode()
        if first != "rows":
            raise KeyError(path)
        rows = self._ask(f"/{rest}s?{query}")
        return "application/json", json.dumps({"entities": rows["value"]}).encode()

    def _ask(self, where: str) -> Any:
        assert self.dataverse is not None
        return self.dataverse.get(f"{self.environment}/api/data/v9.2{where}").raise_for_status().json()


@contextmanager
def running_host() -> Iterator[Host]:
    """On 127.0.0.1, so that it is another site than Liaison's localhost."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            try:
                kind, content = host.answer(unquote(parts.path), parts.query)
            except KeyError:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = Host(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield host
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
