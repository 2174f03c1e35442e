// All accounts: what they did, how they are, and what to do about it.

import { HOME, h, ui, useEffect, useState } from "../host.js";
import * as api from "../api.js";
import { useData } from "../data.js";
import { useMe } from "../me.js";
import { useWords } from "../words.js";
import { AccountCards } from "../parts/account_cards.js";
import { AccountTable } from "../parts/account_table.js";
import { Actions } from "../parts/actions.js";
import { useKept } from "../parts/kept.js";
import { PlaceButton } from "../parts/links.js";
import { Chips, Choice, PAGE_SIZE, Pages, SearchField, useAddress } from "../parts/lists.js";
import { useIsNarrow } from "../parts/narrow.js";
import { FailureNotice, Loading, Nothing, Notice } from "../parts/notices.js";
import { ACCOUNT_STATES, isUnderWay } from "../parts/state.js";

export function AccountsPage() {
  const { t } = useWords();
  const address = useAddress();
  const asked = {
    search: address.one("search"),
    state: address.one("state"),
    direction: address.one("direction"),
    order: address.one("order") || "name",
  };
  const params = { ...asked, limit: PAGE_SIZE, offset: (address.page - 1) * PAGE_SIZE };
  const [isLively, setLively] = useState(false);
  const { data, failure, reload } = useData((options) => api.accounts(params, options), [JSON.stringify(params)], {
    every: isLively ? 3000 : 5000,
  });
  useEffect(() => setLively(data?.accounts.some(isUnderWay) ?? false), [data]);
  if (!data) return failure ? h(FailureNotice, { failure, onRetry: reload }) : h(Loading);
  const isFiltered = asked.search || asked.state || asked.direction;
  return h(
    Actions,
    { onDone: reload },
    h(Bar, { address, data }),
    h(FailureNotice, { failure, onRetry: reload }),
    h(FolderProblems),
    h(RolesHint),
    data.accounts.length > 0 && h(Rows, { rows: data.accounts, order: asked.order, address }),
    data.accounts.length === 0 &&
      (isFiltered || data.total ? h(Nothing, { title: t("accounts.noneFits") }) : h(Welcome)),
    h(Pages, { total: data.total, page: address.page, onPage: (page) => address.set({ page: String(page) }) }),
  );
}

function Bar({ address, data }) {
  const { t } = useWords();
  const me = useMe();
  const state = address.one("state");
  return h(
    ui.Stack,
    { gap: 2, mb: 3 },
    h(
      ui.Flex,
      { gap: 2, wrap: "wrap", align: "center" },
      h(SearchField, {
        label: t("accounts.search"),
        value: address.one("search"),
        onSearch: (search) => address.set({ search }),
      }),
      h(Choice, {
        label: t("accounts.direction"),
        value: address.one("direction"),
        options: [
          ["", t("accounts.allDirections")],
          ...Object.entries(data.directions),
        ],
        onChoose: (direction) => address.set({ direction }),
      }),
      h(ui.Spacer),
      me.rights.create &&
        h(PlaceButton, { to: `${HOME}/new`, size: "sm", variant: "solid", colorPalette: "brand" }, t("accounts.add")),
    ),
    h(Chips, {
      label: t("accounts.states"),
      chosen: state ? [state] : [],
      isSingle: true,
      chips: ACCOUNT_STATES.map((value) => ({ value, word: t(`state.${value}`), count: data.states[value] ?? 0 })),
      onChoose: ([chosen]) => address.set({ state: chosen }),
    }),
  );
}

/** DAG files whose accounts folder is missing or empty. */
function FolderProblems() {
  const { data } = useData((options) => api.folderProblems(options), [], { every: 60_000 });
  return (data ?? []).map(({ message, remedy }) => h(Notice, { key: message, status: "warning", title: message, text: remedy }));
}

/** A hint at roles whose users cannot see the page, until it is dismissed. */
function RolesHint() {
  const { t, language } = useWords();
  const { roles_without_page: roles } = useMe();
  const [read, keep] = useKept("hint.roles", "", (found) => typeof found === "string");
  const names = roles.join(", ");
  if (!names || names === read) return null;
  const title = t("accounts.rolesWithoutPage", { roles: new Intl.ListFormat(language).format(roles) });
  const command = `airflow roles add-perms ${roles.map(quoted).join(" ")} --resource Plugins --action can_read`;
  const text = [t("accounts.rolesWithoutPage.remedy"), " ", h(ui.Code, { key: "command" }, command)];
  return h(
    Notice,
    { status: "info", title, text },
    h(ui.Button, { size: "xs", variant: "outline", onClick: () => keep(names) }, t("common.dismiss")),
  );
}

/** A name as a shell takes it. */
const quoted = (name) => (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);

function Rows({ rows, order, address }) {
  const isNarrow = useIsNarrow();
  if (isNarrow) return h(AccountCards, { rows });
  return h(AccountTable, { rows, order, onOrder: (next) => address.set({ order: next }) });
}

function Welcome() {
  const { t } = useWords();
  const me = useMe();
  return h(
    Nothing,
    { title: t("accounts.welcome") },
    h(ui.Text, { textAlign: "center", maxW: "lg" }, t("accounts.welcome.explained")),
    me.rights.create
      ? h(PlaceButton, { to: `${HOME}/new`, size: "sm", variant: "solid", colorPalette: "brand" }, t("accounts.addFirst"))
      : h(ui.Text, { color: "fg.muted" }, t("accounts.welcome.ask")),
    me.folder &&
      h(
        ui.Text,
        { color: "fg.muted", textStyle: "sm", textAlign: "center", maxW: "lg", overflowWrap: "anywhere" },
        t("accounts.welcome.folder", { folder: me.folder }),
      ),
  );
}
