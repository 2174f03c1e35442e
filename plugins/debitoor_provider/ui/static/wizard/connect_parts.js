// What the steps of both services share: choosing a connection, trying it, and the result.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { failureSentence } from "../http.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { Labelled, Select } from "./fields.js";

/** An answer of a service about a connection, announced at once to screen readers. */
export function Answer({ answer }) {
  const { t } = useWords();
  if (!answer) return null;
  return h(
    ui.Alert.Root,
    { status: answer.works ? "success" : "error", role: answer.works ? "status" : "alert" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      null,
      h(ui.Alert.Title, null, answer.works ? t("connect.works") : t("connect.worksNot")),
      h(ui.Alert.Description, { overflowWrap: "anywhere" }, answer.sentence),
    ),
  );
}

/** Runs a call that checks whether a connection works; a failure becomes the same kind of answer. */
export function useAnswer() {
  const { t } = useWords();
  const [answer, setAnswer] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (call) => {
    setBusy(true);
    setAnswer(null);
    try {
      const result = await call();
      setAnswer(result);
      return result;
    } catch (failure) {
      setAnswer({ works: false, sentence: [failureSentence(failure, t), failure.remedy].filter(Boolean).join(" ") });
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { answer, isBusy, ask, clear: () => setAnswer(null) };
}

/** One of the connections that are there, with a button that tries it. */
export function ChooseConnection({ service }) {
  const { t } = useWords();
  const { connections } = useWizard();
  const { id, value = "", set, problem } = useField(`connections.${service}`);
  const { answer, isBusy, ask, clear } = useAnswer();
  const ids = connections.filter(({ type }) => type === service).map((connection) => connection.id);
  const isOther = value && !ids.includes(value);
  const choose = (chosen) => {
    clear();
    set(chosen || undefined);
  };
  return h(
    ui.Stack,
    { gap: 3 },
    h(
      Labelled,
      { id, label: t(`field.connections.${service}`), problem, help: isOther ? t("connect.notYours") : undefined },
      h(Select, { value, onChange: choose }, [
        h("option", { key: "", value: "" }, t("connect.choose")),
        isOther && h("option", { key: value, value }, value),
        ...ids.map((one) => h("option", { key: one, value: one }, one)),
      ]),
    ),
    value &&
      !isOther &&
      h(
        ui.Button,
        {
          variant: "outline",
          alignSelf: "start",
          loading: isBusy,
          loadingText: t("connect.testing"),
          onClick: () => ask(() => api.testConnection(value)),
        },
        t("connect.test"),
      ),
    h(Answer, { answer }),
  );
}

/** Whether to use a connection that is there, or to make a new one. */
export function ModeChoice({ mode, onChange }) {
  const { t } = useWords();
  return h(
    ui.RadioGroup.Root,
    {
      value: mode,
      colorPalette: "brand",
      "aria-label": t("connect.mode"),
      onValueChange: ({ value }) => onChange(value),
    },
    h(
      ui.HStack,
      { gap: 6, wrap: "wrap" },
      ["existing", "new"].map((one) =>
        h(
          ui.RadioGroup.Item,
          { key: one, value: one },
          h(ui.RadioGroup.ItemHiddenInput),
          h(ui.RadioGroup.ItemIndicator),
          h(ui.RadioGroup.ItemText, null, t(`connect.mode.${one}`)),
        ),
      ),
    ),
  );
}

/** An id for a new connection: like its sister's at the other service, or the first number that is free. */
export function proposedConnection(service, settings, connections) {
  const taken = new Set(connections.map(({ id }) => id));
  const sister = service === "debitoor" ? settings.connections?.getmyinvoices : settings.connections?.debitoor;
  const wish = sister?.match(/^(?:getmyinvoices|debitoor)_(.+)$/)?.[1];
  if (wish && !taken.has(`${service}_${wish}`)) return `${service}_${wish}`;
  let number = 1;
  while (taken.has(`${service}_${number}`)) number += 1;
  return `${service}_${number}`;
}

/** The id that a new connection gets; says when there is one of that name. */
export function ConnectionIdField({ id, taken, onChange }) {
  const { t } = useWords();
  return h(
    Labelled,
    {
      label: t("connect.id"),
      help: t("connect.id.help"),
      required: true,
      problem: taken ? { message: t("connect.id.taken") } : null,
    },
    h(ui.Input, { value: id, autoComplete: "off", maxLength: 250, onChange: (event) => onChange(event.target.value) }),
  );
}
