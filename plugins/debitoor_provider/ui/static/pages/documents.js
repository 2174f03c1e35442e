// The documents of all accounts that one may see, as one list; each opens where its account is.

import { h, ui } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { DocumentFilters, filterOf } from "../parts/document_filters.js";
import { DocumentTable } from "../parts/document_table.js";
import { documentPlace } from "../parts/links.js";
import { Choice, PAGE_SIZE, Pages, useAddress } from "../parts/lists.js";
import { FailureNotice, Loading, Nothing } from "../parts/notices.js";
import { Sums } from "../parts/sums.js";

export function DocumentsPage() {
  const { t } = useWords();
  const address = useAddress();
  const filter = { ...filterOf(address), account: address.one("account") };
  const order = address.one("order") || "-changed";
  const params = { ...filter, order, limit: PAGE_SIZE, offset: (address.page - 1) * PAGE_SIZE };
  const { data, failure, isLoading, reload } = useData((options) => api.allDocuments(params, options), [JSON.stringify(params)], {
    every: filter.search ? 0 : 10000, // a search reads every document
  });
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const { documents, total } = data;
  return h(
    ui.Box,
    { "aria-busy": isLoading },
    h(ui.Heading, { as: "h2", size: "lg", mb: 2 }, t("nav.documents")),
    h(DocumentFilters, { address, filter, data }, h(AccountChoice, { chosen: filter.account, address })),
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted", role: "status", mb: 1 }, t("documents.found", { count: total })),
    total > 0 && h(Sums, { filter }),
    documents.length
      ? h(DocumentTable, {
          documents,
          order,
          onOrder: (next) => address.set({ order: next }),
          chosen: null,
          placeOf: documentPlace,
          withAccount: true,
        })
      : h(Nothing, { title: t("documents.none") }),
    h(Pages, { total, page: address.page, onPage: (page) => address.set({ page: String(page) }) }),
  );
}

function AccountChoice({ chosen, address }) {
  const { t } = useWords();
  const { data } = useData((options) => api.everyAccount({}, () => true, options), []);
  const accounts = data ?? [];
  const isListed = !chosen || accounts.some((row) => row.id === chosen);
  return h(Choice, {
    label: t("attention.account"),
    value: chosen,
    options: [
      ["", t("attention.allAccounts")],
      ...(isListed ? [] : [[chosen, chosen]]),
      ...accounts.map((row) => [row.id, row.name]),
    ],
    onChoose: (account) => address.set({ account }),
  });
}
