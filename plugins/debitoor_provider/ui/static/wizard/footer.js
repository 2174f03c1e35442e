// The buttons below each step.

import { Link, h, ui, useState } from "../host.js";
import { Dialog } from "../parts/dialog.js";
import { FailureNotice } from "../parts/notices.js";
import { useWords } from "../words.js";
import { useWizard } from "./context.js";
import { STEPS } from "./draft.js";
import { FileText } from "./file.js";

export function Footer({ index, check, saving, goTo, next, leave, onCancel }) {
  const { t } = useWords();
  const { draft, isEdit, settings } = useWizard();
  const [isShown, setShown] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const isLast = index === STEPS.length - 1;
  const onNext = async () => {
    setBusy(true);
    await next();
    setBusy(false);
  };
  return h(
    ui.Box,
    { borderTopWidth: "1px", pt: 3 },
    check.failure && h(FailureNotice, { failure: check.failure, onRetry: check.now }),
    h(
      ui.Flex,
      { gap: 2, wrap: "wrap" },
      h(
        ui.Button,
        { variant: "outline", disabled: index === 0, onClick: () => goTo(STEPS[index - 1]) },
        t("wizard.previous"),
      ),
      !isLast &&
        h(
          ui.Button,
          { colorPalette: "brand", variant: isEdit ? "outline" : "solid", loading: isBusy, onClick: onNext },
          t("wizard.next"),
        ),
      (isLast || isEdit) &&
        h(
          ui.Button,
          {
            colorPalette: "brand",
            loading: saving.isBusy,
            loadingText: t("wizard.saving"),
            onClick: () => saving.save(),
          },
          t("wizard.save"),
        ),
      h(ui.Spacer),
      settings.type && h(ui.Button, { variant: "ghost", onClick: () => setShown(true) }, t("wizard.file.show")),
      h(ui.Button, { variant: "ghost", asChild: true }, h(Link, { to: leave, onClick: onCancel }, t("common.cancel"))),
    ),
    isShown &&
      h(
        Dialog,
        { title: t("wizard.file.title"), size: "lg", closeWord: t("common.close"), onClose: () => setShown(false) },
        h(FileText, { name: `${draft.accountId || "account"}.yaml`, text: check.yaml }),
      ),
  );
}
