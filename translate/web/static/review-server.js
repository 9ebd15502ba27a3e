// Talking to the server: one change after the other, so that each knows the version before it.
import { address, whole } from "./review-page.js";

const { token } = window.dragoman;
let queue = whole;

export class Unreachable extends Error {}
export class Earlier extends Error {} // the page is from an earlier run of the server

export const segment = (id, operation) => `${address}/s/${encodeURIComponent(id)}/${operation}`;

// Work that waits for all work before it.
export const inTurn = (work) => {
  const done = queue.then(work);
  queue = done.catch(() => {});
  return done;
};

export const ask = async (url, { form = null, keepalive = false, signal } = {}) => {
  let response;
  try {
    response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form ? new URLSearchParams(form) : undefined,
      headers: { "X-Dragoman-Token": token },
      cache: "no-store",
      keepalive,
      signal: signal || (form ? AbortSignal.timeout(30000) : undefined),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable("the server can’t be reached");
  }
  if (response.status === 403) throw new Earlier("Dragoman was started anew");
  return response;
};

// What an answer that is an error says.
export const words = async (response) => {
  const body = await response.text();
  if (!(response.headers.get("content-type") || "").includes("html")) return body.trim();
  const read = new DOMParser().parseFromString(body, "text/html");
  for (const one of read.querySelectorAll("[data-dismiss]")) one.remove();
  return (read.querySelector("[role=alert]") || read.body).textContent.trim();
};

// A page of an earlier run can't save any more: it is loaded again, once; what is typed is kept beside it.
export const loadAgain = (reason) => {
  const last = Number(sessionStorage.getItem("dragoman:loaded") || 0);
  if (Date.now() - last < 5000) {
    window.dragoman.say(`${reason}. Load the page again.`, { error: true });
    return;
  }
  sessionStorage.setItem("dragoman:loaded", String(Date.now()));
  location.reload();
};
