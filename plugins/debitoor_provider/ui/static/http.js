// Calls with the user's own session; what goes wrong becomes a Failure with a sentence for people.

import { address } from "./host.js";
import { fieldSentences, fieldsOf } from "./request_fields.js";
import { currentLanguage } from "./words.js";

export class Failure extends Error {
  /**
   * @param {number} status the HTTP status, 0 when the server was not reached
   * @param {{detail?: any, remedy?: string, problems?: Object[]}} answer its detail is a sentence, or, of a request
   *   that is not valid, one for each field, or, of an error in Airflow's database, an object that is for its log
   */
  constructor(status, answer) {
    super(typeof answer.detail === "string" ? answer.detail : "");
    this.status = status;
    this.fields = Array.isArray(answer.detail) ? fieldsOf(answer.detail) : [];
    this.remedy = answer.remedy ?? "";
    this.problems = answer.problems ?? [];
  }
}

/** What went wrong, in the words of the server, or of the page where the server has none. */
export const failureSentence = (failure, t) => {
  if (failure.status === 0) return t("common.notReached");
  if (failure.fields?.length) return fieldSentences(failure.fields, t);
  return failure.message || t("common.failed", { status: String(failure.status) });
};

/** The same, with what helps. */
export const reasonOf = (failure, t) => [failureSentence(failure, t), failure.remedy].filter(Boolean).join(" ");

/**
 * @param {string} method
 * @param {string} path below the API server's root
 * @param {{params?: Object, body?: any, signal?: AbortSignal}} [options] params that are empty are left out
 * @returns {Promise<any>} the answer's JSON
 */
export async function call(method, path, options) {
  const answer = await send(method, path, options);
  return answer.json().catch(() => ({}));
}

/** A file's content, whatever type the answer states. @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function bytes(path, options) {
  const answer = await send("GET", path, options);
  return new Uint8Array(await answer.arrayBuffer().catch(notReached));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{params?: Object, body?: any, signal?: AbortSignal}} [options]
 * @returns {Promise<Response>}
 */
async function send(method, path, { params, body, signal } = {}) {
  const answer = await fetch(address(path) + query(params), {
    method,
    signal,
    headers: {
      "Accept-Language": currentLanguage(),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(notReached);
  if (answer.status === 401) {
    const next = encodeURIComponent(window.location.href);
    window.location.assign(address(`api/v2/auth/login?next=${next}`));
  }
  if (!answer.ok) throw new Failure(answer.status, (await answer.json().catch(() => null)) ?? {});
  return answer;
}

/** @returns {never} */
function notReached(error) {
  throw error.name === "AbortError" ? error : new Failure(0, {});
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
