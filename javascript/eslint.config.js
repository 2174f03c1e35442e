// The rules that find mistakes; how code is laid out is none of them.

import js from "@eslint/js";
import globals from "globals";

const unsafe = (name) => ({
  selector: `Identifier[name='${name}']`,
  message: "Names of documents are hostile input: let React write them as text.",
});

export default [
  { ...js.configs.recommended, files: ["javascript/*.js"], languageOptions: { globals: globals.node } },
  {
    ...js.configs.recommended,
    files: ["plugins/debitoor_provider/ui/static/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-syntax": ["error", ...["innerHTML", "outerHTML", "dangerouslySetInnerHTML"].map(unsafe)],
      "no-irregular-whitespace": ["error", { skipTemplates: true }],
      "no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
];
