// What is known to be wrong with an account: the question before it is saved paused, and the reasons afterwards.

import { h, ui } from "../host.js";
import { Dialog } from "../parts/dialog.js";
import { useWords } from "../words.js";
import { sentenceOf } from "./fields.js";

export function OnlyPaused({ problems, isBusy, onSave, onClose }) {
  const { t } = useWords();
  return h(
    Dialog,
    {
      title: t("wizard.onlyPaused"),
      isAlert: true,
      onClose,
      footer: h(ui.Button, { colorPalette: "brand", loading: isBusy, onClick: onSave }, t("wizard.onlyPaused.save")),
    },
    h(ui.Stack, { gap: 3 }, h(Reasons, { problems }), h(ui.Text, null, t("wizard.onlyPaused.text"))),
  );
}

/** What is known to be wrong with an account that was saved. */
export function KnownWrong({ problems, title }) {
  return h(
    ui.Alert.Root,
    { status: "warning", role: "alert" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      { minW: 0, overflowWrap: "anywhere" },
      h(ui.Alert.Title, null, title),
      h(Reasons, { problems }),
    ),
  );
}

function Reasons({ problems }) {
  const { t, has } = useWords();
  return h(
    ui.Stack,
    { as: "ul", gap: 1, ps: 5, overflowWrap: "anywhere" },
    problems.map((problem, index) => {
      const name = has(`field.${problem.field}`) ? t(`field.${problem.field}`) : problem.field;
      return h("li", { key: index }, t("common.line", { name, value: sentenceOf(problem) }));
    }),
  );
}
