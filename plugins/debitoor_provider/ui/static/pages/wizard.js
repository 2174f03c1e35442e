// Add an account, or edit one: loads what the form needs, and says so where there is nothing to set.

import { HOME, Link, h, ui, useParams, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useMe } from "../me.js";
import { Loading, Nothing } from "../parts/notices.js";
import { LoadingFailed } from "../parts/nowhere.js";
import { draftOf, newDraft } from "../wizard/draft.js";
import { FileText } from "../wizard/file.js";
import { Wizard } from "../wizard/form.js";
import { useWords } from "../words.js";

export function WizardPage() {
  const { accountId } = useParams();
  const [turn, setTurn] = useState(0);
  const again = () => setTurn((number) => number + 1);
  return h(Loader, { key: `${accountId ?? ""}:${turn}`, accountId, again });
}

function Loader({ accountId, again }) {
  const { t } = useWords();
  const me = useMe();
  const { data, failure, reload } = useData(
    async (options) => {
      const [choices, found, account] = await Promise.all([
        api.choices(options),
        api.connections(options),
        accountId ? api.oneAccount(accountId, options) : null,
      ]);
      return { choices, connections: found.connections, account };
    },
    [accountId],
  );
  if (failure) return h(LoadingFailed, { failure, onRetry: reload });
  if (!data) return h(Loading);
  const { account } = data;
  const isAllowed = account ? account.rights.edit : me.rights.create;
  if (!isAllowed) return h(Nothing, { title: t(account ? "wizard.mayNotEdit" : "wizard.mayNotCreate") }, h(BackLink));
  if (account && !account.settings) return h(Unreadable, { account });
  const start = account ? draftOf(account) : newDraft();
  return h(Wizard, { ...data, accountId, start, reloadConnections: reload, again });
}

function BackLink() {
  const { t } = useWords();
  return h(ui.Link, { asChild: true, colorPalette: "brand" }, h(Link, { to: HOME }, t("wizard.back.accounts")));
}

/** A file that cannot be read as settings at all: what is wrong with it, and its text. */
function Unreadable({ account }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 4 },
    h(ui.Heading, { as: "h2", size: "lg" }, t("wizard.broken", { file: account.file })),
    h(ui.Text, null, t("wizard.broken.help")),
    h(
      ui.Stack,
      { as: "ul", gap: 2, ps: 5 },
      account.problems.map((problem, index) =>
        h(
          "li",
          { key: index },
          problem.line && h(ui.Strong, null, `${t("wizard.line", { number: String(problem.line) })} `),
          problem.field && h(ui.Code, { me: 1 }, problem.field),
          `${problem.message} ${problem.remedy}`.trim(),
        ),
      ),
    ),
    h(FileText, { name: account.file, text: account.yaml }),
    h(BackLink),
  );
}
