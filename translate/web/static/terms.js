// The glossary: its table, the dialog of one term, and what a change would do. Works on every page with #dialog.
"use strict";
(() => {
  const { token, say, closeDialog } = window.dragoman;
  const dialog = document.getElementById("dialog");
  const page = document.getElementById("terms");
  const TYPING = 250; // ms after a key before what was typed is checked
  const POLL = 400;
  const WATCH = 2500;
  let typing = 0;
  let asked = 0; // counts requests, so that late answers are dropped
  let dirty = false;
  let saving = false; // then what changes in the file is our own doing

  const form = () => dialog.querySelector("form.term");
  const part = (id) => document.getElementById(id);
  const body = () => new URLSearchParams(new FormData(form()));

  const ask = async (url, options = {}) => {
    const headers = { "X-Dragoman-Token": token };
    const response = await fetch(url, { cache: "no-store", ...options, headers });
    return { status: response.status, ok: response.ok, text: await response.text() };
  };
  const post = (what) => ask(`${form().dataset.at}/terms/${what}`, { method: "POST", body: body() });

  // The dialog, whoever opened it.
  const open = (url) => window.htmx.ajax("GET", url, { target: "#dialog", swap: "innerHTML" });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-term-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.getAttribute("href"));
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "table") { // the address says what is shown, so that it can be loaded again
      history.replaceState(null, "", event.detail.pathInfo.finalRequestPath);
    }
    if (event.detail.target !== dialog || !form()) return;
    dialog.className = "term-dialog";
    dirty = false;
    const { intent, target, source } = form().elements;
    const first = !target.value ? target : !source.value ? source : target;
    first.focus();
    first.select();
    if (intent.value) look();
  });
  dialog.addEventListener("close", () => {
    asked += 1;
    clearTimeout(typing);
    dialog.className = "";
  });
  // What was typed isn't lost by a slip: Escape and a click beside the dialog ask first.
  const sure = () => !form() || !dirty || window.confirm("Discard what you typed?");
  dialog.addEventListener("cancel", (event) => {
    if (!sure()) event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && !sure()) event.stopImmediatePropagation();
  }, true);

  // What is typed is checked; an effect that was shown is no longer that of what stands there.
  const stale = () => {
    asked += 1;
    part("term-save").disabled = true;
    part("term-effect").classList.add("old-news");
  };
  const check = async () => {
    if (!form()) return;
    const mine = (asked += 1);
    const answer = await post("check").catch(() => null);
    if (answer && answer.ok && mine === asked && form()) part("term-checks").innerHTML = answer.text;
  };
  dialog.addEventListener("input", (event) => {
    if (!form() || event.target.name === "everywhere") return;
    dirty = true;
    stale();
    clearTimeout(typing);
    typing = setTimeout(check, TYPING);
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !form()) return;
    if (button.dataset.cite) {
      const { source } = form().elements;
      source.value = button.dataset.cite;
      source.dispatchEvent(new Event("input", { bubbles: true }));
      source.focus();
    } else if ("termDelete" in button.dataset) {
      form().elements.intent.value = "delete";
      part("dialog-title").textContent = "Delete a term";
      button.remove();
      look();
    } else if ("termMine" in button.dataset) {
      form().elements.version.value = button.dataset.version;
      part("term-stale").replaceChildren();
      check();
      look();
    } else if (button.id === "term-save") save();
  });

  // The effect: asked for, then polled while segments are translated.
  const show = (answer) => {
    if (answer.status === 409) {
      part("term-stale").innerHTML = answer.text;
      part("term-effect").replaceChildren();
      return null;
    }
    const everywhere = part("term-effect").querySelector("[name=everywhere]");
    part("term-effect").innerHTML = answer.ok || answer.status === 422 ? answer.text : "";
    const again = part("term-effect").querySelector("input[name=everywhere]");
    if (everywhere && again) again.checked = everywhere.checked;
    part("term-effect").classList.remove("old-news");
    if (!answer.ok && answer.status !== 422) say(answer.text, { error: true });
    return part("term-effect").querySelector(".run");
  };
  const follow = async (answer, mine) => {
    let run = show(answer);
    while (run && run.dataset.poll) {
      if (run.dataset.state === "looking") part("term-save").disabled = false; // one needn't wait for all
      form().elements.run.value = run.dataset.run;
      await new Promise((done) => setTimeout(done, POLL));
      if (mine !== asked || !form()) return null;
      const next = await ask(run.dataset.poll).catch(() => null);
      if (mine !== asked || !form()) return null;
      if (next) run = show(next);
    }
    return run;
  };
  const look = async () => {
    clearTimeout(typing);
    const mine = (asked += 1);
    part("term-look").disabled = true;
    const answer = await post("effect").catch(() => null);
    if (form()) part("term-look").disabled = false;
    if (!answer) say("Dragoman doesn't answer. Is it still running? What is saved stays saved.", { error: true });
    if (!answer || mine !== asked || !form()) return;
    const hadFocus = dialog.contains(document.activeElement) && document.activeElement.id === "term-look";
    const first = show(answer);
    if (!first) return;
    form().elements.run.value = first.dataset.run;
    part("term-save").disabled = false;
    dialog.querySelector(".more").open = false; // room for the effect
    part("term-effect").scrollIntoView({ block: "nearest" });
    if (hadFocus || document.activeElement === document.body || document.activeElement === dialog || document.activeElement.form === form()) {
      part("term-save").focus({ preventScroll: true });
    }
    await follow(answer, mine);
  };
  // How to see the segments of this document that were translated anew.
  const showing = (ids, at) => {
    if (!ids.length) return null;
    const run = () => {
      if (part("text")) document.dispatchEvent(new CustomEvent("dragoman:show", { detail: ids }));
      else location.href = `${at}#s-${encodeURIComponent(ids[0])}`;
    };
    return { label: ids.length === 1 ? "Show it" : "Show them", run };
  };
  const save = async () => {
    const mine = (asked += 1);
    saving = true;
    part("term-save").disabled = part("term-look").disabled = true;
    try {
      const answer = await post("save").catch(() => null);
      if (!form()) return;
      if (!answer) {
        say("Dragoman doesn't answer. Is it still running? What is saved stays saved.", { error: true });
        part("term-save").disabled = false;
        return;
      }
      if (answer.ok) dirty = false;
      const run = await follow(answer, mine);
      if (!run || !form()) return;
      document.dispatchEvent(new CustomEvent("dragoman:terms"));
      if (run.dataset.saved) {
        const { at } = form().dataset;
        closeDialog();
        refresh();
        say(run.dataset.saved, { action: showing(JSON.parse(run.dataset.anew), at) });
      }
    } finally {
      saving = false;
      if (form()) part("term-look").disabled = false;
    }
  };
  dialog.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    look();
  });

  // Files change under the page, too: by a PO editor, by another tab.
  const refresh = () => {
    if (document.querySelector("[data-list]")) {
      window.htmx.ajax("GET", location.href, { target: "[data-list]", select: "[data-list]", swap: "outerHTML" });
    }
    const filter = document.getElementById("filter");
    if (filter) window.htmx.trigger(filter, "refresh");
  };
  const watch = async () => {
    const open = form();
    if (document.hidden || (!page && !open)) return;
    const { at, state } = (page || open).dataset;
    const version = open ? open.elements.version.value : "";
    const query = new URLSearchParams();
    if (version) {
      for (const name of ["path", "source", "context"]) query.set(name, open.elements[`was_${name}`].value);
      query.set("version", version);
    }
    const answer = await ask(`${at}/terms/changes?${query}`).catch(() => null);
    if (!answer || !answer.ok) return;
    const said = JSON.parse(answer.text);
    if (page && said.state !== state) {
      page.dataset.state = said.state;
      const banner = document.getElementById("termbase-error");
      banner.replaceChildren();
      if (said.error) {
        const line = document.createElement("p");
        line.className = "notice error";
        line.textContent = `A termbase can’t be read: ${said.error}. The last good version stays in use until that is put right.`;
        banner.append(line);
      }
      refresh();
    }
    const edited = said.entry === "changed" || said.entry === "gone";
    const fresh = () => open && open === form() && open.elements.version.value === version && !part("term-stale").children.length;
    if (edited && fresh() && !saving) {
      const now = await post("effect").catch(() => null); // says how: 409
      if (now && now.status === 409 && fresh() && !saving) {
        stale();
        part("term-stale").innerHTML = now.text;
      }
    }
  };
  setInterval(watch, WATCH);
  document.addEventListener("visibilitychange", watch);
  document.addEventListener("dragoman:terms", watch);

  // Keys of the table.
  document.addEventListener("keydown", (event) => {
    if (!page || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.closest("input, select, textarea");
    if (!inField && event.key === "/") {
      event.preventDefault();
      part("q").select();
      part("q").focus();
    } else if (!inField && event.key === "n") {
      event.preventDefault();
      open(`${page.dataset.at}/terms/new`);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (inField && inField.id !== "q") return;
      const entries = [...document.querySelectorAll("#table a.entry")];
      const at = entries.indexOf(document.activeElement);
      const row = event.target.closest("tr");
      const from = at >= 0 || !row ? at : entries.indexOf(row.querySelector("a.entry"));
      const next = event.key === "ArrowDown" ? from + 1 : from - 1;
      event.preventDefault();
      if (next < 0) part("q").focus();
      else if (next < entries.length) entries[next].focus();
    }
  });

  // Lists of marked terms (suggestions, consistency): all at once as proposed.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-propose]");
    if (!button) return;
    const marked = new URLSearchParams();
    for (const box of document.querySelectorAll("input[data-term]:checked")) marked.append("terms", box.dataset.term);
    button.disabled = true;
    const answer = await ask(`${button.dataset.propose}/terms/propose`, { method: "POST", body: marked }).catch(() => null);
    button.disabled = false;
    if (!answer || !answer.ok) {
      say("The terms could not be added. Is Dragoman still running?", { error: true });
      return;
    }
    part("proposed").innerHTML = answer.text;
    for (const box of document.querySelectorAll("input[data-term]:checked")) box.checked = false;
  });
})();
