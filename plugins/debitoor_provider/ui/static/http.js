// Calls with the user's own session; what goes wrong becomes a Failure with a sentence for people.

import { address } from "./host.js";
import { currentLanguage } from "./words.js";

export class Failure extends Error {
  /**
   * @param {number} status the HTTP status, 0 when the server was not reached
   * @param {{detail?: any, remedy?: string, problems?: object[]}} answer
   */
  constructor(status, answer) {
    const detail = typeof answer.detail === "string" ? answer.detail : "";
    super(detail || `HTTP ${status}`);
    this.status = status;
    this.remedy = answer.remedy ?? "";
    this.problems = answer.problems ?? [];
  }
}

/**
 * @param {string} method
 * @param {string} path below the API server's root
 * @param {{params?: object, body?: any, signal?: AbortSignal}} [options] params that are empty are left out
 */
export async function call(method, path, { params, body, signal } = {}) {
  let answer;
  try {
    answer = await fetch(address(path) + query(params), {
      method,
      signal,
      headers: {
        "Accept-Language": currentLanguage(),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, {});
  }
  if (answer.status === 401) {
    const next = encodeURIComponent(window.location.href);
    window.location.assign(address(`api/v2/auth/login?next=${next}`));
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Failure(answer.status, data ?? {});
  return data;
}

/** A query string; lists repeat their name. */
export function query(params = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== "") search.append(name, one);
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}
