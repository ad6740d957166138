// The desk: what is shown, and what the keys and buttons do. All of it goes through the server, one thing after the other.

import { element, findingList, rowElement } from "./row.js";

const $ = (id) => document.getElementById(id);
const PAUSE = 350; // milliseconds without a key, then what was typed is written

const token = location.hash.slice(1) || sessionStorage.getItem("desk-token") || "";
if (location.hash) {
  sessionStorage.setItem("desk-token", token);
  history.replaceState(null, "", location.pathname);
}

let desk = { drafts: [], engines: [] };
let draft = null;
let current = null; // the key of a row
let editing = null; // { row, text }: what is in the editor
let timer = 0;
let said = 0;
const suggestions = new Map();
const stood = new Map(); // what each row said when it was first seen
const clashes = new Map(); // what was typed into a row whose file had changed
let queue = Promise.resolve();

class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(action, body = {}) {
  let response;
  try {
    response = await fetch(`/api/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Failure(0, "The desk does not answer. Is `pipeline review` still running?");
  }
  const answer = await response.json();
  if (!response.ok) throw new Failure(response.status, answer.error);
  return answer;
}

// One request after another: each is made with the version that the one before has left.
function after(work) {
  queue = queue.then(work).catch((error) => fail(error));
  return queue;
}

function fail(error) {
  $("error").textContent = error.message;
}

function say(text) {
  $("error").textContent = "";
  $("message").textContent = text;
  clearTimeout(said);
  if (text) said = setTimeout(() => { $("message").textContent = ""; }, 4000);
}

const named = () => ({ locale: draft.locale, post: draft.post, version: draft.version });
const rowOf = (key) => draft.rows.find((row) => row.row === key);
const wanted = () => draft.rows.filter((row) => row.changed || $("everything").checked);
const open = () => draft.rows.filter((row) => row.changed && !row.accepted);

async function list() {
  desk = await call("drafts");
  $("site").textContent = desk.site;
  $("none").hidden = desk.drafts.length > 0;
  $("drafts").replaceChildren(...desk.drafts.map((one) => element("li", {},
    element("button", {
      type: "button", disabled: Boolean(one.fault), onclick: () => after(() => show(one.locale, one.post)),
      "aria-current": draft && draft.post === one.post && draft.locale === one.locale ? "true" : undefined,
    }, element("span", { class: "name" }, one.title),
    element("span", { class: "hint" }, `${one.locale} · ${one.accepted} of ${one.rows} accepted`)),
    one.fault ? element("p", { class: "note" }, one.fault) : null)));
}

async function show(locale, post) {
  say("");
  take(await call("draft", { locale, post }));
  for (const map of [suggestions, stood, clashes]) map.clear();
  for (const row of draft.rows) stood.set(row.row, row.text);
  editing = null;
  current = (open()[0] ?? wanted()[0])?.row ?? null;
  document.body.dataset.view = "draft";
  $("main").hidden = false;
  paint();
  $("title").focus();
  await list();
}

function take(answer) {
  draft = answer;
}

function paint({ focus = false } = {}) {
  const read = draft.rows.filter((row) => row.changed);
  const accepted = read.filter((row) => row.accepted).length;
  $("title").textContent = draft.title;
  $("file").textContent = draft.file;
  $("behind").hidden = !draft.behind;
  $("progress").max = Math.max(read.length, 1);
  $("progress").value = accepted;
  $("count").textContent = `${accepted} of ${read.length} accepted`;
  $("approve").disabled = accepted < read.length;
  $("findings").replaceChildren(...findingList(draft.findings));
  const at = editing ? $("rows").querySelector("textarea") : null;
  const caret = at ? [at.selectionStart, at.selectionEnd] : null;
  const inEditor = at === document.activeElement && at !== null;
  const inRows = $("rows").contains(document.activeElement);
  $("rows").replaceChildren(...wanted().map(painted));
  const area = $("rows").querySelector("textarea");
  if (area && (inEditor || focus)) {
    area.focus();
    if (caret) area.setSelectionRange(...caret);
  } else if (focus || inRows) {
    const row = $("rows").querySelector("[data-current]");
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }
}

function painted(row) {
  const key = row.row;
  const isCurrent = key === current;
  const isEditing = Boolean(editing) && editing.row === key;
  const view = {
    current: isCurrent, editing: isEditing, text: isEditing ? editing.text : row.text,
    suggestions: isCurrent ? suggestions.get(key) : null, clash: clashes.get(key),
    revertible: stood.get(key) !== row.text,
  };
  const made = rowElement(row, draft, view, {
    engines: desk.engines, typed, edit: () => (isEditing ? leave() : edit()), accept: () => accept(), ask,
    use, revert, mine: () => settle(clashes.get(key)), theirs: () => settle(null),
  });
  made.addEventListener("pointerdown", (event) => {
    if (!isCurrent && !event.target.closest("a")) go(key);
  });
  return made;
}

// Only what stands beside the editor is painted anew while somebody types: the editor itself stays.
function paintBesideEditor() {
  const row = rowOf(editing.row);
  const there = $("rows").querySelector("[data-current]");
  const area = there?.querySelector("textarea");
  if (!row || !area) return paint();
  const fresh = painted(row);
  while (area.nextSibling) area.nextSibling.remove();
  const beside = fresh.querySelector("textarea");
  while (beside.nextSibling) area.parentNode.append(beside.nextSibling);
  there.querySelector(".terms")?.replaceWith(fresh.querySelector(".terms"));
  return undefined;
}

function go(key) {
  if (key === current) return;
  flush();
  editing = null;
  current = key;
  paint({ focus: true });
}

function step(distance, rows = wanted()) {
  const keys = rows.map((row) => row.row);
  const at = keys.indexOf(current);
  const next = keys[Math.min(keys.length - 1, Math.max(0, at + distance))];
  if (next !== undefined) go(next);
}

function nextOpen() {
  const rows = draft.rows;
  const at = rows.findIndex((row) => row.row === current);
  const left = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].filter((row) => row.changed && !row.accepted);
  if (left.length) go(left[0].row);
  else $("approve").focus();
}

function edit() {
  const row = rowOf(current);
  if (!row) return;
  editing = { row: current, text: row.text };
  paint({ focus: true });
}

function leave() {
  flush();
  editing = null;
  paint({ focus: true });
}

function typed(text) {
  editing.text = text;
  clearTimeout(timer);
  timer = setTimeout(flush, PAUSE);
}

function flush() {
  clearTimeout(timer);
  const edited = editing;
  if (!edited || rowOf(edited.row)?.text === edited.text) return queue;
  return write(edited.row, edited.text);
}

function write(key, text) {
  return after(async () => {
    try {
      take(await call("edit", { ...named(), row: key, text }));
      clashes.delete(key);
      say("Saved.");
    } catch (error) {
      if (error.status !== 409) throw error;
      clashes.set(key, text);
      take(await call("draft", { locale: draft.locale, post: draft.post }));
      if (editing?.row === key) editing = null;
      paint({ focus: true });
      fail(error);
      return;
    }
    if (editing?.row === key) paintBesideEditor();
    else paint();
  });
}

function settle(text) {
  const key = current;
  clashes.delete(key);
  if (text !== null) write(key, text);
  else paint({ focus: true });
}

function accept() {
  flush();
  const key = current;
  after(async () => {
    const accepted = !rowOf(key).accepted;
    take(await call("accept", { ...named(), row: key, accepted }));
    editing = null;
    say(accepted ? "Accepted." : "To be read again.");
    paint({ focus: true });
    if (accepted) nextOpen();
    await list();
  });
}

function ask(engine) {
  flush();
  const key = current;
  say(engine ? `Asking ${engine} …` : "");
  after(async () => {
    suggestions.set(key, (await call("suggest", { ...named(), row: key, engine })).suggestions);
    say(engine ? `${engine} has answered.` : "");
    paint({ focus: !editing });
  });
}

function use(index) {
  const chosen = suggestions.get(current)?.[index];
  if (!chosen) return;
  if (editing) editing.text = chosen.text;
  suggestions.delete(current);
  write(current, chosen.text).then(() => paint({ focus: true }));
}

function revert() {
  const text = stood.get(current);
  if (text === undefined || text === rowOf(current)?.text) return;
  if (editing) editing.text = text;
  write(current, text).then(() => paint({ focus: true }));
}

function approve() {
  flush();
  after(async () => {
    const title = draft.title;
    await call("approve", named());
    draft = null;
    current = null;
    $("main").hidden = true;
    document.body.dataset.view = "list";
    await list();
    say(`${title} is approved: it is live with the next build.`);
    ($("drafts").querySelector("button:enabled") ?? $("help-button")).focus();
  });
}

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), n: nextOpen,
  a: accept, e: edit, Enter: edit, g: () => ask(desk.engines[0]), m: () => ask(""), r: revert,
  "?": () => $("help").showModal(),
};

$("rows").addEventListener("keydown", (event) => {
  if (event.target.matches("textarea")) {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) accept();
    else return;
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches(".row")) return;
  const act = /^[1-9]$/.test(event.key) ? () => use(Number(event.key) - 1) : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
$("everything").addEventListener("change", () => paint());
$("approve").addEventListener("click", approve);
$("back").addEventListener("click", () => {
  flush();
  document.body.dataset.view = "list";
  after(list);
  ($("drafts").querySelector("[aria-current]") ?? $("drafts").querySelector("button"))?.focus();
});
$("help-button").addEventListener("click", () => $("help").showModal());
window.addEventListener("beforeunload", (event) => {
  if (editing && rowOf(editing.row)?.text !== editing.text) {
    flush();
    event.preventDefault();
  }
});

after(async () => {
  await list();
  const only = desk.drafts.filter((one) => !one.fault);
  if (only.length === 1) await show(only[0].locale, only[0].post);
});
