// Saving, and what may come between: problems, what is known to be wrong, a change by another user.

import { h, useState } from "../host.js";
import * as api from "../api.js";
import { FailureNotice } from "../parts/notices.js";
import { useWords } from "../words.js";
import { Conflict } from "./conflict.js";
import { forget } from "./draft.js";
import { OnlyPaused } from "./wrong.js";

/**
 * @param {{draft: Object, setDraft: (draft: Object) => void, check: Object, known: Object, accountId: string|undefined,
 *   point: (problems: Object[]) => void, startAgain: () => void}} form point: shows problems where they are;
 *   startAgain: reloads the account and discards the draft
 * @returns {{saved: Object|null, isBusy: boolean, save: () => Promise<void>, notice: any}}
 */
export function useSaving({ draft, setDraft, check, known, accountId, point, startAgain }) {
  const { t } = useWords();
  const [saved, setSaved] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const [other, setOther] = useState(null);
  /** What is known to be wrong, and the version of the file that was to be replaced. */
  const [wrong, setWrong] = useState(null);

  const put = async (version, paused) => {
    const bad = await check.now();
    if (bad.length) {
      point(bad);
      return;
    }
    const answer = await api.saveAccount(draft.accountId, { settings: draft.settings, version, paused });
    forget(accountId);
    setSaved({ ...answer, accountId: draft.accountId, frequency: draft.settings.frequency ?? "daily" });
  };

  const explain = async (error, version) => {
    if (error.status === 422 && error.problems.length) {
      check.show(error.problems);
      point(error.problems);
    } else if (error.status === 409 && error.problems.length) {
      known.learn(error.problems);
      setWrong({ problems: error.problems, version });
    } else if (error.status === 409 && draft.version) {
      const there = await api.oneAccount(draft.accountId).catch(() => null);
      // Not every refusal is somebody else's change, which has another version.
      if (there?.version && there.version !== version) setOther(there);
      else setFailure(error);
    } else if (error.status === 409) {
      // Somebody took the name since it was looked up.
      point(await check.now().then((found) => (found.length ? found : [taken(t)])));
    } else {
      setFailure(error);
    }
  };

  const save = async (version = draft.version, paused = false) => {
    setBusy(true);
    setFailure(null);
    setOther(null);
    try {
      await put(version, paused).catch((error) => explain(error, version));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  const savePaused = async () => {
    await save(wrong.version, true);
    setWrong(null);
  };
  const mine = () => {
    setDraft((before) => ({ ...before, version: other.version }));
    save(other.version);
  };
  const notice = [
    failure && h(FailureNotice, { key: "failure", failure, onRetry: () => save() }),
    wrong &&
      h(OnlyPaused, {
        key: "wrong",
        problems: wrong.problems,
        isBusy,
        onSave: savePaused,
        onClose: () => setWrong(null),
      }),
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
