/**
 * Turns the named switches of the demo on, or all off.
 * @param faults undefined turns all off
 * @throws Error with the demo's answer when it refuses
 */
export async function switchFaults(
  demoUrl: string,
  faults: Readonly<Record<string, number | boolean>> | undefined,
): Promise<void> {
  const url = `${demoUrl}/__faults`;
  const off = { method: "DELETE" };
  const response = await fetch(url, faults === undefined ? off : { method: "POST", body: JSON.stringify(faults) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
}
