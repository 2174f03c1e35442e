// Why a person decides something; it goes into the documents' history.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";

const LONGEST = 500;

/** @param {{value: string, onChange: (text: string) => void}} props */
export function ReasonField({ value, onChange }) {
  const { t } = useWords();
  return h(
    ui.Field.Root,
    { required: true },
    h(ui.Field.Label, null, t("documents.reason"), h(ui.Field.RequiredIndicator)),
    h(ui.Textarea, { value, maxLength: LONGEST, rows: 3, onChange: (event) => onChange(event.target.value) }),
    h(ui.Field.HelperText, null, t("documents.reason.help")),
  );
}
