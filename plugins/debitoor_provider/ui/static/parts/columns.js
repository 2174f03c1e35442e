// Which columns of a table a person wants to see.

import { h, ui, useState } from "../host.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { useKept } from "./kept.js";

/**
 * The columns that a person has hidden from a table.
 *
 * @param {string} table its name in what the browser keeps
 */
export const useHidden = (table) => useKept(`hidden.${table}`, [], (found) => Array.isArray(found));

/** @param {{names: string[], hidden: string[], onChange: (hidden: string[]) => void}} props */
export function ColumnChoice({ names, hidden, onChange }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const toggle = (name, isShown) => onChange(isShown ? hidden.filter((one) => one !== name) : [...hidden, name]);
  return [
    h(ui.Button, { key: "open", size: "xs", variant: "ghost", onClick: () => setOpen(true) }, t("columns.choose")),
    isOpen &&
      h(
        Dialog,
        { key: "dialog", title: t("columns.choose"), size: "xs", closeWord: t("common.close"), onClose: () => setOpen(false) },
        h(
          ui.Stack,
          { gap: 2 },
          names.map((name) =>
            h(
              ui.Checkbox.Root,
              { key: name, checked: !hidden.includes(name), onCheckedChange: ({ checked }) => toggle(name, checked) },
              h(ui.Checkbox.HiddenInput),
              h(ui.Checkbox.Control),
              h(ui.Checkbox.Label, null, t(`documents.${name}`)),
            ),
          ),
        ),
      ),
  ];
}
