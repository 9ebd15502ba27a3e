// What opens below a row: alternatives, what the person changed, the note. One at a time.
import { change, focusBox, save, setText } from "./review-edit.js";
import { boxOf, focusRow, numberOf, onCurrent, rowOf, tell, text } from "./review-page.js";
import { ask, segment, words } from "./review-server.js";

let open = null; // {row, panel, kind, closing}

export const openPanel = () => open;

export const closePanel = ({ focus = false } = {}) => {
  if (!open) return;
  const { row, panel, closing } = open;
  open = null;
  if (closing) closing();
  panel.remove();
  if (focus && row.isConnected) focusRow(row);
};

export const showPanel = (row, kind, label, closing = null) => {
  closePanel();
  const panel = document.createElement("div");
  panel.className = `panel ${kind}`;
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", `${label} of segment ${numberOf(row)}`);
  panel.tabIndex = -1;
  row.querySelector(".margin").after(panel);
  open = { row, panel, kind, closing };
  return panel;
};

const toggled = (row, kind) => {
  if (!open || open.row !== row || open.kind !== kind) return false;
  closePanel({ focus: true });
  return true;
};

const fetched = async (row, kind, label, waiting) => {
  if (toggled(row, kind)) return null;
  await save(row);
  const panel = showPanel(row, kind, label);
  panel.innerHTML = `<p class="hint">${waiting}</p>`;
  panel.focus({ preventScroll: true });
  try {
    const response = await ask(segment(row.dataset.id, kind));
    if (!panel.isConnected) return null;
    if (response.ok) panel.innerHTML = await response.text();
    else panel.firstChild.textContent = await words(response);
  } catch (error) {
    panel.firstChild.textContent = `Not possible: ${error.message}.`;
  }
  panel.scrollIntoView({ block: "nearest" });
  return panel;
};

export const alternatives = async (row) => {
  const panel = await fetched(row, "alternatives", "Alternatives", "The model is asked for other translations…");
  const first = panel && panel.querySelector(".other");
  if (first && panel.contains(document.activeElement)) first.focus({ preventScroll: true });
  if (first) tell(`${panel.querySelectorAll(".other").length} alternatives`);
};

export const take = (button) => {
  const row = rowOf(button);
  const { target } = button.dataset;
  closePanel();
  if (boxOf(row).textContent !== target) {
    setText(row, target);
    save(row);
  }
  focusBox(row);
  tell("taken");
};

export const diff = (row) => fetched(row, "diff", "Changes", "…");

export const comment = (row) => {
  if (toggled(row, "comment")) return;
  const panel = showPanel(row, "comment", "Note");
  const label = document.createElement("label");
  label.className = "field";
  label.textContent = "Note to this segment";
  const area = document.createElement("textarea");
  area.rows = 3;
  area.value = row.dataset.note;
  area.dir = "auto";
  label.append(area);
  const buttons = document.createElement("div");
  buttons.className = "choices";
  for (const [words, run] of [["Save note", () => done()], ["Cancel", () => closePanel({ focus: true })]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = words;
    button.addEventListener("click", run);
    buttons.append(button);
  }
  const done = async () => {
    if (await change(row, "comment", { note: area.value })) closePanel({ focus: true });
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      done();
    }
  });
  panel.append(label, buttons);
  area.focus();
  panel.scrollIntoView({ block: "nearest" });
};

// Going on to another row closes what is open, but for a note that is being written.
onCurrent((row) => {
  if (!open || open.row === row) return;
  const area = open.panel.querySelector("textarea");
  if (area && area.value !== open.row.dataset.note) change(open.row, "comment", { note: area.value });
  closePanel();
});

text.addEventListener("keydown", (event) => {
  if (!open || !open.panel.contains(event.target)) return;
  const others = [...open.panel.querySelectorAll(".other")];
  const at = others.indexOf(document.activeElement);
  if (event.key === "Escape") closePanel({ focus: true });
  else if (others.length && /^[1-9]$/.test(event.key) && others[Number(event.key) - 1]) take(others[Number(event.key) - 1]);
  else if (at >= 0 && event.key === "ArrowDown") others[Math.min(at + 1, others.length - 1)].focus();
  else if (at >= 0 && event.key === "ArrowUp") others[Math.max(at - 1, 0)].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
