#!/usr/bin/env bash
# Makes sure that a Chromium for the browser tests is on this machine, and says so when it cannot.
set -u
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests ..."
  root=""
  [ "$(id -u)" = 0 ] || root="sudo -n"
  if $root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq chromium >/dev/null; then
    command -v chromium >/dev/null && exit 0
  fi
fi
.venv/bin/python -m playwright install chromium && exit 0
echo "The browser tests need Chromium: install it (Debian: apt install chromium) and run make test again." >&2
exit 1
