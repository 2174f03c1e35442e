// Step: how often, what for, and everything that decides which documents are moved and how.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useMe } from "../me.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { hasOwn, idOf } from "./draft.js";
import {
  AreaField,
  ChecksField,
  Labelled,
  NumberField,
  Row,
  Select,
  SelectField,
  SharedProblem,
  SwitchField,
  TextField,
} from "./fields.js";
import { FrequencyField } from "./frequency.js";
import { ListField } from "./list_field.js";
import { rateOf, shownNumber } from "./number_text.js";
import { DecimalField } from "./numbers.js";
import { RenameField } from "./rename.js";

export function SettingsStep() {
  const { t } = useWords();
  const me = useMe();
  const { settings } = useWizard();
  const known = useKnown();
  return h(
    ui.Stack,
    { gap: 6 },
    h(
      Part,
      { title: t("wizard.part.when") },
      h(Row, { columns: 2 }, h(FrequencyField), h(TimezoneField)),
      h(AreaField, { path: "note" }),
    ),
    Object.hasOwn(PARTS, settings.type) && h(PARTS[settings.type], { known }),
    h(
      Folded,
      { title: t("wizard.part.duplicates"), paths: ["duplicates"] },
      h(SelectField, { path: "duplicates" }),
    ),
    h(
      Folded,
      { title: t("wizard.part.limits"), paths: ["limits"] },
      h(ui.Text, { color: "fg.muted", textStyle: "sm" }, t("field.limits.help")),
      h(
        Row,
        { columns: 3 },
        h(NumberField, { path: "limits.new_documents" }),
        h(DecimalField, { path: "limits.amount" }),
        hasOwn(settings.type, "archive_after_transfer") && h(NumberField, { path: "limits.archived" }),
        h(NumberField, { path: "limits.rejected_share" }),
        h(SelectField, { path: "limits.exceeded" }),
        settings.limits?.exceeded === "approval" && h(NumberField, { path: "limits.approval_hours" }),
      ),
    ),
    h(
      Folded,
      { title: t("wizard.part.notify"), paths: ["notify"] },
      h(ui.Text, { color: "fg.muted", textStyle: "sm" }, t("field.notify.help")),
      me.rights.connect || h(ui.Text, { textStyle: "sm" }, t("wizard.notify.mayNot")),
      h(
        Row,
        { columns: 2 },
        h(TextField, { path: "notify.connection", disabled: !me.rights.connect }),
        h(ListField, { path: "notify.to", between: /[;,\s]/ }),
        h(ChecksField, { path: "notify.when" }),
        h(SelectField, { path: "notify.language" }),
      ),
    ),
    h(
      Folded,
      { title: t("wizard.part.technical"), paths: ["parallel", "pool", "retries"] },
      h(
        Row,
        { columns: 3 },
        h(NumberField, { path: "parallel" }),
        h(TextField, { path: "pool" }),
        h(NumberField, { path: "retries" }),
      ),
    ),
  );
}

function ExportParts({ known }) {
  const { t, language } = useWords();
  const { settings } = useWizard();
  const parse = companyOf(known.companies);
  return [
    h(
      Part,
      { key: "which", title: t("wizard.part.which") },
      h(ChecksField, { path: "filter.document_types" }),
      h(SharedProblem, { path: "filter.tags" }),
      h(
        Row,
        { columns: 3 },
        ["any", "all", "none"].map((which) =>
          h(ListField, { key: which, path: `filter.tags.${which}`, known: known.tags }),
        ),
      ),
      h(SharedProblem, { path: "filter.companies" }),
      h(
        Row,
        { columns: 2 },
        ["include", "exclude"].map((which) =>
          h(ListField, { key: which, path: `filter.companies.${which}`, known: known.companies, parse }),
        ),
      ),
      h(ChecksField, { path: "filter.payment_status" }),
      h(SwitchField, { path: "filter.approved_only" }),
      settings.filter?.approved_only && h(SelectField, { path: "filter.without_workflow" }),
      h(SwitchField, { path: "filter.archived" }),
    ),
    h(
      Part,
      { key: "how", title: t("wizard.part.how") },
      h(RenameField),
      h(SwitchField, { path: "archive_after_transfer" }),
      h(TextField, { path: "category" }),
    ),
    h(
      Folded,
      {
        key: "special",
        title: t("wizard.part.special"),
        paths: ["foreign_currency", "positive_credit_note", "two_rates", "invoice", "accept_rates"],
      },
      h(
        Row,
        { columns: 2 },
        h(SelectField, { path: "foreign_currency" }),
        h(SelectField, { path: "positive_credit_note" }),
        h(SelectField, { path: "two_rates" }),
        h(SelectField, { path: "invoice" }),
      ),
      h(ListField, { path: "accept_rates", parse: rateOf, show: (rate) => shownNumber(rate, language) }),
    ),
  ];
}

