// Step: connect GetMyInvoices, by a connection that is there or with a key, which is tried at once.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useMe } from "../me.js";
import { useWords } from "../words.js";
import {
  Answer,
  ChooseConnection,
  ConnectionIdField,
  ModeChoice,
  NotConnected,
  proposedConnection,
  useAnswer,
  useIsMissing,
  useNext,
} from "./connect_parts.js";
import { fieldId, useProblem, useWizard } from "./context.js";
import { Labelled } from "./fields.js";

export function GetMyInvoicesStep() {
  const { t } = useWords();
  const me = useMe();
  const { settings, connections, learn } = useWizard();
  const chosen = settings.connections?.getmyinvoices;
  const isSome = connections.some(({ type }) => type === "getmyinvoices");
  const isMissing = useIsMissing("getmyinvoices");
  const isNew = isMissing || !(chosen || isSome);
  const [mode, setMode] = useState(isNew && me.rights.connect ? "new" : "existing");
  const [renewing, setRenewing] = useState(false);
  const [connected, setConnected] = useState(null);
  const change = (next) => {
    setMode(next);
    setConnected(null);
  };
  const onConnected = (answer) => {
    setConnected(answer);
    learn([]); // the new key may be that of another account
    setRenewing(false);
    setMode("existing");
  };
  const isMine = connections.some(({ id }) => id === chosen);
  return h(
    ui.Stack,
    { gap: 4 },
    me.rights.connect
      ? h(ModeChoice, { mode, onChange: change })
      : h(ui.Text, { color: "fg.muted" }, t("connect.onlyExisting")),
    h(Answer, { answer: connected }),
    mode === "existing" && h(ChooseConnection, { service: "getmyinvoices" }),
    mode === "existing" &&
      isMine &&
      me.rights.connect &&
      (renewing
        ? h(KeyForm, { key: chosen, id: chosen, onConnected })
        : h(
            ui.Button,
            {
              variant: "plain",
              alignSelf: "start",
              px: 0,
              height: "auto",
              whiteSpace: "normal",
              textAlign: "start",
              textDecoration: "underline",
              onClick: () => setRenewing(true),
            },
            t("connect.key.renew"),
          )),
    mode === "new" && h(KeyForm, { key: "new", onConnected, wish: isMissing ? chosen : undefined }),
  );
}

/**
 * @param {{id?: string, wish?: string, onConnected: (answer: Object) => void}} props id: the connection that gets
 *   another key; without it a new one is made, called as wished
 */
function KeyForm({ id: existing, wish, onConnected }) {
  const { t } = useWords();
  const { settings, connections, set, reloadConnections } = useWizard();
  const [id, setId] = useState(() => existing ?? wish ?? proposedConnection("getmyinvoices", settings, connections));
  const [key, setKey] = useState("");
  const [number, setNumber] = useState("");
  const { answer, isBusy, ask, problemOf } = useAnswer(["connection_id", "api_key", "account_id"]);
  const missing = useProblem("connections.getmyinvoices");
  const taken = !existing && connections.some((connection) => connection.id === id.trim());

  const isReady = Boolean(key.trim() && id.trim() && !taken);

  const connect = async () => {
    const body = { api_key: key.trim(), account_id: number.trim() || null, timezone: null };
    clear();
    const result = await ask(() => api.connectGetMyInvoices(id.trim(), body));
    if (!result?.works) return false; // what was typed stays, to be corrected
    setKey("");
    set("connections.getmyinvoices", result.connection_id);
    reloadConnections();
    onConnected(result);
    return true;
  };
  const { isRefused, clear } = useNext({ existing, connect: isReady ? connect : null });
  const submit = (event) => {
    event.preventDefault();
    connect();
  };

  return h(
    ui.Stack,
    { as: "form", gap: 4, onSubmit: submit, autoComplete: "off" },
    h(ui.Text, { color: "fg.muted", textStyle: "sm" }, t("connect.key.where")),
    !existing && h(ConnectionIdField, { id, taken, problem: problemOf("connection_id"), onChange: setId }),
    h(
      Labelled,
      {
        id: existing ? undefined : fieldId("connections.getmyinvoices"),
        label: t("connect.key"),
        help: t("connect.key.help"),
        required: true,
        problem: problemOf("api_key") ?? (existing ? null : missing),
      },
      h(ui.Input, {
        type: "password",
        value: key,
        autoComplete: "off",
        spellCheck: false,
        onChange: (event) => setKey(event.target.value),
      }),
    ),
    h(
      Labelled,
      { label: t("connect.account"), help: t("connect.account.help"), problem: problemOf("account_id") },
      h(ui.Input, { value: number, autoComplete: "off", onChange: (event) => setNumber(event.target.value) }),
    ),
    h(
      ui.Button,
      {
        type: "submit",
        colorPalette: "brand",
        alignSelf: "start",
        disabled: !isReady,
        loading: isBusy,
        loadingText: t("connect.connecting"),
      },
      t("connect.connect"),
    ),
    isRefused && !isReady && h(NotConnected, { service: "getmyinvoices" }),
    h(Answer, { answer }),
  );
}
