// Step: which way the documents go.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { useField, useWizard } from "./context.js";
import { TYPES, withType } from "./draft.js";

export function DirectionStep() {
  const { t } = useWords();
  const { settings, change } = useWizard();
  const { id } = useField("type");
  return h(
    ui.RadioCard.Root,
    {
      ids: { root: id },
      tabIndex: -1,
      value: settings.type ?? null,
      colorPalette: "brand",
      onValueChange: ({ value }) => change((draft) => withType(draft, value)),
    },
    h(ui.RadioCard.Label, { mb: 2 }, t("field.type")),
    h(
      ui.SimpleGrid,
      { columns: { base: 1, md: 2 }, gap: 3 },
      TYPES.map((type) =>
        h(
          ui.RadioCard.Item,
          { key: type, value: type },
          h(ui.RadioCard.ItemHiddenInput),
          h(
            ui.RadioCard.ItemControl,
            null,
            h(
              ui.RadioCard.ItemContent,
              null,
              h(ui.RadioCard.ItemText, { fontWeight: "semibold" }, t(`choice.type.${type}`)),
              h(ui.RadioCard.ItemDescription, { color: "fg.muted", opacity: 1 }, t(`choice.type.${type}.help`)),
            ),
            h(ui.RadioCard.ItemIndicator),
          ),
        ),
      ),
    ),
  );
}
