// Whether the figures can be trusted: partitions, backlog, clocks, and what the settings do not know.

import { element, replace } from "./page.js";
import { dateTime, number, text } from "./texts.js";

function fact(key, value, isBad = false) {
  return element("div", { class: isBad ? "bad" : "" }, element("dt", {}, text(key)), element("dd", {}, isBad ? `✕ ${value}` : value));
}

/** Show the pipeline of a board; `receivedAt` is when the browser got it. */
export function showPipeline(container, board, receivedAt) {
  const { pipeline } = board, clock = (instant) => (instant ? dateTime(instant) : "–");
  const unlisted = (board.other ?? []).map(({ label, values, count }) =>
    element("li", {}, text("unlisted_item", { label, values: number(values), count: number(count) })));
  replace(container,
    element("div", { class: "heading" }, element("h2", {}, text("pipeline"))),
    element("dl", { class: "facts" },
      fact("partitions_settled", `${pipeline.settled} / ${pipeline.partitions}`, pipeline.settled < pipeline.partitions),
      fact("backlog", number(pipeline.backlog), pipeline.backlog > 0),
      fact("records", number(pipeline.records)),
      fact("oldest_clock", clock(pipeline.oldest_as_of)),
      fact("newest_clock", clock(pipeline.newest_as_of)),
      pipeline.dead_letters !== undefined && fact("dead_letters", number(pipeline.dead_letters), pipeline.dead_letters > 0),
      fact("received_at", dateTime(receivedAt))),
    unlisted.length > 0 && element("h3", {}, text("unlisted")), unlisted.length > 0 && element("ul", {}, unlisted));
}
