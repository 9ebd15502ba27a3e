"use strict";
(() => {
  const main = document.getElementById("text");
  const inspector = document.querySelector(".inspector");
  const lit = new Set();
  let pinned = null;

  const segments = new Map(); // number -> its spans, Arabic first
  for (const seg of main.querySelectorAll(".seg")) {
    const pair = segments.get(seg.dataset.s) || [];
    pair.push(seg);
    segments.set(seg.dataset.s, pair);
  }
  const list = (text) => (text ? text.split(" ") : []);
  const light = (element, name) => {
    element.classList.add(name);
    lit.add(element);
  };
  const clear = () => {
    for (const element of lit) element.classList.remove("on", "pair");
    lit.clear();
    say("");
  };
  const say = (text) => {
    if (inspector.textContent !== text) inspector.textContent = text;
    inspector.hidden = !text;
  };
  const words = (seg, numbers) =>
    numbers.flatMap((n) => [...seg.querySelectorAll(`.w[data-w="${n}"]`)]);
  const other = (seg) => segments.get(seg.dataset.s).find((s) => s !== seg);

  // Everything that belongs to a word, a term or a note, on both sides.
  const show = (element) => {
    clear();
    const number = element.dataset.s || element.closest(".seg").dataset.s;
    const pair = segments.get(number) || [];
    for (const seg of pair) light(seg, "pair");
    const mark = element.closest("[data-k]");
    const keys = mark ? list(mark.dataset.k) : [];
    const lines = new Set();
    for (const seg of pair) {
      for (const one of seg.querySelectorAll("mark")) {
        if (!list(one.dataset.k).some((k) => keys.includes(k))) continue;
        light(one, "on");
        for (const line of one.title.split("\n")) lines.add(line);
      }
    }
    for (const note of main.querySelectorAll(`.note[data-s="${CSS.escape(number)}"]`)) {
      if (keys.includes(note.dataset.k)) light(note, "on");
    }
    const word = element.closest(".w");
    if (word) {
      const seg = word.closest(".seg");
      for (const own of words(seg, [word.dataset.w])) light(own, "on");
      const there = other(seg);
      if (there) for (const one of words(there, list(word.dataset.a))) light(one, "on");
    }
    const seg = pair[0];
    if (seg && !lines.size) lines.add(`${seg.dataset.id} · ${seg.dataset.label}`);
    say([...lines].join("\n"));
  };

  const interesting = ".w, mark, .note, .seg";
  const found = (event) =>
    event.target instanceof Element ? event.target.closest(interesting) : null;
  main.addEventListener("pointerover", (event) => {
    if (pinned) return;
    const element = found(event);
    if (element) show(element);
    else clear();
  });
  main.addEventListener("pointerleave", () => pinned || clear());
  main.addEventListener("focusin", (event) => {
    const element = found(event);
    if (element && event.target.matches(".w, mark, .note")) show(element);
  });
  main.addEventListener("focusout", () => pinned || clear());
  document.addEventListener("click", (event) => {
    const element = found(event);
    const again = element && element === pinned;
    pinned = null;
    clear();
    if (!element || again || !main.contains(element)) return;
    show(element);
    pinned = element;
  });

  // One stop for the Tab key in the whole text; arrows go from word to word in reading order.
  const stops = [...main.querySelectorAll(".w, mark")].filter(
    (e) => e.matches(".w") || !e.querySelector(".w"),
  );
  const place = new Map(stops.map((stop, i) => [stop, i]));
  stops.forEach((stop, i) => stop.setAttribute("tabindex", i ? "-1" : "0"));
  const go = (stop) => {
    if (!stop) return;
    for (const old of main.querySelectorAll('.seg [tabindex="0"]')) old.tabIndex = -1;
    stop.tabIndex = 0;
    stop.focus();
  };
  const visible = (stop) => stop.closest(".row").offsetParent !== null;
  const step = (from, by, fits) => {
    for (let i = from + by; i >= 0 && i < stops.length; i += by) {
      if (visible(stops[i]) && fits(stops[i])) return stops[i];
    }
    return null;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      pinned = null;
      clear();
      return;
    }
    const at = place.get(event.target);
    if (at === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const seg = event.target.closest(".seg");
    const side = event.target.closest("[dir]");
    const ahead = side.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const same = (stop) => stop.closest("[dir]").lang === side.lang;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    if (sideways) go(step(at, event.key === ahead ? 1 : -1, same));
    else if (event.key === "ArrowDown") go(step(at, 1, (s) => same(s) && s.closest(".seg") !== seg));
    else if (event.key === "ArrowUp") go(step(at, -1, (s) => same(s) && s.closest(".seg") !== seg));
    else if (event.key === "Enter") {
      const there = other(seg);
      go(there && (there.querySelector(".on") || there.querySelector(".w, mark")));
    } else return;
    event.preventDefault();
  });

  const buttons = [...document.querySelectorAll("[data-filter]")].filter((b) => b !== main);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      main.dataset.filter = button.dataset.filter;
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
      const first = stops.find(visible);
      for (const stop of main.querySelectorAll('.seg [tabindex="0"]')) stop.tabIndex = -1;
      if (first) first.tabIndex = 0;
    });
  }
})();
