// Step: what the first run would move, before anything is saved.

import { h, ui } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { FailureNotice } from "../parts/notices.js";
import { PreviewResult } from "../parts/preview.js";
import { useWizard } from "./context.js";
import { idOf } from "./draft.js";

export function FirstRunStep() {
  const { t } = useWords();
  const { draft, settings, isEdit } = useWizard();
  const load = (options) =>
    api.draft(idOf(draft), "preview", { settings, from: null, to: null, limit: 50 }, options);
  const { data, failure, isLoading, reload } = useData(load, [JSON.stringify(settings)]);
  return h(
    ui.Stack,
    { gap: 4 },
    h(ui.Text, { color: "fg.muted" }, isEdit ? t("preview.next.help") : t("preview.first.help")),
    h(
      ui.Box,
      { "aria-live": "polite", "aria-busy": isLoading, minW: 0 },
      isLoading && h(ui.HStack, { py: 3 }, h(ui.Spinner, { size: "sm" }), h(ui.Text, null, t("preview.asking"))),
      !isLoading && failure && h(FailureNotice, { failure, onRetry: reload }),
      !isLoading && !failure && data && h(PreviewResult, { preview: data }),
    ),
    !isLoading &&
      !failure &&
      h(ui.Button, { variant: "outline", size: "sm", alignSelf: "start", onClick: reload }, t("preview.again")),
  );
}
