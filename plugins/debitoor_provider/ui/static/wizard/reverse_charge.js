// Purchases from other EU countries: fields that are set only together; without them such documents wait for a person.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { useWizard } from "./context.js";
import { Row, SelectField } from "./fields.js";
import { rateOf } from "./number_text.js";
import { DecimalField } from "./numbers.js";

const RULE = { product_or_service: "service", consumption_or_resale: "consumption" };

export function ReverseCharge() {
  const { t } = useWords();
  const { settings, set } = useWizard();
  const isOn = Boolean(settings.reverse_charge);
  return h(
    ui.Stack,
    { gap: 3 },
    h(
      ui.Switch.Root,
      {
        ids: { hiddenInput: "field-reverse_charge" },
        checked: isOn,
        colorPalette: "brand",
        onCheckedChange: (now) => set("reverse_charge", now.checked ? RULE : undefined),
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
