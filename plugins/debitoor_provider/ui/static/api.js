// The page's own API; its shapes are described at /debitoor/openapi.json.

import { timeZone } from "./format.js";
import { address } from "./host.js";
import { bytes, call, query } from "./http.js";
import { currentLanguage } from "./words.js";

const at = (path) => `debitoor/api/${path}`;
const account = (id, rest = "") => at(`accounts/${encodeURIComponent(id)}${rest}`);

export const me = (options) => call("GET", at("me"), options);
export const choices = (options) => call("GET", at("choices"), options);

export const accounts = (params, options) => call("GET", at("accounts"), { params, ...options });
/**
 * Accounts to choose from, however many: the server gives them in pages.
 *
 * @param {Object} params
 * @param {(row: Object) => boolean} isWanted whether the page after an account may have one that is wanted
 * @returns {Promise<Object[]>}
 */
export async function everyAccount(params, isWanted, options) {
  const found = [];
  for (;;) {
    const { accounts: some, total } = await accounts({ ...params, limit: 200, offset: found.length }, options);
    found.push(...some);
    if (!some.length || found.length >= total || !isWanted(some.at(-1))) return found;
  }
}
export const oneAccount = (id, options) => call("GET", account(id), options);
export const saveAccount = (id, body) => call("PUT", account(id), { body });
export const removeAccount = (id, version) => call("DELETE", account(id), { body: { version } });
export const knownWrong = (id) => call("GET", account(id, "/wrong"));
export const folderProblems = (options) => call("GET", at("folders/problems"), options);
export const allowOnce = (id, ids) => call("POST", account(id, "/limits/allow"), { body: { ids } });

export const documents = (id, params, options) => call("GET", account(id, "/documents"), { params, ...options });
export const allDocuments = (params, options) => call("GET", at("documents"), { params, ...options });
/** Sums of documents; without an account, of all documents that the user may see. */
export const sums = (id, params, options) =>
  call("GET", id ? account(id, "/documents/sums") : at("documents/sums"), { params, ...options });
export const oneDocument = (id, number, options) => call("GET", account(id, `/documents/${number}`), options);
export const correct = (id, number, body) => call("POST", account(id, `/documents/${number}/corrections`), { body });
export const booksCurrency = (id, number, options) =>
  call("GET", account(id, `/documents/${number}/books-currency`), options);
export const act = (id, body) => call("POST", account(id, "/documents/actions"), { body });
/** For a download, which the browser asks for by itself: a spreadsheet in the reader's language and zone, or data. */
const asTable = (params, form) =>
  query({ ...params, form, ...(form === "spreadsheet" ? { language: currentLanguage(), timezone: timeZone() } : {}) });
export const csvAddress = (id, params, form) =>
  address(`${id ? account(id, "/documents") : at("documents")}.csv`) + asTable(params, form);
const file = (id, number) => account(id, `/documents/${number}/file`);
export const fileAddress = (id, number, side) => address(file(id, number)) + query({ at: side });
export const fileBytes = (id, number, side, options) => bytes(file(id, number), { params: { at: side }, ...options });

export const attentionCount = (options) => call("GET", at("attention/count"), options);
export const attention = (params, options) => call("GET", at("attention"), { params, ...options });
export const runs = (id, params, options) => call("GET", id ? account(id, "/runs") : at("runs"), { params, ...options });
export const preview = (id, body, options) => call("POST", account(id, "/preview"), { body, ...options });
export const check = (id, body, options) => call("POST", account(id, "/check"), { body, ...options });
export const checkCsvAddress = (id, params, form) => address(account(id, "/check.csv")) + asTable(params, form);
export const backfillSize = (id, params, options) => call("GET", account(id, "/backfill"), { params, ...options });

export const connections = (options) => call("GET", at("connections"), options);
const connection = (id, rest) => at(`connections/${encodeURIComponent(id)}${rest}`);
export const connectGetMyInvoices = (id, body) => call("PUT", connection(id, "/getmyinvoices"), { body });
export const testConnection = (id) => call("POST", connection(id, "/test"), { body: {} });
export const askConsent = (id, body) => call("POST", connection(id, "/consent"), { body });

export const draft = (id, part, body, options) => call("POST", account(id, `/draft/${part}`), { body, ...options });
export const homeRate = (id, params, options) => call("GET", account(id, "/draft/home-rate"), { params, ...options });
export const draftSource = (id, params, options) => call("GET", account(id, "/draft/source"), { params, ...options });
