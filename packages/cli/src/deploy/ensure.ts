import type { ApiCall, CloudflareApi } from "../cloudflare/api.ts";
import type { Resource } from "../cloudflare/resource.ts";
import { UserError } from "../io.ts";
import type { Io } from "../io.ts";

/** Finds or makes a resource. @returns its id */
export async function ensure(io: Io, api: CloudflareApi, resource: Resource): Promise<string> {
  const found = resource.idIn(await api.call(resource.find));
  if (found !== undefined) {
    io.out(`  there    ${resource.what}`);
    return found;
  }
  const id = resource.idOf(await api.call(resource.create));
  if (id === undefined) throw new UserError(`Cloudflare made ${resource.what} but told no id; run the command again`);
  io.out(`  created  ${resource.what}`);
  return id;
}

/** A call as a dry run shows it. Secrets are never part of a printed call. */
export function shownCall({ method, path, body }: ApiCall): string {
  return `  ${method.padEnd(6)} /accounts/<account-id>${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`;
}
