// The form of a template: lines that come and go, columns that are put where one was typing, and a word before leaving.

const form = document.querySelector("[data-template]");

if (form) {
  const note = form.querySelector("[data-unsaved-note]");
  let isChanged = form.dataset.unsaved === "true";
  let leaving = false;
  let last = form.querySelector("#channel-name");

  const change = () => {
    isChanged = true;
    note.hidden = false;
    form.dispatchEvent(new Event("template-changed"));
  };

  const rest = (list) => {
    const lines = list.querySelectorAll("li");
    list.querySelector("[data-adds-line]").disabled = lines.length >= Number(list.dataset.most);
    for (const button of list.querySelectorAll("[data-removes-line]")) button.hidden = false;
  };

  const add = (list) => {
    const blank = form.querySelector(`[data-blank="${list.dataset.lines}"]`);
    list.querySelector("ul").append(blank.content.cloneNode(true));
    rest(list);
    list.querySelector("li:last-child input").focus();
  };

  // The line after it gets the focus, or the one before, or the button that adds one.
  const remove = (list, line) => {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    rest(list);
    (next?.querySelector("[data-removes-line]") ?? list.querySelector("[data-adds-line]")).focus();
    change();
  };

  form.addEventListener("click", (event) => {
    const list = event.target.closest("[data-lines]");
    if (list && event.target.closest("[data-adds-line]")) {
      event.preventDefault();
      add(list);
    } else if (list && event.target.closest("[data-removes-line]")) {
      remove(list, event.target.closest("li"));
    }
    const inserted = event.target.closest("[data-inserts]")?.dataset.inserts;
    if (inserted && last) {
      last.setRangeText(inserted, last.selectionStart, last.selectionEnd, "end");
      last.focus();
      change();
    }
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("input[type=text], input:not([type]), textarea") && event.target.id !== "template-name") last = event.target;
  });
  form.addEventListener("input", change);
  form.addEventListener("submit", () => (leaving = true));
  form.querySelector("[data-discards]").addEventListener("click", () => (leaving = true));
  // Enter saves; without this it would press the first button, which may be one that adds a line.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('[name="do"][value="save"]'));
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged && !leaving) event.preventDefault();
  });
  for (const list of form.querySelectorAll("[data-lines]")) rest(list);
}
