// Documents as a table, or as cards where there is little room.

import { Fragment, h, ui, useNavigate } from "../host.js";
import { day, moment } from "../format.js";
import { useWords } from "../words.js";
import { Ago } from "./account_facts.js";
import { ColumnChoice, useHidden } from "./columns.js";
import { EInvoice, Marks, Money, Names, Reason, titleOf } from "./document_facts.js";
import { Place, RunPlace, accountPlace } from "./links.js";
import { SortHeader } from "./lists.js";
import { useIsNarrow } from "./narrow.js";
import { StateBadge } from "./state.js";

/**
 * @param {Object} props
 * @param {Set<number>|null} props.chosen ids of the chosen ones; null: nothing can be chosen
 * @param {(document: Object) => string} props.placeOf where a document is opened
 * @param {(order: string) => void} [props.onOrder] without it the order is the server's
 * @param {boolean} [props.withAccount] for documents of several accounts
 */
export function DocumentTable(props) {
  return h(useIsNarrow() ? Cards : Table, props);
}

/**
 * The columns besides the one that says what a document is called: their order, and what a cell shows.
 *
 * @typedef {{name: string, first?: string, isSorted?: boolean, head?: Object, cell?: Object, show?: (props: Object) => any}} Column
 * @type {Column[]}
 */
const COLUMNS = [
  { name: "date", first: "-date", cell: { whiteSpace: "nowrap" }, show: ({ document: one, language }) => day(one.document_date, language) },
  {
    name: "company",
    cell: { whiteSpace: "normal", maxW: "48", overflowWrap: "anywhere" },
    show: ({ document: one }) => one.company,
  },
  { name: "name", cell: { whiteSpace: "normal", minW: "48", maxW: "64" }, show: ({ document }) => h(Names, { document }) },
  {
    name: "amount",
    first: "-amount",
    head: { textAlign: "end" },
    cell: { textAlign: "end" },
    show: ({ document }) => h(Amounts, { document }),
  },
  { name: "state", isSorted: false, cell: { whiteSpace: "normal", minW: "32", maxW: "64" }, show: ({ document }) => h(Stand, { document }) },
  { name: "changed", first: "-changed", cell: { whiteSpace: "nowrap" }, show: ({ document }) => h(When, { document }) },
];

function Table({ documents, order, onOrder, chosen, onChoose, placeOf, withAccount }) {
  const { t } = useWords();
  const [hidden, setHidden] = useHidden("documents");
  const columns = COLUMNS.filter(({ name }) => !hidden.includes(name));
  /** @param {Column} column */
  const header = ({ name, first, isSorted = true, head }) =>
    onOrder && isSorted
      ? h(SortHeader, { key: name, name, order, onOrder, first, ...head }, t(`documents.${name}`))
      : h(ui.Table.ColumnHeader, { key: name, ...head }, t(`documents.${name}`));
  return h(
    ui.Table.ScrollArea,
    null,
    h(
      ui.Flex,
      { justify: "end" },
      h(ColumnChoice, { names: COLUMNS.map(({ name }) => name), hidden, onChange: setHidden }),
    ),
    h(
      ui.Table.Root,
      { size: "sm", interactive: true, "aria-label": t("account.tab.documents") },
      h(
        ui.Table.Header,
        null,
        h(
          ui.Table.Row,
          null,
          chosen && h(ui.Table.ColumnHeader, { width: 8 }, h(ChooseAll, { documents, chosen, onChoose })),
          withAccount && h(ui.Table.ColumnHeader, null, t("accounts.name")),
          header({ name: "number" }),
          columns.map(header),
        ),
      ),
      h(
        ui.Table.Body,
        null,
        documents.map((one) =>
          h(DocumentRow, { key: one.id, document: one, columns, chosen, onChoose, withAccount, to: placeOf(one) }),
        ),
      ),
    ),
  );
}

function DocumentRow({ document: one, columns, chosen, onChoose, withAccount, to }) {
  const { language } = useWords();
  const go = useNavigate();
  const isOwn = (event) => event.target.closest("a, button, input, label");
  return h(
    ui.Table.Row,
    {
      verticalAlign: "top",
      cursor: "pointer",
      "data-selected": chosen?.has(one.id) ? "" : undefined,
      onClick: (event) => isOwn(event) || go(to),
    },
    chosen && h(ui.Table.Cell, null, h(Choose, { document: one, chosen, onChoose })),
    withAccount && h(ui.Table.Cell, { whiteSpace: "normal", maxW: "40" }, h(AccountPlace, { document: one })),
    h(ui.Table.Cell, { whiteSpace: "normal", maxW: "48" }, h(Place, { to }, titleOf(one))),
    columns.map(({ name, cell, show }) => h(ui.Table.Cell, { key: name, ...cell }, show({ document: one, language }))),
  );
}

