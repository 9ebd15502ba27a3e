// Typing: verdicts while one types, saving by itself, nothing lost when that fails.
import { draw } from "./review-highlight.js";
import {
  address, boxOf, focusRow, isReviewed, makeCurrent, nextRow, numberOf, rowOf, rowWith, tell, text, whole,
} from "./review-page.js";
import { Earlier, Unreachable, ask, inTurn, loadAgain, segment, words } from "./review-server.js";
import { adopt, currentRevision, guard, setMargin, takeIn } from "./review-update.js";

const JUDGE_AFTER = 150;
const SAVE_AFTER = 800;
const STORE = `dragoman:${text.dataset.name}:`;
const shown = document.getElementById("saved");
// What is known of a box that was typed in: `saved` is the server's text, `problem` why ours isn't there.
const edits = new Map(); // row -> {saved, judging, saving, asked, problem}
let busy = 0;
let unreachable = "";
const tab = sessionStorage.getItem("dragoman:tab") || crypto.randomUUID();
sessionStorage.setItem("dragoman:tab", tab);

const editOf = (row) => {
  if (!edits.has(row)) edits.set(row, { saved: boxOf(row).textContent, problem: "" });
  return edits.get(row);
};
const savedText = (row) => (edits.has(row) ? edits.get(row).saved : boxOf(row).textContent);
export const isDirty = (row) => edits.has(row) && edits.get(row).saved !== boxOf(row).textContent;
const choiceOf = (row) => row.querySelector(".choice.mine");

const showState = () => {
  const dirty = [...edits.keys()].filter(isDirty);
  const problem = unreachable || dirty.map((row) => edits.get(row).problem).find(Boolean) || "";
  const state = dirty.length && problem ? "failed" : busy ? "saving" : dirty.length ? "typing" : "saved";
  shown.dataset.state = state;
  const said = { failed: `not saved: ${problem}`, saving: "saving…", typing: "typing…", saved: "saved" }[state];
  if (shown.textContent !== said) shown.textContent = said;
  for (const row of edits.keys()) row.classList.toggle("dirty", isDirty(row));
};

// The browser keeps what the server doesn't have yet.
const store = (row) => {
  const key = STORE + row.dataset.id;
  const draft = { base: row.dataset.v, text: boxOf(row).textContent, at: Date.now(), tab };
  try {
    if (isDirty(row)) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    edits.get(row).problem = "the browser’s store is full";
  }
};

const judge = async (row) => {
  const edit = editOf(row);
  const typed = boxOf(row).textContent;
  if (edit.asked) edit.asked.abort();
  edit.asked = new AbortController();
  try {
    const response = await ask(segment(row.dataset.id, "judge"), { form: { target: typed }, signal: edit.asked.signal });
    if (!response.ok) return;
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    if (boxOf(row).textContent === typed && row.isConnected) {
      setMargin(row, template.content.querySelector(".margin"));
      draw(row);
    }
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof Unreachable) && !(error instanceof Earlier)) throw error;
  }
};

const typed = (row) => {
  const edit = editOf(row);
  boxOf(row).classList.toggle("empty", !boxOf(row).textContent);
  clearTimeout(edit.judging);
  clearTimeout(edit.saving);
  edit.judging = setTimeout(() => {
    store(row);
    judge(row);
  }, JUDGE_AFTER);
  edit.saving = setTimeout(() => save(row), SAVE_AFTER);
  showState();
};

// One operation on a row, after all before it. `form` is asked when its turn has come. True if it was done.
const operate = (row, operation, form, { sent = null, keepalive = false, silent = false } = {}) => {
  busy += 1;
  showState();
  return inTurn(async () => {
    if (!row.isConnected) return false;
    const edit = editOf(row);
    const id = row.dataset.id;
    const text = sent ? sent() : null;
    for (let tries = 0; ; tries += 1) {
      const body = { base: row.dataset.v, since: currentRevision(), ...form(text) };
      const response = await ask(segment(id, operation), { form: body, keepalive });
      if (response.ok || response.status === 409) {
        const html = await response.text();
        const said = takeIn(html, response.ok ? { id, sent: text } : {});
        if (response.ok) {
          edit.problem = "";
          if (said && !silent) tell(said);
          return true;
        }
        // Only its state or note had changed: what we saw of the text is what stands there.
        if (!choiceOf(row) && text !== null && boxOf(row).textContent === text && tries < 2 && isDirty(row)) continue;
        if (!choiceOf(row)) window.dragoman.say(`Segment ${numberOf(row)}: ${said}`, { error: true });
        return false;
      }
      edit.problem = await words(response);
      if (operation !== "edit") window.dragoman.say(edit.problem, { error: true });
      return false;
    }
  })
    .catch((error) => {
      if (!(error instanceof Unreachable) && !(error instanceof Earlier) && error.name !== "AbortError") throw error;
      store(row);
      unreachable = `${error.message}; your text is kept in this browser`;
      if (operation !== "edit") window.dragoman.say(`Not done (${operation}): ${error.message}.`, { error: true });
      if (error instanceof Earlier) loadAgain(error.message);
      return false;
    })
    .finally(() => {
      busy -= 1;
      if (row.isConnected) store(row);
      showState();
    });
};

