// The tickets behind a figure, page by page, in the dialog; the server masks numbers and may ask for a token.

import { showDialog } from "./dialog.js";
import { element, table } from "./page.js";
import { labelValue, minuteTime, number, text } from "./texts.js";

const PAGE = 50;
const UNAUTHORIZED = 401;

let asking = null;

/** Open the tickets of a question (parameters of /api/tickets); `back` leads to where one came from, or is null. */
export function openTickets(title, question, back = null) {
  show({ title: text("tickets_of", { name: title }), question, back }, [""]);
}

/** `cursors`: those of the pages up to the one to show. */
async function show(view, cursors) {
  frame(view, element("p", { role: "status" }, text("loading")));
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const [status, answer] = await ask(view.question, cursors.at(-1), signal);
    if (status === UNAUTHORIZED) frame(view, tokenForm(view, cursors));
    else if (answer.error) frame(view, failed(view, cursors, answer.error));
    else frame(view, ...page(view, cursors, answer));
  } catch {
    if (!signal.aborted) frame(view, failed(view, cursors, text("not_answered")));
  }
}

async function ask(question, cursor, signal) {
  const parameters = new URLSearchParams({ ...question, limit: PAGE, ...(cursor ? { cursor } : {}) });
  const token = sessionStorage.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(`/api/tickets?${parameters}`, { headers, signal });
  return [response.status, await response.json()];
}

function frame(view, ...nodes) {
  const back = view.back && element("button", { type: "button", onclick: view.back }, "←");
  showDialog(view.title, back, ...nodes);
}

function failed(view, cursors, problem) {
  const again = element("button", { type: "button", onclick: () => show(view, cursors) }, text("retry"));
  return element("p", { role: "alert" }, problem, " ", again);
}

function tokenForm(view, cursors) {
  const field = element("input", { type: "password", autocomplete: "off", required: true });
  const keep = (event) => {
    event.preventDefault();
    sessionStorage.setItem("token", field.value.trim());
    show(view, cursors);
  };
  return element("form", { class: "token", onsubmit: keep },
    element("p", {}, text("token_needed")), element("label", {}, text("token"), " ", field), " ",
    element("button", { type: "submit" }, text("open_with_token")));
}

function about(ticket) {
  const { service, brand, product, department, channel, category, symptom, cause } = ticket;
  return [service, brand, product, department, channel, category, symptom, cause].filter(Boolean).map(labelValue).join(" · ");
}

function page(view, cursors, answer) {
  const columns = [
    { title: text("ticket"), kind: "name" },
    { title: text("subscriber"), kind: "text" },
    { title: text("branch"), kind: "text" },
    { title: text("opened"), kind: "time" },
    { title: text("due"), kind: "time" },
    { title: text("ended"), kind: "time" },
    { title: text("about"), kind: "text about" },
  ];
  const rows = answer.tickets.map((ticket) => [
    ticket.id, ticket.subscriber ?? "–", ticket.branch ? labelValue(ticket.branch) : "–",
    minuteTime(ticket.at), minuteTime(ticket.due_at), minuteTime(ticket.ended_at), about(ticket)]);
  const note = [text("as_of", { at: minuteTime(answer.as_of) }), answer.masked ? text("masked") : ""].filter(Boolean).join(" · ");
  if (!rows.length) return [element("p", {}, text("no_tickets")), element("p", { class: "note" }, note)];
  return [
    element("div", { class: "scroll", tabindex: "0" }, table(view.title, columns, rows)),
    element("p", { class: "note" }, note), paging(view, cursors, answer)];
}

function paging(view, cursors, answer) {
  const from = (cursors.length - 1) * PAGE + 1, to = from + answer.tickets.length - 1;
  const previous = () => show(view, cursors.slice(0, -1)), next = () => show(view, [...cursors, answer.next]);
  return element("div", { class: "paging" },
    element("button", { type: "button", disabled: cursors.length < 2, onclick: previous }, text("previous_page")),
    element("span", { role: "status" }, text("page_of", { from: number(from), to: number(to), total: number(answer.total) })),
    element("button", { type: "button", disabled: answer.next === null, onclick: next }, text("next_page")));
}
