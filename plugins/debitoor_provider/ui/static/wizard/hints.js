// Notes above a step: what is wrong in it, that a draft was restored, that comments would be lost.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { focusOn } from "./context.js";
import { withoutIndex } from "./draft.js";
import { sentenceOf } from "./fields.js";

/** All that is wrong in a step, also with settings for which the form has no field. */
export function Problems({ problems }) {
  const { t, has } = useWords();
  if (problems.length === 0) return null;
  return h(
    ui.Alert.Root,
    { status: "error", mb: 4, role: "alert" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      { minW: 0 },
      h(ui.Alert.Title, null, t("wizard.problems", { count: problems.length })),
      h(
        ui.Stack,
        { as: "ul", gap: 1, listStyleType: "none", p: 0 },
        problems.map(({ field, message, remedy }, index) => {
          const path = withoutIndex(field);
          const label = has(`field.${path}`) ? t(`field.${path}`) : field;
          const sentence = `${message} ${remedy}`.trim();
          const [before, between] = t("common.line").replace("{value}", "").split("{name}");
          return h(
            ui.Box,
            { as: "li", key: index, overflowWrap: "anywhere" },
            label && before,
            label &&
              h(
                ui.Button,
                {
                  variant: "plain",
                  size: "sm",
                  height: "auto",
                  p: 0,
                  color: "inherit",
                  verticalAlign: "baseline",
                  whiteSpace: "normal",
                  textAlign: "start",
                  textDecoration: "underline",
                  onClick: () => focusOn(field),
                },
                label,
              ),
            label && between,
            sentence,
          );
        }),
      ),
    ),
  );
}

/** What is valid in a step, and may not be what is meant; the frequency shows its own next to the next runs. */
export function Warnings({ warnings }) {
  const shown = warnings.filter(({ field }) => field !== "frequency");
  return h(
    ui.Stack,
    { gap: 2, mb: shown.length ? 4 : 0, role: "status", "aria-live": "polite" },
    shown.map((warning) =>
      h(
        ui.Alert.Root,
        { key: warning.field + warning.message, status: "warning", size: "sm" },
        h(ui.Alert.Indicator),
        h(ui.Alert.Content, { minW: 0 }, h(ui.Alert.Description, { overflowWrap: "anywhere" }, sentenceOf(warning))),
      ),
    ),
  );
}

export function Restored({ onFresh }) {
  const { t } = useWords();
  return h(
    ui.Alert.Root,
    { status: "info", role: "status" },
    h(ui.Alert.Indicator),
    h(ui.Alert.Content, null, h(ui.Alert.Title, null, t("wizard.restored"))),
    h(ui.Button, { size: "sm", variant: "outline", onClick: onFresh }, t("wizard.restored.fresh")),
  );
}

/** Comments of the file that are not in the text to be saved: the writer keeps those of fields that stay as they are. */
export function LostComments({ before, after }) {
  const { t } = useWords();
  const lost = after ? commentsOf(before).filter((comment) => !after.includes(comment)) : [];
  if (lost.length === 0) return null;
  return h(
    ui.Alert.Root,
    { status: "warning", role: "status" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      { minW: 0 },
      h(ui.Alert.Title, null, t("wizard.comments", { count: lost.length })),
      lost.map((comment, index) => h(ui.Code, { key: index, overflowWrap: "anywhere" }, comment)),
    ),
  );
}

const commentsOf = (text) => text.split("\n").flatMap((line) => /(?:^|\s)(#.*)$/.exec(line)?.[1].trim() ?? []);
