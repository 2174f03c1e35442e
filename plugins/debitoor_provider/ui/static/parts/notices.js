// Notices for when there is nothing else to show: loading, failed, empty.

import { h, ui } from "../host.js";
import { failureSentence } from "../http.js";
import { useWords } from "../words.js";

export function Loading() {
  const { t } = useWords();
  return h(ui.Center, { py: 10, role: "status" }, h(ui.Spinner), h(ui.VisuallyHidden, null, t("common.loading")));
}

/**
 * A notice above a list, with what to do about it.
 *
 * @param {{status: "info"|"warning", title: string, text: any, children?: any}} props children: buttons
 */
export function Notice({ status, title, text, children }) {
  return h(
    ui.Alert.Root,
    { status, mb: 3, role: "status" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      { overflowWrap: "anywhere", minW: 0 },
      h(ui.Alert.Title, null, title),
      h(ui.Alert.Description, null, text),
    ),
    children,
  );
}

/** @param {{failure: import("../http.js").Failure, onRetry?: () => void}} props */
export function FailureNotice({ failure, onRetry }) {
  const { t } = useWords();
  if (!failure) return null;
  return h(
    ui.Alert.Root,
    { status: "error", my: 3, role: "alert" },
    h(ui.Alert.Indicator),
    h(
      ui.Alert.Content,
      null,
      h(ui.Alert.Title, null, failureSentence(failure, t)),
      failure.remedy && h(ui.Alert.Description, null, failure.remedy),
    ),
    onRetry && h(ui.Button, { size: "sm", variant: "outline", onClick: onRetry }, t("common.again")),
  );
}

export function Nothing({ title, children }) {
  return h(
    ui.EmptyState.Root,
    null,
    h(ui.EmptyState.Content, null, h(ui.EmptyState.Title, { as: "h2" }, title), children),
  );
}
