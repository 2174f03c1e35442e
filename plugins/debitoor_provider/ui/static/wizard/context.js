// What all parts of the form share: the draft, and a way to read, set and judge one field of it.

import { createContext, useContext } from "../host.js";
import { read, stepOf, withoutIndex } from "./draft.js";
import { fieldOf } from "./schema.js";

export const WizardContext = createContext(null);

/**
 * @returns {{
 *   draft: Object, settings: Object, choices: Object, isEdit: boolean, accountId: string|undefined,
 *   set: (path: string, value: any) => void, change: (update: (draft: Object) => Object) => void,
 *   pending: {current: (() => Promise<boolean>)|null},
 *   connections: Object[], reloadConnections: () => void, leave: (id?: string) => void, backPath: string,
 *   problems: Object[], warnings: Object[], learn: (found: Object[]) => void, nextRuns: string[], tried: Set<string>,
 * }}
 */
export const useWizard = () => useContext(WizardContext);

export function useField(path) {
  const { settings, choices, set } = useWizard();
  const schema = fieldOf(choices.schema, settings.type, path);
  const own = read(settings, path);
  return {
    id: fieldId(path),
    value: own ?? schema.default ?? undefined,
    schema,
    set: (value) => set(path, value),
    problem: useProblem(path),
  };
}

export const fieldId = (path) => `field-${path.replace(/\W+/g, "-")}`;

/** Put the focus on a field, or on the first of several that are wrong together. */
export function focusOn(field) {
  const id = fieldId(withoutIndex(field));
  (document.getElementById(id) ?? document.querySelector(`[id^="${id}-"]`))?.focus();
}

/** What is wrong with a field; that it is missing is reported only after an attempt to go on without it. */
export function useProblem(path) {
  const { problems, tried, settings } = useWizard();
  const found = problems.find(({ field }) => field === path || field.startsWith(`${path}[`));
  if (!found) return null;
  return tried.has(stepOf(path)) || read(settings, path) !== undefined ? found : null;
}
