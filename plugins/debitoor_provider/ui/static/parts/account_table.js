// The accounts as a table, where there is room.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { Count, Facts, LastRun, NextRun, ProgressBar } from "./account_facts.js";
import { ActionsMenu } from "./actions.js";
import { Advice, Problems } from "./advice.js";
import { Chart } from "./chart.js";
import { Place, accountPlace } from "./links.js";
import { SortHeader } from "./lists.js";
import { StateBadge } from "./state.js";

export function AccountTable({ rows, order, onOrder }) {
  const { t } = useWords();
  const sorted = (name, first, props) => h(SortHeader, { name, order, onOrder, first, ...props }, t(`accounts.${name}`));
  const plain = (word) => h(ui.Table.ColumnHeader, { whiteSpace: "nowrap" }, word);
  return h(
    ui.Table.ScrollArea,
    null,
    h(
      ui.Table.Root,
      { size: "sm", "aria-label": t("nav.accounts") },
      h(
        ui.Table.Header,
        null,
        h(
          ui.Table.Row,
          null,
          sorted("name", "name"),
          plain(t("accounts.state")),
          sorted("moved", "-moved", { textAlign: "end" }),
          h(ui.Table.ColumnHeader, { textAlign: "end" }, t("accounts.waiting")),
          sorted("attention", "-attention", { textAlign: "end" }),
          plain(t("accounts.lastDays")),
          sorted("last_run", "-last_run"),
          sorted("next_run", "next_run"),
          h(ui.Table.ColumnHeader, null, h(ui.VisuallyHidden, null, t("do.actions"))),
        ),
      ),
      h(ui.Table.Body, null, rows.map((row) => h(AccountRow, { key: row.id, row }))),
    ),
  );
}

function AccountRow({ row }) {
  return h(
    ui.Table.Row,
    { verticalAlign: "top" },
    h(
      ui.Table.Cell,
      { minW: "48", maxW: "72", whiteSpace: "normal" },
      h(Place, { to: accountPlace(row.id), fontWeight: "medium" }, row.name),
      h(Facts, { row }),
    ),
    h(ui.Table.Cell, { minW: "56", maxW: "80", whiteSpace: "normal" }, h(Condition, { row })),
    number(h(Count, { row, what: "moved" })),
    number(h(Count, { row, what: "waiting" })),
    number(h(Count, { row, what: "attention" })),
    h(ui.Table.Cell, null, h(Chart, { days: row.chart })),
    h(ui.Table.Cell, { whiteSpace: "nowrap" }, h(LastRun, { row })),
    h(ui.Table.Cell, { whiteSpace: "nowrap" }, h(NextRun, { row })),
    h(ui.Table.Cell, { textAlign: "end" }, h(ActionsMenu, { row })),
  );
}

const number = (content) => h(ui.Table.Cell, { textAlign: "end", fontVariantNumeric: "tabular-nums" }, content);

/** The state with all that belongs to it. */
export function Condition({ row }) {
  return h(
    ui.Stack,
    { gap: 1, align: "start" },
    h(StateBadge, { state: row.state }),
    h(ui.Box, { width: "full" }, h(ProgressBar, { row })),
    row.state === "broken" && h(Problems, { row, file: row.file ?? row.id }),
    h(Advice, { row }),
  );
}
