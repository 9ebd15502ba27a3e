// What all pages share: the token, messages, the dialog. Offsets of the server count code points.
"use strict";
(() => {
  const HEADER = "X-Dragoman-Token";
  const token = document.querySelector('meta[name="dragoman-token"]').content;
  const messages = document.getElementById("messages");
  const dialog = document.getElementById("dialog");
  const SILENT = "Dragoman doesn't answer. Is it still running? What is saved stays saved.";

  // A line at the bottom; errors stay until dismissed, others go after a while.
  const say = (text, { error = false, action = null } = {}) => {
    for (const old of messages.children) if (old.firstChild.textContent === text) old.remove();
    const line = document.createElement("p");
    line.className = error ? "message error" : "message";
    if (error) line.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = text;
    line.append(words);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = action.label;
      button.addEventListener("click", () => { line.remove(); action.run(); });
      line.append(button);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "Dismiss");
    close.textContent = "✕";
    line.append(close);
    messages.append(line);
    if (!error) setTimeout(() => line.remove(), action ? 20000 : 7000);
    return line;
  };

  // The words of an answer: plain text, or the text of a fragment or page.
  const words = (body, type) => {
    if (!type.includes("html")) return body.trim();
    const read = new DOMParser().parseFromString(body, "text/html");
    for (const one of read.querySelectorAll("[data-dismiss]")) one.remove();
    const said = read.querySelector("[role=alert]") || read.body;
    return said.textContent.trim().replace(/[ \t]+/g, " ");
  };
  const explain = (status, body, type) =>
    say(words(body || "", type || "") || `The server answered ${status}.`, { error: true });

  // Answers 409 and 422 are the caller's (a fragment to show); other errors are said here, too.
  const post = async (url, body) => {
    const form = body instanceof FormData || body instanceof URLSearchParams
      ? body : new URLSearchParams(body || {});
    let response;
    try {
      response = await fetch(url, { method: "POST", body: form, headers: { [HEADER]: token } });
    } catch (error) {
      say(SILENT, { error: true });
      throw error;
    }
    if (!response.ok && ![409, 422].includes(response.status)) {
      explain(response.status, await response.clone().text(), response.headers.get("content-type"));
    }
    return response;
  };

  const openDialog = () => { if (!dialog.open) dialog.showModal(); };
  const closeDialog = () => { if (dialog.open) dialog.close(); };
  dialog.addEventListener("close", () => dialog.replaceChildren());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) closeDialog();
  });
  messages.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dismiss]");
    if (button) button.closest(".message").remove();
  });

  const body = document.body;
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog && dialog.childElementCount) openDialog();
  });
  body.addEventListener("dragoman:close", closeDialog); // HX-Trigger: dragoman:close
  body.addEventListener("dragoman:say", (event) => say(event.detail.value)); // HX-Trigger: {"dragoman:say": "..."}
  body.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    explain(status, responseText, event.detail.xhr.getResponseHeader("content-type"));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    body.addEventListener(name, () => say(SILENT, { error: true }));
  }

  // JS counts UTF-16 units, Dragoman code points.
  const toCodePoints = (text, units) => [...text.slice(0, units)].length;
  const toUnits = (text, points) => {
    let units = 0;
    for (const character of text) {
      if (points-- <= 0) break;
      units += character.length;
    }
    return units;
  };

  window.dragoman = { token, post, say, openDialog, closeDialog, toCodePoints, toUnits };
})();
