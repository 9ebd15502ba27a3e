// What belongs together: under the pointer or at the caret, a word is lit with the words of the other
// language that it is aligned with, and a term or finding with its words and what is said about it.
import { drawOnly, marksOf } from "./review-highlight.js";
import { boxOf, rowOf, sourceOf, text } from "./review-page.js";
import { ask, segment } from "./review-server.js";
import { isUnder, pointsAt, pointsUnder, rangeOver, toPoints } from "./review-text.js";

const REST = 120; // ms that the pointer rests before the server is asked
const tip = document.getElementById("tip");
const known = new WeakMap(); // row -> {english, alignment}
let asking = null; // {row, english, answer}

// The alignment of what stands in the box now; one question at a time.
export const alignmentOf = async (row) => {
  const english = boxOf(row).textContent;
  const kept = known.get(row);
  if (kept && kept.english === english) return kept.alignment;
  if (asking && asking.row === row && asking.english === english) return asking.answer;
  if (asking) await asking.answer.catch(() => null);
  const answer = ask(segment(row.dataset.id, "alignment"), { form: { target: english } }).then(
    async (response) => {
      const alignment = response.ok ? await response.json() : { words: [], links: [] };
      known.set(row, { english, alignment });
      return alignment;
    },
  );
  asking = { row, english, answer };
  return answer.finally(() => {
    if (asking && asking.answer === answer) asking = null;
  });
};

// The spans on both sides of all that is linked with the words that [start, end) touches on side 0 or 1.
export const linkedWith = ({ words, links }, side, start, end) => {
  if (!words.length) return [[], []];
  const touched = words[side].flatMap(([a, b], i) => (a < Math.max(end, start + 1) && start < b ? [i] : []));
  const others = links.filter((link) => touched.includes(link[side])).map((link) => link[1 - side]);
  const spans = [];
  spans[side] = touched.map((i) => words[side][i]);
  spans[1 - side] = [...new Set(others)].map((i) => words[1 - side][i]);
  return spans;
};

const light = (row, [source, target]) =>
  drawOnly("linked", [
    ...source.map(([a, b]) => rangeOver(sourceOf(row), a, b)),
    ...target.map(([a, b]) => rangeOver(boxOf(row), a, b)),
  ]);

const showMarks = (row, side, at) => {
  const lines = [];
  const ranges = [];
  marksOf(row).forEach(([, s0, s1, t0, t1], i) => {
    const [start, end] = side === 0 ? [s0, s1] : [t0, t1];
    if (start === null || at < start || at >= end) return;
    const note = row.querySelector(`[data-m="${i}"]`);
    if (note) lines.push(note.textContent.trim());
    if (s0 !== null) ranges.push(rangeOver(sourceOf(row), s0, s1));
    if (t0 !== null) ranges.push(rangeOver(boxOf(row), t0, t1));
  });
  drawOnly("pair", ranges);
  tip.textContent = lines.join("\n");
  tip.hidden = !lines.length;
};

export const clear = () => {
  drawOnly("pair", []);
  drawOnly("linked", []);
  tip.hidden = true;
};

let pointer = null; // {x, y, element}
let resting = 0;
let frame = 0;

const look = () => {
  frame = 0;
  const { x, y, element } = pointer;
  const row = element && element.isConnected ? rowOf(element) : null;
  const at = row ? pointsUnder(element, x, y) : null;
  clearTimeout(resting);
  if (at === null) {
    clear();
    return;
  }
  const side = element === sourceOf(row) ? 0 : 1;
  const near = [at - 1, at].find((i) => {
    const range = i >= 0 && rangeOver(element, i, i + 1);
    return range && isUnder(range, x, y);
  });
  if (near === undefined) {
    clear();
    return;
  }
  showMarks(row, side, near);
  resting = setTimeout(async () => {
    const alignment = await alignmentOf(row).catch(() => null);
    if (alignment && pointer.x === x && pointer.y === y) light(row, linkedWith(alignment, side, near, near + 1));
  }, known.has(row) ? 0 : REST);
};

text.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  pointer = { x: event.clientX, y: event.clientY, element: event.target.closest(".source, .box") };
  if (!frame) frame = requestAnimationFrame(look);
});
text.addEventListener("pointerleave", () => {
  clearTimeout(resting);
  clear();
});

// A note in the margin lights its words.
const noteOver = (event) => {
  const note = event.target.closest && event.target.closest(".note");
  if (!note) return;
  const row = rowOf(note);
  const mark = marksOf(row)[Number(note.dataset.m)];
  if (!mark) return;
  const [, s0, s1, t0, t1] = mark;
  drawOnly("pair", [
    s0 === null ? null : rangeOver(sourceOf(row), s0, s1),
    t0 === null ? null : rangeOver(boxOf(row), t0, t1),
  ]);
};
text.addEventListener("pointerover", noteOver);
text.addEventListener("focusin", noteOver);

// The selection, or the caret, of a row: kept when the focus goes on to a button.
let last = null; // {row, side, start, end}

export const selected = () => (last && last.row.isConnected ? last : null);

const readSelection = () => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const row = rowOf(range.startContainer);
  if (!row || rowOf(range.endContainer) !== row) return;
  const side = [sourceOf(row), boxOf(row)].findIndex((e) => e.contains(range.startContainer) && e.contains(range.endContainer));
  if (side < 0) return;
  const element = side === 0 ? sourceOf(row) : boxOf(row);
  const words = element.textContent;
  const ends = [[range.startContainer, range.startOffset], [range.endContainer, range.endOffset]];
  const [start, end] = ends.map(([node, offset]) =>
    node === element.firstChild && element.childNodes.length === 1
      ? toPoints(words, offset)
      : pointsAt(element, node, offset),
  );
  last = { row, side, start, end };
};

let reading = 0;
document.addEventListener("selectionchange", () => {
  readSelection();
  clearTimeout(reading);
  reading = setTimeout(async () => {
    if (!last || !last.row.isConnected || document.activeElement !== boxOf(last.row)) return;
    const { row, side, start, end } = last;
    const alignment = await alignmentOf(row).catch(() => null);
    if (alignment && last.row === row && last.start === start) light(row, linkedWith(alignment, side, start, end));
  }, 400);
});
