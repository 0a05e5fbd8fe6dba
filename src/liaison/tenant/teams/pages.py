"""The two pages that carry the client, and the rules the browser gets with them."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from liaison.tenant.seeds.company import TEAMS_CLIENT_APP_ID, TENANT_ID

# Everything that runs comes from here; frames may show any page, for tabs do. Sign-in pages and this client itself
# are never framed. Cards may show pictures from elsewhere, and nothing else leaves this origin.
_RULES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob: https: http://localhost:* http://127.0.0.1:*",
    "connect-src 'self'",
    "frame-src http: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types inert-html typed-html",
)

_HEADERS = {
    "Content-Security-Policy": "; ".join(_RULES),
    "Referrer-Policy": "strict-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}

_STYLES = ("tokens", "parts", "layout", "people", "posts", "tabs", "files")


def render_page(script: str, title: str, teams_origin: str) -> HTMLResponse:
    """The page that starts one script of the client; `script` is "teams" or "sites".

    `teams_origin` is where Graph says that Teams is.
    """
    styles = "\n".join(f'<link rel="stylesheet" href="/teams/static/style/{name}.css">' for name in _STYLES)
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="liaison-tenant" content="{escape(TENANT_ID)}">
<meta name="liaison-client" content="{escape(TEAMS_CLIENT_APP_ID)}">
<meta name="liaison-teams" content="{escape(teams_origin)}">
<title>{escape(title)}</title>
<link rel="icon" href="/teams/static/icon.svg" type="image/svg+xml">
<script src="/teams/static/first-paint.js"></script>
{styles}
<script type="module" src="/teams/static/{escape(script)}.js"></script>
</head>
<body data-pane="list">
<div id="root"></div>
<noscript>This page needs JavaScript. / Cette page a besoin de JavaScript.</noscript>
</body>
</html>
""",
        headers=_HEADERS,
    )
