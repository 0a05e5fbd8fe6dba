// Times in the reader's own zone; the server writes them in UTC.

const language = document.documentElement.lang;
const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });

function localize(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.textContent = format.format(at);
    time.title = exact.format(at);
  }
}

localize(document);
for (const name of ["htmx:afterSwap", "htmx:sseMessage"]) {
  document.addEventListener(name, (event) => localize(event.target));
}
