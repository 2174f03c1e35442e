// The last runs, of one account or of all: kind, duration and result.

import { h, ui } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { day, duration, moment } from "../format.js";
import { useWords } from "../words.js";
import { Place, RunPlace, accountPlace, attentionPlace } from "./links.js";
import { useIsNarrow } from "./narrow.js";
import { FailureNotice, Loading, Nothing } from "./notices.js";

const COLOURS = { success: "green", rejected: "orange", failed: "red", stopped: "red" };

/** @param {{account?: string}} props without an account: the runs of all that one may see */
export function RunsList({ account }) {
  const { t } = useWords();
  const isNarrow = useIsNarrow();
  const { data, failure, reload } = useData((options) => api.runs(account, { limit: 50 }, options), [account], {
    every: 5000,
  });
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const { runs } = data;
  return h(
    ui.Box,
    null,
    h(FailureNotice, { failure, onRetry: reload }),
    runs.length === 0 && h(Nothing, { title: t("runs.none") }),
    runs.length > 0 && h(isNarrow ? Cards : Table, { runs, withAccount: !account }),
  );
}

const keyOf = (run) => `${run.account}/${run.dag_id}/${run.dag_run_id}`;

function Table({ runs, withAccount }) {
  const { t } = useWords();
  const head = ["started", withAccount && "account", "kind", "duration", "counts", "verdict"].filter(Boolean);
  const { language } = useWords();
  return h(
    ui.Table.ScrollArea,
    null,
    h(
      ui.Table.Root,
      { size: "sm", "aria-label": t("nav.runs") },
      h(
        ui.Table.Header,
        null,
        h(ui.Table.Row, null, head.map((name) => h(ui.Table.ColumnHeader, { key: name }, t(`runs.${name}`)))),
      ),
      h(
        ui.Table.Body,
        null,
        runs.map((run) =>
          h(
            ui.Table.Row,
            { key: keyOf(run), verticalAlign: "top" },
            h(ui.Table.Cell, { whiteSpace: "nowrap" }, h(Started, { run })),
            withAccount &&
              h(ui.Table.Cell, { whiteSpace: "normal" }, h(Place, { to: accountPlace(run.account) }, run.account_name)),
            h(ui.Table.Cell, { whiteSpace: "normal" }, h(Kind, { run })),
            h(ui.Table.Cell, { whiteSpace: "nowrap" }, duration(run.seconds, language)),
            h(ui.Table.Cell, { whiteSpace: "normal", minW: "40" }, h(Counts, { run })),
            h(ui.Table.Cell, { whiteSpace: "normal", maxW: "96" }, h(Verdict, { run })),
          ),
        ),
      ),
    ),
  );
}

function Cards({ runs, withAccount }) {
  const { t, language } = useWords();
  return h(
    ui.Stack,
    { as: "ul", gap: 2, listStyleType: "none", "aria-label": t("nav.runs") },
    runs.map((run) =>
      h(
        ui.Stack,
        { as: "li", key: keyOf(run), gap: 1, borderWidth: 1, borderColor: "border", rounded: "md", p: 2 },
        withAccount && h(Place, { to: accountPlace(run.account) }, run.account_name),
        h(ui.Flex, { gap: 2, wrap: "wrap" }, h(Started, { run }), h(ui.Text, null, duration(run.seconds, language))),
        h(Kind, { run }),
        h(Counts, { run }),
        h(Verdict, { run }),
      ),
    ),
  );
}

function Started({ run }) {
  const { t, language } = useWords();
  const started = moment(run.started_at, language);
  return h(RunPlace, { run, "aria-label": t("runs.open", { name: run.account_name, time: started }) }, started);
}

function Kind({ run }) {
  const { t, language } = useWords();
  const { from, to, document_ids: ids } = run.window;
  const bounds = from && to ? "both" : from ? "from" : "to";
  const period = (from || to) && t(`runs.period.${bounds}`, { from: day(from, language), to: day(to, language) });
  return h(
    ui.Box,
    null,
    h(ui.Text, null, t(`runs.kind.${run.kind}`)),
    period && h(ui.Text, { fontSize: "sm", color: "fg.muted" }, period),
    ids?.length > 0 && h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t("runs.chosen", { count: ids.length })),
  );
}

function Counts({ run }) {
  const { t, has } = useWords();
  const isOwn = run.dag_id === `debitoor__${run.account}`;
  const query = new URLSearchParams({ run: isOwn ? run.dag_run_id : `${run.dag_id}/${run.dag_run_id}` });
  const counts = Object.entries(run.counts)
    .filter(([, number]) => typeof number === "number" && number > 0)
    .map(([name, number]) => {
      const key = `runs.count.${name.replaceAll(" ", "_")}`;
      return has(key) || has(`${key}_other`) ? t(key, { count: number }) : `${number} ${name}`;
    });
  const invoices = Object.entries(run.counts.e_invoices ?? {});
  if (!counts.length && !invoices.length)
    return run.verdict === "success" ? h(ui.Text, { as: "span", color: "fg.muted" }, t("runs.nothing")) : null;
  return h(
    ui.Stack,
    { gap: 1, align: "start" },
    counts.length > 0 && h(Place, { to: accountPlace(run.account, `/documents?${query}`) }, counts.join(", ")),
    invoices.map(([outcome, number]) =>
      h(
        Place,
        { key: outcome, fontSize: "sm", to: accountPlace(run.account, `/documents?${query}&invoice=${outcome}`) },
        t("common.line", { name: t(`invoice.${outcome}`), value: number }),
      ),
    ),
  );
}

function Verdict({ run }) {
  const { t } = useWords();
  const verdict = run.verdict || (run.finished_at ? "ended" : "running");
  return h(
    ui.Stack,
    { gap: 1, align: "start" },
    h(ui.Badge, { colorPalette: COLOURS[verdict] ?? (verdict === "running" ? "blue" : "gray") }, t(`runs.verdict.${verdict}`)),
    verdict === "rejected" && h(Place, { to: attentionPlace(run.account), fontSize: "sm" }, t("runs.decide")),
    verdict !== "rejected" &&
      run.error &&
      h(ui.Text, { fontSize: "sm", overflowWrap: "anywhere", whiteSpace: "pre-line" }, run.error),
    run.answers.map((answer) => h(ui.Text, { key: answer, fontSize: "sm", overflowWrap: "anywhere" }, answer)),
    run.warnings.map((warning) =>
      h(ui.Text, { key: warning, fontSize: "sm", color: "fg.warning", overflowWrap: "anywhere" }, warning),
    ),
    run.remedy && h(ui.Text, { fontSize: "sm", color: "fg.muted", overflowWrap: "anywhere" }, run.remedy),
  );
}
