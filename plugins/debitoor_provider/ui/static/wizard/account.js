// Step: what the account is called, whose books it is for, what the record says, and for which dates.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { fieldId, useField, useWizard } from "./context.js";
import { hasOwn, proposedId } from "./draft.js";
import { Labelled, Row, SharedProblem, TextField } from "./fields.js";
import { RecordPreview } from "./record.js";
import { NamesPreview } from "./rename.js";
import { ReverseCharge } from "./reverse_charge.js";
import { Folded, Part } from "./settings.js";
import { SpecificationField } from "./specification.js";

export function AccountStep() {
  const { t } = useWords();
  const { settings } = useWizard();
  const hasDescription = hasOwn(settings.type, "specification");
  return h(
    ui.Stack,
    { gap: 6 },
    h(
      Part,
      { title: t("wizard.part.who") },
      h(NameField),
      h(IdField),
      h(TextField, { path: "debitoor_id", required: true, placeholder: "books@acme.example" }),
    ),
    hasOwn(settings.type, "reverse_charge") &&
      h(
        Folded,
        { title: t("wizard.part.taxes"), paths: ["reverse_charge", "books"] },
        h(
          Row,
          { columns: 2 },
          h(TextField, { path: "books.country" }),
          h(TextField, { path: "books.currency" }),
        ),
        h(ReverseCharge),
      ),
    h(
      Part,
      { title: t("wizard.part.period") },
      h(ui.Text, { color: "fg.muted", textStyle: "sm" }, t("field.period.help")),
      h(
        ui.SimpleGrid,
        { columns: { base: 1, sm: 2 }, gap: 3, maxW: "30rem" },
        h(TextField, { path: "period.from", type: "date" }),
        h(TextField, { path: "period.to", type: "date" }),
      ),
      h(SharedProblem, { path: "period" }),
    ),
    h(
      Part,
      { title: hasDescription ? t("wizard.part.record") : t("wizard.part.upload") },
      hasDescription && h(SpecificationField),
      h(RecordPreview),
      hasOwn(settings.type, "rename") && h(NamesPreview),
    ),
  );
}

/** The name proposes the file's name until the user writes another one. */
function NameField() {
  const { t } = useWords();
  const { isEdit, change } = useWizard();
  const { id, value = "", problem } = useField("name");
  const rename = (name) =>
    change((draft) => {
      const isProposed = draft.accountId === proposedId(draft.settings.name ?? "");
      const { name: _, ...others } = draft.settings;
      return {
        ...draft,
        settings: name ? { ...others, name } : others,
        accountId: !isEdit && isProposed ? proposedId(name) : draft.accountId,
      };
    });
  return h(
    Labelled,
    { id, label: t("field.name"), help: t("field.name.help"), problem, required: true },
    h(ui.Input, { value, maxLength: 200, autoComplete: "off", onChange: (event) => rename(event.target.value) }),
  );
}

function IdField() {
  const { t } = useWords();
  const { isEdit, draft, change, problems, tried } = useWizard();
  const found = problems.find(({ field }) => field === "account_id");
  const problem = draft.accountId || tried.has("account") ? found : null;
  return h(
    Labelled,
    {
      id: fieldId("account_id"),
      label: t("field.account_id"),
      help: t("field.account_id.help"),
      problem,
      required: !isEdit,
    },
    h(ui.Input, {
      value: draft.accountId,
      readOnly: isEdit,
      fontFamily: "mono",
      autoComplete: "off",
      maxLength: 100,
      onChange: (event) => change((before) => ({ ...before, accountId: event.target.value.trim() })),
    }),
  );
}
