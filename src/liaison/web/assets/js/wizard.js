// The wizard: Next rests while a name is refused, a found person who is chosen joins the list, and Undo leaves in time.

const next = () => document.querySelector("[data-next]");

const judge = () => {
  const button = next();
  if (!button) return;
  const refused = [...document.querySelectorAll("[data-name-said]")].some(
    (said) => said.querySelector("[data-refused]") && said.closest("[data-revealed]")?.checkVisibility(),
  );
  button.disabled = refused;
};

document.addEventListener("htmx:afterSwap", judge);
document.addEventListener("change", judge);
document.addEventListener("DOMContentLoaded", judge);
judge();

// Writing a new name chooses the new team or channel.
document.addEventListener("input", (event) => {
  const chosen = event.target.dataset?.chooses;
  if (!chosen) return;
  document.getElementById(chosen).checked = true;
  judge();
});

document.addEventListener("change", (event) => {
  const found = event.target.closest?.("#found .choice");
  const people = document.getElementById("people");
  if (!found || !people || !event.target.checked) return;
  people.append(found);
  event.target.focus();
});

// When the time for undoing is over, the button goes; the server would refuse it anyway.
const watchUndo = () => {
  for (const undo of document.querySelectorAll("[data-undo-until]")) {
    const left = Date.parse(undo.dataset.undoUntil) - Date.now();
    if (left <= 0) undo.hidden = true;
    else if (!undo.dataset.watched) {
      undo.dataset.watched = "yes";
      setTimeout(watchUndo, Math.min(left + 500, 2_000_000_000));
    }
  }
};
document.addEventListener("htmx:afterSwap", watchUndo);
document.addEventListener("htmx:sseMessage", watchUndo);
watchUndo();
