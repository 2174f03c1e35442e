// What the modules of the page need of a browser and of Airflow's UI, so that Node can import them.

const there = {
  React: { createContext: () => ({}) },
  ReactRouterDOM: {},
  ChakraUI: {},
  document: { baseURI: "http://airflow.example/" },
  localStorage: { getItem: () => null },
  navigator: { language: "en" },
};
// Node may have some of it, which cannot be assigned.
for (const [name, value] of Object.entries(there)) Object.defineProperty(globalThis, name, { value, configurable: true });
