/** 0.975 quantile of the standard normal distribution: 2.5 % are cut off at each end. */
const Z = 1.959963984540054;

/**
 * Lower end of the 95 % score interval for a share of successes.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22 (158), 1927, pages 209 to 212. Trials are taken as independent.
 * @param successes 0 to `trials`
 * @returns 0 to 1; 0 without a trial
 * @throws RangeError for anything but whole numbers in that order
 */
export function wilsonLower(successes: number, trials: number): number {
  if (!Number.isSafeInteger(successes) || !Number.isSafeInteger(trials) || successes < 0 || trials < successes) {
    throw new RangeError("successes and trials are whole numbers, and no more successes than trials");
  }
  // Exactly nothing, where rounding would leave a trace.
  if (successes === 0) return 0;
  const share = successes / trials;
  const z2 = Z * Z;
  const middle = share + z2 / (2 * trials);
  const half = Z * Math.sqrt((share * (1 - share) + z2 / (4 * trials)) / trials);
  return (middle - half) / (1 + z2 / trials);
}
