// Terms and findings drawn over the plain text of both columns (CSS Custom Highlight API), from the marks in
// the margin. Only rows near the window are drawn: ranges cost whenever a text changes.
import { boxOf, rows, sourceOf, text, whole } from "./review-page.js";
import { rangeOver } from "./review-text.js";

const supported = typeof Highlight === "function" && "highlights" in CSS;
// Worst last: it lies above the others.
const LOOKS = ["info", "waived", "satisfied", "variant", "warning", "error", "misplaced", "missing", "forbidden"];
const PASSING = ["pair", "linked", "found", "second"]; // of a moment: pointed at, aligned, searched, cut off
const sets = new Map();
const drawn = new Map(); // row -> [[highlight, range]]
const founds = new Map(); // id -> [source spans, target spans]

if (supported) {
  [...LOOKS, ...PASSING].forEach((name, priority) => {
    const set = new Highlight();
    set.priority = priority;
    sets.set(name, set);
    CSS.highlights.set(name, set);
  });
}

export const marksOf = (row) => JSON.parse(row.querySelector(".margin").dataset.marks);

const erase = (row) => {
  for (const [set, range] of drawn.get(row) || []) set.delete(range);
  drawn.delete(row);
};

export const draw = (row) => {
  if (!supported) return;
  erase(row);
  const lines = [];
  const add = (name, element, start, end) => {
    const range = start === null ? null : rangeOver(element, start, end);
    if (!range) return;
    sets.get(name).add(range);
    lines.push([sets.get(name), range]);
  };
  const source = sourceOf(row);
  const box = boxOf(row);
  for (const [look, s0, s1, t0, t1] of marksOf(row)) {
    add(look, source, s0, s1);
    add(look, box, t0, t1);
  }
  const [there, here] = founds.get(row.dataset.id) || [[], []];
  for (const [start, end] of there) add("found", source, start, end);
  for (const [start, end] of here) add("found", box, start, end);
  drawn.set(row, lines);
};

export const redraw = (row) => {
  if (drawn.has(row)) draw(row);
};

// Hits of the search box, by id.
export const drawFound = (hits) => {
  founds.clear();
  for (const [id, sides] of Object.entries(hits)) founds.set(id, sides);
  for (const row of [...drawn.keys()]) draw(row); // drawing takes a row out and puts it in again
};

// Something of the moment: only these ranges, nothing else of that name.
export const drawOnly = (name, ranges) => {
  if (!supported) return;
  const set = sets.get(name);
  set.clear();
  for (const range of ranges) if (range) set.add(range);
};

const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!target.isConnected || !isIntersecting) erase(target);
      else if (!drawn.has(target)) draw(target);
    }
  },
  { rootMargin: "600px 0px" },
);

export const watch = (row) => near.observe(row);
export const forget = (row) => {
  near.unobserve(row);
  erase(row);
};

// Observing thousands of rows would cost at every frame: only those of leaves near the window are observed.
const leaves = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      for (const row of target.getElementsByClassName("row")) {
        if (isIntersecting) watch(row);
        else forget(row);
      }
    }
  },
  { rootMargin: "900px 0px" },
);
const watchLeaves = () => text.querySelectorAll(".leaf").forEach((leaf) => leaves.observe(leaf));
watchLeaves();
whole.then(watchLeaves);
addEventListener("beforeprint", () => {
  for (const row of rows) draw(row);
});
addEventListener("afterprint", () => {
  for (const row of [...drawn.keys()]) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom < -600 || top > innerHeight + 600) erase(row);
  }
});
text.dataset.drawn = String(supported);
