// The switches of the settings page: nothing takes effect before Save, and leaving with changes warns.

const form = document.querySelector("[data-settings]");

if (form) {
  const basic = form.querySelector("#basic");
  const enhanced = form.querySelector("#enhanced");
  const note = form.querySelector("[data-unsaved-note]");
  const labels = form.querySelector("#labels");
  const accepts = [...form.querySelectorAll("[data-accepts]")];
  const mayEnhance = !enhanced.disabled;
  const mayLabel = labels && !labels.disabled;
  const boxes = [basic, enhanced, ...(labels ? [labels] : []), ...form.querySelectorAll("[data-tracked]")];
  const saved = boxes.map((box) => box.defaultChecked).join();
  const beganUnsaved = form.dataset.unsaved === "true";
  let leaving = false;

  const changed = () => boxes.map((box) => box.checked).join() !== saved || beganUnsaved;

  function show() {
    enhanced.disabled = !mayEnhance || !basic.checked;
    if (!basic.checked) enhanced.checked = false;
    note.hidden = !changed();
    if (labels) {
      labels.disabled = !mayLabel || !enhanced.checked;
      if (!enhanced.checked) labels.checked = false;
    }
    for (const accept of accepts) {
      const address = new URL(accept.href);
      for (const box of [basic, enhanced]) {
        if (box.checked) address.searchParams.set(box.name, "on");
        else address.searchParams.delete(box.name);
      }
      accept.href = address.href;
    }
  }

  for (const box of boxes) box.addEventListener("change", show);
  form.addEventListener("submit", () => (leaving = true));
  for (const accept of accepts) accept.addEventListener("click", () => (leaving = true));
  form.querySelector("[data-discards]").addEventListener("click", () => (leaving = true));
  window.addEventListener("beforeunload", (event) => {
    if (changed() && !leaving) event.preventDefault();
  });
  window.addEventListener("pageshow", show);
  show();
}
