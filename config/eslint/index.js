import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { floorsRule } from "./floors.js";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/worker-configuration.d.ts", "**/.monotask/**", "**/.wrangler/**", "config/template/**"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { monotask: { rules: { floors: floorsRule } } },
    rules: {
      "monotask/floors": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/require-await": "off",
      "no-console": "off",
      eqeqeq: ["error", "always"],
    },
  },
  // Tests throw anything on purpose, and hand whole mocks to functions that read one field.
  {
    files: ["**/*.test.ts", "**/test/**"],
    rules: { "@typescript-eslint/only-throw-error": "off", "@typescript-eslint/unbound-method": "off" },
  },
  { files: ["**/*.js", "**/*.mjs", "**/tsup.config.ts", "**/vitest*.config.ts"], ...tseslint.configs.disableTypeChecked },
);
