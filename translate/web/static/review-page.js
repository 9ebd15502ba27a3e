// The page: its rows, which of them is current, and what is said to the reader.
export const text = document.getElementById("text");
export const address = text.dataset.at;
export const dialog = document.getElementById("dialog");
const said = document.getElementById("said");
const toolbar = document.getElementById("toolbar");
const listeners = [];
// A long document is still coming in when the first rows can be worked on.
export const whole = new Promise((done) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", done);
  else done();
});
let current = null;

export const rows = text.getElementsByClassName("row"); // live, in reading order
export const rowWith = (id) => document.getElementById(`s-${id}`);
export const rowOf = (node) => {
  const element = node instanceof Element ? node : node && node.parentElement;
  return element ? element.closest(".row") : null;
};
export const boxOf = (row) => row.querySelector(".box");
export const sourceOf = (row) => row.querySelector(".source");
export const isReviewed = (row) => !has(row, "unreviewed");
export const has = (row, flag) => row.dataset.flags.split(" ").includes(flag);
export const numberOf = (row) => row.querySelector(".n").textContent;
export const currentRow = () => (current && current.isConnected ? current : null);

// For a screen reader. A change of white space makes it say the same words again.
let odd = false;
export const tell = (words) => {
  odd = !odd;
  said.textContent = words + (odd ? "" : "\u00a0");
};

export const tabStop = (row, on) => {
  row.tabIndex = on ? 0 : -1;
  boxOf(row).tabIndex = on ? 0 : -1;
  row.querySelector(".state").tabIndex = on ? 0 : -1;
  for (const button of row.querySelectorAll(".margin button")) button.tabIndex = on ? 0 : -1;
};

export const onCurrent = (listener) => listeners.push(listener);

export const makeCurrent = (row) => {
  if (!row || row === current) return;
  const before = currentRow();
  if (before) {
    before.classList.remove("current");
    before.removeAttribute("aria-current");
    tabStop(before, false);
  }
  current = row;
  row.classList.add("current");
  row.setAttribute("aria-current", "true");
  tabStop(row, true);
  const leaf = row.closest(".leaf");
  if (!leaf.classList.contains("here")) {
    for (const old of text.getElementsByClassName("here")) old.classList.remove("here");
    leaf.classList.add("here");
  }
  row.append(toolbar);
  toolbar.hidden = false;
  for (const listener of listeners) listener(row, before);
};

// The toolbar must outlive the row that it stands in.
export const leave = (row) => {
  if (row.contains(toolbar)) {
    toolbar.hidden = true;
    text.append(toolbar);
  }
  if (row === current) current = null;
};

export const focusRow = (row) => {
  if (!row) return;
  makeCurrent(row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

export const isShown = (row) => !text.classList.contains("sifted") || row.offsetParent !== null;

// The next row that is shown and fits, from `row` on; forwards or backwards.
export const nextRow = (row, fits = () => true, by = 1) => {
  const all = [...rows];
  const start = row ? all.indexOf(row) : by > 0 ? -1 : all.length;
  for (let i = start + by; i >= 0 && i < all.length; i += by) {
    if (fits(all[i]) && isShown(all[i])) return all[i];
  }
  return null;
};

export const renumber = () => {
  let number = 0;
  for (const row of rows) {
    number += 1;
    const state = isReviewed(row) ? "reviewed" : "not reviewed";
    row.setAttribute("aria-label", `Segment ${number} of ${rows.length}, ${state}`);
    row.querySelector(".n").textContent = number;
    boxOf(row).setAttribute("aria-label", `English of segment ${number}`);
    row.querySelector(".state").setAttribute("aria-label", `Segment ${number} reviewed`);
  }
};

document.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (row) makeCurrent(row);
});
text.addEventListener("pointerdown", (event) => {
  const row = rowOf(event.target);
  if (row) makeCurrent(row);
});
