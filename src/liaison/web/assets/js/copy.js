// Buttons that copy a field, and buttons that fill one with a proposal. Both are hidden or useless without script.

function reveal(root) {
  for (const button of root.querySelectorAll("[data-copies]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const copying = event.target.closest("[data-copies]");
  if (copying) {
    const field = document.getElementById(copying.dataset.copies);
    field.select();
    await navigator.clipboard.writeText(field.value);
    copying.querySelector("span").textContent = copying.dataset.done;
  }
  const filling = event.target.closest("[data-fills]");
  if (filling) {
    const field = document.getElementById(filling.dataset.fills);
    field.value = filling.dataset.value;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

reveal(document);
document.addEventListener("htmx:afterSwap", (event) => reveal(event.target));