function ImportParts({ known }) {
  const { t } = useWords();
  const { settings } = useWizard();
  return h(
    Part,
    { title: t("wizard.part.which") },
    h(ChecksField, { path: "documents" }),
    h(
      Row,
      { columns: 2 },
      h(SelectField, { path: "defaults.document_type" }),
      h(SelectField, { path: "defaults.credit_note_type", empty: t("wizard.sameType") }),
      h(SelectField, { path: "defaults.positive_credit_note" }),
    ),
    h(ListField, { path: "defaults.tags", known: known.tags }),
    h(SharedProblem, { path: "defaults" }),
    h(TextField, { path: "defaults.company", known: known.companies }),
    (settings.defaults?.company || settings.defaults?.create_company) &&
      h(SwitchField, { path: "defaults.create_company" }),
    h(TextField, { path: "defaults.note" }),
  );
}

/** The parts of the step that only one direction has. */
const PARTS = { export: ExportParts, import: ImportParts };

/** Tags and companies of GetMyInvoices, to choose from once it is connected. */
function useKnown() {
  const { draft, settings } = useWizard();
  const connection = settings.connections?.getmyinvoices;
  const load = (options) =>
    connection ? api.draftSource(idOf(draft), { connection }, options) : Promise.resolve({ tags: [], companies: [] });
  const { data } = useData(load, [connection]);
  const names = (items) => [...new Set((items ?? []).map((item) => String(item?.name ?? item)))];
  return { tags: names(data?.tags), companies: names(data?.companies) };
}

/** Digits are a company's number in GetMyInvoices, unless a company is called so. */
const companyOf = (names) => (text) => (/^[1-9]\d*$/.test(text) && !names.includes(text) ? Number(text) : text);

function TimezoneField() {
  const { t } = useWords();
  const { choices } = useWizard();
  const { id, value, set, problem } = useField("timezone");
  const zones = choices.timezones.includes(value) ? choices.timezones : [value, ...choices.timezones];
  return h(
    Labelled,
    { id, label: t("field.timezone"), problem },
    h(
      Select,
      { value, onChange: set },
      zones.map((zone) => h("option", { key: zone, value: zone }, zone)),
    ),
  );
}

export function Part({ title, children }) {
  return h(
    ui.Stack,
    { as: "section", "aria-label": title, gap: 4 },
    h(ui.Heading, { as: "h3", size: "md" }, title),
    children,
  );
}

/** Settings that few people need; open by itself when one of them is set. */
export function Folded({ title, paths, children }) {
  const { settings, problems } = useWizard();
  const isWrong = paths.some((path) => problems.some(({ field }) => field.startsWith(path)));
  const [isWanted, setWanted] = useState(() => paths.some((path) => path in settings));
  const isOpen = isWanted || isWrong;
  return h(
    ui.Collapsible.Root,
    { open: isOpen, onOpenChange: ({ open }) => setWanted(open), lazyMount: true, unmountOnExit: true },
    h(
      ui.Collapsible.Trigger,
      { asChild: true },
      h(
        ui.Button,
        { variant: "ghost", size: "sm", px: 2 },
        h("span", { "aria-hidden": true }, isOpen ? "▾" : "▸"),
        title,
      ),
    ),
    h(ui.Collapsible.Content, null, h(ui.Stack, { gap: 4, pt: 3, px: 1, pb: 1 }, children)),
  );
}
