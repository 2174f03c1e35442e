// The account that is being set: its settings as the file has them, and where each field has its place in the form.

export const STEPS = ["direction", "settings", "getmyinvoices", "debitoor", "account", "preview"];

const STEP_OF = {
  type: "direction",
  connections: "getmyinvoices",
  "connections.debitoor": "debitoor",
  name: "account",
  account_id: "account",
  debitoor_id: "account",
  specification: "account",
  reverse_charge: "account", // whose rate depends on the books: they are known once Debitoor is connected
  books: "account",
  period: "account",
};

/** A list's field, of a problem with one of its items. */
export const withoutIndex = (field) => field.replace(/\[.*/, "");

/** The step in which a field is set; what the form does not know is shown with the other settings. */
export function stepOf(field) {
  const path = withoutIndex(field);
  for (const place of [path, path.split(".")[0]]) {
    if (place in STEP_OF) return STEP_OF[place];
  }
  return "settings";
}

/** Settings that only some directions have; they wait aside while another one is chosen. */
const OWN = {
  export: [
    "filter",
    "rename",
    "specification",
    "archive_after_transfer",
    "foreign_currency",
    "reverse_charge",
    "positive_credit_note",
    "two_rates",
    "invoice",
    "accept_rates",
    "books",
    "category",
    "duplicates",
    "limits",
  ],
  import: ["documents", "defaults", "duplicates", "limits"],
};

/** The directions that the form can set. */
export const TYPES = Object.keys(OWN);

/** Whether accounts of a direction have a setting that not all have. */
export const hasOwn = (type, name) => OWN[type]?.includes(name) ?? false;

export function withType(draft, type) {
  const from = draft.settings.type in OWN ? draft.settings.type : TYPES.find((other) => other !== type);
  if (from === type) return draft;
  const { [type]: back = {}, ...aside } = draft.aside ?? {};
  const settings = { ...draft.settings };
  const away = {};
  for (const name of OWN[from]) {
    if (name in settings) away[name] = settings[name];
    delete settings[name];
  }
  return { ...draft, settings: { ...settings, ...back, type }, aside: { ...aside, [from]: away } };
}

export const read = (settings, path) =>
  path.split(".").reduce((value, name) => (value && typeof value === "object" ? value[name] : undefined), settings);

/** Settings with one value changed; without a value the field goes, and sections that it leaves empty with it. */
export function written(settings, path, value) {
  const [name, ...rest] = path.split(".");
  const section = settings && typeof settings === "object" && !Array.isArray(settings) ? settings : {};
  const below = rest.length ? written(section[name], rest.join("."), value) : value;
  const isGone = below === undefined || (rest.length > 0 && Object.keys(below).length === 0);
  if (!isGone) return { ...section, [name]: below };
  const { [name]: _, ...others } = section;
  return others;
}

/** A file name from what the account is called: "Acme GmbH, Belege" becomes acme-gmbh-belege. */
export function proposedId(name) {
  const plain = name.toLowerCase().replace(/[äöüæøåß]/g, (letter) => LETTERS[letter]);
  const latin = plain.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  return latin
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 100);
}

const LETTERS = { ä: "ae", ö: "oe", ü: "ue", æ: "ae", ø: "oe", å: "aa", ß: "ss" };

export const isAccountId = (text) => /^[a-z0-9][a-z0-9_-]{0,99}$/.test(text);

/** The account under which a draft is looked at before it has an id of its own. */
export const idOf = (draft) => (isAccountId(draft.accountId) ? draft.accountId : "new-account");

export const newDraft = () => ({
  accountId: "",
  settings: { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Europe/Berlin" },
  version: null,
});

export const draftOf = (account) => ({
  accountId: account.id,
  settings: account.settings,
  version: account.version,
});

// A draft outlives the way to Debitoor's consent page and back, and a reload; it never holds a key.

const place = (accountId) => `debitoor.draft.${accountId ?? ""}`;

export function kept(accountId) {
  try {
    return JSON.parse(sessionStorage.getItem(place(accountId)));
  } catch {
    return null;
  }
}

export function keep(accountId, draft) {
  try {
    sessionStorage.setItem(place(accountId), JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}

export function forget(accountId) {
  try {
    sessionStorage.removeItem(place(accountId));
  } catch {
    // see above
  }
}
