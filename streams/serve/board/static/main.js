// The live board: loads the texts, follows the server's updates, and shows each part when what it shows has changed.

import { announce } from "./announcing.js";
import { showBurst } from "./burst.js";
import { showComplaints } from "./complaints.js";
import { follow } from "./connection.js";
import { closeDialog, keepBoard } from "./dialog.js";
import { showIndicators } from "./indicators.js";
import { showOutages } from "./outages.js";
import { showPipeline } from "./pipeline.js";
import { showSummary } from "./summary.js";
import { clockTime, dateTime, isHistorical, labelPage, loadTexts, span, switchLanguage, text, useTimezone, useValueNames } from "./texts.js";
import { labelTheme, setUpTheme } from "./theme.js";
import { showWorklist } from "./worklist.js";

const SECOND = 1000;
const STALE_SECONDS = 120;

const place = (id) => document.getElementById(id);
const PARTS = [
  ["summary", showSummary, ({ outages, counts, levels, suspected, burst, worklist, indicators }) =>
    [outages.users_out, outages.live, outages.month.length, counts, levels, suspected, burst.slots.at(-1), worklist, indicators]],
  ["indicators", showIndicators, ({ indicators }) => indicators],
  ["outages", showOutages, ({ outages, suspected, as_of: now }) => [outages, suspected, now]],
  ["burst", showBurst, ({ burst }) => burst],
  ["worklist", showWorklist, ({ worklist }) => worklist],
  ["complaints", showComplaints, ({ complaints }) => complaints],
];
const shown = new Map();
let board = null, receivedAt = null, connection = "connecting", lostAt = null;

function showAll(content) {
  for (const [id, show, partOf] of PARTS) {
    const part = JSON.stringify(partOf(content));
    if (shown.get(id) === part) continue;
    shown.set(id, part);
    show(place(id), content);
  }
}

function update(content) {
  const before = board;
  receivedAt = Date.now();
  useTimezone(content.timezone);
  place("problem").hidden = content.problem === null;
  place("problem").textContent = content.problem === null ? "" : text("no_figures", { problem: content.problem });
  if (content.problem === null) {
    board = content;
    keepBoard(content);
    useValueNames(content.label_names);
    place("board").hidden = false;
    showAll(content);
    if (before !== null) announce(place("announcements"), before, content);
  }
  showPipeline(place("pipeline"), content, receivedAt);
  showState();
}

/** Show what goes on with time alone: how old the data is, and whether we are connected. */
function showState() {
  const label = { connecting: () => text("connecting"), connected: () => text("connected"), reconnecting: () => text("reconnecting", { at: clockTime(lostAt) }) };
  say(place("connection"), label[connection](), connection === "connected" ? "good" : "bad");
  place("month").textContent = board === null ? "" : text("month_so_far", { month: board.month });
  if (board === null) return say(place("clock"), text("no_data_time"), "bad");
  const age = (Date.now() - Date.parse(board.as_of)) / SECOND;
  const staleness = isHistorical(age) ? text("historical") : text("behind", { age: span(age) });
  say(place("clock"), `${text("data_time")} ${dateTime(board.as_of)} · ${staleness}`, age > STALE_SECONDS ? "old" : "good");
}

function say(node, words, state) {
  if (node.textContent !== words) node.textContent = words;
  node.className = state;
}

function changeState(state) {
  if (state === "reconnecting" && connection !== state) lostAt = Date.now();
  connection = state;
  showState();
}

function showAnew() {
  labelPage();
  place("language").textContent = text("language");
  labelTheme(place("theme"));
  shown.clear();
  if (board !== null) update(board);
  showState();
}

await loadTexts();
setUpTheme(place("theme"), () => { shown.delete("burst"); if (board !== null) showAll(board); });
place("language").addEventListener("click", () => { switchLanguage(); closeDialog(); showAnew(); });
showAnew();
follow(update, changeState);
setInterval(showState, SECOND);
