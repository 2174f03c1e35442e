// An account is started only while nothing is known to be wrong with it.

import * as api from "../api.js";
import { Failure } from "../http.js";
import { sentenceOf } from "../wizard/fields.js";

/** Ask Airflow and the services, and throw what they report to be wrong with a paused account. */
export async function requireNothingWrong(row, t) {
  const { wrong } = await api.knownWrong(row.id);
  if (wrong.length === 0) return;
  const reason = wrong.map(sentenceOf).join(" ");
  throw new Failure(409, { detail: t("do.resume.wrong", { name: row.name, reason }) });
}
