// The rate of the reverse charge: the standard rate of the country of the books, until a person enters another one.

import { useEffect, useRef } from "../host.js";
import * as api from "../api.js";
import { useData, useRested } from "../data.js";
import { useWords } from "../words.js";
import { idOf, read, written } from "./draft.js";
import { numberOf } from "./number_text.js";

const RATE = "reverse_charge.tax_rate";

/**
 * Proposes the rate where there is none, and changes it with the country as long as it is the standard rate of the
 * country before: it goes if that of the next one is not known, and a warning asks for it. Another one stays: if the
 * country does not have it, there is a warning.
 *
 * @param {Object} draft
 * @param {(update: (draft: Object) => Object) => void} change
 * @returns {{doubts: Object[], before: {current: number|undefined}}} doubts: warnings that the check of the draft
 *   cannot have, since it asks no service; before: the rate that changes with the country
 */
export function useHomeRate(draft, change) {
  const { t } = useWords();
  const { settings } = draft;
  const isOn = Boolean(settings.reverse_charge);
  const country = settings.books?.country ?? "";
  const connection = settings.connections?.debitoor ?? "";
  const entered = numberOf(read(settings, RATE) ?? "");
  const ask = (more, options) => api.homeRate(idOf(draft), { country, connection, ...more }, options);

  const isAsked = isOn && Boolean(country || connection);
  const answered = useAnswer(isAsked, (options) => ask({}, options), [country, connection]);
  const isKnown = !isAsked || answered !== null;
  /** An empty text where there is none. */
  const rate = answered?.rate ? numberOf(answered.rate) : "";
  const before = useRef(draft.proposed);
  useEffect(() => {
    if (!isOn || !isKnown) return;
    const isProposed = entered === "" || entered === before.current;
    before.current = rate || undefined;
    if (!isProposed || entered === rate) return;
    change((now) => ({ ...now, proposed: rate || undefined, settings: written(now.settings, RATE, rate || undefined) }));
  }, [isOn, isKnown, rate]);
  const isLacking = isOn && isKnown && rate === "" && entered === "";

  const judged = useRested(entered, 400);
  const isToJudge = isOn && connection && typeof judged === "number" && judged <= 100;
  const judgement = useAnswer(isToJudge, (options) => ask({ entered: judged }, options), [country, connection, judged]);
  const lacking = isLacking ? [{ field: RATE, message: t("wizard.rate.unknown"), remedy: "" }] : [];
  return { doubts: [...lacking, ...(judgement?.doubts ?? [])], before };
}

/** The server's answer, once there is one and as long as it is needed. */
function useAnswer(isAsked, load, deps) {
  const { data, failure, isLoading } = useData(async (options) => (isAsked ? load(options) : null), [
    Boolean(isAsked),
    ...deps,
  ]);
  return isLoading || failure ? null : data;
}