/** How a document stands, and what to know of it. */
function Stand({ document: one }) {
  return h(
    Fragment,
    null,
    h(ui.Wrap, { gap: 1 }, h(StateBadge, { state: one.state }), h(EInvoice, { document: one })),
    h(Marks, { document: one, isBrief: true, mt: 1 }),
    h(Reason, { document: one, mt: 1 }),
  );
}

function AccountPlace({ document: one }) {
  return h(Place, { to: accountPlace(one.account) }, one.account_name);
}

function Amounts({ document: one }) {
  const { t } = useWords();
  if (one.net_amount === null) return h(Money, { of: one.gross_amount, currency: one.currency });
  return h(
    ui.Stack,
    { gap: 0 },
    h(Money, { of: one.gross_amount, currency: one.currency }),
    h(
      ui.Text,
      { fontSize: "xs", color: "fg.muted", whiteSpace: "nowrap" },
      `${t("documents.net")} `,
      h(Money, { of: one.net_amount, currency: one.currency }),
    ),
  );
}

/** When it changed last, and the run that worked on it last. */
function When({ document: one }) {
  const { t, language } = useWords();
  return h(
    ui.Stack,
    { gap: 0, fontSize: "sm" },
    h(Ago, { at: one.changed_at }),
    one.moved_by &&
      h(
        RunPlace,
        { run: one.moved_by, title: one.moved_by.dag_run_id, "aria-label": t("documents.runOf", { name: titleOf(one) }) },
        one.moved_at ? moment(one.moved_at, language) : t("documents.run"),
      ),
  );
}

function Choose({ document: one, chosen, onChoose }) {
  const { t } = useWords();
  const toggle = ({ checked }) => {
    const next = new Set(chosen);
    if (checked) next.add(one.id);
    else next.delete(one.id);
    onChoose(next);
  };
  if (!one.actions.length) return null;
  return h(Tick, { label: t("documents.choose", { name: titleOf(one) }), checked: chosen.has(one.id), onChange: toggle });
}

function ChooseAll({ documents, chosen, onChoose }) {
  const { t } = useWords();
  const open = documents.filter((one) => one.actions.length);
  if (!open.length) return null;
  const checked = chosen.size === 0 ? false : chosen.size >= open.length || "indeterminate";
  const toggle = () => onChoose(checked === true ? new Set() : new Set(open.map((one) => one.id)));
  return h(Tick, { label: t("documents.chooseAll"), checked, onChange: toggle });
}

function Tick({ label, checked, onChange }) {
  return h(
    ui.Checkbox.Root,
    { size: "sm", alignSelf: "start", checked, onCheckedChange: onChange },
    h(ui.Checkbox.HiddenInput, { "aria-label": label }),
    h(ui.Checkbox.Control),
  );
}

function Cards({ documents, chosen, onChoose, placeOf, withAccount }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 2 },
    chosen &&
      h(
        ui.HStack,
        null,
        h(ChooseAll, { documents, chosen, onChoose }),
        h(ui.Text, { fontSize: "sm", "aria-hidden": true }, t("documents.chooseAll")),
      ),
    h(
      ui.Stack,
      { as: "ul", gap: 2, listStyleType: "none", "aria-label": t("account.tab.documents") },
      documents.map((one) => h(Card, { key: one.id, document: one, chosen, onChoose, withAccount, to: placeOf(one) })),
    ),
  );
}

function Card({ document: one, chosen, onChoose, withAccount, to }) {
  const { language } = useWords();
  return h(
    ui.Flex,
    { as: "li", gap: 2, borderWidth: 1, borderColor: "border", rounded: "md", p: 2 },
    chosen && h(Choose, { document: one, chosen, onChoose }),
    h(
      ui.Stack,
      { gap: 1, minW: 0, flex: 1 },
      h(
        ui.Flex,
        { justify: "space-between", gap: 2, align: "start" },
        h(Place, { to }, titleOf(one)),
        h(StateBadge, { state: one.state }),
      ),
      withAccount && h(ui.Text, { fontSize: "sm" }, h(AccountPlace, { document: one })),
      h(Names, { document: one }),
      h(
        ui.Flex,
        { gap: 2, wrap: "wrap", fontSize: "sm" },
        h(ui.Text, null, day(one.document_date, language)),
        h(ui.Text, { overflowWrap: "anywhere" }, one.company),
        h(Money, { of: one.gross_amount, currency: one.currency }),
      ),
      h(EInvoice, { document: one, alignSelf: "start" }),
      h(Marks, { document: one, isBrief: true }),
      h(Reason, { document: one }),
      h(When, { document: one }),
    ),
  );
}
