import type { Scope } from "../scope/scope.ts";
import { watch } from "./watch.ts";

/** Operations of class A change or list, those of class B read; deleting is free. Source: Cloudflare docs, R2 pricing. */
const CLASS_A = ["put", "list", "createMultipartUpload"];
const CLASS_B = ["get", "head"];

/** Counts class A and class B operations of an R2 bucket, parts of an upload included. */
export function instrumentR2(bucket: object): void {
  for (const name of CLASS_A) {
    watch(bucket, name, ({ scope }) => {
      scope.usage.r2ClassA += 1;
      return name === "createMultipartUpload" ? { returned: countParts } : undefined;
    });
  }
  for (const name of CLASS_B) {
    watch(bucket, name, ({ scope }) => {
      scope.usage.r2ClassB += 1;
      return undefined;
    });
  }
  watch(bucket, "resumeMultipartUpload", () => ({ returned: countParts }));
}

function countParts(upload: unknown): void {
  if (typeof upload !== "object" || upload === null) return;
  for (const name of ["uploadPart", "complete"]) watch(upload, name, ({ scope }) => countOne(scope));
}

function countOne(scope: Scope): undefined {
  scope.usage.r2ClassA += 1;
}
