/** HMAC-SHA256 of a text as lower-case hexadecimal digits. */
export async function hmacHex(secret: string, text: string): Promise<string> {
  const signed = await crypto.subtle.sign("HMAC", await keyOf(secret, "sign"), new TextEncoder().encode(text));
  return [...new Uint8Array(signed)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** True for the HMAC-SHA256 of the text; the time it takes says nothing about how much of it is right. */
export async function isHmacHex(secret: string, text: string, hex: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return false;
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return crypto.subtle.verify("HMAC", await keyOf(secret, "verify"), bytes, new TextEncoder().encode(text));
}

async function keyOf(secret: string, usage: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}
