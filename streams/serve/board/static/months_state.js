// A month's state: its editions and their files, the figures that are still open, and the order to freeze it.

import { answer } from "./months_asking.js";
import { tokenForm } from "./months_token.js";
import { element, replace, table } from "./page.js";
import { dateTime, named, number, text } from "./texts.js";

const LOOK = 500;
const MINUTES = "2009-07-14 20:30".length;

let job = null, following = false, refusal = null, reason = "";

/** Show the state of a month; `changed` is called when it may be another one. */
export function showState(container, month, content, changed) {
  if (!following) job = content.job;
  const again = () => showState(container, month, content, changed);
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, month.period), element("p", {}, told(month))),
    month.editions.length > 0 && editions(month),
    month.open_figures.length > 0 && openFigures(month),
    month.state !== "open" && freezing(month, content, changed, again),
    progress());
  if (job?.state === "running" && !following) follow(container, changed);
}

function told(month) {
  const days = { ends: month.ends_on, due: month.due_on, closes: month.closes_on };
  return text(`month_told_${month.editions.length > 0 ? "frozen" : month.state}`, days);
}

function editions(month) {
  const columns = ["months_edition", "state", "months_frozen_at", "months_reason", "months_file"].map((key) => ({ title: text(key), kind: key === "months_reason" ? "text wrapped" : "text" }));
  const rows = month.editions.map((one) => [
    String(one.number), text(`month_${one.state}`), dateTime(one.frozen_at).slice(0, MINUTES), one.reason ?? "–",
    element("a", { href: `/api/snapshots/${month.period}/${one.number}`, download: `snapshot-${month.period}-${one.number}.json` }, "JSON")]);
  const last = month.editions.at(-1);
  return element("div", {},
    element("div", { class: "scroll", tabindex: "0" }, table(text("months_editions"), columns, rows)),
    element("dl", { class: "facts" },
      element("div", {}, element("dt", {}, text("months_as_of")), element("dd", {}, dateTime(last.as_of))),
      element("div", {}, element("dt", {}, text("months_records")), element("dd", {}, number(last.records)))),
    element("p", { class: "note" }, "sha256"), element("p", { class: "digest", id: "sha256" }, last.sha256));
}

function openFigures(month) {
  const columns = ["months_open_figure", "months_closes_on", "months_why"].map((key) => ({ title: text(key), kind: key === "months_closes_on" ? "text" : "text wrapped" }));
  const rows = month.open_figures.map((one) => [named(one.names), one.closes_on, named(one.why)]);
  return element("div", {}, element("h3", {}, text("months_open_figures")), table(text("months_open_figures"), columns, rows));
}

function freezing(month, content, changed, again) {
  if (content.role !== "writer") return tokenForm(content, changed);
  const isRestated = month.editions.length > 0;
  const field = element("input", { id: "reason", maxlength: "500", required: true, "data-key": "reason", oninput: () => { reason = field.value; } });
  field.value = reason;
  const begin = async (event) => {
    event.preventDefault();
    refusal = null;
    try {
      const order = { method: "POST", body: { reason: isRestated ? reason : null } };
      ({ job: content.job } = await answer(`/api/months/${month.period}/freeze`, order));
      reason = "";
    } catch (error) {
      refusal = error.message;
    }
    again();
  };
  return element("form", { class: "row", id: "freezing", onsubmit: begin },
    isRestated && element("label", {}, text("months_reason_why"), " ", field),
    element("button", { type: "submit", class: "main", "data-key": "freeze", disabled: job?.state === "running" }, text(isRestated ? "months_restate" : "months_freeze")),
    refusal !== null && element("p", { role: "alert" }, refusal));
}

function progress() {
  if (job === null) return null;
  if (job.state === "failed") return element("p", { role: "alert" }, text("months_failed", { period: job.period, error: job.error }));
  if (job.state === "done") return element("p", { role: "status", class: "done" }, outcome());
  const share = job.total > 0 ? job.done / job.total : null;
  return element("div", { role: "status" },
    element("p", {}, text(`month_step_${job.step}`, { period: job.period, share: share === null ? "…" : `${Math.floor(100 * share)}%` })),
    element("progress", { max: 1, value: share, "aria-label": text("months_freeze") }));
}

function outcome() {
  const { number: edition, state, moved, is_new: isNew } = job.outcome;
  const key = isNew ? (state === "restated" ? "months_restated_now" : "months_frozen_now") : "months_nothing_moved";
  return text(key, { period: job.period, edition, moved: number(moved) });
}

/** Ask how far the freeze is until it has ended, wherever the page is by then. */
async function follow(container, changed) {
  following = true;
  while (job.state === "running") {
    await new Promise((resolve) => { setTimeout(resolve, LOOK); });
    try {
      ({ job } = await answer("/api/freeze"));
    } catch {
      continue; // the server may be back soon
    }
    if (job === null) break;
    container.querySelector('[role="status"]')?.replaceWith(progress());
  }
  following = false;
  changed();
}
