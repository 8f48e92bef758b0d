/**
 * The Moore-Penrose inverse of a symmetric matrix by Jacobi's rotations: eigenvalues below n·ε·(the largest) count as 0.
 * For matrices of some dozens of rows.
 */
export function pseudoInverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = a.map((_, i) => {
    const row = new Float64Array(n);
    row[i] = 1;
    return row;
  });
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let all = 0;
    for (let p = 0; p < n; p++) {
      for (let q = 0; q < n; q++) {
        const value = (a[p] as Float64Array)[q] as number;
        all += value * value;
        if (p !== q) off += value * value;
      }
    }
    if (off <= 1e-30 * all) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  const values = a.map((row, i) => row[i] as number);
  const largest = Math.max(...values.map(Math.abs));
  const floor = n * Number.EPSILON * largest;
  return a.map((_, i) =>
    a.map((_, j) => {
      let sum = 0;
      for (let k = 0; k < n; k++) {
        const value = values[k] as number;
        if (Math.abs(value) <= floor) continue;
        sum +=
          (((vectors[i] as Float64Array)[k] as number) * ((vectors[j] as Float64Array)[k] as number)) / value;
      }
      return sum;
    })
  );
}

/** One rotation that makes a[p][q] zero. */
function rotate(a: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const rowP = a[p] as Float64Array;
  const rowQ = a[q] as Float64Array;
  const apq = rowP[q] as number;
  if (apq === 0) return;
  const theta = ((rowQ[q] as number) - (rowP[p] as number)) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < a.length; k++) {
    const row = a[k] as Float64Array;
    const kp = row[p] as number;
    const kq = row[q] as number;
    row[p] = c * kp - s * kq;
    row[q] = s * kp + c * kq;
  }
  for (let k = 0; k < a.length; k++) {
    const pk = rowP[k] as number;
    const qk = rowQ[k] as number;
    rowP[k] = c * pk - s * qk;
    rowQ[k] = s * pk + c * qk;
  }
  for (const row of vectors) {
    const kp = row[p] as number;
    const kq = row[q] as number;
    row[p] = c * kp - s * kq;
    row[q] = s * kp + c * kq;
  }
}