export const save = (row, options = {}) => {
  clearTimeout(editOf(row).saving);
  if (!isDirty(row) || choiceOf(row)) return Promise.resolve(!isDirty(row));
  return operate(row, "edit", (target) => ({ target }), {
    sent: () => boxOf(row).textContent, silent: true, ...options,
  });
};

// Everything typed is on its way before something else is done.
export const saveAll = (options) => Promise.all([...edits.keys()].filter((r) => r.isConnected).map((r) => save(r, options)));

export const change = async (row, operation, fields = {}) => {
  await save(row);
  if (isDirty(row)) return false;
  return operate(row, operation, () => fields);
};

export const approve = (row) => {
  clearTimeout(editOf(row).saving);
  if (choiceOf(row)) {
    tell("two versions: choose one first");
    choiceOf(row).querySelector("button").focus();
    return Promise.resolve(false);
  }
  const form = (target) => (target === savedText(row) ? {} : { target });
  return operate(row, "approve", form, { sent: () => boxOf(row).textContent });
};

export const approveAndGoOn = (row) => {
  const inBox = boxOf(row) === document.activeElement;
  const done = approve(row);
  if (choiceOf(row)) return;
  const open = (other) => other !== row && !isReviewed(other);
  const next = nextRow(row, open) || nextRow(null, open);
  if (next && inBox) focusBox(next);
  else focusRow(next || row);
  if (!next) done.then((ok) => ok && tell("approved; all segments shown are reviewed"));
};

