// The start page: choose or drop a file, propose a name, check the size before anything is sent.
"use strict";
(() => {
  const form = document.getElementById("new-text");
  const at = (id) => document.getElementById(id);
  const [text, file, name, drop, problem] = ["text", "file", "name", "drop", "problem"].map(at);
  const limit = Number(form.dataset.limit);
  let named = false; // by the person

  const complain = (message) => {
    const line = document.createElement("p");
    line.className = "notice error";
    line.textContent = message;
    problem.replaceChildren(line);
  };
  // What a file's name ends in, of those that are read as more than plain text or as that; "" for others.
  const ends = file.accept.split(",").filter((end) => end.startsWith("."));
  const endOf = (fileName) => ends.find((end) => fileName.toLowerCase().endsWith(end)) || "";
  const isDocument = (fileName) => !["", ".txt"].includes(endOf(fileName));
  const tooLarge = (bytes) => {
    const chosen = file.files[0];
    const most = chosen && isDocument(chosen.name) ? Number(form.dataset.documentLimit) : limit;
    if (bytes <= most) return false;
    complain(`The text is longer than ${most / 2 ** 20} MB; divide it into several documents.`);
    return true;
  };

  // As the server would name it; what is shown can be changed.
  const propose = () => {
    if (named) return;
    const chosen = file.files[0];
    if (chosen) {
      const stem = chosen.name.slice(0, chosen.name.length - endOf(chosen.name).length);
      name.value = stem.replace(/[._-](ar|ara|arabic)([-_][a-z]{2,4})?$/i, "");
    } else {
      const words = text.value.slice(0, 2000).match(/[\p{L}\p{N}\p{M}]+/gu) || [];
      name.value = words.slice(0, 5).join("-");
    }
  };

  const show = () => {
    const chosen = file.files[0];
    text.hidden = Boolean(chosen);
    at("chosen").hidden = !chosen;
    problem.replaceChildren();
    if (chosen) {
      at("chosen-name").textContent = chosen.name;
      at("chosen-size").textContent = chosen.size < 1024 ? `${chosen.size} bytes`
        : chosen.size < 2 ** 20 ? `${Math.round(chosen.size / 1024)} KB` : `${(chosen.size / 2 ** 20).toFixed(1)} MB`;
      tooLarge(chosen.size);
    }
    propose();
  };

  at("choose").addEventListener("click", () => file.click());
  at("unchoose").addEventListener("click", () => { file.value = ""; show(); text.focus(); });
  file.addEventListener("change", show);
  text.addEventListener("input", propose);
  name.addEventListener("input", () => { named = name.value !== ""; });

  // A list of downloads closes like a menu.
  addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".downloads[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  addEventListener("click", (event) => {
    const open = document.querySelector(".downloads[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });

  // A file dropped anywhere on the page is meant for the form, never opened in its place.
  const carriesFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length !== 1) {
      complain("Drop one file at a time.");
      return;
    }
    file.files = event.dataTransfer.files;
    show();
  });

  const boxes = [...form.querySelectorAll('[name="termbase"]')];
  for (const box of boxes) {
    box.addEventListener("change", () => {
      at("termbase-count").textContent = `${boxes.filter((b) => b.checked).length} of ${boxes.length}`;
    });
  }

  form.addEventListener("htmx:beforeRequest", (event) => {
    const bytes = file.files[0] ? file.files[0].size : new Blob([text.value]).size;
    if (tooLarge(bytes)) event.preventDefault();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(at("go"));
  });
  // The problem is said where it is, and the field that it is about gets the focus.
  form.addEventListener("htmx:afterSwap", () => {
    for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    const about = problem.firstElementChild;
    if (!about) return;
    const field = form.elements[about.dataset.field];
    if (field instanceof Element && !field.hidden) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", "problem");
    }
    const button = about.querySelector("button");
    if (button) button.focus();
    else if (field instanceof Element && !field.hidden) field.focus();
  });
  show();
})();
