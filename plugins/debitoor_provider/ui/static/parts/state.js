// The state of an account or a document as a word with a colour.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";

const COLOURS = {
  running: "blue",
  well: "green",
  attention: "orange",
  approval: "orange",
  postponed: "orange",
  late: "orange",
  stopped: "red",
  reconnect: "red",
  failed: "red",
  broken: "red",
  waiting: "blue",
  planned: "blue",
  sending: "blue",
  moved: "green",
  archived: "green",
  held: "orange",
  rejected: "red",
};

export const ACCOUNT_STATES = [
  "running",
  "broken",
  "approval",
  "postponed",
  "reconnect",
  "stopped",
  "failed",
  "late",
  "attention",
  "paused",
  "new",
  "well",
];
export const DOCUMENT_STATES = [
  "rejected",
  "held",
  "planned",
  "sending",
  "waiting",
  "moved",
  "archived",
  "ignored",
  "gone",
];

/** Whether a run of the account is under way, or waits to begin or for an answer. */
export const isUnderWay = (row) =>
  ["running", "late", "approval"].includes(row.state) && ["running", "queued"].includes(row.last_run?.state);

export const colourOf = (state) => COLOURS[state] ?? "gray";

export function StateBadge({ state, ...props }) {
  const { t } = useWords();
  return h(ui.Badge, { colorPalette: colourOf(state), flexShrink: 0, ...props }, t(`state.${state}`));
}
