/**
 * Just-objectionable differences per unit of Thurstone's Case V scale: 1 JOD apart means that 75 % prefer the
 * better one. 1.4826 ≈ 1/Φ⁻¹(0.75), rounded as in Perez-Ortiz and Mantiuk, A practical guide and software for
 * analysing pairwise comparison experiments (2017), so that figures agree with theirs.
 */
export const JOD_PER_SCALE_UNIT = 1.4826;

/** Thurstone Case V values (or their standard errors) in JOD. A Bradley-Terry scale has no JOD. */
export function toJod(thurstone: Float64Array): Float64Array {
  return thurstone.map((value) => JOD_PER_SCALE_UNIT * value);
}
