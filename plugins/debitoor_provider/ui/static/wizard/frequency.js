// How often an account is synchronised: one of a few words, or a cron expression of one's own.

import { h, ui, useState } from "../host.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { Labelled, Select } from "./fields.js";

const OWN = "cron";

export function FrequencyField() {
  const { t } = useWords();
  const { choices } = useWizard();
  const { id, value, set, problem } = useField("frequency");
  const [isOwn, setOwn] = useState(!choices.frequencies.includes(value));
  const choose = (chosen) => {
    setOwn(chosen === OWN);
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
  );
}
