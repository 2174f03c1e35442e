// The settings of an account to be read: what the file says, in words, and the file itself.

import { amount, day, percent, timeOfDay, typedNumber } from "../format.js";
import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { FactList } from "./fact_list.js";
import { PlaceButton, accountPlace } from "./links.js";

export function SettingsTab({ account }) {
  const { t } = useWords();
  return h(
    ui.Stack,
    { gap: 4 },
    account.rights.edit &&
      account.settings &&
      h(PlaceButton, { to: accountPlace(account.id, "/edit"), size: "sm", alignSelf: "start" }, t("do.edit")),
    account.settings && h(Summary, { settings: account.settings }),
    h(
      ui.Box,
      null,
      h(ui.Heading, { as: "h3", size: "sm", mb: 1 }, account.file),
      h(
        ui.Box,
        {
          as: "pre",
          tabIndex: 0,
          "aria-label": account.file,
          role: "region",
          fontFamily: "mono",
          fontSize: "sm",
          bg: "bg.subtle",
          borderWidth: 1,
          borderColor: "border",
          rounded: "md",
          p: 3,
          overflowX: "auto",
        },
        account.yaml,
      ),
    ),
  );
}

/** Settings whose choices are called as those of another. */
const LIKE = {
  "filter.document_types": "document_type",
  "defaults.credit_note_type": "document_type",
};

/** Settings that are numbers, dates and times. */
const WRITTEN = {
  accept_rates: percent,
  at: timeOfDay,
  "limits.amount": amount,
  "limits.archived": typedNumber,
  "limits.new_documents": typedNumber,
  "limits.rejected_share": percent,
  "period.from": day,
  "period.to": day,
  "reverse_charge.tax_rate": percent,
};

function Summary({ settings }) {
  const { t, has, language } = useWords();
  const word = (path) => (has(`field.${path}`) ? t(`field.${path}`) : path);
  const choice = (path, value) => {
    if (path in WRITTEN && value !== null) return WRITTEN[path](value, language);
    const key = `choice.${LIKE[path] ?? path.split(".").at(-1)}.${String(value).replaceAll(" ", "_")}`;
    return has(key) ? t(key) : String(value ?? "–");
  };
  const shown = (path, value) => {
    if (value === true) return t("common.yes");
    if (value === false) return t("common.no");
    return Array.isArray(value) ? value.map((one) => choice(path, one)).join(", ") : choice(path, value);
  };
  return h(FactList, { facts: leaves(settings).map(([path, value]) => [word(path), shown(path, value)]) });
}

/** Each setting with its path, as deep as the file goes; lists are one value. */
const leaves = (settings, above = "") =>
  Object.entries(settings).flatMap(([name, value]) => {
    const path = above ? `${above}.${name}` : name;
    return value && typeof value === "object" && !Array.isArray(value) ? leaves(value, path) : [[path, value]];
  });
