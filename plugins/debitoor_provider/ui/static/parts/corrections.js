// What a person states about one document in place of its record: a button, and the dialog with the fields.

import { h, ui, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { typedNumber, ungrouped } from "../format.js";
import { useWords } from "../words.js";
import { Labelled, Select, sentenceOf } from "../wizard/fields.js";
import { Dialog } from "./dialog.js";
import { notify, notifyFailure } from "./messages.js";
import { ReasonField } from "./reason_field.js";

const SUPPLIES = ["domestic", "eu", "outside"];
const FORM = "corrections";

/** @param {{document: Object, onDone: () => void}} props */
export function Corrections({ document: one, onDone }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  if (one.correctable.length === 0) return null;
  const close = (hasChanged) => {
    setOpen(false);
    if (hasChanged) onDone();
  };
  return h(
    ui.Box,
    null,
    h(ui.Button, { size: "xs", variant: "outline", onClick: () => setOpen(true) }, t("documents.do.correct")),
    isOpen && h(CorrectionDialog, { document: one, onClose: close }),
  );
}

function CorrectionDialog({ document: one, onClose }) {
  const { t, language } = useWords();
  const [stated, setStated] = useState(() => entered(one.stated, language));
  const [reason, setReason] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState({});
  const set = (name, value) => {
    setStated((before) => ({ ...before, [name]: value }));
    setProblems((before) => ({ ...before, [name]: undefined }));
  };
  const send = async (facts) => {
    if (reason.trim() === "" || isBusy) return;
    setBusy(true);
    try {
      await api.correct(one.account, one.id, { stated: facts, reason: reason.trim() });
      notify(t("corrections.saved"), "success");
      onClose(true);
    } catch (failure) {
      setBusy(false);
      const found = problemsOf(failure);
      setProblems(found);
      if (Object.keys(found).length === 0) notifyFailure(failure, t);
    }
  };
  const isStated = Object.values(one.stated).some((value) => (Array.isArray(value) ? value.length : value !== null));
  const books = useBooksCurrency(one);
  const offered = one.correctable.filter((name) => name !== "exchange_rate" || takesRate(one, stated, books));
  const facts = factsOf(stated, offered);
  return h(
    Dialog,
    {
      title: t("documents.do.correct"),
      onClose: () => onClose(false),
      footer: [
        isStated &&
          h(ui.Button, { key: "withdraw", variant: "ghost", disabled: reason.trim() === "" || isBusy, onClick: () => send({}) }, t("corrections.withdraw")),
        h(
          ui.Button,
          {
            key: "save",
            type: "submit",
            form: FORM,
            colorPalette: "brand",
            loading: isBusy,
            disabled: reason.trim() === "" || Object.keys(facts).length === 0,
          },
          t("corrections.save"),
        ),
      ],
    },
    h(
      ui.Stack,
      {
        as: "form",
        id: FORM,
        gap: 4,
        onSubmit: (event) => {
          event.preventDefault();
          send(facts);
        },
      },
      h(ui.Text, null, t("corrections.explained")),
      offered.map((name) =>
        h(FIELDS[name], { key: name, currency: currencyOf(one, stated), value: stated[name], set: (value) => set(name, value), problem: problems[name] }),
      ),
      h(ReasonField, { value: reason, onChange: setReason }),
    ),
  );
}

/** The currency that counts: as entered, or else the document's. */
const currencyOf = (one, stated) => stated.currency.trim().toUpperCase() || one.currency.toUpperCase();

/** Whether there is anything to convert; a rate that was stated before can be taken away. */
const takesRate = (one, stated, books) =>
  (books !== null && currencyOf(one, stated) !== books) || one.stated.exchange_rate !== null;

/** The currency of the books, for which Debitoor may have to be asked; null until it is known. */
function useBooksCurrency(one) {
  const isAsked = one.books_currency === null && one.correctable.includes("exchange_rate");
  const load = async (options) =>
    isAsked ? (await api.booksCurrency(one.account, one.id, options)).currency : one.books_currency;
  return useData(load, [one.id]).data;
}

/** What is wrong, by the name of the field; nothing when a part of it belongs to no field. */
function problemsOf({ fields }) {
  const named = fields.filter(({ path: [first, name] }) => first === "stated" && name in FIELDS);
  return named.length < fields.length ? {} : Object.fromEntries(named.map(({ path, message }) => [path[1], { message }]));
}

const DateField = ({ value, set, problem }) => h(PlainField, { name: "date", type: "date", value, set, problem });
const CurrencyField = ({ value, set, problem }) => h(PlainField, { name: "currency", maxLength: 3, maxW: "8rem", value, set, problem });

function RateField({ currency, value, set, problem }) {
  const { t } = useWords();
  const label = t("corrections.exchange_rate", { currency });
  return h(PlainField, { name: "exchange_rate", inputMode: "decimal", value, set, label, problem });
}

function SupplyField({ value, set, problem }) {
  const { t } = useWords();
  return h(
    Labelled,
    { id: "correction-supply", label: t("corrections.supply"), help: t("corrections.supply.help"), problem },
    h(Select, { value, onChange: set }, [
      h("option", { key: "", value: "" }, t("corrections.asRecorded")),
      ...SUPPLIES.map((kind) => h("option", { key: kind, value: kind }, t(`supply.${kind}`))),
    ]),
  );
}

/** One row for each tax rate; the amount may be left out with a single one. */
function TaxField({ value, set, problem }) {
  const { t } = useWords();
  const change = (index, name, text) => set(value.map((row, place) => (place === index ? { ...row, [name]: text } : row)));
  const cell = (row, index, name) =>
    h(ui.Input, {
      value: row[name],
      inputMode: "decimal",
      autoComplete: "off",
      "aria-label": t(`corrections.tax.${name}`, { number: index + 1 }),
      placeholder: t(`corrections.tax.${name}.short`),
      onChange: (event) => change(index, name, event.target.value),
    });
  return h(
    ui.Fieldset.Root,
    { invalid: Boolean(problem) },
    h(ui.Fieldset.Legend, null, t("corrections.tax")),
    h(ui.Text, { fontSize: "sm", color: "fg.muted" }, t("corrections.tax.help")),
    value.map((row, index) => h(ui.HStack, { key: index }, cell(row, index, "rate"), cell(row, index, "gross"))),
    value.length < 4 &&
      h(ui.Button, { size: "xs", variant: "ghost", alignSelf: "start", onClick: () => set([...value, EMPTY_RATE]) }, t("corrections.tax.add")),
    problem && h(ui.Fieldset.ErrorText, { color: "red.fg" }, sentenceOf(problem)),
  );
}

const EMPTY_RATE = { rate: "", gross: "" };

function PlainField({ name, label, value, set, problem, ...rest }) {
  const { t, has } = useWords();
  const help = `corrections.${name}.help`;
  return h(
    Labelled,
    { id: `correction-${name}`, label: label ?? t(`corrections.${name}`), help: has(help) ? t(help) : undefined, problem },
    h(ui.Input, { value, autoComplete: "off", onChange: (event) => set(event.target.value), ...rest }),
  );
}

const FIELDS = { date: DateField, currency: CurrencyField, tax: TaxField, exchange_rate: RateField, supply: SupplyField };

/** The form's texts for what was stated before, as the reader would type them. */
const entered = (stated, language) => ({
  date: stated.date ?? "",
  currency: stated.currency ?? "",
  tax: stated.tax.length
    ? stated.tax.map(({ rate, gross }) => ({
        rate: typedNumber(rate, language),
        gross: gross === null ? "" : typedNumber(gross, language, 2),
      }))
    : [EMPTY_RATE],
  exchange_rate: stated.exchange_rate === null ? "" : typedNumber(stated.exchange_rate, language),
  supply: stated.supply ?? "",
});

/** What the server takes: only what was filled in. */
function factsOf(stated, offered) {
  const tax = stated.tax
    .filter(({ rate, gross }) => rate.trim() || gross.trim())
    .map(({ rate, gross }) => ({ rate: rate.trim(), gross: gross.trim() || null }));
  const facts = { ...stated, currency: stated.currency.trim(), exchange_rate: exchangeRate(stated.exchange_rate), tax };
  return Object.fromEntries(Object.entries(facts).filter(([name, value]) => offered.includes(name) && value.length > 0));
}

/** A rate with a decimal point, as the server reads it; what is no number stays as it was typed. */
function exchangeRate(text) {
  const pointed = ungrouped(text.trim()).replace(",", ".");
  return /^\d+(?:\.\d+)?$/.test(pointed) ? pointed : text.trim();
}
