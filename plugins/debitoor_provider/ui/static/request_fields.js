// What an answer says about the fields of a request, with the labels that they have on the page.

const LABELS = {
  account_id: "connect.account",
  api_key: "connect.key",
  connection_id: "connect.id",
  currency: "corrections.currency",
  date: "corrections.date",
  email: "field.debitoor_id",
  from: "common.from",
  gross: "corrections.tax.gross.short",
  rate: "corrections.tax.rate.short",
  reason: "documents.reason",
  search: "documents.search",
  supply: "corrections.supply",
  tax: "corrections.tax",
  timezone: "field.timezone",
  to: "common.to",
};

/** One sentence for each field; a name that no field on the page has stays out, since nobody can look for it there. */
export const fieldSentences = (fields, t) =>
  fields
    .map(({ name, message }) => (LABELS[name] ? t("common.line", { name: t(LABELS[name]), value: message }) : message))
    .join(" ");

/** The fields that a refused request names, by the last name of their place that is no number, with their path in it. */
export const fieldsOf = (detail) =>
  detail.map(({ loc, msg }) => ({
    name: loc.findLast((part, index) => index > 0 && typeof part === "string") ?? "",
    path: loc.slice(1),
    message: msg,
  }));
