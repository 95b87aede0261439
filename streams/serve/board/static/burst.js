// Reports per five minutes against the band that is usual at that hour, drawn by plotly.js, which comes with the wheel.

import { element } from "./page.js";
import { dateTime, minuteTime, number, text } from "./texts.js";
import { colour } from "./theme.js";

let library = null;

function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    document.head.append(element("script", { src: "/static/plotly.min.js", onload: () => resolve(window.Plotly), onerror: reject }));
  });
  return library;
}

function traces(slots) {
  const at = slots.map((slot) => dateTime(slot.at));
  const of = (field) => slots.map((slot) => slot[field]);
  const isAbove = ({ fault_tickets: count, upper }) => upper !== null && count > upper;
  const bars = { type: "bar", x: at, hovertemplate: "%{y}" };
  return [
    { x: at, y: of("upper"), name: text("usual_band"), mode: "lines", line: { width: 0, shape: "hv" }, fill: "tozeroy", fillcolor: colour("band"), hovertemplate: "%{y:.1f}" },
    { ...bars, y: of("fault_tickets"), name: text("fault_tickets"),
      marker: { color: slots.map((slot) => colour(isAbove(slot) ? "bad" : "series")) } },
    { ...bars, y: of("complaints"), name: text("complaint"), marker: { color: colour("second") } },
    { x: at, y: of("mean"), name: text("usual_mean"), mode: "lines", line: { width: 1.5, dash: "dot", color: colour("text") }, hovertemplate: "%{y:.1f}" },
  ];
}

function layout() {
  const line = { color: colour("muted"), gridcolor: colour("line"), linecolor: colour("line"), zeroline: false };
  return {
    barmode: "stack", bargap: 0, margin: { l: 34, r: 8, t: 4, b: 22 }, hovermode: "x unified", dragmode: false,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: "inherit", size: 12, color: colour("muted") },
    hoverlabel: { bgcolor: colour("panel"), font: { color: colour("text") } },
    xaxis: { ...line, type: "date", tickformat: "%H:%M", hoverformat: "%m-%d %H:%M", fixedrange: true, showgrid: false },
    yaxis: { ...line, rangemode: "tozero", fixedrange: true, nticks: 5 },
    legend: { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" }, showlegend: false,
  };
}

function key(name, label) {
  return element("li", {}, element("i", { class: `swatch ${name}`, "aria-hidden": "true" }), label);
}

/** Return the five minutes that tell how things are: the last whole ones, or those that still fill once they have more. */
export function latest(slots) {
  const [whole, filling] = slots.slice(-2);
  return filling.fault_tickets > whole.fault_tickets ? filling : whole;
}

function summary(slots) {
  const last = latest(slots);
  const above = slots.filter(({ fault_tickets: count, upper }) => upper !== null && count > upper).length;
  const most = slots.reduce((found, slot) => (slot.fault_tickets > found.fault_tickets ? slot : found));
  const known = (value) => (value === null ? text("unknown") : value.toFixed(1));
  return text("burst_summary", {
    n: number(last.fault_tickets), mean: known(last.mean), upper: known(last.upper), above: number(above),
    most: number(most.fault_tickets), at: minuteTime(most.at),
  });
}

/** Show the chart of a board; its text says the same to those who do not see it. */
export async function showBurst(container, board) {
  const { slots } = board.burst;
  if (!container.querySelector(".chart")) {
    container.replaceChildren(element("div", { class: "heading" }, element("h2"), element("ul", { class: "legend" })),
      element("div", { class: "chart", role: "img" }), element("p", { class: "note" }));
  }
  const [title, legend, chart, note] = ["h2", ".legend", ".chart", ".note"].map((one) => container.querySelector(one));
  title.textContent = text("burst");
  legend.replaceChildren(key("series", text("fault_tickets")), key("bad", "> " + text("usual_band")), key("second", text("complaint")),
    key("band", text("usual_band")));
  note.textContent = summary(slots);
  chart.setAttribute("aria-label", `${text("burst")}. ${note.textContent}`);
  try {
    const plotly = await loadLibrary();
    await plotly.react(chart, traces(slots), layout(), { displayModeBar: false, responsive: true, doubleClick: false });
  } catch {
    chart.textContent = text("no_chart");
  }
}
