// The last runs of all accounts.

import { Fragment, h, ui } from "../host.js";
import { useWords } from "../words.js";
import { RunsList } from "../parts/runs_list.js";

export function RunsPage() {
  const { t } = useWords();
  return h(Fragment, null, h(ui.Heading, { as: "h2", size: "lg", mb: 3 }, t("nav.runs")), h(RunsList));
}
