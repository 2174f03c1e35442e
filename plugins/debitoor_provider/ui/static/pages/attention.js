// What waits for a person: accounts that cannot go on, and the documents of all accounts, with why and what helps.

import { Fragment, HOME, h, ui, useEffect } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { Actions } from "../parts/actions.js";
import { Advice } from "../parts/advice.js";
import { useChosen } from "../parts/chosen.js";
import { ActionBar } from "../parts/document_actions.js";
import { Newest, newestOf } from "../parts/document_filters.js";
import { DocumentTable } from "../parts/document_table.js";
import { Place, PlaceButton, accountPlace, documentPlace } from "../parts/links.js";
import { Chips, Choice, PAGE_SIZE, Pages, SearchField, useAddress } from "../parts/lists.js";
import { FailureNotice, Loading, Nothing } from "../parts/notices.js";
import { StateBadge } from "../parts/state.js";

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
  const { chosen, picked, choose } = useChosen(data?.documents ?? NONE);
  const clear = () => choose(new Set());
  useEffect(clear, [JSON.stringify(params)]);
  const { data: accounts } = useData((options) => api.everyAccount({ order: "-attention" }, isInNeed, options), []);
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const { documents, total } = data;
  return h(
    Fragment,
    null,
    h(ui.Heading, { as: "h2", size: "lg", mb: 1 }, t("nav.attention")),
    !filter.account && !filter.search && !filter.code && h(AccountsInNeed),
    h(ui.Text, { color: "fg.muted", mb: 3 }, t("attention.explained")),
    h(Bar, { address, filter, data, accounts: accounts ?? NONE }),
    h(FailureNotice, { failure, onRetry: reload }),
    h(ui.Text, { fontSize: "sm", color: "fg.muted", role: "status", mb: 1 }, t("documents.found", { count: total })),
    documents.length === 0 && h(Nothing, { title: t("attention.none") }),
    documents.length > 0 &&
      h(DocumentTable, { documents, chosen, onChoose: choose, placeOf: documentPlace, withAccount: true }),
    h(Pages, { total, page: address.page, onPage: (page) => address.set({ page: String(page) }) }),
    picked.length > 0 &&
      h(ActionBar, {
        documents: picked,
        onClear: clear,
        onDone: () => {
          clear();
          reload();
        },
      }),
  );
}

/** The accounts whose state needs a person; nothing while there are none. */
function AccountsInNeed() {
  const { t } = useWords();
  const { data, failure, reload } = useData(
    (options) => api.accounts({ help_needed: true, limit: MOST_ACCOUNTS }, options),
    [],
    { every: 10000 },
  );
  if (!data?.total) return h(FailureNotice, { failure, onRetry: reload });
  const { accounts, total } = data;
  return h(
    Actions,
    { onDone: reload },
    h(ui.Heading, { as: "h3", size: "sm", mb: 2 }, t("attention.accounts")),
    h(
      ui.Stack,
      { as: "ul", gap: 2, mb: 4, listStyleType: "none", "aria-label": t("attention.accounts") },
      accounts.map((row) =>
        h(
          ui.Stack,
          { as: "li", key: row.id, gap: 1, borderWidth: 1, borderColor: "border", rounded: "md", p: 2 },
          h(
            ui.Flex,
            { gap: 2, align: "center", wrap: "wrap" },
            h(Place, { to: accountPlace(row.id), fontWeight: "medium" }, row.name),
            h(StateBadge, { state: row.state }),
          ),
          h(Advice, { row }),
        ),
      ),
    ),
    total > accounts.length &&
      h(PlaceButton, { to: HOME }, t("attention.moreAccounts", { count: total - accounts.length })),
  );
}

const MOST_ACCOUNTS = 20;
const NONE = [];
const isInNeed = (row) => row.attention > 0;

function Bar({ address, filter, data: { codes, changed_after }, accounts }) {
  const { t, has } = useWords();
  const word = (code) => (has(`reason.${code}`) ? t(`reason.${code}`) : code.replaceAll("_", " "));
  const offered = accounts.filter((row) => isInNeed(row) || row.id === filter.account);
  if (filter.account && !offered.some((row) => row.id === filter.account))
    offered.push({ id: filter.account, name: filter.account }); // one far down the list
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
