// The line of large figures at the top: what is wrong now.

import { latest } from "./burst.js";
import { element, opener, replace } from "./page.js";
import { number, text } from "./texts.js";
import { openTickets } from "./tickets.js";

const ATTENTION = "attention";

function tile(title, value, note, isBad, open = null) {
  const shown = open === null ? value : opener(title, value, `${title}: ${value}`, open);
  return element("div", { class: `tile ${isBad ? ATTENTION : ""}` },
    element("dt", {}, title), element("dd", {}, shown), element("dd", { class: "note" }, note));
}

function level(board, identity) {
  return board.levels.find((one) => one.id === identity)?.figures[0]?.count ?? 0;
}

function ticketTile(board, identity, key, note, isBad) {
  const title = text(key), count = level(board, identity);
  return tile(title, number(count), note, isBad && count > 0, () => openTickets(title, { level: identity }));
}

/** Return the figures of the city that are judged: all that have a target. */
function judged(board) {
  return board.indicators.flatMap(({ figures }) => figures.flatMap(({ verdicts }) => Object.values(verdicts)))
    .filter((verdict) => verdict === "met" || verdict === "missed");
}

function usual(slot) {
  if (slot.mean === null) return text("usual_unknown");
  return text("usual", { mean: slot.mean.toFixed(1), upper: slot.upper.toFixed(1) });
}

/** Show the figures of a board. */
export function showSummary(container, board) {
  const active = board.outages.live.filter(({ state }) => state === "active");
  const { fault_tickets: faults } = board.counts, slot = latest(board.burst.slots);
  const verdicts = judged(board), missed = verdicts.filter((verdict) => verdict === "missed").length;
  const totals = Object.values(board.worklist.totals);
  const due = totals.reduce((sum, total) => sum + (total.due_soon ?? 0), 0);
  replace(container, element("dl", {},
    tile(text("users_out"), number(board.outages.users_out), active.length ? text("gravest", { place: active[0].place }) : text("not_begun"),
      board.outages.users_out > 0),
    tile(text("active_outages"), number(active.length), text("month_outages", { n: board.outages.month.length }), active.length > 0),
    tile(text("suspected_outages"), number(board.suspected.length), "", board.suspected.length > 0),
    tile(text("reports_5m"), number(slot.fault_tickets), usual(slot), slot.upper !== null && slot.fault_tickets > slot.upper),
    tile(text("reports_24h"), number(faults["24h"]), text("in_one_hour", { n: number(faults["1h"]) }), false),
    ticketTile(board, "fault_tickets_open", "open_tickets", `${text("held")} ${number(level(board, "fault_tickets_held"))}`, false),
    ticketTile(board, "fault_tickets_overdue", "overdue", text("kind_faults"), true),
    tile(text("due_soon"), number(due), dueByKind(board), due > 0),
    tile(text("targets_missed"), number(missed), text("of_judged", { n: verdicts.length }), missed > 0),
  ));
}

function dueByKind(board) {
  return Object.entries(board.worklist.totals).map(([kind, total]) => `${text(`kind_${kind}`)} ${number(total.due_soon)}`).join(" · ");
}
