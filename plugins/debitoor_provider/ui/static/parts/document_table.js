// Documents as a table, or as cards where there is little room.

import { h, ui, useNavigate } from "../host.js";
import { day, moment } from "../format.js";
import { useWords } from "../words.js";
import { Ago } from "./account_facts.js";
import { EInvoice, Marks, Money, Names, Reason, titleOf } from "./document_facts.js";
import { Place, RunPlace, accountPlace } from "./links.js";
import { SortHeader } from "./lists.js";
import { useIsNarrow } from "./narrow.js";
import { StateBadge } from "./state.js";

/**
 * @param {object} props
 * @param {Set<number>|null} props.chosen ids of the chosen ones; null: nothing can be chosen
 * @param {(document: object) => string} props.placeOf where a document is opened
 * @param {(order: string) => void} [props.onOrder] without it the order is the server's
 * @param {string[]} [props.orders] what it can be sorted by; default every column that has an order
 * @param {boolean} [props.withAccount] for documents of several accounts
 */
export function DocumentTable(props) {
  return h(useIsNarrow() ? Cards : Table, props);
}

function Table({ documents, order, onOrder, orders, chosen, onChoose, placeOf, withAccount }) {
  const { t } = useWords();
  const sorted = (name, first, props) =>
    onOrder && (!orders || orders.includes(name))
      ? h(SortHeader, { name, order, onOrder, first, ...props }, t(`documents.${name}`))
      : h(ui.Table.ColumnHeader, props, t(`documents.${name}`));
  return h(
    ui.Table.ScrollArea,
    null,
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
          sorted("number"),
          sorted("date", "-date"),
          sorted("company"),
          sorted("name"),
          sorted("amount", "-amount", { textAlign: "end" }),
          h(ui.Table.ColumnHeader, null, t("documents.state")),
          sorted("changed", "-changed"),
        ),
      ),
      h(
        ui.Table.Body,
        null,
        documents.map((one) =>
          h(DocumentRow, { key: one.id, document: one, chosen, onChoose, withAccount, to: placeOf(one) }),
        ),
      ),
    ),
  );
}

function DocumentRow({ document: one, chosen, onChoose, withAccount, to }) {
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
    h(ui.Table.Cell, { whiteSpace: "nowrap" }, day(one.document_date, language)),
    h(ui.Table.Cell, { whiteSpace: "normal", maxW: "48", overflowWrap: "anywhere" }, one.company),
    h(ui.Table.Cell, { whiteSpace: "normal", minW: "48", maxW: "64" }, h(Names, { document: one })),
    h(ui.Table.Cell, { textAlign: "end" }, h(Amounts, { document: one })),
    h(
      ui.Table.Cell,
      { whiteSpace: "normal", minW: "32", maxW: "64" },
      h(ui.Wrap, { gap: 1 }, h(StateBadge, { state: one.state }), h(EInvoice, { document: one })),
      h(Marks, { document: one, isBrief: true, mt: 1 }),
      h(Reason, { document: one, mt: 1 }),
    ),
    h(ui.Table.Cell, { whiteSpace: "nowrap" }, h(When, { document: one })),
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
