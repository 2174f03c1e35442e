// The accounts as cards, for narrow screens.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { Count, Facts, LastRun, NextRun } from "./account_facts.js";
import { Condition } from "./account_table.js";
import { ActionsMenu } from "./actions.js";
import { Chart } from "./chart.js";
import { FactList } from "./fact_list.js";
import { Place, accountPlace } from "./links.js";

export function AccountCards({ rows }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { as: "ul", gap: 3, listStyleType: "none", "aria-label": t("nav.accounts") },
    rows.map((row) => h(AccountCard, { key: row.id, row })),
  );
}

function AccountCard({ row }) {
  const { t } = useWords();
  const facts = [
    [t("accounts.moved"), h(Count, { row, what: "moved" })],
    [t("accounts.waiting"), h(Count, { row, what: "waiting" })],
    [t("accounts.attention"), h(Count, { row, what: "attention" })],
    [t("accounts.last_run"), h(LastRun, { row })],
    [t("accounts.next_run"), h(NextRun, { row })],
  ];
  return h(
    ui.Box,
    { as: "li", borderWidth: 1, borderColor: "border", rounded: "md", p: 3 },
    h(
      ui.Flex,
      { justify: "space-between", gap: 2 },
      h(ui.Box, { minW: 0 }, h(Place, { to: accountPlace(row.id), fontWeight: "medium" }, row.name), h(Facts, { row })),
      h(ActionsMenu, { row }),
    ),
    h(ui.Box, { my: 2 }, h(Condition, { row })),
    h(FactList, { facts, templateColumns: "1fr 1fr" }),
    h(Chart, { days: row.chart, mt: 2 }),
  );
}
