export { default } from "./config/eslint/index.js";
