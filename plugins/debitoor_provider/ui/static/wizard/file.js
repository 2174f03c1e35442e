// The text of an account file, to read, copy or download.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";

export function FileText({ name, text }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 2, minW: 0 },
    h(
      ui.Flex,
      { gap: 2, wrap: "wrap", align: "center" },
      h(ui.Code, { overflowWrap: "anywhere" }, name),
      h(ui.Spacer),
      h(
        ui.Clipboard.Root,
        { value: text },
        h(
          ui.Clipboard.Trigger,
          { asChild: true, "aria-label": null }, // Chakra's own is English
          h(
            ui.Button,
            { size: "sm", variant: "outline" },
            h(ui.Clipboard.Indicator, { copied: t("wizard.file.copied") }, t("wizard.file.copy")),
          ),
        ),
      ),
      h(
        ui.DownloadTrigger,
        { data: text, fileName: name.split("/").at(-1), mimeType: "application/yaml", asChild: true },
        h(ui.Button, { size: "sm", variant: "outline" }, t("wizard.file.download")),
      ),
    ),
    h(Text, { label: name }, text),
  );
}

/** Text as it is, in a box of its own that scrolls. */
export function Text({ label, children }) {
  return h(
    ui.Box,
    {
      as: "pre",
      role: "region",
      "aria-label": label,
      tabIndex: 0,
      bg: "bg.subtle",
      borderWidth: "1px",
      rounded: "md",
      p: 3,
      textStyle: "sm",
      fontFamily: "mono",
      overflow: "auto",
      maxH: "60vh",
    },
    children,
  );
}
