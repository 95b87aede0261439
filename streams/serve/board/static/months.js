// The page of those who write the report: months to choose from, and all that belongs to the chosen one.

import { answer } from "./months_asking.js";
import { showMoved } from "./months_moved.js";
import { loadPreviewAnew, showPreview } from "./months_preview.js";
import { showState } from "./months_state.js";
import { mayLeaveTexts, showTexts } from "./months_texts.js";
import { element, replace, table } from "./page.js";
import { dateTime, labelPage, loadTexts, switchLanguage, text, useTimezone } from "./texts.js";
import { labelTheme, setUpTheme } from "./theme.js";

const FRESH = 60_000;

const place = (id) => document.getElementById(id);
let content = null, period = location.hash.slice(1);

const chosen = () => content.months.find((month) => month.period === period) ?? content.months[0];

/** Load the months and show them; what belongs to the chosen month alone is loaded anew only where it is another one. */
async function load() {
  const before = content;
  try {
    content = await answer("/api/months");
  } catch (error) {
    return tell(error.message);
  }
  useTimezone(content.timezone);
  tell(content.problem === null ? null : text("no_figures", { problem: content.problem }));
  if (content.months.length === 0) replace(place("list"), element("p", {}, text("months_none")));
  else if (before === null || shownOf(before) !== shownOf(content)) showAll();
  else showClock(chosen());
}

/** What the parts of the page show: all but the clock, so that nobody is disturbed who is writing. */
const shownOf = (listed) => JSON.stringify({ ...listed, months: listed.months.map((month) => ({ ...month, as_of: null })) });

function showClock(month) {
  place("clock").textContent = month.as_of === null ? "" : text("as_of", { at: dateTime(month.as_of) });
}

function tell(problem) {
  place("problem").hidden = problem === null;
  place("problem").textContent = problem ?? "";
}

function showAll() {
  const month = chosen();
  period = month.period;
  showClock(month);
  showList(month);
  showState(place("state"), month, content, load);
  showMoved(place("moved"), month);
  showPreview(place("preview"), month, content);
  showTexts(place("texts"), month, content, load, loadPreviewAnew);
}

function choose(wanted) {
  if (wanted === period || !mayLeaveTexts()) return;
  period = wanted;
  history.replaceState(null, "", `#${wanted}`);
  showAll();
}

function showList(current) {
  const columns = ["months_month", "state", "months_editions", "months_closes"].map((key) => ({ title: text(key), kind: "text" }));
  const rows = content.months.map((month) => [
    element("button", { type: "button", class: "opener", "data-key": month.period, "aria-pressed": String(month === current), onclick: () => choose(month.period) }, month.period),
    stateChip(month), String(month.editions.length || "–"), month.closes_on]);
  const shown = table(text("months_list"), columns, rows);
  shown.querySelectorAll("tbody tr").forEach((row, number) => content.months[number] === current && row.setAttribute("aria-current", "true"));
  replace(place("list"), element("div", { class: "heading" }, element("h2", {}, text("months_list"))),
    element("div", { class: "scroll", "data-key": "list" }, shown));
}

function stateChip(month) {
  const when = { over: month.due_on, open: month.ends_on }[month.state];
  return element("span", { class: `chip ${month.state}` }, text(`month_${month.state}`, { day: when }));
}

function showAnew() {
  labelPage();
  place("language").textContent = text("language");
  labelTheme(place("theme"));
  if (content !== null && content.months.length > 0) showAll();
}

await loadTexts();
setUpTheme(place("theme"), () => {});
place("language").addEventListener("click", () => { switchLanguage(); showAnew(); });
addEventListener("hashchange", () => choose(location.hash.slice(1)));
addEventListener("beforeunload", (event) => mayLeaveTexts(false) || event.preventDefault());
showAnew();
await load();
setInterval(load, FRESH);
