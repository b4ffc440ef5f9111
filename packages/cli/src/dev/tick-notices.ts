/** Says when ticks begin to fail, and when they are taken again; a failure that goes on is said once. */
export function tickNotices(say: (text: string) => void): (scheduledMs: number, failure: string | undefined) => void {
  let last: string | undefined;
  return (scheduledMs, failure) => {
    if (failure === last) return;
    last = failure;
    const at = `${new Date(scheduledMs).toISOString().slice(11, 16)} UTC`;
    say(
      failure === undefined
        ? `monotask: the evaluator's tick of ${at} went well again`
        : `monotask: the evaluator's tick of ${at} failed: ${failure}; what the evaluator logged stands above, and the next minute tries again`,
    );
  };
}
