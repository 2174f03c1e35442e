// What is wrong with the draft, checked by the server each time typing has paused.

import { useCallback, useEffect, useRef, useState } from "../host.js";
import * as api from "../api.js";
import { useRested } from "../data.js";
import { useWords } from "../words.js";
import { idOf, isAccountId, read, withoutIndex } from "./draft.js";

/**
 * @returns {{problems: Object[], warnings: Object[], nextRuns: string[], yaml: string, failure: Error|null, isFirst: boolean, now: () => Promise<Object[]>, show: (found: Object[]) => void}}
 *   now: asks at once and returns the current problems
 */
export function useCheck(draft, isEdit) {
  const { t, language } = useWords();
  const [answer, setAnswer] = useState(null);
  const turn = useRef(0);
  const latest = useRef(draft);
  latest.current = draft;

  const ask = useCallback(async () => {
    const asked = latest.current;
    const mine = (turn.current += 1);
    const { settings } = asked;
    let now = { problems: [], yaml: "", exists: false, failure: null, settings };
    try {
      if (settings.type) now = { ...now, ...(await api.draft(idOf(asked), "check", { settings })) };
    } catch (failure) {
      now = { ...now, failure };
    }
    if (mine === turn.current) setAnswer(now);
    return now;
  }, []);

  const rested = useRested(JSON.stringify([draft.accountId, draft.settings, language]), 400);
  useEffect(() => {
    ask();
  }, [rested]);

  const problems = (answer) => [
    ...answer.problems
      .filter(({ field }) => !isFilledSince(field, answer.settings, latest.current.settings))
      .map((problem) => inFormWords(problem, latest.current.settings, t)),
    ...ownProblems(latest.current, answer, isEdit, t),
  ];
  return {
    problems: answer ? problems(answer) : [],
    warnings: answer?.warnings ?? [],
    nextRuns: answer?.next_runs ?? [],
    yaml: answer?.yaml ?? "",
    failure: answer?.failure ?? null,
    isFirst: !answer,
    now: async () => problems(await ask()),
    show: (found) => setAnswer((before) => ({ ...before, problems: found })),
  };
}

/** Whether a field that was missing has got a value since, which the server has not seen yet. */
const isFilledSince = (field, before, now) =>
  Boolean(field) && read(before, withoutIndex(field)) === undefined && read(now, withoutIndex(field)) !== undefined;

/** A missing field is reported in the form's words: the file's own speak of lines to add. */
function inFormWords(problem, settings, t) {
  if (!problem.field || read(settings, withoutIndex(problem.field)) !== undefined) return problem;
  const field = problem.field === "connections" ? "connections.getmyinvoices" : problem.field; // the first of both
  const message = field.startsWith("connections.") ? t(`connect.first.${field.slice("connections.".length)}`) : t("wizard.missing");
  return { ...problem, field, message, remedy: "" };
}

/** Problems that the file itself cannot have: no direction is chosen yet, or its name is not available. */
function ownProblems(draft, { exists }, isEdit, t) {
  if (!draft.settings.type) return [{ field: "type", message: t("wizard.type.missing"), remedy: "" }];
  if (isEdit) return [];
  const id = (key) => [{ field: "account_id", message: t(key), remedy: "" }];
  if (!draft.accountId) return id("wizard.id.missing");
  if (!isAccountId(draft.accountId)) return id("wizard.id.wrong");
  return exists ? id("wizard.id.taken") : [];
}
