// The rate of the reverse charge: the standard rate of the country of the books, until a person enters another one.

import { useEffect, useRef } from "../host.js";
import * as api from "../api.js";
import { useData, useRested } from "../data.js";
import { idOf, read, written } from "./draft.js";
import { numberOf } from "./number_text.js";

const RATE = "reverse_charge.tax_rate";

/**
 * Proposes the rate where there is none, and changes it with the country as long as it is the standard rate of the
 * country before. Another one stays: if the country does not have it, there is a warning.
 *
 * @param {Object} draft
 * @param {(update: (draft: Object) => Object) => void} change
 * @returns {{doubts: Object[], before: {current: number|undefined}}} doubts: warnings that the check of the draft
 *   cannot have, since it asks no service; before: the rate that changes with the country
 */
export function useHomeRate(draft, change) {
  const { settings } = draft;
  const isOn = Boolean(settings.reverse_charge);
  const country = settings.books?.country ?? "";
  const connection = settings.connections?.debitoor ?? "";
  const entered = numberOf(read(settings, RATE) ?? "");
  const ask = (more, options) => api.homeRate(idOf(draft), { country, connection, ...more }, options);

  const known = useAnswer(isOn && (country || connection), (options) => ask({}, options), [country, connection]);
  const rate = known?.rate ? numberOf(known.rate) : null;
  const before = useRef(draft.proposed);
  useEffect(() => {
    if (!isOn || rate === null) return;
    const isProposed = entered === "" || entered === before.current;
    before.current = rate;
    if (!isProposed || entered === rate) return;
    change((now) => ({ ...now, proposed: rate, settings: written(now.settings, RATE, rate) }));
  }, [isOn, rate]);

  const judged = useRested(entered, 400);
  const isToJudge = isOn && connection && typeof judged === "number" && judged <= 100;
  const answer = useAnswer(isToJudge, (options) => ask({ entered: judged }, options), [country, connection, judged]);
  return { doubts: answer?.doubts ?? [], before };
}

/** The server's answer, once there is one and as long as it is needed. */
function useAnswer(isAsked, load, deps) {
  const { data, failure, isLoading } = useData(async (options) => (isAsked ? load(options) : null), [
    Boolean(isAsked),
    ...deps,
  ]);
  return isLoading || failure ? null : data;
}
