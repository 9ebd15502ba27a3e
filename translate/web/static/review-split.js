// Cutting a segment in two: the cut is shown in both texts and moved by keys or by a click before it is made.
import { change } from "./review-edit.js";
import { drawOnly } from "./review-highlight.js";
import { alignmentOf, selected } from "./review-link.js";
import { boxOf, numberOf, sourceOf, tell } from "./review-page.js";
import { closePanel, openPanel, showPanel } from "./review-panels.js";
import { pointsUnder, rangeOver } from "./review-text.js";

let cutting = null; // {row, at, targetAt, alignment, words: [source, target]}

// Where words begin (code points), but for the first: a cut there leaves something on both sides.
const beginnings = (text) => {
  const points = [...text];
  const found = [];
  for (let i = 1; i < points.length; i += 1) if (/\s/.test(points[i - 1]) && !/\s/.test(points[i])) found.push(i);
  return found;
};

const nearest = (places, to) => places.reduce((best, p) => (Math.abs(p - to) < Math.abs(best - to) ? p : best), places[0]);

// The cut on the other side that the fewest links cross; of several, the one at the same share of the text.
const across = (at, side, { words, links }, places, lengths) => {
  const wanted = (at / Math.max(lengths[side], 1)) * lengths[1 - side];
  const starts = (i, link) => (words[i] && words[i][link[i]] ? words[i][link[i]][0] : 0);
  const crossed = (place) => links.filter((l) => starts(side, l) < at !== starts(1 - side, l) < place).length;
  return places.reduce((best, place) => {
    const worse = crossed(place) - crossed(best) || Math.abs(place - wanted) - Math.abs(best - wanted);
    return worse < 0 ? place : best;
  }, places[0]);
};

const lengths = (row) => [[...sourceOf(row).textContent].length, [...boxOf(row).textContent].length];

const show = () => {
  const { row, at, targetAt, panel } = cutting;
  const [whole, there] = lengths(row);
  drawOnly("second", [
    rangeOver(sourceOf(row), at, whole),
    targetAt === null ? null : rangeOver(boxOf(row), targetAt, there),
  ]);
  const first = (text, from) => [...text].slice(from).join("").split(/\s+/).slice(0, 3).join(" ");
  const arabic = panel.querySelector(".arabic-cut");
  const english = panel.querySelector(".english-cut");
  arabic.textContent = first(sourceOf(row).textContent, at);
  english.textContent = targetAt === null ? "(nothing)" : first(boxOf(row).textContent, targetAt);
};

const move = (side, by) => {
  const places = cutting.places[side];
  const now = side === 0 ? cutting.at : cutting.targetAt;
  const to = places[Math.max(0, Math.min(places.length - 1, places.indexOf(now) + by))];
  if (to === undefined) return;
  if (side === 0) setSource(to);
  else cutting.targetAt = to;
  show();
  const where = cutting.panel.querySelector(side === 0 ? ".arabic-cut" : ".english-cut").textContent;
  tell(`cut before ${where}`);
};

const setSource = (at) => {
  cutting.at = at;
  cutting.targetAt = cutting.places[1].length
    ? across(at, 0, cutting.alignment, cutting.places[1], lengths(cutting.row))
    : null;
};

const done = async () => {
  const { row, at, targetAt } = cutting;
  const there = targetAt === null ? lengths(row)[1] : targetAt;
  closePanel({ focus: true });
  await change(row, "split", { at, target_at: there });
};

const clicked = (event) => {
  const element = event.target.closest(".source, .box");
  if (!cutting || !element || !cutting.row.contains(element)) return;
  event.preventDefault();
  const at = pointsUnder(element, event.clientX, event.clientY);
  if (at === null) return;
  const side = element === sourceOf(cutting.row) ? 0 : 1;
  const to = nearest(cutting.places[side], at);
  if (to === undefined) return;
  if (side === 0) setSource(to);
  else cutting.targetAt = to;
  show();
};

const HTML = `<h3>Split</h3>
<p>The second part begins with <bdi class="arabic-cut" lang="ar" dir="rtl"></bdi> and <q class="english-cut" lang="en"></q>.</p>
<p class="hint"><kbd>←</kbd> <kbd>→</kbd> move the cut in the Arabic, with <kbd>Shift</kbd> in the English; or click into the texts. <kbd>Enter</kbd> splits, <kbd>Escape</kbd> leaves.</p>
<div class="choices"><button type="button" class="small primary" data-split>Split here</button><button type="button" class="small" data-cancel>Cancel</button></div>`;

export const startSplit = async (row) => {
  const open = openPanel();
  if (open && open.row === row && open.kind === "split") {
    closePanel({ focus: true });
    return;
  }
  const places = [beginnings(sourceOf(row).textContent), beginnings(boxOf(row).textContent)];
  if (!places[0].length) {
    tell("one word can’t be split");
    window.dragoman.say(`Segment ${numberOf(row)} is a single word: it can’t be split.`);
    return;
  }
  const chosen = selected();
  const alignment = await alignmentOf(row).catch(() => ({ words: [], links: [] }));
  const panel = showPanel(row, "split", "Split", () => {
    drawOnly("second", []);
    cutting = null;
    document.removeEventListener("mousedown", clicked, true);
  });
  panel.innerHTML = HTML;
  cutting = { row, panel, places, alignment, at: 0, targetAt: null };
  const half = lengths(row)[0] / 2;
  if (chosen && chosen.row === row && chosen.side === 0) setSource(nearest(places[0], chosen.start));
  else if (chosen && chosen.row === row && chosen.start > 0 && chosen.start < lengths(row)[1]) {
    const targetAt = nearest(places[1], chosen.start);
    setSource(across(targetAt, 1, alignment, places[0], lengths(row)));
    cutting.targetAt = targetAt;
  } else setSource(nearest(places[0], half));
  show();
  panel.querySelector("[data-split]").addEventListener("click", done);
  panel.querySelector("[data-cancel]").addEventListener("click", () => closePanel({ focus: true }));
  panel.addEventListener("keydown", (event) => {
    const side = event.shiftKey ? 1 : 0;
    const ahead = side === 0 ? "ArrowLeft" : "ArrowRight"; // Arabic runs to the left
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") move(side, event.key === ahead ? 1 : -1);
    else if (event.key === "Enter" && !event.target.matches("[data-cancel]")) done();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("mousedown", clicked, true);
  panel.querySelector("[data-split]").focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
};
