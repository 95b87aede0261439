// What is out now or suspected, the strip of the month below it, and one outage in the dialog.

import { board, showDialog } from "./dialog.js";
import { element, opener, replace, table } from "./page.js";
import { strip } from "./strip.js";
import { labelValue, minuteTime, named, number, percent, span, text } from "./texts.js";
import { openTickets } from "./tickets.js";

const SECONDS_AN_HOUR = 3600;

/** Return how many users, in words. */
export const usersOf = (count) => (count === null ? `${text("users")} ${text("unknown")}` : text("users_count", { n: number(count) }));

function stateChip(state, isSuspicion) {
  return element("span", { class: `chip ${state}${isSuspicion ? " early" : ""}` }, text(state));
}

function severity(outage) {
  return named(board().outages.severities[outage.severity], "–");
}

/** Return the duty that an outage is nearest to, in words. */
function nearestDuty(outage) {
  const near = [...outage.duties].sort((one, other) => Number(other.share ?? 0) - Number(one.share ?? 0))[0];
  return near === undefined ? "–" : dutyState(near);
}

function dutyState(duty) {
  if (duty.reached) return text("duty_reached", { at: minuteTime(duty.due_at ?? duty.reached_at) });
  return text("duty_share", { share: percent(duty.share, 1) });
}

function outageRow(outage) {
  return [
    opener(outage.id, outage.place, `${labelValue(outage.branch)} ${outage.place} ${outage.id}`, () => openOutage(outage.id)),
    labelValue(outage.branch),
    stateChip(outage.state),
    number(outage.users_out ?? outage.users),
    span(outage.hours * SECONDS_AN_HOUR),
    number(outage.user_hours),
    opener(`${outage.id}/reports`, number(outage.reports), `${text("reports")} ${number(outage.reports)}`, () => openReports(outage)),
    severity(outage),
    outage.owner ?? "–",
    nearestDuty(outage),
  ];
}

function suspicionRow(suspicion, now) {
  return [
    suspicion.place,
    labelValue(suspicion.branch),
    stateChip("suspected", true),
    text("lines", { n: number(suspicion.lines) }),
    span((Date.parse(now) - Date.parse(suspicion.first_report_at)) / 1000),
    "–",
    number(suspicion.reports),
    text("confidence", { n: suspicion.confidence }),
    "–",
    named(suspicion.reason),
  ];
}

function openReports(outage) {
  openTickets(`${labelValue(outage.branch)} ${outage.place}`, { outage: outage.id }, () => openOutage(outage.id));
}

/** Open an outage by its id. */
export function openOutage(identity) {
  const outage = board().outages.live.find(({ id }) => id === identity);
  const shown = outage ?? board().outages.month.find(({ id }) => id === identity);
  if (shown === undefined) return;
  const facts = [
    ["state", text(shown.state)], ["severity", severity(shown)],
    ["started_at", minuteTime(shown.started_at)], ["expected_at", minuteTime(shown.expected_at)],
    ["restored_at", minuteTime(shown.restored_at)], ["users", usersOf(shown.users)],
    ["users_out", number(shown.users_out)], ["user_hours", number(shown.user_hours)],
    ["owner", shown.owner ?? "–"],
    ["symptoms", (shown.symptoms ?? []).map(({ value, count }) => `${labelValue(value)} ${number(count)}`).join(" · ") || "–"],
  ];
  const duties = (shown.duties ?? []).map((duty) =>
    element("li", {}, `${named(board().outages.duties[duty.duty], duty.duty)}: ${dutyState(duty)}`));
  showDialog(`${labelValue(shown.branch)} ${shown.place}`,
    element("p", { class: "note" }, shown.id),
    element("dl", { class: "facts" }, facts.map(([key, value]) => element("div", {}, element("dt", {}, text(key)), element("dd", {}, value)))),
    duties.length > 0 && element("h3", {}, text("duties")), duties.length > 0 && element("ul", {}, duties),
    element("p", {}, element("button", { type: "button", onclick: () => openReports(shown) }, `${text("reports")} ${number(shown.reports)}`)));
}

/** Show the outages of a board. */
export function showOutages(container, content) {
  const { live, month } = content.outages;
  const columns = [
    ["place", "name"], ["branch", "text"], ["state", "verdict"], ["users", "number"], ["lasting", "number"],
    ["user_hours", "number wide"], ["reports", "number"], ["severity", "text wide"], ["owner", "text wide"], ["duties", "text wide long"],
  ].map(([key, kind]) => ({ title: text(key), kind }));
  const rows = [...live.map(outageRow), ...content.suspected.map((one) => suspicionRow(one, content.as_of))];
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, text("outages")), element("p", {}, text("month_outages", { n: month.length }))),
    rows.length
      ? element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": text("outages_table"), "data-key": "outages" },
        table(text("outages_table"), columns, rows))
      : element("p", { class: "calm" }, `✓ ${text("no_outages")}`),
    strip(content, openOutage, usersOf));
}
