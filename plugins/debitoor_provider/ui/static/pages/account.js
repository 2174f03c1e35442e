// One account: how it is, what can be done, its documents, its runs and its settings.

import { HOME, Navigate, Route, Routes, h, ui, useEffect, useLocation, useNavigate, useParams, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { Chart } from "../parts/chart.js";
import { Count, Facts, LastRun, NextRun } from "../parts/account_facts.js";
import { Condition } from "../parts/account_table.js";
import { ActionButtons, Actions } from "../parts/actions.js";
import { CheckTab } from "../parts/check_tab.js";
import { DocumentsTab } from "../parts/documents.js";
import { Place, accountPlace } from "../parts/links.js";
import { FailureNotice, Loading } from "../parts/notices.js";
import { LoadingFailed, Nowhere } from "../parts/nowhere.js";
import { RunsList } from "../parts/runs_list.js";
import { SettingsTab } from "../parts/settings_tab.js";
import { isUnderWay } from "../parts/state.js";

const TABS = ["documents", "runs", "check", "settings"];
/** Of an account without a file: a hand-written DAG moves the documents. */
const FILELESS_TABS = ["documents", "runs"];

export function AccountPage() {
  const { accountId } = useParams();
  return h(OneAccount, { key: accountId, id: accountId });
}

function OneAccount({ id }) {
  const { t } = useWords();
  const [isRunning, setRunning] = useState(false);
  const { data, failure, reload } = useData((options) => api.oneAccount(id, options), [id], {
    every: isRunning ? 2000 : 5000,
  });
  useEffect(() => setRunning(Boolean(data) && isUnderWay(data)), [data]);
  if (!data) return failure ? h(LoadingFailed, { failure, onRetry: reload }) : h(Loading);
  const tabs = data.fileless ? FILELESS_TABS : TABS.filter((tab) => tab !== "check" || data.rights.run);
  return h(
    Actions,
    { onDone: reload },
    h(Place, { to: HOME, fontSize: "sm" }, `← ${t("nav.accounts")}`),
    h(FailureNotice, { failure, onRetry: reload }),
    h(Head, { row: data }),
    h(
      Tabs,
      { id, tabs },
      h(
        Routes,
        null,
        h(Route, { path: "documents/:documentId?", element: h(DocumentsTab, { account: data, onChange: reload }) }),
        h(Route, { path: "runs", element: h(RunsList, { account: id }) }),
        data.fileless || h(Route, { path: "check", element: h(CheckTab, { account: data }) }),
        data.fileless || h(Route, { path: "settings", element: h(SettingsTab, { account: data }) }),
        h(Route, { index: true, element: h(Navigate, { to: accountPlace(id, "/documents"), replace: true }) }),
        h(Route, { path: "*", element: h(Nowhere, { back: { to: accountPlace(id), text: data.name } }) }),
      ),
    ),
  );
}

function Head({ row }) {
  const { t } = useWords();
  const stats = [
    ["accounts.moved", h(Count, { row, what: "moved" })],
    ["accounts.to_do", h(Count, { row, what: "to_do" })],
    ["accounts.waiting", h(Count, { row, what: "waiting" })],
    ["accounts.attention", h(Count, { row, what: "attention" })],
    ["accounts.last_run", h(LastRun, { row })],
    ...(row.fileless ? [] : [["accounts.next_run", h(NextRun, { row })]]),
  ];
  return h(
    ui.Stack,
    { gap: 3, mt: 1, mb: 4 },
    h(
      ui.Box,
      null,
      h(ui.Heading, { as: "h2", size: "lg", overflowWrap: "anywhere" }, row.name),
      h(Facts, { row }),
      row.note && h(ui.Text, { fontSize: "sm", overflowWrap: "anywhere" }, row.note),
    ),
    h(Condition, { row }),
    h(
      ui.Flex,
      { gap: { base: 4, md: 8 }, wrap: "wrap", align: "end" },
      stats.map(([key, value]) =>
        h(
          ui.Box,
          { key },
          h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t(key)),
          h(ui.Box, { fontWeight: "medium" }, value),
        ),
      ),
      h(Chart, { days: row.chart }),
    ),
    row.fileless || h(ActionButtons, { row }),
  );
}

/** The tabs are places, so that each can be linked to. */
function Tabs({ id, tabs, children }) {
  const { t } = useWords();
  const go = useNavigate();
  const { pathname } = useLocation();
  const rest = pathname.slice(accountPlace(id, "/").length);
  const chosen = TABS.find((tab) => rest === tab || rest.startsWith(`${tab}/`)) ?? (rest ? "" : TABS[0]);
  return h(
    ui.Tabs.Root,
    {
      value: chosen,
      colorPalette: "brand",
      activationMode: "manual",
      onValueChange: ({ value }) => go(accountPlace(id, `/${value}`)),
    },
    h(
      ui.Tabs.List,
      { flexWrap: "wrap" },
      tabs.map((tab) =>
        h(
          ui.Tabs.Trigger,
          {
            key: tab,
            value: tab,
            flexShrink: 0,
            whiteSpace: "nowrap",
            px: { base: 1.5, md: 4 },
            fontSize: { base: "0.8125rem", md: "sm" },
          },
          t(`account.tab.${tab}`),
        ),
      ),
    ),
    h(ui.Tabs.Content, { value: chosen }, children),
  );
}
