export interface MeterProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly state: "ok" | "warning" | "critical" | "info";
}

/** A bar of its own shape in every browser; its length is an attribute, because the content security policy refuses inline styles. */
export function Meter({ label, value, max, state }: MeterProps) {
  const share = max > 0 ? Math.max(0, Math.min(1, value / max)) : 0;
  return (
    <svg
      class={`meter meter-${state}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.max(0, Math.min(max, value))}
      width="100%"
      height="8"
    >
      <rect width={`${(share * 100).toFixed(2)}%`} height="8" rx="4" />
    </svg>
  );
}
