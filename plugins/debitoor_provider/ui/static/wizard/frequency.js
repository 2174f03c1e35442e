// How often an account is synchronised: one of a few words, or a cron expression; and when it would run next.

import { h, ui, useState } from "../host.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { ChecksField, Labelled, Select, sentenceOf } from "./fields.js";

const OWN = "cron";
const WITH_TIME = ["daily", "weekly", "monthly"];

export function FrequencyField() {
  const { t } = useWords();
  const { choices } = useWizard();
  const { id, value, set, problem } = useField("frequency");
  const [isOwn, setOwn] = useState(!choices.frequencies.includes(value));
  const { set: setTime } = useField("at");
  const { set: setDays } = useField("days");
  const choose = (chosen) => {
    setOwn(chosen === OWN);
    if (!WITH_TIME.includes(chosen)) setTime(undefined);
    if (chosen !== "weekly") setDays(undefined);
    set(chosen === OWN ? "0 6 * * 1-5" : chosen);
  };
  return h(
    ui.Stack,
    { gap: 3 },
    h(
      Labelled,
      { id: isOwn ? undefined : id, label: t("field.frequency"), problem: isOwn ? null : problem },
      h(Select, { value: isOwn ? OWN : value, onChange: choose }, [
        ...choices.frequencies.map((one) =>
          h("option", { key: one, value: one }, t(`choice.frequency.${one.replaceAll(" ", "_")}`)),
        ),
        h("option", { key: OWN, value: OWN }, t("choice.frequency.cron")),
      ]),
    ),
    isOwn &&
      h(
        Labelled,
        { id, label: t("field.frequency.cron"), help: t("field.frequency.cron.help"), problem },
        h(ui.Input, {
          value: value ?? "",
          fontFamily: "mono",
          autoComplete: "off",
          onChange: (event) => set(event.target.value),
        }),
      ),
    !isOwn && WITH_TIME.includes(value) && h(TimeField),
    !isOwn && value === "weekly" && h(ChecksField, { path: "days" }),
    h(NextRuns),
  );
}

/** The time of day on the account's own clock; empty is midnight. */
function TimeField() {
  const { t } = useWords();
  const { id, value, set, problem } = useField("at");
  return h(
    Labelled,
    { id, label: t("field.at"), help: t("field.at.help"), problem },
    h(ui.Input, {
      type: "time",
      maxW: "40",
      value: value ?? "",
      onChange: (event) => set(event.target.value || undefined),
    }),
  );
}

/** The next runs on the account's own clock, and what a reader of the frequency may not expect. */
function NextRuns() {
  const { t, language } = useWords();
  const { nextRuns, warnings } = useWizard();
  const { value: zone } = useField("timezone");
  const found = warnings.filter(({ field }) => field === "frequency");
  return h(
    ui.Stack,
    { gap: 2, role: "status", "aria-live": "polite" },
    nextRuns.length > 0 &&
      h(
        ui.Box,
        { textStyle: "sm", color: "fg.muted" },
        h(ui.Text, null, t("wizard.nextRuns", { zone })),
        h(
          ui.Stack,
          { as: "ul", gap: 0, ps: 5, listStyleType: "disc" },
          nextRuns.map((time) => h("li", { key: time }, h("time", { dateTime: time }, clock(time, language)))),
        ),
      ),
    found.map((warning, index) =>
      h(
        ui.Alert.Root,
        { key: index, status: "warning", size: "sm" },
        h(ui.Alert.Indicator),
        h(ui.Alert.Content, { minW: 0 }, h(ui.Alert.Description, null, sentenceOf(warning))),
      ),
    ),
  );
}

/** What the account's own clock shows: the time as it is written, without its offset. */
function clock(iso, language) {
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
  /** @type {Intl.DateTimeFormatOptions} */
  const time = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language, { ...day, ...time }).format(new Date(`${iso.slice(0, 19)}Z`));
}
