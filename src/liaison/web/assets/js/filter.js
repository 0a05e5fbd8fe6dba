// Narrows a list of choices as its search field is typed into; without script the form asks the server.

const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLocaleLowerCase();

document.addEventListener("input", (event) => {
  const id = event.target.dataset?.filters;
  if (!id) return;
  const wanted = plain(event.target.value.trim());
  const choices = [...document.querySelectorAll(`#${id} [data-name]`)];
  for (const choice of choices) choice.hidden = !plain(choice.dataset.name).includes(wanted);
  const none = document.querySelector(`[data-none-of="${id}"]`);
  if (none) none.hidden = choices.some((choice) => !choice.hidden);
});
