// What a person decides about documents. Each decision wants a reason, which goes into the documents' history.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { notify, notifyFailure } from "./messages.js";
import { ReasonField } from "./reason_field.js";

const ACTIONS = ["book_invoice", "book_record", "distinct", "send_again", "only_if_missing", "mark_moved", "ignore"];

/** The actions that at least one of the documents allows. */
const allowed = (documents) => ACTIONS.filter((action) => documents.some((one) => one.actions.includes(action)));

/**
 * Acts on what was chosen in a list; stays in sight while one scrolls.
 *
 * @param {Object} props
 * @param {Object[]} props.documents the chosen ones that are in sight
 * @param {{account: string, ids: number[]|null, fitting: Object|null}[]} props.targets what the server is asked to change
 * @param {number} props.count how many that are
 * @param {number} [props.total] how many fit the filter, when all of them can be chosen
 * @param {boolean} [props.isAll] whether all that fit are chosen
 * @param {Object<string, number>} [props.states] how many of all that fit are in each state
 * @param {(() => void)|null} [props.onAll] chooses all that fit; without it that is not offered
 * @param {() => void} props.onClear chooses none
 * @param {() => void} props.onDone called when documents have changed
 */
export function ActionBar({ documents, targets, count, total, isAll = false, states = {}, onAll, onClear, onDone }) {
  const { t } = useWords();
  return h(
    ui.Flex,
    {
      role: "region",
      "aria-label": t("documents.chosen.label"),
      position: "sticky",
      bottom: 2,
      zIndex: "docked",
      gap: 2,
      p: 2,
      wrap: "wrap",
      align: "center",
      bg: "bg.panel",
      borderWidth: 1,
      borderColor: "border",
      rounded: "md",
      shadow: "md",
    },
    h(ui.Text, { fontSize: "sm", fontWeight: "medium", "aria-live": "polite" }, t("documents.chosen", { count })),
    onAll &&
      !isAll &&
      total > count &&
      h(ui.Button, { size: "xs", variant: "ghost", onClick: onAll }, t("documents.chooseFitting", { count: total })),
    h(ui.Button, { size: "xs", variant: "ghost", onClick: onClear }, t("documents.chooseNone")),
    h(ui.Spacer),
    h(DocumentActions, {
      actions: isAll ? ACTIONS : allowed(documents),
      send: isAll ? sendWordOfStates(states) : sendWord(documents),
      targets,
      countOf: (action) => (isAll ? count : documents.filter((one) => one.actions.includes(action)).length),
      onDone,
    }),
  );
}

/**
 * The buttons of the actions, and the dialog that asks for the reason.
 *
 * @param {Object} props
 * @param {string[]} props.actions those to offer
 * @param {Object[]} props.targets what the server is asked to change
 * @param {(action: string) => number} [props.countOf] how many documents an action will change; default: one
 * @param {() => void} props.onDone called when documents have changed
 * @param {string} props.send the word for sending them, see `sendWord`
 */
export function DocumentActions({ actions, targets, countOf = () => 1, send, onDone }) {
  const { t } = useWords();
  const [action, setAction] = useState(null);
  const wordOf = (one) => (one === "send_again" ? send : one);
  const finish = (hasChanged) => {
    setAction(null);
    if (hasChanged) onDone();
  };
  return h(
    ui.Wrap,
    { gap: 1, role: "group", "aria-label": t("do.actions") },
    ACTIONS.filter((one) => actions.includes(one)).map((one) =>
      h(ui.Button, { key: one, size: "xs", variant: "outline", onClick: () => setAction(one) }, t(`documents.do.${wordOf(one)}`)),
    ),
    action && h(ReasonDialog, { action, word: wordOf(action), targets, count: countOf(action), onClose: finish }),
  );
}

function ReasonDialog({ action, word, targets, count, onClose }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isReady = reason.trim() !== "";
  const act = async (event) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    setBusy(true);
    try {
      const sum = await actOnAll(action, targets, reason.trim());
      notify(summary(t, sum), sum.changed ? "success" : "warning");
      onClose(true);
    } catch (failure) {
      setBusy(false);
      notifyFailure(failure, t);
    }
  };
  const form = "reason-of-action";
  return h(
    Dialog,
    {
      title: t(`documents.do.${word}`),
      onClose: () => onClose(false),
      footer: h(
        ui.Button,
        { type: "submit", form, colorPalette: "brand", loading: isBusy, disabled: !isReady },
        t("documents.do.confirm", { count }),
      ),
    },
    h(
      ui.Stack,
      { as: "form", id: form, gap: 3, onSubmit: act },
      h(ui.Text, null, t(`documents.do.${word}.explained`)),
      h(ReasonField, { value: reason, onChange: setReason }),
    ),
  );
}

const SENT = new Set(["moved", "archived"]);

/** Whether sending a document gives it a second record; one that is held since it has several is looked for there. */
const wasSent = (document) => SENT.has(document.state) || Boolean(document.target_id);

/** The word for sending documents: what was never sent is not sent again. */
export function sendWord(documents) {
  const sent = documents.filter(wasSent).length;
  return sent === 0 ? "send" : sent === documents.length ? "send_again" : "send_any";
}

/** The same, of documents of which no more is known than how many are in each state. */
function sendWordOfStates(states) {
  const there = Object.keys(states).filter((state) => states[state] > 0);
  const sent = there.filter((state) => SENT.has(state)).length;
  return sent === 0 ? "send" : sent === there.length ? "send_again" : "send_any";
}

async function actOnAll(action, targets, reason) {
  const sum = { changed: 0, left: 0 };
  for (const { account, ...chosen } of targets) {
    const { changed, left } = await api.act(account, { action, ...chosen, reason });
    sum.changed += changed;
    sum.left += left;
  }
  return sum;
}

const summary = (t, { changed, left }) =>
  [(changed > 0 || left === 0) && t("documents.do.changed", { count: changed }), left > 0 && t("documents.do.left", { count: left })].filter(Boolean).join(" ");
