/** Nothing is loaded from elsewhere, nothing runs that was not built with the app, and nobody may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The answer with the headers that every answer carries. */
export function withSecurityHeaders(response: Response): Response {
  const secured = new Response(response.body, response);
  secured.headers.set("content-security-policy", CONTENT_SECURITY_POLICY);
  secured.headers.set("x-content-type-options", "nosniff");
  secured.headers.set("referrer-policy", "same-origin");
  secured.headers.set("cross-origin-opener-policy", "same-origin");
  secured.headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  if (!secured.headers.has("cache-control")) secured.headers.set("cache-control", "no-store");
  return secured;
}
