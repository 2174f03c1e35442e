// What every list of documents is narrowed by; all of it is in the address.

import { h, ui } from "../host.js";
import * as api from "../api.js";
import { moment } from "../format.js";
import { useWords } from "../words.js";
import { Chips, DateField, SearchField } from "./lists.js";
import { SavedFilters } from "./saved_filters.js";
import { DOCUMENT_STATES } from "./state.js";

/** Whether a text is looked for in the newest documents alone, as the API takes it. */
export const newestOf = (address) => (address.one("search") && !address.one("everything") ? "true" : "");

/** The filter in the address, as the API takes it. */
export const filterOf = (address) => ({
  state: address.all("state"),
  from: address.one("from"),
  to: address.one("to"),
  search: address.one("search"),
  mark: address.one("mark"),
  invoice: address.one("invoice"),
  newest: newestOf(address),
});

/**
 * Search, period and chips of a list of documents, and its downloads.
 *
 * @param {{account?: string, address: Object, filter: Object, data: Object, children?: any}} props without an account:
 *   of all that one may see; `children` are further filters
 */
export function DocumentFilters({ account, address, filter, data: { states, marks, invoices, changed_after }, children }) {
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
      children,
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
          h("a", { href: api.csvAddress(account, filter, form), download: "" }, t(`documents.csv.${form}`)),
        ),
      ),
    ),
    h(SavedFilters, { address }),
    changed_after && h(Newest, { since: changed_after, address }),
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

/** That a text was looked for in a part of very many documents, and how to look through all of them. */
export function Newest({ since, address }) {
  const { t, language } = useWords();
  const onAll = () => address.set({ everything: "true" });
  return h(
    ui.Flex,
    { gap: 2, wrap: "wrap", align: "center" },
    h(ui.Text, { fontSize: "sm", role: "status" }, t("documents.newest", { day: moment(since, language) })),
    h(ui.Button, { size: "xs", variant: "outline", onClick: onAll }, t("documents.searchAll")),
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