export const focusBox = (row) => {
  makeCurrent(row);
  boxOf(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

// Another text in the box, in such a way that the browser's own undo brings the old one back.
export const setText = (row, words) => {
  const box = boxOf(row);
  editOf(row);
  box.focus({ preventScroll: true });
  getSelection().selectAllChildren(box);
  if (words) document.execCommand("insertText", false, words);
  else document.execCommand("delete");
  if (box.textContent !== words) box.textContent = words;
  typed(row);
};

const revert = (row) => {
  setText(row, editOf(row).saved);
  store(row);
  tell("back to what was saved");
};

// Two versions of one text: theirs beside ours, and a choice. Nothing is saved until it is made.
// `fresh`: the row as it is for the others; null if `row` already is that but for the text in its box.
const showChoice = (row, theirs, fresh) => {
  if (choiceOf(row)) choiceOf(row).remove();
  const panel = document.createElement("div");
  panel.className = "choice mine";
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", `Two versions of segment ${numberOf(row)}`);
  const line = document.createElement("p");
  line.textContent = "Meanwhile this segment was changed in another place:";
  const other = document.createElement("p");
  other.className = "theirs";
  other.lang = "en";
  other.dir = "ltr";
  other.textContent = theirs || "(empty)";
  const buttons = document.createElement("div");
  buttons.className = "choices";
  for (const [label, mine] of [["Take theirs", false], ["Keep mine", true]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = label;
    button.addEventListener("click", () => {
      choose(row, mine);
      boxOf(row).focus({ preventScroll: true });
    });
    buttons.append(button);
  }
  panel.append(line, other, buttons);
  row.querySelector(".margin").after(panel);
  Object.assign(editOf(row), { problem: "two versions; choose one", theirs, fresh });
  tell(`Segment ${numberOf(row)} was changed in another place; two versions to choose from`);
  showState();
};

const choose = (row, mine) => {
  const edit = editOf(row);
  const { theirs, fresh } = edit;
  choiceOf(row).remove();
  Object.assign(edit, { saved: theirs, problem: "", theirs: "", fresh: null });
  if (fresh) adopt(row, fresh);
  if (mine) save(row);
  else if (boxOf(row).textContent !== theirs) setText(row, theirs);
  else judge(row);
  store(row);
  showState();
};

guard({
  isTyped: (row) => isDirty(row) || boxOf(row) === document.activeElement,
  savedText,
  settled: (row, saved) => {
    if (edits.has(row)) edits.get(row).saved = saved;
    if (choiceOf(row)) choiceOf(row).remove();
    if (edits.has(row)) store(row);
    showState();
  },
  replaced: (row) => {
    if (!edits.has(row)) return;
    clearTimeout(edits.get(row).judging);
    clearTimeout(edits.get(row).saving);
  },
  differs: (row, fresh) => showChoice(row, boxOf(fresh).textContent, fresh),
  gone: (row) => {
    if (isDirty(row)) {
      window.dragoman.say(
        `Segment ${numberOf(row)} was cut or joined in another place while you were typing. Your text: ${boxOf(row).textContent}`,
        { error: true },
      );
    }
    edits.delete(row);
    localStorage.removeItem(STORE + row.dataset.id);
    showState();
  },
  reached: () => {
    const was = unreachable;
    unreachable = "";
    if (was) saveAll();
    showState();
  },
  unreachable: (error) => {
    unreachable = `${error.message}; your text is kept in this browser`;
    showState();
  },
});

// What an earlier page could not save: put back where nothing changed since, else offered beside.
const restore = () => {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(STORE));
  for (const key of keys) {
    const row = rowWith(key.slice(STORE.length));
    let draft;
    try {
      draft = JSON.parse(localStorage.getItem(key));
    } catch {
      draft = null;
    }
    if (!draft || typeof draft.text !== "string") continue;
    const age = Date.now() - draft.at;
    if (draft.tab !== tab && age < 10000) { // another tab is typing this just now
      setTimeout(restore, 10100 - age);
      continue;
    }
    if (!row) {
      window.dragoman.say(`Not saved before, and its segment is gone: ${draft.text}`, { error: true });
      localStorage.removeItem(key);
      continue;
    }
    if (isDirty(row)) continue;
    const box = boxOf(row);
    const now = box.textContent;
    if (draft.text === now) {
      localStorage.removeItem(key);
      continue;
    }
    const edit = editOf(row);
    box.textContent = draft.text;
    box.classList.toggle("empty", !draft.text);
    draw(row);
    judge(row);
    if (draft.base === row.dataset.v) {
      edit.saved = now;
      save(row);
      window.dragoman.say(`Segment ${numberOf(row)}: what had not been saved is put back.`);
    } else showChoice(row, now, null);
    showState();
  }
};

text.addEventListener("beforeinput", (event) => {
  const row = rowOf(event.target);
  if (!row || event.target !== boxOf(row)) return;
  editOf(row);
  if (event.inputType === "insertParagraph" || event.inputType === "insertLineBreak") event.preventDefault();
});
text.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  if (row && event.target === boxOf(row)) typed(row);
});
// Pasted or dropped text is one line of plain text.
const insertPlain = (event, data) => {
  if (!event.target.closest || !event.target.closest(".box")) return;
  event.preventDefault();
  const plain = data.getData("text/plain").replace(/\s*[\r\n\u2028\u2029]+\s*/g, " ");
  if (plain) document.execCommand("insertText", false, plain);
};
text.addEventListener("paste", (event) => insertPlain(event, event.clipboardData));
text.addEventListener("drop", (event) => event.target.closest(".box") && event.preventDefault());
text.addEventListener("focusout", (event) => {
  const row = rowOf(event.target);
  if (!row || event.target !== boxOf(row)) return;
  const choice = choiceOf(row);
  if (choice && choice.contains(event.relatedTarget)) return;
  if (choice && !isDirty(row)) { // looked at, not typed in: theirs is what counts
    boxOf(row).textContent = editOf(row).theirs;
    choose(row, false);
  } else save(row);
});
const leaveNow = () => {
  for (const row of edits.keys()) if (row.isConnected && isDirty(row)) store(row);
  saveAll({ keepalive: true });
};
document.addEventListener("visibilitychange", () => document.hidden && leaveNow());
addEventListener("pagehide", leaveNow);

text.addEventListener("keydown", (event) => {
  const row = rowOf(event.target);
  if (!row || event.target !== boxOf(row) || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) approveAndGoOn(row);
  else if (event.key === "Enter") tell("Control and Enter approve and go on");
  else if (event.key === "Escape" && isDirty(row)) revert(row);
  else if (event.key === "Escape") focusRow(row);
  else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const next = nextRow(row, undefined, event.key === "ArrowDown" ? 1 : -1);
    if (next) focusBox(next);
  } else return;
  event.preventDefault();
  event.stopPropagation();
});

export const undo = async (again = false) => {
  await saveAll();
  await inTurn(async () => {
    const response = await ask(`${address}/${again ? "redo" : "undo"}`, { form: { since: currentRevision() } });
    if (!response.ok) {
      window.dragoman.say(await words(response), { error: true });
      return;
    }
    const said = takeIn(await response.text());
    tell(said);
  }).catch((error) => window.dragoman.say(`Not undone: ${error.message}.`, { error: true }));
};

whole.then(restore);
