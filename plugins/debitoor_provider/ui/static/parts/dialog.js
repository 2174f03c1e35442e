// A dialog with a heading, a body and a row of buttons. It keeps the focus inside and returns it when it closes.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { useIsNarrow } from "./narrow.js";

/**
 * @param {Object} props
 * @param {string} props.title
 * @param {() => void} props.onClose
 * @param {any} [props.footer] buttons besides the one that closes
 * @param {string} [props.closeWord] what the closing button says; default: cancel
 * @param {string} [props.size]
 * @param {any} [props.children]
 * @param {boolean} [props.isAlert] for a question that must not be overlooked
 */
export function Dialog({ title, onClose, footer, closeWord, isAlert = false, size = "md", children }) {
  const { t } = useWords();
  const isNarrow = useIsNarrow();
  return h(
    ui.Dialog.Root,
    {
      open: true,
      size: isNarrow ? "full" : size,
      scrollBehavior: "inside",
      role: isAlert ? "alertdialog" : "dialog",
      onOpenChange: ({ open }) => open || onClose(),
    },
    h(
      ui.Portal,
      null,
      h(ui.Dialog.Backdrop),
      h(
        ui.Dialog.Positioner,
        null,
        h(
          ui.Dialog.Content,
          null,
          h(ui.Dialog.Header, null, h(ui.Dialog.Title, { overflowWrap: "anywhere" }, title)),
          h(ui.Dialog.Body, null, children),
          h(
            ui.Dialog.Footer,
            { flexWrap: "wrap" },
            h(ui.Button, { variant: "outline", onClick: onClose }, closeWord ?? t("common.cancel")),
            footer,
          ),
          h(ui.Dialog.CloseTrigger, { asChild: true }, h(ui.CloseButton, { size: "sm", "aria-label": t("common.close") })),
        ),
      ),
    ),
  );
}
