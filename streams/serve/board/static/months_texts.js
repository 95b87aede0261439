// The report's free texts as a form: what no figure gives. Whoever saves texts that another has changed meanwhile is told.

import { ask } from "./months_asking.js";
import { tokenForm } from "./months_token.js";
import { element, replace } from "./page.js";
import { named, text } from "./texts.js";

const LINES = ["top_projects", "highlights"];
const ENTRIES = {
  defects: [["number"], ["text", "long"], ["state", "choice", ["open", "solved"]], ["date", "date"], ["owner"]],
  cases: [["number"], ["complaint", "long"], ["handling", "long"], ["suggestion", "long"]],
  plans: [["text", "long"], ["due", "date"], ["owner"]],
};
const CHANGED_MEANWHILE = 412;

let period = null, draft = null, chapters = [], tag = null, isDirty = false, said = null, shownFor = null;

/** Tell whether no unsaved text would be lost, or somebody says that it may be; `asks` says whether to ask. */
export function mayLeaveTexts(asks = true) {
  return !isDirty || (asks && confirm(text("months_unsaved")));
}

/** Show the texts of a month to a writer; `changed` is called when a token was given, `kept` once texts were saved. */
export function showTexts(container, month, content, changed, kept) {
  const which = [month.period, content.role, document.documentElement.lang].join();
  if (which === shownFor) return; // somebody may be writing
  shownFor = which;
  const again = () => { shownFor = null; showTexts(container, month, content, changed, kept); };
  const heading = element("div", { class: "heading" }, element("h2", {}, text("months_texts")));
  if (content.role !== "writer") {
    forget(null);
    return replace(container, heading, tokenForm(content, changed));
  }
  if (period !== month.period) return load(month.period, again);
  if (draft === null) return replace(container, heading, note());
  replace(container, heading, form(again, kept));
}

function forget(wanted) {
  [period, draft, tag, isDirty, said] = [wanted, null, null, false, null];
}

async function load(wanted, again) {
  forget(wanted);
  said = { role: "status", key: "loading" };
  again();
  try {
    const response = await ask(`/api/months/${wanted}/texts`);
    if (period !== wanted) return; // somebody has chosen another month meanwhile
    await take(response);
    said = null;
  } catch (error) {
    if (period !== wanted) return;
    said = { role: "alert", words: error.message };
  }
  again();
}

async function take(response) {
  const told = await response.json();
  [draft, chapters, tag, isDirty] = [told.texts, told.chapters, response.headers.get("ETag"), false];
}

async function keep(again, kept) {
  said = null;
  try {
    await take(await ask(`/api/months/${period}/texts`, { method: "PUT", body: filled(draft), headers: { "If-Match": tag } }));
    said = { role: "status", key: "months_kept" };
    kept();
  } catch (error) {
    said = { role: "alert", words: error.message, isOld: error.status === CHANGED_MEANWHILE };
  }
  again();
}

/** Return texts without entries that nobody filled in; a day that is not given is left out. */
function filled(texts) {
  const lines = (list) => list.map((line) => line.trim()).filter(Boolean);
  const entry = (one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== "" && value !== null));
  return {
    ...Object.fromEntries(LINES.map((field) => [field, lines(texts[field])])),
    ...Object.fromEntries(Object.keys(ENTRIES).map((field) => [field, texts[field].map(entry)])),
    remarks: Object.fromEntries(Object.entries(texts.remarks).map(([id, list]) => [id, lines(list)]).filter(([, list]) => list.length > 0)),
  };
}

function form(again, kept) {
  const submit = (event) => {
    event.preventDefault();
    keep(again, kept);
  };
  return element("form", { onsubmit: submit, id: "texts-form" },
    LINES.map((field) => lines(text(`month_text_${field}`), `text-${field}`, draft[field], (list) => { draft[field] = list; })),
    Object.keys(ENTRIES).map((field) => entries(field, again)),
    element("details", {}, element("summary", {}, text("months_remarks")),
      chapters.map(({ id, names }) => lines(named(names), `remark-${id}`, draft.remarks[id] ?? [], (list) => { draft.remarks[id] = list; }))),
    element("div", { class: "row" },
      element("button", { type: "submit", class: "main", "data-key": "keep" }, text("months_keep")),
      note(),
      said?.isOld && element("button", { type: "button", onclick: () => load(period, again) }, text("months_load_anew"))));
}

function note() {
  return said && element("p", { role: said.role, class: said.role === "status" && "done" }, said.words ?? text(said.key));
}

function lines(label, id, list, changed) {
  const area = element("textarea", { id, rows: Math.max(2, list.length + 1), oninput: () => { isDirty = true; changed(area.value.split("\n")); } });
  area.value = list.join("\n");
  return element("label", {}, `${label} · ${text("months_a_line_each")}`, area);
}

function entries(field, again) {
  const change = (work) => () => { isDirty = true; work(); again(); };
  const add = change(() => draft[field].push(Object.fromEntries(ENTRIES[field].map(([name, , values]) => [name, values?.[0] ?? ""]))));
  return element("fieldset", { id: `text-${field}` }, element("legend", {}, text(`month_text_${field}`)),
    draft[field].map((one, place) => element("div", { class: "entry" },
      ENTRIES[field].map((described) => input(one, `${field}-${place}`, described)),
      element("button", { type: "button", onclick: change(() => draft[field].splice(place, 1)) }, text("months_remove")))),
    element("button", { type: "button", "data-key": `add-${field}`, onclick: add }, text("months_add")));
}

function input(entry, where, [name, kind, values]) {
  const key = `${where}-${name}`;
  const edit = (event) => { isDirty = true; entry[name] = event.target.value; };
  const node = kind === "choice"
    ? element("select", { "data-key": key, onchange: edit }, values.map((value) => element("option", { value, selected: entry[name] === value }, text(`month_defect_${value}`))))
    : kind === "long"
      ? element("textarea", { "data-key": key, rows: 2, required: true, oninput: edit })
      : element("input", { "data-key": key, type: kind ?? "text", oninput: edit });
  if (kind !== "choice") node.value = entry[name] ?? "";
  return element("label", { class: kind === "long" && "long" }, text(`month_field_${name}`), node);
}
