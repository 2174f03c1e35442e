// The Synchronisation page. Airflow loads this module and renders the component that it leaves behind.
const { createElement: h, useState } = globalThis.React;
const { Routes, Route, Link, useParams } = globalThis.ReactRouterDOM;
const { Box, Heading, Button, Table, Badge } = globalThis.ChakraUI;
function Accounts() { return h(Box, null, h(Heading, null, "Accounts"), h(Link, { to: "accounts/acme" }, "acme"), h(Button, {colorPalette: "brand"}, "Add")); }
function Account() { const p = useParams(); return h(Box, null, h(Heading, null, "Account " + JSON.stringify(p)), h(Link, { to: "/plugin/synchronisation" }, "back")); }
function Synchronisation() {
  return h(Box, { p: 4 }, h(Routes, null, h(Route, { index: true, element: h(Accounts) }), h(Route, { path: "accounts/:accountId", element: h(Account) })), h("pre", {id:"names"}, Object.keys(globalThis.ChakraUI).sort().join(" ")), h("pre", {id:"tokens"}, Object.keys(globalThis.ReactRouterDOM).sort().join(" ")));
}
globalThis.Synchronisation = Synchronisation;
