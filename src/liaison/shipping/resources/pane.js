// The page of the side pane: shows Liaison's own page about the record or view that the command named.
"use strict";

const LIAISON = "@LIAISON_ADDRESS@"; // filled in when the solution is made; nothing in this page's address changes it
const FORMS = {
  table: /^[a-z][a-z0-9_]{0,127}$/,
  id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  view: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  kind: /^(1039|4230)$/,
  environment: /^https?:\/\/[A-Za-z0-9.:[\]-]{1,253}\/?$/,
};

const given = new URLSearchParams(new URLSearchParams(location.search).get("data") || "");
const asked = new URLSearchParams();
for (const [name, form] of Object.entries(FORMS)) {
  const value = given.get(name);
  if (value !== null && form.test(value)) asked.set(name, value);
}

const frame = document.getElementById("liaison");
frame.src = `${LIAISON}/pane?${asked}`;
