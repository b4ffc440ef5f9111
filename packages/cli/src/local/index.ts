// Parts of a local stack: what `monotask dev` runs beside wrangler, and what a stack of several workers can be put together from.
export { LOCAL_CREDENTIALS } from "./credentials.ts";
export { isFreePort } from "./free-port.ts";
export { startInbox, type Inbox, type InboxOptions } from "./inbox.ts";
export type { InboxChannel, InboxMessage } from "./inbox-message.ts";
export { startProxy, UNREACHABLE_HEADER, type Proxy } from "./proxy.ts";
export { scheduledUrl, startTicker, type TickCounts, type Ticker, type TickerOptions } from "./ticker.ts";
