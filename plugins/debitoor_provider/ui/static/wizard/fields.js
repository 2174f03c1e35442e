// The fields of the form: each knows its place in the settings, its words and what is wrong with it.

import { h, ui, useId } from "../host.js";
import { useWords } from "../words.js";
import { useField, useProblem, useWizard } from "./context.js";
import { choicesOf } from "./schema.js";

/** Label, help and problem around a control. */
export function Labelled({ id, label, help, problem, required, children, ...rest }) {
  return h(
    ui.Field.Root,
    { id, invalid: Boolean(problem), required: Boolean(required), ...rest },
    h(ui.Field.Label, null, label, required && h(ui.Field.RequiredIndicator)),
    children,
    help && h(ui.Field.HelperText, null, help),
    h(ProblemText, { problem }),
  );
}

export function ProblemText({ problem }) {
  if (!problem) return null;
  return h(ui.Field.ErrorText, { color: "red.fg" }, sentenceOf(problem));
}

export const sentenceOf = ({ message, remedy }) => [message, remedy].filter(Boolean).join(" ");

/** The help of a field, if the words have one. */
export const helpOf = (t, has, path) => (has(`field.${path}.help`) ? t(`field.${path}.help`) : undefined);

/** A problem of several fields together. */
export function SharedProblem({ path }) {
  const problem = useProblem(path);
  if (problem?.field !== path) return null;
  return h(ui.Text, { color: "red.fg", textStyle: "sm", role: "alert" }, sentenceOf(problem));
}

/** @param {{path: string, required?: boolean, known?: string[]}} props known: what is offered while typing */
export function TextField({ path, required, known = [], ...rest }) {
  const { t, has } = useWords();
  const offers = useId();
  const { id, value, set, problem, schema } = useField(path);
  return h(
    Labelled,
    { id, label: t(`field.${path}`), help: helpOf(t, has, path), problem, required },
    h(ui.Input, {
      value: value ?? "",
      maxLength: schema.maxLength,
      autoComplete: "off",
      list: known.length ? offers : undefined,
      onChange: (event) => set(event.target.value || undefined),
      ...rest,
    }),
    h(Offers, { id: offers, known }),
  );
}

export function Offers({ id, known }) {
  return known.length > 0 && h("datalist", { id }, known.map((one) => h("option", { key: one, value: one })));
}

export function AreaField({ path }) {
  const { t, has } = useWords();
  const { id, value, set, problem, schema } = useField(path);
  return h(
    Labelled,
    { id, label: t(`field.${path}`), help: helpOf(t, has, path), problem },
    h(ui.Textarea, {
      value: value ?? "",
      rows: 2,
      autoresize: true,
      maxLength: schema.maxLength,
      onChange: (event) => set(event.target.value || undefined),
    }),
  );
}

/** A whole number. */
export function NumberField({ path }) {
  const { t, has } = useWords();
  const { id, value, set, problem, schema } = useField(path);
  return h(
    Labelled,
    { id, label: t(`field.${path}`), help: helpOf(t, has, path), problem, maxW: "12rem" },
    h(ui.Input, {
      type: "number",
      value: value ?? "",
      min: schema.minimum,
      max: schema.maximum,
      step: 1,
      onChange: ({ target }) => set(target.value === "" ? undefined : Number(target.value)),
    }),
  );
}

/** One of a few values; words for them are at choice.<name of the field>.<value>. */
export function SelectField({ path, empty }) {
  const { t, has } = useWords();
  const { choices, settings } = useWizard();
  const { id, value, set, problem } = useField(path);
  const options = choicesOf(choices.schema, settings.type, path);
  return h(
    Labelled,
    { id, label: t(`field.${path}`), help: helpOf(t, has, path), problem },
    h(Select, { value: value ?? "", onChange: (chosen) => set(chosen || undefined) }, [
      empty && h("option", { key: "", value: "" }, empty),
      ...options.map((option) => h("option", { key: option, value: option }, choiceWord(t, has, path, option))),
    ]),
  );
}

export function Select({ value, onChange, children, ...rest }) {
  return h(
    ui.NativeSelect.Root,
    rest,
    h(ui.NativeSelect.Field, { value, onChange: (event) => onChange(event.target.value) }, children),
    h(ui.NativeSelect.Indicator),
  );
}

const LIST_OF = { document_types: "document_type", credit_note_type: "document_type" };

/** The word for a value; a value that the words do not know yet is shown as it is. */
export function choiceWord(t, has, path, value) {
  const name = path.split(".").at(-1);
  const key = `choice.${LIST_OF[name] ?? name}.${value.replace(/\W+/g, "_")}`;
  return has(key) ? t(key) : value;
}

export function SwitchField({ path }) {
  const { t, has } = useWords();
  const { id, value, set, problem } = useField(path);
  const helpText = helpOf(t, has, path);
  return h(
    ui.Field.Root,
    { id, invalid: Boolean(problem) },
    h(
      ui.Switch.Root,
      {
        checked: Boolean(value),
        colorPalette: "brand",
        onCheckedChange: (now) => set(now.checked),
      },
      h(ui.Switch.HiddenInput),
      h(ui.Switch.Control),
      h(ui.Switch.Label, null, t(`field.${path}`)),
    ),
    helpText && h(ui.Field.HelperText, null, helpText),
    h(ProblemText, { problem }),
  );
}

/** Several of a few values, kept in the order in which the service lists them. */
export function ChecksField({ path }) {
  const { t, has } = useWords();
  const { choices, settings } = useWizard();
  const { id, value = [], set, problem } = useField(path);
  const options = choicesOf(choices.schema, settings.type, path);
  const toggle = (option, isIn) => set(options.filter((one) => (one === option ? isIn : value.includes(one))));
  return h(
    ui.Fieldset.Root,
    { invalid: Boolean(problem) },
    h(ui.Fieldset.Legend, { id, tabIndex: -1, textStyle: "sm" }, t(`field.${path}`)),
    has(`field.${path}.help`) && h(ui.Fieldset.HelperText, null, helpOf(t, has, path)),
    h(
      ui.SimpleGrid,
      { columns: { base: 1, sm: 2, lg: 3 }, gap: 2, mt: 2 },
      options.map((option) =>
        h(
          ui.Checkbox.Root,
          {
            key: option,
            size: "sm",
            colorPalette: "brand",
            checked: value.includes(option),
            onCheckedChange: (now) => toggle(option, now.checked === true),
          },
          h(ui.Checkbox.HiddenInput),
          h(ui.Checkbox.Control),
          h(ui.Checkbox.Label, { fontWeight: "normal" }, choiceWord(t, has, path, option)),
        ),
      ),
    ),
    problem && h(ui.Fieldset.ErrorText, { color: "red.fg" }, sentenceOf(problem)),
  );
}

/** Fields side by side, where there is room. */
export const Row = ({ columns, children }) =>
  h(ui.SimpleGrid, { columns: { base: 1, md: columns }, gap: 4, alignItems: "start" }, children);
