// Filters that a person has named, to be used again with one press.

import { h, ui, useState } from "../host.js";
import { useWords } from "../words.js";
import { Dialog } from "./dialog.js";
import { useKept } from "./kept.js";

const MOST = 20;
const LONGEST_NAME = 60;
const FORM = "save-filter";
const isList = (found) =>
  Array.isArray(found) && found.every((one) => typeof one?.name === "string" && typeof one?.query === "string");

/** @param {{address: Object}} props of the list whose filters these are */
export function SavedFilters({ address }) {
  const { t } = useWords();
  const [saved, keep] = useKept("filters", [], isList);
  const [isOpen, setOpen] = useState(false);
  const current = saved.find((one) => one.query === address.query);
  const save = (name) => {
    keep([...saved.filter((one) => one.name !== name), { name, query: address.query }].slice(-MOST));
    setOpen(false);
  };
  if (!saved.length && !address.query) return null;
  return h(
    ui.Wrap,
    { role: "group", "aria-label": t("filters.saved"), gap: 1, align: "center" },
    saved.map((one) =>
      h(
        ui.Button,
        {
          key: one.name,
          size: "xs",
          variant: one === current ? "solid" : "outline",
          "aria-pressed": one === current,
          maxW: "full",
          onClick: () => address.go(one === current ? "" : one.query),
        },
        h(ui.Text, { truncate: true }, one.name),
      ),
    ),
    address.query &&
      !current &&
      h(ui.Button, { size: "xs", variant: "ghost", onClick: () => setOpen(true) }, t("filters.save")),
    current &&
      h(
        ui.Button,
        { size: "xs", variant: "ghost", onClick: () => keep(saved.filter((one) => one !== current)) },
        t("filters.forget", { name: current.name }),
      ),
    isOpen && h(NameDialog, { onSave: save, onClose: () => setOpen(false) }),
  );
}

function NameDialog({ onSave, onClose }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const submit = (event) => {
    event.preventDefault();
    if (name.trim()) onSave(name.trim());
  };
  return h(
    Dialog,
    {
      title: t("filters.save"),
      onClose,
      footer: h(ui.Button, { type: "submit", form: FORM, colorPalette: "brand", disabled: !name.trim() }, t("filters.save.do")),
    },
    h(
      ui.Stack,
      { as: "form", id: FORM, onSubmit: submit },
      h(
        ui.Field.Root,
        { required: true },
        h(ui.Field.Label, null, t("filters.name"), h(ui.Field.RequiredIndicator)),
        h(ui.Input, { value: name, maxLength: LONGEST_NAME, autoComplete: "off", onChange: (event) => setName(event.target.value) }),
        h(ui.Field.HelperText, null, t("filters.kept")),
      ),
    ),
  );
}
