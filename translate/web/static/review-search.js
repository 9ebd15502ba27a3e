// What is shown: filters, the search box; and the dialog that replaces.
import { saveAll } from "./review-edit.js";
import { drawFound } from "./review-highlight.js";
import { address, currentRow, dialog, focusRow, isShown, nextRow, rows, tell, text } from "./review-page.js";
import { ask, inTurn, words } from "./review-server.js";
import { currentRevision, takeIn } from "./review-update.js";

const field = document.getElementById("search");
const said = document.getElementById("search-said");
const none = document.getElementById("none-shown");
let asked = null;
let waiting = 0;
let picked = false; // whether only certain segments are shown, until a filter or a search

const showNone = () => {
  none.hidden = !rows.length || [...rows].some(isShown);
};

export const filterBy = (name) => {
  if (picked) apply(null);
  text.dataset.filter = name;
  sift(false);
  for (const button of document.querySelectorAll("[data-filter]")) {
    if (button !== text) button.setAttribute("aria-pressed", String(button.dataset.filter === name));
  }
  const row = currentRow();
  text.classList.toggle("fresh", true); // the current row is shown only if it fits, until one goes on
  showNone();
  if (row && isShown(row)) row.scrollIntoView({ block: "nearest" });
  const shown = [...rows].filter(isShown).length;
  tell(`${shown} of ${rows.length} segments shown`);
};

// Whether rows are hidden: it decides how much is laid out at once.
const sift = (searching) => text.classList.toggle("sifted", searching || text.dataset.filter !== "all");

const apply = (hits) => {
  picked = false;
  const searching = hits !== null;
  sift(searching);
  for (const row of rows) row.classList.toggle("unfound", searching && !(row.dataset.id in hits));
  drawFound(hits || {});
  const number = searching ? Object.keys(hits).length : 0;
  said.textContent = searching ? (number ? `in ${number} segment${number === 1 ? "" : "s"}` : "not found") : "";
  showNone();
};

// The segments that something was done to, wherever they stand.
document.addEventListener("dragoman:show", (event) => {
  field.value = "";
  filterBy("all");
  apply(Object.fromEntries(event.detail.map((id) => [id, [[], []]])));
  picked = true;
  document.querySelector('button[data-filter="all"]').setAttribute("aria-pressed", "false");
  focusRow(nextRow(null));
});

const search = async () => {
  if (asked) asked.abort();
  if (!field.value.trim()) {
    apply(null);
    return;
  }
  asked = new AbortController();
  try {
    const response = await ask(`${address}/find?q=${encodeURIComponent(field.value)}`, { signal: asked.signal });
    if (response.ok) apply(await response.json());
    else said.textContent = await words(response);
  } catch (error) {
    if (error.name !== "AbortError") said.textContent = error.message;
  }
};

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 150);
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && field.value) {
    field.value = "";
    search();
    event.preventDefault();
  } else if (event.key === "Escape") focusRow(currentRow() || nextRow(null));
  else if (event.key === "Enter" || event.key === "ArrowDown") {
    event.preventDefault();
    focusRow(nextRow(null));
  } else return;
  event.stopPropagation();
});
text.addEventListener("taken", () => {
  showNone();
  if (field.value.trim()) search();
});

export const focusSearch = () => {
  field.focus();
  field.select();
};

export const openReplace = async () => {
  await saveAll();
  dialog.className = "wide-dialog";
  await window.htmx.ajax("GET", `${address}/replace`, { target: "#dialog", swap: "innerHTML" });
};

const chosen = () => [...dialog.querySelectorAll('[name="ids"]:checked')].map((one) => one.value);

const showChosen = () => {
  const button = dialog.querySelector('[data-do="replace"]');
  if (!button) return;
  const number = chosen().length;
  button.disabled = !number;
  button.textContent = number ? `Replace in ${number} segment${number === 1 ? "" : "s"}` : "Replace";
};

dialog.addEventListener("htmx:afterSwap", showChosen);
dialog.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const one of dialog.querySelectorAll('[name="ids"]')) one.checked = event.target.checked;
  }
  if (event.target.matches('[data-all], [name="ids"]')) showChosen();
});
dialog.addEventListener("submit", (event) => {
  if (event.target.id === "replace") event.preventDefault();
});

export const replaceNow = async () => {
  const form = new FormData(dialog.querySelector("#replace"));
  await inTurn(async () => {
    form.set("since", String(currentRevision()));
    const response = await ask(`${address}/replace`, { form });
    if (!response.ok) {
      window.dragoman.say(await words(response), { error: true });
      return;
    }
    const done = takeIn(await response.text());
    window.dragoman.closeDialog();
    window.dragoman.say(`${done[0].toUpperCase()}${done.slice(1)}. Undo takes it back in one step.`);
  }).catch((error) => window.dragoman.say(`Not replaced: ${error.message}.`, { error: true }));
};
