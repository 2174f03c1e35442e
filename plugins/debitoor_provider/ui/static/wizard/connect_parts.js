// What the steps of both services share: choosing a connection, trying it, and the result.

import { h, ui, useEffect, useState } from "../host.js";
import * as api from "../api.js";
import { reasonOf } from "../http.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { Labelled, Select } from "./fields.js";

/** An answer of a service about a connection, announced at once to screen readers; wrong fields show theirs. */
export function Answer({ answer }) {
  const { t } = useWords();
  if (!answer?.sentence) return null;
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

/**
 * Runs a call that checks whether a connection works; a failure becomes the same kind of answer.
 *
 * @param {string[]} [own] the fields of the request that show what is wrong with them
 */
export function useAnswer(own = []) {
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
      const fields = failure.fields ?? [];
      const isShown = fields.length > 0 && fields.every(({ name }) => own.includes(name));
      setAnswer({ works: false, sentence: isShown ? "" : reasonOf(failure, t), fields });
      return null;
    } finally {
      setBusy(false);
    }
  };
  /** What a refused call says about one of its fields, for that field. */
  const problemOf = (name) => answer?.fields?.find((field) => field.name === name) ?? null;
  return { answer, isBusy, ask, problemOf, clear: () => setAnswer(null) };
}

/** One of the connections that are there, with a button that tries it. */
export function ChooseConnection({ service }) {
  const { t } = useWords();
  const { connections } = useWizard();
  const { id, value = "", set, problem } = useField(`connections.${service}`);
  const { answer, isBusy, ask, clear } = useAnswer();
  const ids = connections.filter(({ type }) => type === service).map((connection) => connection.id);
  const isOther = value && !ids.includes(value);
  const isMissing = useIsMissing(service); // the warning above says so
  const choose = (chosen) => {
    clear();
    set(chosen || undefined);
  };
  return h(
    ui.Stack,
    { gap: 3 },
    h(
      Labelled,
      { id, label: t(`field.connections.${service}`), problem, help: isOther && !isMissing ? t("connect.notYours") : undefined },
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

/** Whether the account names a connection that does not exist; a new one may get its name. */
export function useIsMissing(service) {
  const { settings, connections, warnings } = useWizard();
  const id = settings.connections?.[service];
  const isListed = connections.some((one) => one.id === id && one.type === service);
  return Boolean(id) && !isListed && warnings.some(({ field }) => field === `connections.${service}`);
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

/** A step that ends with a connection cannot be left while its form was not sent. */
export function NotConnected({ service }) {
  const { t } = useWords();
  return h(
    ui.Alert.Root,
    { status: "error", role: "alert" },
    h(ui.Alert.Indicator),
    h(ui.Alert.Content, null, h(ui.Alert.Description, null, t(`connect.first.${service}`))),
  );
}

/**
 * Takes the step's *Next*: it connects what was typed, passes over a connection that exists, and otherwise refuses.
 * @param {{existing: string|undefined, connect?: (() => Promise<boolean>)|null}} step
 */
export function useNext({ existing, connect = null }) {
  const { pending } = useWizard();
  const [isRefused, setRefused] = useState(false);
  const refuse = async () => {
    setRefused(true);
    return false;
  };
  useEffect(() => {
    pending.current = connect ?? (existing ? null : refuse);
    return () => {
      pending.current = null;
    };
  });
  return { isRefused, clear: () => setRefused(false) };
}

/** The id that a new connection gets; says when there is one of that name, or what the server says about it. */
export function ConnectionIdField({ id, taken, problem, onChange, fieldId }) {
  const { t } = useWords();
  return h(
    Labelled,
    {
      id: fieldId,
      label: t("connect.id"),
      help: t("connect.id.help"),
      required: true,
      problem: taken ? { message: t("connect.id.taken") } : problem,
    },
    h(ui.Input, { value: id, autoComplete: "off", maxLength: 250, onChange: (event) => onChange(event.target.value) }),
  );
}
