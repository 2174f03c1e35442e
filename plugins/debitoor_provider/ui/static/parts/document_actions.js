// What a person decides about documents. Each decision wants a reason, which goes into the documents' history.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { notify, notifyFailure } from "./messages.js";
import { ReasonField } from "./reason_field.js";

const ACTIONS = ["book_invoice", "book_record", "distinct", "send", "send_again", "only_if_missing", "mark_moved", "ignore"];

/** Those that allow an action, as they were last shown: a decision is never about what has become of one since. */
const allowing = (action, documents) => documents.filter((one) => one.actions.includes(action));

/**
 * Acts on what was chosen in a list; stays in sight while one scrolls.
 *
 * @param {Object} props
 * @param {Object[]} props.documents the chosen ones that are in sight
 * @param {number} [props.total] how many fit the filter, when all of them can be chosen
 * @param {{account: string, fitting: Object}|null} [props.all] what the server is asked to change, when all that fit are chosen
 * @param {Object<string, number>} [props.states] how many of all that fit are in each state
 * @param {(() => void)|null} [props.onAll] chooses all that fit; without it that is not offered
 * @param {() => void} props.onClear chooses none
 * @param {() => void} props.onDone called when documents have changed
 */
export function ActionBar({ documents, total = 0, all = null, states = {}, onAll, onClear, onDone }) {
  const { t } = useWords();
  const count = all ? total : documents.length;
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
      !all &&
      total > count &&
      h(ui.Button, { size: "xs", variant: "ghost", onClick: onAll }, t("documents.chooseFitting", { count: total })),
    h(ui.Button, { size: "xs", variant: "ghost", onClick: onClear }, t("documents.chooseNone")),
    h(ui.Spacer),
    h(DocumentActions, {
      actions: ACTIONS.filter((action) => (all ? fitting(action, states, total) : allowing(action, documents).length) > 0),
      documents,
      all: all && { target: all, countOf: (action) => fitting(action, states, total) },
      onDone,
    }),
  );
}

/**
 * The buttons of the actions, and the dialog that asks for the reason.
 *
 * @param {Object} props
 * @param {string[]} props.actions those to offer
 * @param {Object[]} props.documents each action is for those that allow it
 * @param {boolean} [props.isShown] whether a person sees why they wait, and decides about that reason
 * @param {{target: Object, countOf: (action: string) => number}|null} [props.all] instead: what the server is asked to
 *   change, and how many documents an action will change
 * @param {() => void} props.onDone called when documents have changed
 */
export function DocumentActions({ actions, documents, isShown = false, all = null, onDone }) {
  const { t } = useWords();
  const [open, setOpen] = useState(null);
  const start = (action) => setOpen({ action, ids: new Set(allowing(action, documents).map((one) => one.id)) });
  const finish = (hasChanged) => {
    setOpen(null);
    if (hasChanged) onDone();
  };
  return h(
    ui.Wrap,
    { gap: 1, role: "group", "aria-label": t("do.actions") },
    ACTIONS.filter((one) => actions.includes(one)).map((one) =>
      h(ui.Button, { key: one, size: "xs", variant: "outline", onClick: () => start(one) }, t(`documents.do.${one}`)),
    ),
    open && h(ReasonDialog, { action: open.action, ...meant(open, documents, isShown, all), onClose: finish }),
  );
}

/** What the open dialog asks about: what allowed its action when it was opened, and still does. */
function meant({ action, ids }, documents, isShown, all) {
  if (all) return { explained: action, targets: [all.target], count: all.countOf(action) };
  const those = allowing(action, documents).filter((one) => ids.has(one.id));
  const explained = action === "send" && those.some((one) => one.target_id) ? "send_any" : action;
  return { explained, targets: byAccount(those, isShown), count: those.length };
}

function ReasonDialog({ action, explained, targets, count, onClose }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isReady = reason.trim() !== "" && count > 0; // a run may take the last of them meanwhile
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
      title: t(`documents.do.${action}`),
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
      h(ui.Text, null, t(`documents.do.${explained}.explained`)),
      h(ReasonField, { value: reason, onChange: setReason }),
    ),
  );
}

/** What has to be in one of some states; the other actions ask more of a document. */
const STATES = { send: ["held", "rejected", "ignored"], send_again: ["moved", "archived"] };

/** How many of all that fit an action is for, as far as their states tell. */
function fitting(action, states, total) {
  if (!(action in STATES)) return total;
  return STATES[action].reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

/** @param {Object[]} documents @param {boolean} isShown see `DocumentActions` */
function byAccount(documents, isShown) {
  const ids = new Map();
  for (const one of documents) ids.set(one.account, [...(ids.get(one.account) ?? []), one.id]);
  const reason_code = (isShown && documents[0]?.reason_code) || null;
  return [...ids].map(([account, those]) => ({ account, ids: those, fitting: null, reason_code }));
}

async function actOnAll(action, targets, reason) {
  const sum = { changed: 0, left: 0 };
  let refusal = null;
  for (const { account, ...chosen } of targets) {
    try {
      const { changed, left } = await api.act(account, { action, ...chosen, reason });
      sum.changed += changed;
      sum.left += left;
    } catch (failure) {
      if (failure.status !== 409) throw failure;
      refusal = failure; // none of this account's; those of the next may allow it
      sum.left += chosen.ids?.length ?? 0;
    }
  }
  if (refusal && !sum.changed) throw refusal;
  return sum;
}

const summary = (t, { changed, left }) =>
  [(changed > 0 || left === 0) && t("documents.do.changed", { count: changed }), left > 0 && t("documents.do.left", { count: left })].filter(Boolean).join(" ");
