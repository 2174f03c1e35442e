// One sentence about what to do with an account, and the button that does it or leads there.

import { h, ui } from "../host.js";
import { approvalPage } from "../airflow.js";
import { useMe } from "../me.js";
import { useWords } from "../words.js";
import { useAct } from "./actions.js";
import { stepOf } from "../wizard/draft.js";
import { PlaceButton, RunPlace, accountPlace, attentionPlace } from "./links.js";

export function Advice({ row }) {
  const { t } = useWords();
  const who = whoCan(row, useMe());
  const stopped = row.stops.map((stop) => stop.message);
  const advice = row.state === "broken" ? "" : row.advice; // a broken file's is shown with its problems
  const why = isWrong(row) && t("wizard.saved.paused");
  const sentence = [...stopped, why, advice].filter(Boolean).join(" ");
  return h(
    ui.Flex,
    { gap: 2, align: "center", wrap: "wrap" },
    sentence && h(ui.Text, { fontSize: "sm", color: "fg.muted", overflowWrap: "anywhere" }, sentence),
    who && h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t(who)),
    h(Help, { row }),
  );
}

/** Whether the account was saved as a paused draft, or could not be started, since something is known to be wrong. */
const isWrong = (row) => row.state === "paused" && row.wrong.length > 0;

const FOR_EDITORS = new Set(["attention", "paused", "reconnect"]);

/** Who does what is to be done, where the user may not. */
function whoCan(row, me) {
  if (!row.rights.edit && ((row.stops.length > 0 && row.state !== "approval") || FOR_EDITORS.has(row.state))) return "account.help.askEditor";
  if (row.state === "approval" && !row.rights.approve) return "account.help.askEditor";
  if (row.state === "postponed" && !row.rights.stop) return "account.help.askEditor";
  if (row.state === "reconnect" && !me.rights.connect) return "account.help.askConnections";
  return null;
}

function Help({ row }) {
  const { t } = useWords();
  const act = useAct();
  const me = useMe();
  if (row.state === "approval" && row.last_run && row.rights.approve)
    return h(PlaceButton, { to: approvalPage(row.dag_id, row.last_run.dag_run_id) }, t("account.help.approve"));
  if (row.stops.length > 0 && row.rights.edit)
    return h(ui.Button, { size: "xs", variant: "outline", onClick: () => act("allow", row) }, t("do.allow"));
  if (row.state === "reconnect" && row.rights.edit && me.rights.connect)
    return h(PlaceButton, { to: accountPlace(row.id, `/edit?step=${row.refusing ?? "getmyinvoices"}`) }, t("account.help.reconnect"));
  if (row.state === "postponed" && row.rights.stop)
    return h(ui.Button, { size: "xs", variant: "outline", onClick: () => act("stop", row) }, t("do.stop"));
  if (row.state === "late" && row.last_run)
    return h(RunPlace, { run: { ...row.last_run, dag_id: row.dag_id }, fontSize: "sm" }, t("account.help.run"));
  if (row.state === "attention") {
    const word = row.rights.edit ? "account.help.resolve" : "account.help.documents";
    return h(PlaceButton, { to: attentionPlace(row.id) }, t(word));
  }
  if (row.state === "broken") return h(PlaceButton, { to: accountPlace(row.id, "/settings") }, t("account.help.problems"));
  if (isWrong(row) && row.rights.edit)
    return [
      h(
        PlaceButton,
        { key: "correct", to: accountPlace(row.id, `/edit?step=${stepOf(row.wrong[0].field)}`) },
        t("wizard.saved.correct"),
      ),
      h(ui.Button, { key: "resume", size: "xs", variant: "ghost", onClick: () => act("resume", row) }, t("do.resume")),
    ];
  if (row.state === "paused" && row.rights.edit)
    return h(ui.Button, { size: "xs", variant: "outline", onClick: () => act("resume", row) }, t("do.resume"));
  if (["approval", "failed", "stopped", "reconnect"].includes(row.state) && row.last_run)
    return h(RunPlace, { run: { ...row.last_run, dag_id: row.dag_id }, fontSize: "sm" }, t("account.help.run"));
  return null;
}

/** The problems of a broken file: where, what, and the remedy. */
export function Problems({ row, file }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { as: "ul", gap: 1, listStyleType: "none" },
    row.problems.map((problem, index) => {
      const place = problem.line ? t("account.problem.line", { file, line: problem.line }) : file;
      return h(
        ui.Box,
        { as: "li", key: index, fontSize: "sm", overflowWrap: "anywhere" },
        h(ui.Text, { as: "span", fontFamily: "mono" }, [place, problem.field].filter(Boolean).join(" · ")),
        h(ui.Text, null, `${problem.message} ${problem.remedy}`),
      );
    }),
  );
}
