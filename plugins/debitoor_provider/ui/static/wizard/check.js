// What is wrong with the draft, asked of the server each time somebody has stopped typing.

import { useCallback, useEffect, useRef, useState } from "../host.js";
import * as api from "../api.js";
import { useRested } from "../data.js";
import { useWords } from "../words.js";
import { idOf, isAccountId } from "./draft.js";

/**
 * @returns {{problems: object[], yaml: string, failure: Error|null, isFirst: boolean, now: () => Promise<object[]>}}
 *   now: asks at once and gives what is wrong at this moment
 */
export function useCheck(draft, isEdit) {
  const { t } = useWords();
  const [told, setTold] = useState(null);
  const turn = useRef(0);
  const latest = useRef(draft);
  latest.current = draft;

  const ask = useCallback(async () => {
    const asked = latest.current;
    const mine = (turn.current += 1);
    let answer = { problems: [], yaml: "", exists: false, failure: null };
    try {
      if (asked.settings.type) answer = { ...answer, ...(await api.draft(idOf(asked), "check", { settings: asked.settings })) };
    } catch (failure) {
      answer = { ...answer, failure };
    }
    if (mine === turn.current) setTold(answer);
    return answer;
  }, []);

  const rested = useRested(JSON.stringify([draft.accountId, draft.settings]), 400);
  useEffect(() => {
    ask();
  }, [rested]);

  const problems = (answer) => [...ownProblems(latest.current, answer, isEdit, t), ...answer.problems];
  return {
    problems: told ? problems(told) : [],
    yaml: told?.yaml ?? "",
    failure: told?.failure ?? null,
    isFirst: !told,
    now: async () => problems(await ask()),
    tell: (found) => setTold((before) => ({ ...before, problems: found })),
  };
}

/** What the file itself cannot tell: its direction is not chosen yet, or its name is not to be had. */
function ownProblems(draft, { exists }, isEdit, t) {
  if (!draft.settings.type) return [{ field: "type", message: t("wizard.type.missing"), mend: "" }];
  if (isEdit) return [];
  const id = (key) => [{ field: "account_id", message: t(key), mend: "" }];
  if (!draft.accountId) return id("wizard.id.missing");
  if (!isAccountId(draft.accountId)) return id("wizard.id.wrong");
  return exists ? id("wizard.id.taken") : [];
}
