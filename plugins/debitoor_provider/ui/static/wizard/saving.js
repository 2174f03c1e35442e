// Saving, and what may come between: problems, a change by another user, a folder that cannot be written.

import { h, useState } from "../host.js";
import * as api from "../api.js";
import { FailureNotice } from "../parts/notices.js";
import { useWords } from "../words.js";
import { Conflict } from "./conflict.js";
import { forget } from "./draft.js";

/**
 * @param {{draft: Object, setDraft: (draft: Object) => void, check: Object, accountId: string|undefined,
 *   point: (problems: Object[]) => void, startAgain: () => void}} form point: shows problems where they are;
 *   startAgain: reloads the account and discards the draft
 * @returns {{saved: Object|null, isBusy: boolean, save: (version?: string) => Promise<void>, notice: any}}
 */
export function useSaving({ draft, setDraft, check, accountId, point, startAgain }) {
  const { t } = useWords();
  const [saved, setSaved] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const [other, setOther] = useState(null);

  const put = async (version) => {
    const bad = await check.now();
    if (bad.length) {
      point(bad);
      return;
    }
    const answer = await api.saveAccount(draft.accountId, { settings: draft.settings, version });
    forget(accountId);
    setSaved({ ...answer, accountId: draft.accountId, frequency: draft.settings.frequency ?? "daily" });
  };

  const explain = async (error) => {
    if (error.status === 422 && error.problems.length) {
      check.show(error.problems);
      point(error.problems);
    } else if (error.status === 409 && draft.version) {
      setOther(await api.oneAccount(draft.accountId));
    } else if (error.status === 409) {
      // Somebody took the name since it was looked up.
      point(await check.now().then((found) => (found.length ? found : [taken(t)])));
    } else {
      setFailure(error);
    }
  };

  const save = async (version = draft.version) => {
    setBusy(true);
    setFailure(null);
    setOther(null);
    try {
      await put(version).catch(explain);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  const mine = () => {
    setDraft((before) => ({ ...before, version: other.version }));
    save(other.version);
  };
  const notice = [
    failure && h(FailureNotice, { key: "failure", failure, onRetry: () => save() }),
    other &&
      h(Conflict, {
        key: "conflict",
        other,
        yaml: check.yaml,
        onMine: mine,
        onTheirs: startAgain,
        onClose: () => setOther(null),
      }),
  ];
  return { saved, isBusy, save, notice };
}

const taken = (t) => ({ field: "account_id", message: t("wizard.id.taken"), remedy: "" });
