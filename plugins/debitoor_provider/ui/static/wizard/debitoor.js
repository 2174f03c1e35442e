// Step: connect Debitoor, by a connection that is there or by a consent on Debitoor's own page.

import { h, ui, useEffect, useState } from "../host.js";
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

export function DebitoorStep() {
  const { t } = useWords();
  const me = useMe();
  const { settings, connections, draft, set } = useWizard();
  const chosen = settings.connections?.debitoor;
  const isSome = connections.some(({ type }) => type === "debitoor");
  const isMissing = useIsMissing("debitoor");
  const isNew = isMissing || !(chosen || isSome);
  const [mode, setMode] = useState(isNew && me.rights.connect ? "new" : "existing");
  const isMine = connections.some(({ id }) => id === chosen);
  const email = connections.find(({ id }) => id === chosen)?.email;
  useEffect(() => {
    if (email && !settings.debitoor_id) set("debitoor_id", email); // known from the consent
  }, [email]);
  return h(
    ui.Stack,
    { gap: 4 },
    me.rights.connect
      ? h(ModeChoice, { mode, onChange: setMode })
      : h(ui.Text, { color: "fg.muted" }, t("connect.onlyExisting")),
    draft.connected && chosen === draft.connected && h(Returned, { id: chosen }),
    mode === "existing" && h(ChooseConnection, { service: "debitoor" }),
    mode === "existing" && isMine && me.rights.connect && h(Authorise, { key: chosen, id: chosen }),
    mode === "new" && h(Authorise, { key: "new", wish: isMissing ? chosen : undefined }),
  );
}

/** Back from the consent page: says whose books the connection leads to. */
function Returned({ id }) {
  const { answer, ask } = useAnswer();
  useEffect(() => {
    ask(() => api.testConnection(id));
  }, [id]);
  return h(Answer, { answer });
}

/**
 * @param {{id?: string, wish?: string}} props id of the connection that gets a new consent; without it a new one is made,
 *   called as wished
 */
function Authorise({ id: existing, wish }) {
  const { t } = useWords();
  const { settings, connections, leave, backPath } = useWizard();
  const [id, setId] = useState(() => existing ?? wish ?? proposedConnection("debitoor", settings, connections));
  const { answer, isBusy, ask, problemOf } = useAnswer(["connection_id"]);
  const missing = useProblem("connections.debitoor");
  const taken = !existing && connections.some((connection) => connection.id === id.trim());
  const { isRefused, clear } = useNext({ existing }); // a new connection needs the consent first

  const authorise = (event) => {
    event.preventDefault();
    clear();
    return ask(async () => {
      const { url } = await api.askConsent(id.trim(), { email: settings.debitoor_id?.includes("@") ? settings.debitoor_id : null, back: backPath });
      const target = new URL(url);
      if (!["https:", "http:"].includes(target.protocol)) throw new Error(t("connect.noPage"));
      leave(id.trim());
      window.location.assign(target.href);
      return null;
    });
  };

  return h(
    ui.Stack,
    { as: "form", gap: 4, onSubmit: authorise },
    !existing && h(ConnectionIdField, {
        id,
        taken,
        problem: problemOf("connection_id") ?? missing,
        onChange: setId,
        fieldId: fieldId("connections.debitoor"),
      }),
    h(ui.Text, { color: "fg.muted", textStyle: "sm" }, t("connect.authorise.help")),
    h(
      ui.Button,
      {
        type: "submit",
        colorPalette: "brand",
        variant: existing ? "outline" : "solid",
        alignSelf: "start",
        disabled: !id.trim() || taken,
        loading: isBusy,
        loadingText: t("connect.leaving"),
      },
      existing ? t("connect.authorise.again") : t("connect.authorise"),
    ),
    isRefused && h(NotConnected, { service: "debitoor" }),
    h(Answer, { answer }),
  );
}
