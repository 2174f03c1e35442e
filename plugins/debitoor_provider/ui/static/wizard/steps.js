// The list of steps above the form; a step can be reached when those before it are right.
//
// Chakra's steps call themselves tabs, with parts in between that tabs may not have. Here they are a list of buttons.

import { h, ui } from "../host.js";
import { useWords } from "../words.js";
import { STEPS } from "./draft.js";

const NO_TABS = {
  role: null,
  tabIndex: null,
  "aria-orientation": null,
  "aria-owns": null,
  "aria-controls": null,
  "aria-selected": null,
  "aria-labelledby": null,
};

export function StepList({ index, last, goTo, children }) {
  const { t } = useWords();
  return h(
    ui.Steps.Root,
    {
      step: index,
      count: STEPS.length,
      size: "sm",
      colorPalette: "brand",
      onStepChange: ({ step }) => step <= last && step < STEPS.length && goTo(STEPS[step]),
    },
    h(
      ui.Steps.List,
      { ...NO_TABS, role: "list", gap: { base: 2, lg: 3 }, "aria-label": t("wizard.steps") },
      STEPS.map((name, number) =>
        h(
          ui.Steps.Item,
          {
            key: name,
            index: number,
            role: "listitem",
            "aria-current": null,
            flex: { base: "0 0 auto", lg: number === STEPS.length - 1 ? "0 0 auto" : "1 0 auto" },
          },
          h(
            ui.Steps.Trigger,
            {
              ...NO_TABS,
              disabled: number > last,
              "aria-label": t(`wizard.step.${name}`),
              "aria-current": number === index ? "step" : undefined,
              _disabled: { cursor: "not-allowed", opacity: 0.6 },
            },
            h(ui.Steps.Indicator),
            h(ui.Steps.Title, { display: { base: "none", lg: "block" } }, t(`wizard.step.${name}`)),
          ),
          h(ui.Steps.Separator, { display: { base: "none", lg: "block" } }),
        ),
      ),
    ),
    h(ui.Steps.Content, { ...NO_TABS, index, mt: 2, minW: 0 }, children),
  );
}
