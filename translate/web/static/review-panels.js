// What opens below a row: alternatives, the memory, what the person changed, the note. One at a time.
import { change, focusBox, save, setText } from "./review-edit.js";
import { boxOf, focusRow, numberOf, onCurrent, rowOf, tell, text } from "./review-page.js";
import { Earlier, Unreachable, ask, segment, words } from "./review-server.js";

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

const choices = (panel) => [...panel.querySelectorAll(".other")];

const offered = async (row, kind, label, waiting, what) => {
  const panel = await fetched(row, kind, label, waiting);
  const others = panel ? choices(panel) : [];
  if (!others.length) return;
  if (panel.contains(document.activeElement)) others[0].focus({ preventScroll: true });
  tell(`${others.length} ${what}`);
};

export const alternatives = (row) =>
  offered(row, "alternatives", "Alternatives", "The model is asked for other translations…", "alternatives");

export const memory = (row) => offered(row, "memory", "Memory", "The memory is searched…", "from the memory");

// When a segment's English is opened, what the memory has for it is shown by itself, if it is another text and
// nothing else is open. Asked apart from everything else, it keeps nobody from typing.
const REMEMBER_AFTER = 120;
let opened = null; // the row
let recalling = 0;
let recalled = new AbortController();

const recall = async (row) => {
  try {
    const response = await ask(segment(row.dataset.id, "memory"), { signal: recalled.signal });
    if (!response.ok) return;
    const found = document.createElement("template");
    found.innerHTML = await response.text();
    const others = choices(found.content);
    if (open || opened !== row || !others.some((one) => one.dataset.target !== boxOf(row).textContent)) return;
    showPanel(row, "memory", "Memory").append(found.content);
    tell(`${others.length} from the memory: Alt and the number takes one`);
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof Unreachable) && !(error instanceof Earlier)) throw error;
  }
};

const forgetOpened = () => {
  clearTimeout(recalling);
  recalled.abort();
  opened = null;
};

text.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (!("memory" in text.dataset) || !row || event.target !== boxOf(row) || row === opened) return;
  forgetOpened();
  recalled = new AbortController();
  opened = row;
  recalling = setTimeout(() => recall(row), REMEMBER_AFTER);
});

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
  if (row !== opened) forgetOpened();
  if (!open || open.row === row) return;
  const area = open.panel.querySelector("textarea");
  if (area && area.value !== open.row.dataset.note) change(open.row, "comment", { note: area.value });
  closePanel();
});

// By the key's place, for keyboards whose digits are others; Alt and the numeric pad type a character's code.
const numbered = (event, others) => {
  const digit = /^Digit([1-9])$/.exec(event.code) || (!event.altKey && /^([1-9])$/.exec(event.key));
  return digit && others[Number(digit[1]) - 1];
};

text.addEventListener("keydown", (event) => {
  if (!open || !open.row.contains(event.target)) return;
  const others = choices(open.panel);
  const chosen = numbered(event, others);
  if (event.altKey && !event.ctrlKey && chosen) {
    take(chosen);
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  if (!open.panel.contains(event.target) || event.altKey) return;
  const at = others.indexOf(document.activeElement);
  if (event.key === "Escape") closePanel({ focus: true });
  else if (chosen) take(chosen);
  else if (at >= 0 && event.key === "ArrowDown") others[Math.min(at + 1, others.length - 1)].focus();
  else if (at >= 0 && event.key === "ArrowUp") others[Math.max(at - 1, 0)].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
});
