// The documents of an account: found, chosen, acted on, and each with its whole history.

import { h, ui, useEffect, useNavigate, useParams, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { useChosen } from "./chosen.js";
import { ActionBar } from "./document_actions.js";
import { DocumentDrawer } from "./document_drawer.js";
import { DocumentFilters, filterOf } from "./document_filters.js";
import { DocumentTable } from "./document_table.js";
import { accountPlace } from "./links.js";
import { PAGE_SIZE, Pages, useAddress } from "./lists.js";
import { FailureNotice, Loading, Nothing } from "./notices.js";
import { Sums } from "./sums.js";

/** @param {{account: Object, onChange: () => void}} props `onChange` is called when documents have changed */
export function DocumentsTab({ account, onChange }) {
  const { documentId } = useParams();
  const go = useNavigate();
  const { t } = useWords();
  const address = useAddress();
  const filter = { ...filterOf(address), run: address.one("run") };
  const order = address.one("order") || "-changed";
  const params = { ...filter, order, limit: PAGE_SIZE, offset: (address.page - 1) * PAGE_SIZE };
  const { data, failure, isLoading, reload } = useData(
    (options) => api.documents(account.id, params, options),
    [account.id, JSON.stringify(params)],
    { every: account.state === "running" ? 2000 : 10000 },
  );
  const { chosen, picked, choose } = useChosen(data?.documents ?? NONE);
  const [isAll, setAll] = useState(false);
  const clear = () => {
    choose(new Set());
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
  const all = isAll ? { account: account.id, ids: null, fitting: fittingOf(filter) } : null;
  return h(
    ui.Box,
    { "aria-busy": isLoading },
    h(DocumentFilters, { account: account.id, address, filter, data }),
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted", role: "status", mb: 1 }, t("documents.found", { count: total })),
    total > 0 && h(Sums, { account: account.id, filter }),
    documents.length
      ? h(DocumentTable, {
          documents,
          order,
          onOrder: (next) => address.set({ order: next }),
          chosen: account.rights.edit ? chosen : null,
          onChoose: (next) => {
            setAll(false);
            choose(next);
          },
          placeOf: (document) => place(document.id),
        })
      : h(Nothing, { title: t("documents.none") }),
    h(Pages, { total, page: address.page, onPage: (page) => address.set({ page: String(page) }) }),
    (isAll || picked.length > 0) &&
      h(ActionBar, {
        documents: picked,
        total,
        all,
        states: filter.state.length ? Object.fromEntries(filter.state.map((one) => [one, data.states[one]])) : data.states,
        onAll: filter.run || data.changed_after ? null : () => setAll(true), // the server fits by all the rest
        onClear: clear,
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

const NONE = [];

const fittingOf = ({ state, from, to, search, mark, invoice }) => ({
  states: state,
  from: from || null,
  to: to || null,
  search,
  mark: mark || null,
  invoice: invoice || null,
});
