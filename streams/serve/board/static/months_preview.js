// A month's report: its page in a frame that runs nothing, gone through by section, and every format to be downloaded.

import { ask, save } from "./months_asking.js";
import { element, replace } from "./page.js";
import { text } from "./texts.js";

const asked = { period: null, edition: null, language: null };
let failure = null, busy = null, editionsThen = 0;

const frame = element("iframe", { sandbox: "allow-same-origin", id: "paper" });
const sections = element("select", { id: "sections", onchange: () => goTo(sections.value) });
const state = element("p", { role: "status" });
let frameUrl = null, showAgain = null;

const query = () => `lang=${asked.language}&edition=${asked.edition}`;

/** Show the report of a month: of its edition in force, where it was frozen. */
export function showPreview(container, month, content) {
  if (asked.period !== month.period || editionsThen !== month.editions.length) {
    Object.assign(asked, { period: month.period, edition: String(month.editions.at(-1)?.number ?? "now") });
    failure = null;
    editionsThen = month.editions.length;
  }
  asked.language ??= document.documentElement.lang.slice(0, 2);
  const again = () => showPreview(container, month, content);
  showAgain = again;
  frame.title = text("months_report_of", { period: month.period });
  // A frame that is moved in the page is loaded anew: only what stands before it is replaced.
  if (!container.contains(frame)) container.append(element("div", { class: "heads" }), frame);
  replace(container.querySelector(".heads"),
    element("div", { class: "heading" }, element("h2", {}, text("months_preview"))),
    element("div", { class: "row" },
      choice("months_edition", "edition", [...month.editions.map((one) => [String(one.number), `${one.number} · ${text(`month_${one.state}`)}`]), ["now", text("months_now")]], again),
      choice("months_language", "language", content.languages.map((one) => [one, text(`month_language_${one}`)]), again),
      element("label", {}, text("months_section"), " ", sections),
      element("button", { type: "button", "data-key": "anew", onclick: loadPreviewAnew }, text("months_anew"))),
    element("div", { class: "row" }, text("months_download"), content.formats.map((one) => download(one, again))),
    state,
    failure !== null && element("p", { role: "alert" }, failure));
  load(again);
}

/** Load the report anew: what it is made of is another one now. */
export function loadPreviewAnew() {
  frameUrl = null;
  showAgain();
}

function choice(label, field, options, again) {
  const select = element("select", { "data-key": field, id: `report-${field}`, onchange: () => { asked[field] = select.value; failure = null; again(); } },
    options.map(([value, shown]) => element("option", { value, selected: value === asked[field] }, shown)));
  return element("label", {}, text(label), " ", select);
}

function download(format, again) {
  const { period } = asked;
  const get = async () => {
    busy = format;
    failure = null;
    again();
    try {
      await save(`/api/months/${period}/report.${format}?${query()}`, `report-${period}.${format}`);
    } catch (error) {
      failure = error.message;
    }
    busy = null;
    again();
  };
  return element("button", { type: "button", "data-key": `download-${format}`, disabled: busy !== null, onclick: get }, busy === format ? text("months_writing") : format.toUpperCase());
}

/** Load the report into the frame where it shows another one. */
function load(again) {
  const url = `/api/months/${asked.period}/preview?${query()}`;
  if (url === frameUrl) return;
  frameUrl = url;
  state.textContent = text("months_writing");
  frame.onload = () => arrived(url, again);
  frame.src = url;
}

async function arrived(url, again) {
  const report = frame.contentDocument?.querySelector("main");
  state.textContent = "";
  if (report) return listSections(report);
  sections.replaceChildren();
  try {
    await ask(url);
    failure = text("not_answered");
  } catch (error) {
    failure = error.message;
  }
  again();
}

function listSections(report) {
  const options = [...report.querySelectorAll("section[id] > h3")].map((one) => element("option", { value: one.parentElement.id }, one.textContent));
  sections.replaceChildren(...options);
}

function goTo(id) {
  frame.contentDocument?.getElementById(id)?.scrollIntoView();
}
