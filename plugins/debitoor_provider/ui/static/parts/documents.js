// The documents of an account: found, chosen, acted on, and each with its whole history.

import { h, ui, useEffect, useNavigate, useParams, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { ActionBar } from "./document_actions.js";
import { DocumentDrawer } from "./document_drawer.js";
import { DocumentTable } from "./document_table.js";
import { accountPlace } from "./links.js";
import { Chips, DateField, PAGE_SIZE, Pages, SearchField, useAddress } from "./lists.js";
import { FailureNotice, Loading, Nothing } from "./notices.js";
import { DOCUMENT_STATES } from "./state.js";

/** @param {{account: object, onChange: () => void}} props `onChange` is called when documents have changed */
export function DocumentsTab({ account, onChange }) {
  const { documentId } = useParams();
  const go = useNavigate();
  const { t } = useWords();
  const address = useAddress();
  const filter = {
    state: address.all("state"),
    from: address.one("from"),
    to: address.one("to"),
    search: address.one("search"),
    run: address.one("run"),
    mark: address.one("mark"),
    invoice: address.one("invoice"),
  };
  const order = address.one("order") || "-changed";
  const params = { ...filter, order, limit: PAGE_SIZE, offset: (address.page - 1) * PAGE_SIZE };
  const { data, failure, isLoading, reload } = useData(
    (options) => api.documents(account.id, params, options),
    [account.id, JSON.stringify(params)],
    { every: account.state === "running" ? 2000 : 10000 },
  );
  const [chosen, setChosen] = useState(() => new Set());
  const [isAll, setAll] = useState(false);
  const clear = () => {
    setChosen(new Set());
    setAll(false);
  };
  useEffect(clear, [JSON.stringify(params)]);
  const changed = () => {
    clear();
    reload();
    onChange();
  };
  const place = (id) => accountPlace(account.id, `/documents${id ? `/${id}` : ""}`) + window.location.search;
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const { documents, total } = data;
  return h(
    ui.Box,
    { "aria-busy": isLoading },
    h(Bar, { account, address, filter, data }),
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted", role: "status", mb: 1 }, t("documents.found", { count: total })),
    documents.length
      ? h(DocumentTable, {
          documents,
          order,
          onOrder: (next) => address.set({ order: next }),
          chosen: account.rights.edit ? chosen : null,
          onChoose: (next) => {
            setAll(false);
            setChosen(next);
          },
          placeOf: (document) => place(document.id),
        })
      : h(Nothing, { title: t("documents.none") }),
    h(Pages, { total, page: address.page, onPage: (page) => address.set({ page: String(page) }) }),
    chosen.size > 0 &&
      h(ActionBar, {
        documents: documents.filter((one) => chosen.has(one.id)),
        total,
        isAll,
        onAll: filter.run ? null : () => setAll(true), // the server fits by all the rest
        onClear: clear,
        targets: [
          isAll
            ? { account: account.id, ids: null, fitting: fittingOf(filter) }
            : { account: account.id, ids: [...chosen], fitting: null },
        ],
        count: isAll ? total : chosen.size,
        onDone: changed,
      }),
    documentId &&
      h(DocumentDrawer, {
        key: documentId,
        account: account.id,
        number: documentId,
        rights: account.rights,
        onClose: () => go(place()),
        onChange: changed,
      }),
  );
}

const fittingOf = ({ state, from, to, search, mark, invoice }) => ({
  states: state,
  from: from || null,
  to: to || null,
  search,
  mark: mark || null,
  invoice: invoice || null,
});

function Bar({ account, address, filter, data: { states, marks, invoices } }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 2, mb: 2 },
    h(
      ui.Flex,
      { gap: 2, wrap: "wrap", align: "center" },
      h(SearchField, {
        label: t("documents.search"),
        value: filter.search,
        onSearch: (search) => address.set({ search }),
      }),
      h(DateField, { label: t("common.from"), value: filter.from, onChange: (from) => address.set({ from }) }),
      h(DateField, { label: t("common.to"), value: filter.to, onChange: (to) => address.set({ to }) }),
      filter.run &&
        h(
          ui.Button,
          { size: "sm", variant: "subtle", maxW: "full", onClick: () => address.set({ run: "" }) },
          h(ui.Text, { truncate: true }, t("documents.ofRun", { run: filter.run })),
          h("span", { "aria-hidden": true }, "✕"),
        ),
      h(ui.Spacer),
      ["spreadsheet", "data"].map((form) =>
        h(
          ui.Button,
          { key: form, asChild: true, size: "sm", variant: form === "data" ? "ghost" : "outline" },
          h("a", { href: api.csvAddress(account.id, filter, form), download: "" }, t(`documents.csv.${form}`)),
        ),
      ),
    ),
    h(Chips, {
      label: t("documents.states"),
      chosen: filter.state,
      chips: DOCUMENT_STATES.map((value) => ({ value, word: t(`state.${value}`), count: states[value] ?? 0 })),
      onChoose: (state) => address.set({ state }),
    }),
    h(Finding, { name: "invoice", counts: invoices, filter, address }),
    h(Finding, { name: "mark", counts: marks, filter, address }),
  );
}

/** The chips of what is known about the figures of documents: their e-invoice, or a mark. */
function Finding({ name, counts, filter, address }) {
  const { t } = useWords();
  const chosen = filter[name];
  const known = Object.entries(chosen ? { [chosen]: 0, ...counts } : counts);
  if (!known.length) return null;
  return h(Chips, {
    label: t(`documents.${name}s`),
    chosen: chosen ? [chosen] : [],
    chips: known.map(([value, count]) => ({ value, word: t(`${name}.${value}`), count })),
    onChoose: ([value]) => address.set({ [name]: value ?? "" }),
    isSingle: true,
  });
}
