#!/usr/bin/env bash
# Makes sure that a Chromium for the browser tests is on this machine, and says so when it cannot. The one without
# windows comes first: it does half the work of a whole browser for the same pages.
set -u
is_here() {
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return 0
  done
  return 1
}
is_here && exit 0
if command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests ..."
  root=""
  [ "$(id -u)" = 0 ] || root="sudo -n"
  $root apt-get update -qq
  for package in chromium-headless-shell chromium; do
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq "$package" >/dev/null && is_here && exit 0
  done
fi
.venv/bin/python -m playwright install chromium && exit 0
echo "The browser tests need Chromium: install it (Debian: apt install chromium-headless-shell) and run make test again." >&2
exit 1
