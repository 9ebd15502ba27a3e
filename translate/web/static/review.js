// The review page. Each module does one thing; this one starts them.
import "./review-highlight.js";
import "./review-edit.js";
import "./review-link.js";
import "./review-panels.js";
import "./review-split.js";
import "./review-search.js";
import "./review-keys.js";
import { makeCurrent, onCurrent, rowOf, rows, text, whole } from "./review-page.js";

// Where the bar ends, so that no row goes under it.
const bar = document.querySelector(".bar");
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
}).observe(bar);

onCurrent(() => text.classList.remove("fresh"));
const named = () => {
  try {
    return rowOf(document.getElementById(decodeURIComponent(location.hash.slice(1))));
  } catch { // not an address of ours
    return null;
  }
};
makeCurrent(named() || rows[0]);
whole.then(() => {
  if (!named()) return;
  makeCurrent(named());
  named().scrollIntoView({ block: "center" });
});
addEventListener("hashchange", () => makeCurrent(named()));
text.dataset.ready = "true";
performance.mark("ready");
