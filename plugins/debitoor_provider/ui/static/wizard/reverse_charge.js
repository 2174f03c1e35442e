// Purchases from other EU countries: fields that are set only together; without them such documents wait for a person.

import { h, ui, useEffect, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useWords } from "../words.js";
import { useWizard } from "./context.js";
import { idOf } from "./draft.js";
import { Row, SelectField } from "./fields.js";
import { DecimalField, numberOf, rateOf } from "./numbers.js";

const RULE = { product_or_service: "service", consumption_or_resale: "consumption" };

export function ReverseCharge() {
  const { t } = useWords();
  const { settings, set } = useWizard();
  const isOn = Boolean(settings.reverse_charge);
  const rate = useHomeRate();
  /** Whether the rate is still to be proposed; a country that is entered later makes it known. */
  const [isWaiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!isWaiting || rate === null) return;
    setWaiting(false);
    if (isOn && settings.reverse_charge.tax_rate === undefined) set("reverse_charge.tax_rate", rate);
  }, [isWaiting, rate]);
  const toggle = (isWanted) => {
    set("reverse_charge", isWanted ? RULE : undefined);
    setWaiting(isWanted);
  };
  return h(
    ui.Stack,
    { gap: 3 },
    h(
      ui.Switch.Root,
      {
        ids: { hiddenInput: "field-reverse_charge" },
        checked: isOn,
        colorPalette: "brand",
        onCheckedChange: (now) => toggle(now.checked),
      },
      h(ui.Switch.HiddenInput),
      h(ui.Switch.Control),
      h(ui.Switch.Label, null, t("field.reverse_charge")),
    ),
    h(ui.Text, { color: "fg.muted", textStyle: "sm" }, t("field.reverse_charge.help")),
    isOn &&
      h(
        Row,
        { columns: 3 },
        h(DecimalField, { path: "reverse_charge.tax_rate", parse: rateOf }),
        h(SelectField, { path: "reverse_charge.product_or_service" }),
        h(SelectField, { path: "reverse_charge.consumption_or_resale" }),
      ),
  );
}

/** The standard rate where the books are kept; null while it is not known. */
function useHomeRate() {
  const { draft, settings } = useWizard();
  const country = settings.books?.country ?? "";
  const connection = settings.connections?.debitoor ?? "";
  const load = async (options) =>
    country || connection ? api.homeRate(idOf(draft), { country, connection }, options) : { rate: null };
  const { data, failure, isLoading } = useData(load, [country, connection]);
  return isLoading || failure || !data.rate ? null : numberOf(data.rate);
}
