// What every list of the page has: a search, chips to filter by, headers to sort by, pages. All of it is in the address.

import { h, ui, useEffect, useId, useRef, useSearchParams, useState } from "../host.js";
import { useRested } from "../data.js";
import { useWords } from "../words.js";

export const PAGE_SIZE = 50;

/** What of the address says where one is in the list, rather than what is in it. */
const PLACE = ["page", "run"];

/**
 * The search parameters of the address: one value, all values, and a change that goes back to the first page; and all of
 * them that filter or sort, as one text to go back to.
 */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const set = (changes) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries({ page: null, ...changes })) {
          after.delete(name);
          for (const one of [value].flat()) if (one) after.append(name, one);
        }
        return after;
      },
      { replace: true },
    );
  const asked = new URLSearchParams(params);
  for (const name of PLACE) asked.delete(name);
  const go = (query) => setParams(new URLSearchParams(query));
  const page = Math.max(1, Number.parseInt(params.get("page"), 10) || 1);
  return { query: asked.toString(), go, one: (name) => params.get(name) ?? "", all: (name) => params.getAll(name), set, page };
}

/** A search that asks once typing has paused. */
export function SearchField({ value, onSearch, label }) {
  const [text, setText] = useState(value);
  const rested = useRested(text);
  const known = useRef(value);
  useEffect(() => {
    if (rested === known.current) return;
    known.current = rested;
    onSearch(rested);
  }, [rested]);
  useEffect(() => {
    if (value === known.current) return; // else the user went back in the browser's history
    known.current = value;
    setText(value);
  }, [value]);
  return h(ui.Input, {
    type: "search",
    maxLength: 200,
    size: "sm",
    width: { base: "full", md: "60" },
    "aria-label": label,
    placeholder: label,
    value: text,
    onChange: (event) => setText(event.target.value),
  });
}

/**
 * Buttons that filter, each with its count.
 *
 * @param {{label: string, chosen: string[], chips: {value: string, word: string, count: number}[],
 *   onChoose: (chosen: string[]) => void, isSingle?: boolean}} props
 */
export function Chips({ label, chosen, chips, onChoose, isSingle = false }) {
  const { language } = useWords();
  const toggle = (value) => {
    if (chosen.includes(value)) onChoose(chosen.filter((one) => one !== value));
    else onChoose(isSingle ? [value] : [...chosen, value]);
  };
  return h(
    ui.Wrap,
    { role: "group", "aria-label": label, gap: 1 },
    chips
      .filter(({ value, count }) => count || chosen.includes(value))
      .map(({ value, word, count }) =>
        h(
          ui.Button,
          {
            key: value,
            size: "xs",
            rounded: "full",
            variant: chosen.includes(value) ? "solid" : "subtle",
            colorPalette: "brand",
            "aria-pressed": chosen.includes(value),
            onClick: () => toggle(value),
            height: "auto",
            minH: 6,
            whiteSpace: "normal",
            textAlign: "start",
          },
          `${word} · ${count.toLocaleString(language)}`,
        ),
      ),
  );
}

/** A choice among a few, by its label. @param {{label: string, value: string, options: [string, string][], onChoose: (value: string) => void}} props values with their words */
export function Choice({ label, value, options, onChoose }) {
  return h(
    ui.NativeSelect.Root,
    { size: "sm", width: "auto", maxW: { base: "full", md: "80" } },
    h(
      ui.NativeSelect.Field,
      { "aria-label": label, value, onChange: (event) => onChoose(event.target.value) },
      options.map(([one, word]) => h("option", { key: one, value: one }, word)),
    ),
    h(ui.NativeSelect.Indicator),
  );
}

/** A labelled date; `onChange` gets YYYY-MM-DD or an empty text. */
export function DateField({ label, value, onChange }) {
  const id = useId();
  return h(
    ui.HStack,
    { gap: 1 },
    h("label", { htmlFor: id }, h(ui.Text, { as: "span", fontSize: "sm", color: "fg.muted" }, label)),
    h(ui.Input, { id, type: "date", size: "sm", width: "36", value, onChange: (event) => onChange(event.target.value) }),
  );
}

/** The head of a column by which the list can be sorted; the first click sorts as `first` says. */
export function SortHeader({ name, order, onOrder, first = name, children, ...props }) {
  const { t } = useWords();
  const isUp = order === name;
  const isDown = order === `-${name}`;
  const other = isUp ? `-${name}` : name;
  return h(
    ui.Table.ColumnHeader,
    { "aria-sort": isUp ? "ascending" : isDown ? "descending" : "none", whiteSpace: "nowrap", ...props },
    h(
      ui.Button,
      {
        variant: "plain",
        size: "xs",
        px: 0,
        height: "auto",
        minW: 0,
        fontSize: "sm",
        color: "fg",
        title: t("common.sort"),
        onClick: () => onOrder(isUp || isDown ? other : first),
      },
      children,
      h("span", { "aria-hidden": true }, isUp ? " ▲" : isDown ? " ▼" : ""),
    ),
  );
}

/** Leads through the pages of a list; shows nothing for a single one. */
export function Pages({ total, page, onPage, size = PAGE_SIZE }) {
  const { t } = useWords();
  const last = Math.max(1, Math.ceil(total / size));
  if (last === 1 && page === 1) return null;
  const step = (to, word) =>
    h(ui.Button, { size: "sm", variant: "outline", disabled: to < 1 || to > last, onClick: () => onPage(to) }, word);
  return h(
    ui.HStack,
    { as: "nav", "aria-label": t("common.pages"), justify: "center", my: 3, gap: 3 },
    step(page - 1, t("common.previous")),
    h(ui.Text, { fontSize: "sm", "aria-live": "polite" }, t("common.pageOf", { page, last })),
    step(page + 1, t("common.next")),
  );
}
