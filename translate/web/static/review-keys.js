// One place that knows which key or button does what.
import { approve, approveAndGoOn, change, focusBox, save, undo } from "./review-edit.js";
import { selected } from "./review-link.js";
import { address, currentRow, dialog, focusRow, has, isReviewed, nextRow, rowOf, tell, text } from "./review-page.js";
import { alternatives, closePanel, comment, diff, memory, openPanel, take } from "./review-panels.js";
import { filterBy, focusSearch, openReplace, replaceNow } from "./review-search.js";
import { startSplit } from "./review-split.js";

const SINGLE = "dragoman:single-keys";

const unreviewed = (row) => !isReviewed(row);
const go = (fits, by, nothing) => {
  const row = nextRow(currentRow(), fits, by);
  if (row) focusRow(row);
  else tell(nothing);
};

const reopen = (row) => change(row, "reopen");

// One finding is ignored at once; of several, or to show one again, the keyboard goes to their buttons.
const ignore = (row, button) => {
  if (button) {
    text.classList.remove("fresh"); // the row at work stays, whatever is filtered by
    change(row, button.dataset.do, { check: button.dataset.check });
    return;
  }
  const findings = row.querySelectorAll(".margin [data-do='ignore']");
  const ignored = row.querySelector(".margin .ignored");
  if (findings.length === 1) ignore(row, findings[0]);
  else if (findings.length) findings[0].focus();
  else if (ignored) {
    ignored.open = true;
    ignored.querySelector("button").focus();
  } else tell("no finding to ignore");
};

const term = async (row) => {
  const chosen = selected();
  if (!chosen || chosen.row !== row || chosen.start === chosen.end) {
    window.dragoman.say("Select the words of the term first, in either language.");
    return;
  }
  await save(row);
  const side = chosen.side === 0 ? "source" : "target";
  const at = `segment=${encodeURIComponent(row.dataset.id)}&side=${side}&start=${chosen.start}&end=${chosen.end}`;
  await window.htmx.ajax("GET", `${address}/terms/new?${at}`, { target: "#dialog", swap: "innerHTML" });
};

const singleKeys = () => localStorage.getItem(SINGLE) !== "off";

const showKeys = () => {
  dialog.className = "wide-dialog";
  dialog.replaceChildren(document.getElementById("keys").content.cloneNode(true));
  dialog.querySelector("[data-single-keys]").checked = singleKeys();
  window.dragoman.openDialog();
};

// By name, for buttons (data-do). `row`: the button's own, or the current one.
const ACTIONS = {
  approve: approveAndGoOn,
  reopen,
  toggle: (row) => (isReviewed(row) ? reopen(row) : approve(row)),
  edit: focusBox,
  comment,
  alternatives,
  memory,
  diff,
  split: startSplit,
  join: (row) => change(row, "join"),
  term,
  ignore,
  heed: ignore,
  choose: (row, button) => take(button),
  "decide-mine": (row) => change(row, "decide", { take: "mine" }),
  "decide-elsewhere": (row) => change(row, "decide", { take: "elsewhere" }),
};
const ANYWHERE = {
  undo: () => undo(),
  redo: () => undo(true),
  keys: showKeys,
  "replace-form": openReplace,
  replace: replaceNow,
  "show-all": () => {
    document.getElementById("search").value = "";
    document.getElementById("search").dispatchEvent(new Event("input"));
    filterBy("all");
  },
};

const KEYS = {
  j: () => go(undefined, 1, "this is the last segment"),
  k: () => go(undefined, -1, "this is the first segment"),
  ArrowDown: () => go(undefined, 1, "this is the last segment"),
  ArrowUp: () => go(undefined, -1, "this is the first segment"),
  Home: () => focusRow(nextRow(null)),
  End: () => focusRow(nextRow(null, undefined, -1)),
  n: () => go(unreviewed, 1, "all after this are reviewed"),
  p: () => go(unreviewed, -1, "all before this are reviewed"),
  v: () => go((row) => has(row, "violated"), 1, "no violated term after this"),
  f: () => go((row) => has(row, "finding"), 1, "no finding after this"),
  "/": focusSearch,
  "?": showKeys,
  r: openReplace,
  u: () => undo(),
  U: () => undo(true),
};
const ROW_KEYS = {
  Enter: focusBox, e: focusBox, o: reopen, m: comment, i: ignore, a: alternatives, y: memory, d: diff, s: startSplit,
  "+": ACTIONS.join, t: term,
};

// On an Arabic keyboard the same keys, by their places.
const keyOf = (event) => {
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter && !/^[\x20-\x7e]$/.test(event.key) && event.key.length === 1) {
    return event.shiftKey ? letter[1] : letter[1].toLowerCase();
  }
  if (event.key === "؟") return "?";
  return event.key;
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || dialog.open || event.isComposing) return;
  const inField = event.target.closest("input, textarea, select, .box");
  const onButton = event.target.closest("button, a, summary");
  const row = rowOf(event.target) || currentRow();
  const key = keyOf(event);
  if (event.ctrlKey || event.metaKey) {
    if (inField || event.altKey) return;
    if (key === "Enter" && row) approveAndGoOn(row);
    else if (key.toLowerCase() === "z") undo(event.shiftKey);
    else if (key === "y") undo(true);
    else return;
    event.preventDefault();
    return;
  }
  if (event.altKey || inField) return;
  if (key === "Escape") {
    if (openPanel()) closePanel({ focus: true });
    else if (onButton && row && row.contains(event.target)) focusRow(row);
    else if (row) getSelection().removeAllRanges();
    return;
  }
  if (onButton && (key === "Enter" || key === " ")) return;
  if (key.length === 1 && !singleKeys() && key !== "?") return;
  if (KEYS[key]) KEYS[key]();
  else if (ROW_KEYS[key] && row) ROW_KEYS[key](row);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) {
    const what = button.dataset.do;
    if (ANYWHERE[what]) ANYWHERE[what]();
    else if (ACTIONS[what]) ACTIONS[what](rowOf(button) || currentRow(), button);
    return;
  }
  const filter = event.target.closest("button[data-filter]");
  if (filter) filterBy(filter.dataset.filter);
});
// A click into the toolbar must not take the selection away, which it is about.
document.getElementById("toolbar").addEventListener("mousedown", (event) => event.preventDefault());
dialog.addEventListener("change", (event) => {
  if (event.target.matches("[data-single-keys]")) localStorage.setItem(SINGLE, event.target.checked ? "on" : "off");
});
dialog.addEventListener("close", () => {
  dialog.className = "";
  const row = currentRow();
  if (row && (document.activeElement === document.body || !document.activeElement)) row.focus({ preventScroll: true });
});
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  });
}
