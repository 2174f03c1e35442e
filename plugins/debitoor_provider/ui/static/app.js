// The Synchronisation page. Airflow loads this module and renders the component that it leaves behind.

import { HOME, NavLink, Route, Routes, Suspense, h, lazy, ui, useEffect, useLocation, useNavigate } from "./host.js";
import * as api from "./api.js";
import { useData } from "./data.js";
import { LANGUAGES, WordsProvider, chooseLanguage, useWords } from "./words.js";
import { Messages } from "./parts/messages.js";
import { FailureNotice, Loading } from "./parts/notices.js";
import { Nowhere } from "./parts/nowhere.js";
import { MeContext } from "./me.js";

const page = (load, name) => lazy(() => load().then((module) => ({ default: module[name] })));
const AccountsPage = page(() => import("./pages/accounts.js"), "AccountsPage");
const AccountPage = page(() => import("./pages/account.js"), "AccountPage");
const DocumentsPage = page(() => import("./pages/documents.js"), "DocumentsPage");
const AttentionPage = page(() => import("./pages/attention.js"), "AttentionPage");
const RunsPage = page(() => import("./pages/runs.js"), "RunsPage");
const WizardPage = page(() => import("./pages/wizard.js"), "WizardPage");

let isSettled = false;

/**
 * Airflow mounts this component again when the place changes for the first time after the module was loaded (then it
 * finds it without loading it), and the input would be lost. So the place changes once before anything is shown.
 */
function Synchronisation() {
  const location = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    if (isSettled) return;
    isSettled = true;
    navigate(location, { replace: true, state: location.state });
  }, []);
  return isSettled && h(WordsProvider, null, h(Page));
}

function Page() {
  const { data: me, failure, reload } = useData(api.me, []);
  if (failure) return h(FailureNotice, { failure, onRetry: reload });
  if (!me) return h(Loading);
  return h(
    MeContext.Provider,
    { value: me },
    h(
      ui.Box,
      // Placed, so that texts for screen readers alone scroll with it: otherwise they make the whole window scroll, too.
      { as: "main", p: { base: 2, md: 4 }, minW: 0, position: "relative", "data-testid": "synchronisation" },
      h(Header),
      h(Messages),
      h(
        Suspense,
        { fallback: h(Loading) },
        h(
          Routes,
          null,
          h(Route, { index: true, element: h(AccountsPage) }),
          h(Route, { path: "documents", element: h(DocumentsPage) }),
          h(Route, { path: "attention", element: h(AttentionPage) }),
          h(Route, { path: "runs", element: h(RunsPage) }),
          h(Route, { path: "new", element: h(WizardPage) }),
          h(Route, { path: "accounts/:accountId/edit", element: h(WizardPage) }),
          h(Route, { path: "accounts/:accountId/*", element: h(AccountPage) }),
          h(Route, { path: "*", element: h(Nowhere) }),
        ),
      ),
    ),
  );
}

function Header() {
  const { t } = useWords();
  const places = [
    [HOME, "nav.accounts"],
    [`${HOME}/documents`, "nav.documents"],
    [`${HOME}/attention`, "nav.attention", h(AttentionBadge)],
    [`${HOME}/runs`, "nav.runs"],
  ];
  return h(
    ui.Flex,
    { as: "header", align: "center", gap: 3, wrap: "wrap", mb: 4 },
    h(ui.Heading, { as: "h1", size: "xl", me: 2 }, t("title")),
    h(
      ui.HStack,
      { as: "nav", "aria-label": t("title"), gap: 1, wrap: "wrap" },
      places.map(([to, key, badge]) => h(Place, { key, to }, t(key), badge)),
    ),
    h(ui.Spacer),
    h(LanguageChoice),
  );
}

/** How many documents and accounts wait for a person; it follows decisions, since it is asked for with each place and in between. */
function AttentionBadge() {
  const { t, language } = useWords();
  const { pathname } = useLocation();
  const { data } = useData(api.attentionCount, [pathname], { every: 10000 });
  if (!data?.total) return null;
  const { documents, accounts } = data;
  const counts = [
    documents > 0 && t("nav.attentionCount", { count: documents }),
    accounts > 0 && t("nav.attentionAccounts", { count: accounts }),
  ];
  return h(
    ui.Badge,
    { colorPalette: "orange", rounded: "full", ms: 1 },
    h("span", { "aria-hidden": true }, data.total.toLocaleString(language)),
    h(ui.VisuallyHidden, null, t("common.line", { name: "", value: counts.filter(Boolean).join(", ") })),
  );
}

function Place({ to, children }) {
  return h(NavLink, { to, end: true }, ({ isActive }) =>
    h(ui.Button, { as: "span", size: "sm", variant: isActive ? "subtle" : "ghost", colorPalette: "brand" }, children),
  );
}

function LanguageChoice() {
  const { t } = useWords();
  const chosen = localStorage.getItem("debitoor.language") ?? "";
  return h(
    ui.NativeSelect.Root,
    { size: "xs", width: "auto" },
    h(
      ui.NativeSelect.Field,
      { "aria-label": t("nav.language"), defaultValue: chosen, onChange: (event) => chooseLanguage(event.target.value) },
      h("option", { value: "" }, t("nav.languageOfAirflow")),
      Object.entries(LANGUAGES).map(([code, name]) => h("option", { key: code, value: code }, name)),
    ),
    h(ui.NativeSelect.Indicator),
  );
}

globalThis.Synchronisation = Synchronisation;
