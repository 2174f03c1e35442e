// After saving: the file to commit where the page cannot write it; otherwise wait for Airflow, and start.

import { HOME, Link, h, ui, useNavigate, useState } from "../host.js";
import * as airflow from "../airflow.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { FailureNotice } from "../parts/notices.js";
import { requireNothingWrong } from "../parts/startable.js";
import { FileText } from "./file.js";
import { stepOf } from "./draft.js";
import { KnownWrong } from "./wrong.js";

export function Saved(props) {
  return props.written ? h(Written, props) : h(ToCommit, props);
}

function ToCommit({ path, yaml, wrong }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 4, maxW: "64rem", minW: 0 },
    h(ui.Heading, { as: "h2", size: "lg" }, t("wizard.commit")),
    h(ui.Text, null, t("wizard.commit.help", { path })),
    wrong && h(KnownWrong, { problems: wrong, title: t("wizard.commit.wrong") }),
    h(FileText, { name: path, text: yaml }),
    h(ui.Link, { asChild: true, colorPalette: "brand" }, h(Link, { to: HOME }, t("wizard.back.accounts"))),
  );
}

function Written({ accountId, dag_id: dagId, frequency, before, wrong, unclear, onCorrect }) {
  const { t } = useWords();
  const isEdit = Boolean(before);
  const page = `${HOME}/accounts/${encodeURIComponent(accountId)}`;
  const [isKnown, setKnown] = useState(isEdit);
  const { data: account } = useData(
    async (options) => {
      const found = await api.oneAccount(accountId, options);
      if (found.known) setKnown(true);
      return found;
    },
    [accountId],
    { every: isKnown ? 0 : 2000 },
  );
  const isToStart = isKnown && account && !wrong && (!isEdit || (isUnstarted(before) && account.paused && account.rights.run));
  return h(
    ui.Stack,
    { gap: 4, maxW: "40rem" },
    h(
      ui.Alert.Root,
      { status: "success", role: "status" },
      h(ui.Alert.Indicator),
      h(
        ui.Alert.Content,
        null,
        h(ui.Alert.Title, null, t("wizard.saved")),
        h(ui.Alert.Description, null, isEdit ? t("wizard.saved.changed") : t("wizard.saved.new")),
      ),
    ),
    h(
      ui.Box,
      { "aria-live": "polite" },
      !isKnown && h(ui.HStack, null, h(ui.Spinner, { size: "sm" }), h(ui.Text, null, t("wizard.saved.waiting"))),
      isToStart && h(Start, { account, dagId, frequency, page, unclear }),
    ),
    wrong && h(KnownWrong, { problems: wrong, title: t("wizard.saved.paused") }),
    isEdit && unclear && !isToStart && h(Unclear, { reason: unclear }),
    wrong && isKnown && h(Correct, { page, step: stepOf(wrong[0].field), onCorrect: isEdit ? onCorrect : null }),
    !wrong && !isToStart && (isEdit || !isKnown) &&
      h(
        ui.Button,
        { asChild: true, variant: isEdit ? "solid" : "outline", colorPalette: "brand", alignSelf: "start" },
        h(Link, { to: page }, t("wizard.saved.toAccount")),
      ),
  );
}

/** Whether an account was paused since something was wrong with it, or never started; others a person has paused. */
const isUnstarted = ({ wrong, last_run: run }) => wrong.length > 0 || !run;

/** The account is there: start it, or leave it as it is. */
function Start({ account, dagId, frequency, page, unclear }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [failure, setFailure] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    setFailure(null);
    try {
      if (account.paused) {
        await requireNothingWrong(account, t);
        await airflow.pause(dagId, false);
      }
      // A schedule starts its first run by itself as soon as the account is resumed.
      if (!account.paused || frequency === "manual") await airflow.sync(dagId);
      navigate(page);
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return h(
    ui.Stack,
    { gap: 3 },
    h(ui.Text, null, account.paused ? t("wizard.start.paused") : t("wizard.start.active")),
    unclear && h(Unclear, { reason: unclear }),
    failure && h(FailureNotice, { failure }),
    h(
      ui.HStack,
      { wrap: "wrap" },
      account.rights.run &&
        h(
          ui.Button,
          { colorPalette: "brand", variant: unclear ? "outline" : "solid", loading: isBusy, onClick: start },
          t("wizard.start.now"),
        ),
      h(
        ui.Button,
        { asChild: true, variant: "outline" },
        h(Link, { to: page }, account.paused ? t("wizard.start.leave") : t("wizard.saved.toAccount")),
      ),
    ),
  );
}

/** What is known to be wrong is corrected first; until then the account cannot be started here. */
function Correct({ page, step, onCorrect }) {
  const { t } = useWords();
  const link = h(Link, { to: `${page}/edit?step=${step}` }, t("wizard.saved.correct"));
  return h(
    ui.HStack,
    { wrap: "wrap" },
    onCorrect
      ? h(ui.Button, { colorPalette: "brand", onClick: () => onCorrect(step) }, t("wizard.saved.correct"))
      : h(ui.Button, { asChild: true, colorPalette: "brand" }, link),
    h(ui.Button, { asChild: true, variant: "outline" }, h(Link, { to: page }, t("wizard.start.leave"))),
  );
}

function Unclear({ reason }) {
  const { t } = useWords();
  return h(
    ui.Alert.Root,
    { status: "warning", role: "alert" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      { minW: 0, overflowWrap: "anywhere" },
      h(ui.Alert.Description, null, t("wizard.start.unclear", { reason })),
    ),
  );
}
