import { sentry } from "../src/sentry.js";

export default sentry(0);
