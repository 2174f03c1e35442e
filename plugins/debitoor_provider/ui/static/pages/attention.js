// Every document that waits for a person, of all accounts: why, and what helps.

import { Fragment, h, ui, useEffect, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { ActionBar } from "../parts/document_actions.js";
import { Newest, newestOf } from "../parts/document_filters.js";
import { DocumentTable } from "../parts/document_table.js";
import { documentPlace } from "../parts/links.js";
import { Chips, Choice, PAGE_SIZE, Pages, SearchField, useAddress } from "../parts/lists.js";
import { FailureNotice, Loading, Nothing } from "../parts/notices.js";

export function AttentionPage() {
  const { t } = useWords();
  const address = useAddress();
  const filter = {
    account: address.one("account"),
    search: address.one("search"),
    newest: newestOf(address),
    code: address.one("code"),
  };
  const params = { ...filter, limit: PAGE_SIZE, offset: (address.page - 1) * PAGE_SIZE };
  const { data, failure, reload } = useData((options) => api.attention(params, options), [JSON.stringify(params)], {
    every: 10000,
  });
  const [chosen, setChosen] = useState(() => new Set());
  const clear = () => setChosen(new Set());
  useEffect(clear, [JSON.stringify(params)]);
  const { data: found } = useData((options) => api.accounts({ order: "-attention", limit: PAGE_SIZE }, options), []);
  const accounts = found?.accounts ?? [];
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const { documents, total } = data;
  const picked = documents.filter((one) => chosen.has(one.id));
  return h(
    Fragment,
    null,
    h(ui.Heading, { as: "h2", size: "lg", mb: 1 }, t("nav.attention")),
    h(ui.Text, { color: "fg.muted", mb: 3 }, t("attention.explained")),
    h(Bar, { address, filter, data, accounts }),
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted", role: "status", mb: 1 }, t("documents.found", { count: total })),
    documents.length === 0 && h(Nothing, { title: t("attention.none") }),
    documents.length > 0 &&
      h(DocumentTable, { documents, chosen, onChoose: setChosen, placeOf: documentPlace, withAccount: true }),
    h(Pages, { total, page: address.page, onPage: (page) => address.set({ page: String(page) }) }),
    picked.length > 0 &&
      h(ActionBar, {
        documents: picked,
        targets: byAccount(picked),
        count: picked.length,
        onClear: clear,
        onDone: () => {
          clear();
          reload();
        },
      }),
  );
}

function byAccount(documents) {
  const ids = new Map();
  for (const one of documents) ids.set(one.account, [...(ids.get(one.account) ?? []), one.id]);
  return [...ids].map(([account, those]) => ({ account, ids: those, fitting: null }));
}

function Bar({ address, filter, data: { codes, changed_after }, accounts }) {
  const { t, has } = useWords();
  const word = (code) => (has(`reason.${code}`) ? t(`reason.${code}`) : code.replaceAll("_", " "));
  const offered = accounts.filter((row) => row.attention > 0 || row.id === filter.account);
  if (filter.account && !offered.some((row) => row.id === filter.account))
    offered.push({ id: filter.account, name: filter.account }); // one without a file, or far down the list
  return h(
    ui.Stack,
    { gap: 2, mb: 3 },
    h(
      ui.Flex,
      { gap: 2, wrap: "wrap", align: "center" },
      h(SearchField, {
        label: t("documents.search"),
        value: filter.search,
        onSearch: (search) => address.set({ search }),
      }),
      h(Choice, {
        label: t("attention.account"),
        value: filter.account,
        options: [["", t("attention.allAccounts")], ...offered.map((row) => [row.id, row.name])],
        onChoose: (account) => address.set({ account }),
      }),
    ),
    changed_after && h(Newest, { since: changed_after, address }),
    h(Chips, {
      label: t("attention.codes"),
      chosen: filter.code ? [filter.code] : [],
      isSingle: true,
      chips: Object.entries(codes).map(([value, count]) => ({ value, word: word(value), count })),
      onChoose: ([code]) => address.set({ code }),
    }),
  );
}
