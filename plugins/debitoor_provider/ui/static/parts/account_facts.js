// Facts about an account that its row, its card and its page all show.

import { Fragment, h, ui } from "../host.js";
import { moment, relative, timeOfDay } from "../format.js";
import { useWords } from "../words.js";
import { Place, RunPlace, accountPlace, attentionPlace } from "./links.js";

/** How often an account runs, on which days and at what time. */
function frequencyOf(row, { t, has, language }) {
  const key = `choice.frequency.${(row.frequency ?? "").replaceAll(" ", "_")}`;
  const days = row.days.map((day) => t(`choice.days.${day}`));
  const parts = [has(key) ? t(key) : row.frequency, ...days, row.at && timeOfDay(row.at, language)];
  return parts.filter(Boolean).join(", ");
}

/** Direction, companies, frequency: whatever is known, in one line; and what moves its documents instead of a file. */
export function Facts({ row, ...props }) {
  const words = useWords();
  const facts = [row.direction_title, ...row.companies, frequencyOf(row, words)];
  const shown = [facts.filter(Boolean).join(" · "), row.fileless && words.t("account.fileless", { dag: row.dag_id })];
  return shown
    .filter(Boolean)
    .map((text) => h(ui.Text, { key: text, fontSize: "sm", color: "fg.muted", overflowWrap: "anywhere", ...props }, text));
}

/** How long ago, with the exact time as a tooltip. */
export function Ago({ at, ...props }) {
  const { language } = useWords();
  return h(ui.Text, { as: "time", dateTime: at, title: moment(at, language), ...props }, relative(at, language));
}

export function LastRun({ row }) {
  const { t } = useWords();
  const run = row.last_run;
  if (!run) return h(ui.Text, { as: "span", color: "fg.muted" }, t("accounts.never"));
  const at = run.finished_at ?? run.started_at;
  return h(
    RunPlace,
    { run: { ...run, dag_id: row.dag_id }, "aria-label": t("accounts.lastRunOf", { name: row.name }) },
    at ? h(Ago, { at }) : t(`runs.kind.${run.kind}`), // one that was stopped before it started has no time
  );
}

export function NextRun({ row }) {
  const { t } = useWords();
  if (!row.next_run) return h(ui.Text, { as: "span", color: "fg.muted" }, row.paused ? t("state.paused") : "–");
  return h(Ago, { at: row.next_run });
}

/** How many documents, as a link to them. */
export function Count({ row, what }) {
  const { t, language } = useWords();
  const number = row[what];
  const shown = number.toLocaleString(language);
  if (!number || number < 0) return h(ui.Text, { as: "span", color: "fg.muted" }, shown);
  const places = {
    moved: accountPlace(row.id, "/documents?state=moved&state=archived"),
    waiting: accountPlace(row.id, "/documents?state=waiting"),
    to_do: accountPlace(row.id, "/documents?state=planned&state=sending"),
    attention: attentionPlace(row.id),
  };
  return h(Place, { to: places[what], "aria-label": t("common.line", { name: t(`accounts.${what}`), value: `${shown} (${row.name})` }) }, shown);
}

/** Live progress of a run. */
export function ProgressBar({ row }) {
  const { t } = useWords();
  if (!row.progress?.total) return null;
  const { done, total } = row.progress;
  const label = t("account.progress", { done, total });
  return h(
    Fragment,
    null,
    h(
      ui.Progress.Root,
      { value: done, max: total, size: "sm", colorPalette: "blue", my: 1 },
      h(ui.Progress.Track, { "aria-label": label }, h(ui.Progress.Range)),
    ),
    h(ui.Text, { fontSize: "sm", "aria-live": "polite" }, label),
  );
}
