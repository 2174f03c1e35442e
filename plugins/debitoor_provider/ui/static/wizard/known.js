// What is known to be wrong with an account although its file is valid: Airflow or a service said so.

import { useState } from "../host.js";
import { read, withoutIndex } from "./draft.js";

/**
 * It counts for a field as long as that is what it was, and only while the connections are: what was found may depend on
 * any of them. Whether it still holds is asked when the account is saved.
 *
 * @param {Object|null} account as it was loaded; null for a new one
 * @param {Object} draft
 * @returns {{problems: Object[], learn: (found: Object[]) => void}} learn: replaces what is known, of the draft as it is
 */
export function useKnownWrong(account, draft) {
  const { settings, connected } = draft;
  const [known, setKnown] = useState(() => ({
    found: account && !connected ? [...account.wrong, ...refusedOf(account)] : [],
    settings: account?.settings,
  }));
  const isSame = (path) => JSON.stringify(read(settings, path)) === JSON.stringify(read(known.settings, path));
  return {
    problems: known.found.filter(({ field }) => isSame("connections") && isSame(withoutIndex(field))),
    learn: (found) => setKnown({ found, settings }),
  };
}

/** The connection that an account was stopped by, and why. */
function refusedOf({ refusing, advice, advice_code: code, last_run: run }) {
  if (!refusing) return [];
  const message = code || !run?.error || run.error.includes(advice) ? "" : run.error;
  return [{ field: `connections.${refusing}`, message, remedy: advice }];
}
