// Taking in what changed, whoever changed it: our own changes, other tabs, Poedit. What a person is typing is
// never replaced under the caret; the other version is shown beside it, to choose from.
import { watch, forget, redraw } from "./review-highlight.js";
import {
  address, boxOf, currentRow, focusRow, leave, makeCurrent, renumber, rowOf, rows, rowWith, sourceOf, tabStop, tell,
  text, whole,
} from "./review-page.js";
import { Earlier, Unreachable, ask, inTurn, loadAgain } from "./review-server.js";

let revision = Number(text.dataset.revision);
const nothing = () => {};
const guards = {
  isTyped: () => false, // whether the text under the caret, or not saved yet, must stay
  savedText: (row) => boxOf(row).textContent, // what the server had when the person last saw it
  settled: nothing, replaced: nothing, differs: nothing, gone: nothing, reached: nothing, unreachable: nothing,
};

export const currentRevision = () => revision;
// How the editor is asked and told (it imports this module, not the other way round).
export const guard = (functions) => Object.assign(guards, functions);

const parse = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};

export const count = (counts) => {
  for (const element of document.querySelectorAll("[data-count]")) {
    element.textContent = counts[element.dataset.count];
  }
  for (const meter of document.querySelectorAll("[data-meter]")) {
    const [part, whole] = meter.dataset.meter.split(" ");
    meter.max = Math.max(counts[whole], 1);
    meter.value = counts[part];
  }
};

export const setMargin = (row, margin) => {
  const old = row.querySelector(".margin");
  for (const name of ["agreement", "ignored"]) {
    const details = margin.querySelector(`.${name}`);
    if (details && old.querySelector(`.${name}[open]`)) details.open = true;
  }
  const focused = old.contains(document.activeElement);
  old.replaceWith(margin);
  if (row === currentRow()) tabStop(row, true);
  if (focused) focusRow(row); // what had the focus is gone
  redraw(row);
};

// All of a fresh row but its English.
export const adopt = (row, fresh) => {
  for (const name of ["v", "flags", "note", "p"]) row.dataset[name] = fresh.dataset[name];
  row.setAttribute("aria-label", fresh.getAttribute("aria-label"));
  const pressed = fresh.querySelector(".state").getAttribute("aria-pressed");
  row.querySelector(".state").setAttribute("aria-pressed", pressed);
  const choice = fresh.querySelector(".choice.elsewhere");
  const old = row.querySelector(".choice.elsewhere");
  if (old) old.remove();
  if (choice) row.querySelector(".margin").after(choice);
};

// `sent`: what we saved, if this row answers to it.
const absorb = (row, fresh, sent) => {
  const box = boxOf(row);
  const now = box.textContent;
  const theirs = boxOf(fresh).textContent;
  const known = guards.savedText(row);
  if (sent === null && theirs !== known && theirs !== now && guards.isTyped(row)) {
    guards.differs(row, fresh);
    return;
  }
  const typedSince = sent !== null ? now !== sent : now !== known && now !== theirs;
  if (!typedSince && now !== theirs) {
    box.textContent = theirs;
    guards.replaced(row);
    row.classList.add("news");
  }
  box.classList.toggle("empty", !box.textContent);
  adopt(row, fresh);
  // If more was typed since, the margin is about another text, and its verdicts are under way.
  if (typedSince) redraw(row);
  else setMargin(row, fresh.querySelector(".margin"));
  guards.settled(row, theirs);
};

// The rows in this order; false if that can't be told without loading the page again.
const arrange = (order, fresh) => {
  const ids = new Set(order.map(([id]) => id));
  const held = currentRow();
  const focused = held && held.contains(document.activeElement);
  const place = held ? [...rows].indexOf(held) : -1;
  for (const row of [...rows]) {
    if (ids.has(row.dataset.id)) continue;
    guards.gone(row);
    forget(row);
    leave(row);
    row.remove();
  }
  const sections = new Map([...text.querySelectorAll(".para")].map((s) => [Number(s.dataset.p), s]));
  const next = new Map([...sections].map(([p, section]) => [p, section.firstElementChild]));
  for (const [id, paragraph] of order) {
    let row = rowWith(id);
    const section = sections.get(paragraph);
    if (!section || (!row && !fresh.has(id)) || (row && row.parentNode !== section)) return false;
    if (!row) {
      row = fresh.get(id);
      section.insertBefore(row, next.get(paragraph));
      watch(row);
    } else if (row === next.get(paragraph)) next.set(paragraph, row.nextElementSibling);
    else section.insertBefore(row, next.get(paragraph));
  }
  renumber();
  if (held && !held.isConnected && rows.length) {
    const row = rows[Math.min(place, rows.length - 1)];
    if (focused) focusRow(row);
    else makeCurrent(row);
  }
  return true;
};

// `own`: {id, sent} of our own change. Returns what the server said.
export const takeIn = (html, own = {}) => {
  const update = parse(html).querySelector(".update");
  if (!update) return "";
  const fresh = new Map([...update.querySelectorAll(".row")].map((row) => [row.dataset.id, row]));
  const { order, counts, undo, redo, said } = update.dataset;
  revision = Math.max(revision, Number(update.dataset.revision));
  const existing = [...fresh.keys()].filter(rowWith);
  if (order && !arrange(JSON.parse(order), fresh)) {
    loadAgain("The document was cut anew");
    return said;
  }
  for (const id of existing) {
    if (rowWith(id)) absorb(rowWith(id), fresh.get(id), id === own.id ? own.sent : null);
  }
  count(JSON.parse(counts));
  for (const [name, what] of [["undo", undo], ["redo", redo]]) {
    const button = document.querySelector(`[data-do="${name}"]`);
    button.disabled = !what;
    button.title = `${name === "undo" ? "Undo" : "Redo"}${what ? `: ${what}` : ""} (${name === "undo" ? "u" : "Shift+u"})`;
  }
  for (const message of update.querySelectorAll(".told")) window.dragoman.say(message.textContent);
  text.dispatchEvent(new CustomEvent("taken"));
  if ("wantsNames" in update.dataset) lookForNames();
  return said;
};

// Every two seconds, and at once when the page is looked at again.
let polling = false;
export const poll = async (news = "changes of others were taken in") => {
  if (polling) return;
  polling = true;
  try {
    await inTurn(async () => {
      const response = await ask(`${address}/changes?since=${revision}`);
      if (response.status === 200) {
        const before = revision;
        takeIn(await response.text());
        if (revision > before) tell(news);
      }
      guards.reached();
    });
  } catch (error) {
    if (error instanceof Earlier) {
      guards.unreachable(error);
      loadAgain(error.message);
    } else if (error instanceof Unreachable) guards.unreachable(error);
    else throw error;
  } finally {
    polling = false;
  }
};
setInterval(() => document.hidden || poll(), 2000);
document.addEventListener("visibilitychange", () => document.hidden || poll());
document.addEventListener("dragoman:terms", () => poll());

// Names that no term covers: looked for by the server while everything else goes on, as it takes long.
let looking = false;
const lookForNames = async () => {
  if (looking) return;
  looking = true;
  try {
    const response = await ask(`${address}/names`);
    if (response.ok) await poll("names without a term were looked for");
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof Earlier)) throw error; // polling tells of it
  } finally {
    looking = false;
  }
};
if ("wantsNames" in text.dataset) whole.then(lookForNames);
text.addEventListener("animationend", (event) => event.animationName === "news" && rowOf(event.target).classList.remove("news"));
