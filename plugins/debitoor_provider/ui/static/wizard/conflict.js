// Somebody else changed the file meanwhile: both texts side by side, and the choice between them.

import { h, ui } from "../host.js";
import { Dialog } from "../parts/dialog.js";
import { useWords } from "../words.js";

export function Conflict({ other, yaml, onMine, onTheirs, onClose }) {
  const { t } = useWords();
  return h(
    Dialog,
    {
      title: t("wizard.conflict"),
      size: "xl",
      isAlert: true,
      onClose,
      footer: [
        h(ui.Button, { key: "theirs", variant: "outline", onClick: onTheirs }, t("wizard.conflict.theirs")),
        h(ui.Button, { key: "mine", colorPalette: "red", onClick: onMine }, t("wizard.conflict.mine")),
      ],
    },
    h(ui.Text, { mb: 3 }, t("wizard.conflict.help")),
    h(
      ui.SimpleGrid,
      { columns: { base: 1, md: 2 }, gap: 3 },
      h(Lines, { title: t("wizard.conflict.there"), text: other.yaml, against: yaml, sign: "−" }),
      h(Lines, { title: t("wizard.conflict.yours"), text: yaml, against: other.yaml, sign: "+" }),
    ),
  );
}

/** A text with a sign before each line that the other one does not have. */
function Lines({ title, text, against, sign }) {
  const others = new Set(against.split("\n"));
  return h(
    ui.Box,
    { minW: 0 },
    h(ui.Text, { fontWeight: "medium", mb: 1 }, title),
    h(
      ui.Box,
      {
        as: "pre",
        role: "region",
        "aria-label": title,
        tabIndex: 0,
        borderWidth: "1px",
        rounded: "md",
        p: 2,
        textStyle: "sm",
        fontFamily: "mono",
        overflow: "auto",
      },
      text.split("\n").map((line, index) =>
        h(
          ui.Box,
          { key: index, bg: others.has(line) ? undefined : "bg.warning" },
          `${others.has(line) ? " " : sign} ${line}`,
        ),
      ),
    ),
  );
}
