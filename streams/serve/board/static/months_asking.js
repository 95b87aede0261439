// Asks the server about months, with the token that somebody gave; answers that are no success become errors with its words.

import { text } from "./texts.js";

const KEPT = "token";

/** An answer that is no success: its status, and what the server says is wrong. */
export class Refused extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** Keep a token until the window is closed. */
export const keepToken = (token) => sessionStorage.setItem(KEPT, token);

/** Return the response to a request; `body` is sent as JSON. Throws Refused. */
export async function ask(path, { method = "GET", body, headers = {} } = {}) {
  const token = sessionStorage.getItem(KEPT);
  const all = { ...headers, ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body ? { "Content-Type": "application/json" } : {}) };
  let response;
  try {
    response = await fetch(path, { method, headers: all, body: body && JSON.stringify(body) });
  } catch {
    throw new Refused(0, text("not_answered"));
  }
  if (!response.ok) throw new Refused(response.status, await words(response));
  return response;
}

async function words(response) {
  try {
    return (await response.json()).error;
  } catch {
    return text("not_answered");
  }
}

/** Return the JSON of an answer. Throws Refused. */
export const answer = async (path, request) => (await ask(path, request)).json();

/** Save a file that the server makes, under the name that it gives. Throws Refused. */
export async function save(path, otherwise) {
  const response = await ask(path);
  const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "") ?? [null, otherwise];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
