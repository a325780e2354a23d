// What `npm run lint` holds every script of ours to. It runs in the repository's root.
import js from "@eslint/js";
import globals from "globals";

const node = ["**/*.mjs", "paperclub/widgets/eslint.config.js", "paperclub/widgets/test/**/*.js"];
const plain = ["book/static/*.js", "paperclub/site/static/*.js", "paperclub/bench/figures/*.js"];

export default [
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { globals: globals.browser },
    rules: {
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      eqeqeq: "error", "no-var": "error", "prefer-const": "error",
    },
  },
  { files: plain, languageOptions: { sourceType: "script" } },
  { files: node, languageOptions: { globals: globals.node } },
];
