// What moved in a month: since the edition in force when somebody asks, and what each restatement recorded.

import { answer } from "./months_asking.js";
import { element, replace, table } from "./page.js";
import { dateTime, named, number, percent, text } from "./texts.js";

const RATIOS = /\.(ratio|target|previous)$|\.interval\[/;

const found = new Map();
let shownFor = null;

/** Show what moved in a month that was frozen. */
export function showMoved(container, month) {
  const which = `${month.period}/${month.editions.length}`;
  if (shownFor !== which) found.clear();
  shownFor = which;
  container.hidden = month.editions.length === 0;
  const restated = month.editions.filter((one) => one.state === "restated");
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, text("months_moved"))),
    element("div", { class: "row" },
      lookButton(container, month, "now", text("months_compare")),
      restated.map((one) => lookButton(container, month, String(one.number), text("months_of_edition", { edition: one.number })))),
    ...[...found.values()].map(shown));
}

function lookButton(container, month, which, label) {
  const look = async () => {
    found.clear();
    found.set(which, { loading: true });
    showMoved(container, month);
    const query = which === "now" ? "" : `?edition=${which}`;
    try {
      found.set(which, await answer(`/api/months/${month.period}/moved${query}`));
    } catch (error) {
      found.set(which, { error: error.message });
    }
    showMoved(container, month);
  };
  return element("button", { type: "button", "data-key": `look-${which}`, onclick: look }, label);
}

function shown(moves) {
  if (moves.loading) return element("p", { role: "status" }, text("months_looking"));
  if (moves.error) return element("p", { role: "alert" }, moves.error);
  const isRestatement = moves.reason !== null;
  const key = isRestatement ? "months_moved_in" : moves.total > 0 ? "months_moved_since" : "months_unmoved";
  return element("div", {},
    element("p", { role: "status" }, text(key, { edition: moves.edition, total: number(moves.total), at: dateTime(moves.as_of) })),
    isRestatement && element("p", {}, text("months_reason"), ": ", moves.reason),
    moves.targets_changed && element("p", {}, text("months_targets_changed")),
    moves.definitions_changed && element("p", {}, text("months_definitions_changed")),
    isRestatement && moves.facts.length > 0 && facts(moves.facts),
    moves.total > 0 && figures(moves, isRestatement),
    moves.total > moves.moved.length && element("p", { class: "note" }, text("months_more", { shown: number(moves.moved.length) })));
}

function figures(moves, isRestatement) {
  const columns = [
    { title: text("months_figure"), kind: "text wrapped" },
    { title: text("months_from"), kind: "number" },
    { title: text("months_to"), kind: "number" },
    ...(isRestatement ? [{ title: text("months_facts"), kind: "text wrapped" }] : []),
  ];
  const rows = moves.moved.map((one) => [
    named(one.names), value(one, one.from), value(one, one.to), ...(isRestatement ? [one.facts.join(", ") || "–"] : [])]);
  return element("div", { class: "scroll", tabindex: "0", "data-key": "moves" }, table(text("months_moved"), columns, rows));
}

function facts(changed) {
  const rows = changed.map((one) => [one.fact, one.key, text(`month_fact_${one.change}`), String(one.from ?? "–"), String(one.to ?? "–")]);
  const columns = ["months_fact", "subscriber", "months_change", "months_from", "months_to"].map((key) => ({ title: text(key), kind: "text" }));
  return element("div", { class: "scroll", tabindex: "0" }, table(text("months_facts"), columns, rows));
}

function value({ path }, content) {
  if (content === null) return "–";
  if (RATIOS.test(path)) return percent(content);
  return typeof content === "number" ? number(content) : String(content);
}
