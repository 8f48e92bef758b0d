/**
 * The indices of values in ascending order; equal values keep the order in which they came.
 *
 * @throws RangeError when a value is NaN, which has no place in an order.
 */
export function ascendingOrder(values: ArrayLike<number>): Int32Array {
  const order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) {
    if (Number.isNaN(values[i])) throw new RangeError(`value ${i} is not a number and cannot be ranked`);
    order[i] = i;
  }
  return order.sort((a, b) => {
    const x = values[a] as number;
    const y = values[b] as number;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
}

/**
 * Mid-ranks: the smallest value has rank 1, and equal values share the mean of the ranks that they occupy.
 * [10, 20, 20, 5] gives [2, 3.5, 3.5, 1]. Their sum is n(n + 1)/2 whatever the ties.
 *
 * @returns ranks in the order of the values; empty for empty.
 * @throws RangeError for NaN.
 */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(order.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    const rank = (start + end + 1) / 2;
    for (let i = start; i < end; i++) ranks[order[i] as number] = rank;
    start = end;
  }
  return ranks;
}

/**
 * Dense groups: the smallest value is in group 0, the next larger one in group 1, equal values share a
 * group. With them a resample is ranked by counting, without sorting again.
 *
 * @throws RangeError for NaN.
 */
export function rankGroups(values: ArrayLike<number>): { group: Int32Array; groups: number } {
  const order = ascendingOrder(values);
  const group = new Int32Array(order.length);
  let current = -1;
  let previous = Number.NaN;
  for (const index of order) {
    const value = values[index] as number;
    if (value !== previous) current++;
    previous = value;
    group[index] = current;
  }
  return { group, groups: current + 1 };
}
