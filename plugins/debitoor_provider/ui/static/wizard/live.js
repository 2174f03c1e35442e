// Previews on real documents that follow the input once typing has paused.

import { h, ui } from "../host.js";
import * as api from "../api.js";
import { useData, useRested } from "../data.js";
import { useWords } from "../words.js";
import { FailureNotice } from "../parts/notices.js";
import { useWizard } from "./context.js";
import { idOf, read } from "./draft.js";

/**
 * @param {"names"|"record"} part of the draft's API
 * @param {string[]} needed the fields that have to be filled in before
 * @param {boolean} [isSound] whether they are right, too
 */
export function useLive(part, needed, isSound = true) {
  const { draft, settings } = useWizard();
  const isFilled = (entered) => needed.every((path) => read(entered, path));
  const rested = useRested(JSON.stringify(settings), 600);
  const load = async (options) => {
    const entered = JSON.parse(rested);
    return isSound && isFilled(entered) ? api.draft(idOf(draft), part, { settings: entered }, options) : null;
  };
  return { ...useData(load, [rested, isSound]), isPossible: isSound && isFilled(settings) };
}

/** A frame around a live preview: says what is missing, shows that it is being reloaded, and errors. */
export function LivePreview({ live, title, missing, children }) {
  const { t } = useWords();
  return h(
    ui.Box,
    { as: "section", "aria-label": title, bg: "bg.subtle", borderWidth: "1px", rounded: "md", p: 3, minW: 0 },
    h(
      ui.HStack,
      { mb: 1 },
      h(ui.Text, { fontWeight: "medium", textStyle: "sm" }, title),
      live.isPossible && live.isLoading && h(ui.Spinner, { size: "xs", role: "status", "aria-label": t("common.loading") }),
    ),
    !live.isPossible && h(ui.Text, { textStyle: "sm", color: "fg.muted" }, missing),
    live.isPossible && live.failure && h(FailureNotice, { failure: live.failure, onRetry: live.reload }),
    live.isPossible && !live.failure && children,
  );
}
