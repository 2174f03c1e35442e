// Links to places of the page and to Airflow's own pages.

import { HOME, Link, h, ui } from "../host.js";
import { runPage } from "../airflow.js";
import { useWords } from "../words.js";

export const accountPlace = (id, rest = "") => `${HOME}/accounts/${encodeURIComponent(id)}${rest}`;
export const documentPlace = (document) => accountPlace(document.account, `/documents/${document.id}`);
export const attentionPlace = (id) => `${HOME}/attention?${new URLSearchParams({ account: id })}`;

/** A link inside Airflow's UI that looks like its others. */
export function Place({ to, children, ...props }) {
  return h(ui.Link, { asChild: true, color: "fg.info", overflowWrap: "anywhere", ...props }, h(Link, { to }, children));
}

/** A link to Airflow's page of a run, on which its tasks are. */
export function RunPlace({ run, children, ...props }) {
  return h(Place, { to: runPage(run.dag_id, run.dag_run_id), ...props }, children ?? run.dag_run_id);
}

/** A button that leads somewhere. */
export function PlaceButton({ to, children, ...props }) {
  return h(ui.Button, { asChild: true, size: "xs", variant: "outline", ...props }, h(Link, { to }, children));
}

/** A link that leaves Airflow, in a tab of its own; an address that is none of the web stays text. */
export function OutsideLink({ href, children }) {
  const { t } = useWords();
  if (!/^https?:\/\//i.test(href ?? "")) return children;
  return h(
    ui.Link,
    { href, target: "_blank", rel: "noopener noreferrer", color: "fg.info", overflowWrap: "anywhere" },
    children,
    h("span", { "aria-hidden": true }, " ↗"),
    h(ui.VisuallyHidden, null, ` ${t("common.newTab")}`),
  );
}
