// What can be done with an account: a menu in its row, buttons on its page. Offered is what the user's rights allow;
// whether it is allowed is asked again by Airflow when it is done.

import { HOME, createContext, h, ui, useContext, useNavigate, useRef, useState } from "../host.js";
import { pause, sync } from "../airflow.js";
import * as api from "../api.js";
import { useMe } from "../me.js";
import { keep, newDraft } from "../wizard/draft.js";
import { useWords } from "../words.js";
import { BackfillDialog } from "./backfill.js";
import { DryRunDialog } from "./dry_run.js";
import { accountPlace } from "./links.js";
import { notify, notifyFailure } from "./messages.js";
import { RemoveDialog } from "./removing.js";
import { requireNothingWrong } from "./startable.js";
import { isUnderWay } from "./state.js";
import { StopDialog } from "./stopping.js";

const DIALOGS = { dry_run: DryRunDialog, backfill: BackfillDialog, stop: StopDialog, remove: RemoveDialog };
const Acting = createContext(null);

/** Lets everything inside act on accounts; `onDone` is called when something has changed. */
export function Actions({ onDone, children }) {
  const { t } = useWords();
  const go = useNavigate();
  const [open, setOpen] = useState(null);
  const underWay = useRef(new Set());
  const act = async (action, row) => {
    if (action === "edit") return go(accountPlace(row.id, "/edit"));
    if (action === "duplicate") return duplicate(row).then(go, (failure) => notifyFailure(failure, t));
    if (action in DIALOGS) return setOpen({ action, row });
    const key = `${action} ${row.id}`;
    if (underWay.current.has(key)) return undefined; // pressed twice
    underWay.current.add(key);
    try {
      const result = (await AT_ONCE[action](row, t)) ?? "done";
      notify(t(`do.${action}.${result}`, { name: row.name }));
    } catch (failure) {
      notifyFailure(failure, t);
    }
    underWay.current.delete(key);
    return onDone();
  };
  const close = (hasChanged) => {
    setOpen(null);
    if (hasChanged) onDone();
  };
  return h(
    Acting.Provider,
    { value: act },
    children,
    open && h(DIALOGS[open.action], { row: open.row, onClose: close }),
  );
}

/** @returns {(action: string, row: Object) => void} */
export const useAct = () => useContext(Acting);

/** Begins a new account with the settings of another one; returns the place of the form. */
async function duplicate(row) {
  const { settings } = await api.oneAccount(row.id);
  keep(null, { ...newDraft(), settings: { ...settings, name: undefined }, isCopy: true });
  return `${HOME}/new?step=account`;
}

/** Lets the next run exceed what stopped the last one, and starts it where that is possible; returns what became of it. */
async function allow(row) {
  await api.allowOnce(
    row.id,
    row.stops.map((stop) => stop.id),
  );
  return row.rights.run && !row.paused ? ALLOWED[await sync(row.dag_id)] : "done";
}

const ALLOWED = { done: "started", already: "already", after: "after" };

const AT_ONCE = {
  allow,
  sync: (row) => sync(row.dag_id),
  pause: async (row) => void (await pause(row.dag_id, true)),
  resume: async (row, t) => {
    await requireNothingWrong(row, t);
    await pause(row.dag_id, false);
  },
};

/** The actions that an account's state and the user's rights leave, in the order in which they are offered. */
export function actionsFor(row, me) {
  const { run, stop, edit, delete: remove } = row.rights;
  const runs = run && row.known && row.state !== "broken";
  return [
    edit && row.stops.length > 0 && row.state !== "approval" && "allow",
    runs && !row.paused && row.state !== "postponed" && "sync",
    edit && row.known && row.paused === true && "resume",
    stop && row.known && (isUnderWay(row) || row.state === "postponed") && "stop",
    runs && "dry_run",
    runs && "backfill",
    edit && row.known && row.paused === false && "pause",
    edit && !row.fileless && "edit",
    me.rights.create && !row.fileless && row.state !== "broken" && "duplicate",
    remove && "remove",
  ].filter(Boolean);
}

export function ActionsMenu({ row }) {
  const { t } = useWords();
  const act = useAct();
  const actions = actionsFor(row, useMe());
  if (!actions.length) return null;
  return h(
    ui.Menu.Root,
    { lazyMount: true, unmountOnExit: true, onSelect: ({ value }) => act(value, row) },
    h(
      ui.Menu.Trigger,
      { asChild: true },
      h(
        ui.IconButton,
        { size: "xs", variant: "ghost", "aria-label": t("do.menu", { name: row.name }) },
        h("span", { "aria-hidden": true }, "⋯"),
      ),
    ),
    h(
      ui.Portal,
      null,
      h(
        ui.Menu.Positioner,
        null,
        h(
          ui.Menu.Content,
          { "aria-label": t("do.menu", { name: row.name }) },
          actions.map((action) => h(ui.Menu.Item, { key: action, value: action, ...toneOf(action) }, t(`do.${action}`))),
        ),
      ),
    ),
  );
}

const toneOf = (action) => (action === "remove" ? { color: "red.fg" } : {});

const MAIN = new Set(["sync", "resume", "allow"]);

export function ActionButtons({ row }) {
  const { t } = useWords();
  const act = useAct();
  const me = useMe();
  return h(
    ui.Wrap,
    { gap: 2, role: "group", "aria-label": t("do.actions") },
    actionsFor(row, me).map((action) =>
      h(
        ui.Button,
        {
          key: action,
          size: "sm",
          variant: MAIN.has(action) ? "solid" : "outline",
          colorPalette: action === "remove" || action === "stop" ? "red" : "brand",
          onClick: () => act(action, row),
        },
        t(`do.${action}`),
      ),
    ),
  );
}
