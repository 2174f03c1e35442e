// Short messages at the edge of the page about what was done; screen readers hear them too.

import { h, ui } from "../host.js";
import { failureSentence } from "../http.js";
import { useWords } from "../words.js";

const toaster = ui.createToaster({ placement: "bottom-end", pauseOnPageIdle: true });

/** @param {"success"|"info"|"warning"} [type] */
export const notify = (sentence, type = "success") => toaster.create({ description: sentence, type, duration: 6000 });

/** Show an error until the user closes it. @param {import("../http.js").Failure} failure */
export const notifyFailure = (failure, t) =>
  toaster.create({
    title: failureSentence(failure, t),
    description: failure.remedy || undefined,
    type: "error",
    duration: 60000,
  });

export function Messages() {
  const { t } = useWords();
  return h(
    ui.Portal,
    null,
    h(ui.Toaster, { toaster, insetInline: 4 }, (toast) =>
      h(
        ui.Toast.Root,
        { width: { base: "calc(100vw - 2rem)", md: "sm" } },
        h(ui.Toast.Indicator),
        h(
          ui.Stack,
          { gap: 1, flex: 1, minW: 0, overflowWrap: "anywhere" },
          toast.title && h(ui.Toast.Title, null, toast.title),
          toast.description && h(ui.Toast.Description, null, toast.description),
        ),
        h(ui.Toast.CloseTrigger, { "aria-label": t("common.close") }),
      ),
    ),
  );
}
