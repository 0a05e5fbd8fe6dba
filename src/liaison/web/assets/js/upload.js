// Uploads: several files, by button or by drop, one after the other, each with its progress and its own message.

const form = document.querySelector("[data-uploads]");

if (form) {
  const list = document.getElementById("uploads");
  const drop = document.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const token = form.querySelector("[name=form_token]").value;
  const limit = Number(form.dataset.limit);

  form.classList.add("by-script");
  for (const label of form.querySelectorAll("[data-script]")) label.hidden = false;
  for (const button of form.querySelectorAll("[data-no-script]")) button.hidden = true;

  input.addEventListener("change", () => uploadAll([...input.files]));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    uploadAll([...event.dataTransfer.files]);
  });

  async function uploadAll(files) {
    const lines = files.map((file) => [file, addLine(file.name)]);
    const outcomes = [];
    for (const [file, line] of lines) outcomes.push(await upload(file, line));
    input.value = "";
    if (outcomes.length && outcomes.every(Boolean)) window.location.reload();
  }

  function addLine(name) {
    const line = document.createElement("li");
    const title = document.createElement("strong");
    const said = document.createElement("span");
    const bar = document.createElement("progress");
    title.textContent = name;
    said.className = "said";
    said.textContent = list.dataset.doing;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    line.append(title, bar, said);
    list.append(line);
    return { line, bar, said };
  }

  function end({ line, bar, said }, text, kind) {
    bar.remove();
    line.className = kind;
    said.textContent = text;
    return kind === "done";
  }

  function upload(file, line) {
    if (file.size > limit) return end(line, list.dataset.tooLarge, "failed");
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-Form-Token", token);
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) line.bar.value = event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        if (request.status === 201) return resolve(end(line, list.dataset.done, "done"));
        const said = request.response;
        resolve(end(line, said?.message ? `${said.message} ${said.remedy}` : list.dataset.lost, "failed"));
      });
      request.addEventListener("error", () => resolve(end(line, list.dataset.lost, "failed")));
      request.send(file);
    });
  }
}
