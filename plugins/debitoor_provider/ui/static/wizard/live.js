// Previews on real documents that follow what somebody types, once it has rested.

import { h, ui } from "../host.js";
import * as api from "../api.js";
import { useData, useRested } from "../data.js";
import { useWords } from "../words.js";
import { FailureNotice } from "../parts/notices.js";
import { useWizard } from "./context.js";
import { idOf, read } from "./draft.js";

/**
 * @param {"names"|"record"} part of the draft's API
 * @param {string[]} needed the connections that have to be chosen before
 */
export function useLive(part, needed, isReady = true) {
  const { draft, settings, problems } = useWizard();
  const isPossible = isReady && needed.every((service) => read(settings, `connections.${service}`));
  // What the form calls wrong is told at its field: no need to ask the service about it.
  const isSound = !problems.some(({ field }) => field && read(settings, field.replace(/\[.*/, "")) !== undefined);
  const rested = useRested(JSON.stringify(settings), 600);
  const load = async (options) =>
    isPossible && isSound ? api.draft(idOf(draft), part, { settings: JSON.parse(rested) }, options) : null;
  return { ...useData(load, [rested, isPossible, isSound]), isPossible };
}

/** A frame around a live preview: says what is missing, shows that it is being made anew, and what went wrong. */
export function LivePreview({ live, title, missing, children }) {
  const { t } = useWords();
  return h(
    ui.Box,
    { as: "section", "aria-label": title, bg: "bg.subtle", borderWidth: "1px", rounded: "md", p: 3, minW: 0 },
    h(
      ui.HStack,
      { mb: 1 },
      h(ui.Text, { fontWeight: "medium", textStyle: "sm" }, title),
      live.isPossible && live.isLoading && h(ui.Spinner, { size: "xs", "aria-label": t("common.loading") }),
    ),
    !live.isPossible && h(ui.Text, { textStyle: "sm", color: "fg.muted" }, missing),
    live.isPossible && live.failure && h(FailureNotice, { failure: live.failure, onRetry: live.reload }),
    live.isPossible && !live.failure && children,
  );
}
