/** Places of points between gaps on both sides: a line of one point is none, and a gauge that is read each five minutes has no other. */
export function lonelyPoints(points: ArrayLike<number | null | undefined>): number[] {
  const isThere = (at: number): boolean => points[at] !== null && points[at] !== undefined;
  const lonely: number[] = [];
  for (let at = 0; at < points.length; at += 1) if (isThere(at) && !isThere(at - 1) && !isThere(at + 1)) lonely.push(at);
  return lonely;
}
