export interface Usage {
  tokensIn: number | null;
  tokensOut: number | null;
}

export interface Prices {
  priceIn: number | null;
  priceOut: number | null;
}

/** US dollars for a completion; null where the endpoint said no tokens or no prices are known. */
export function costOf(usage: Usage, prices: Prices): number | null {
  if (prices.priceIn === null && prices.priceOut === null) return null;
  if (usage.tokensIn === null && usage.tokensOut === null) return null;
  return (
    ((usage.tokensIn ?? 0) * (prices.priceIn ?? 0) + (usage.tokensOut ?? 0) * (prices.priceOut ?? 0)) / 1e6
  );
}

/** What a picture costs at the least on the common price lists, in tokens; the first answer corrects it. */
const TOKENS_A_PICTURE = 85;
const CHARACTERS_A_TOKEN = 4;
const FIRST_ANSWER_TOKENS = 64;

/**
 * A cap in money that holds before it is reached: each request reserves what the dearest one so far cost, and goes out
 * only if everything spent and reserved stays under the cap.
 */
export interface Budget {
  /** Takes a reservation, or says that it does not fit. `wait`: it might, once a request that is out comes back. */
  reserve(): 'ok' | 'wait' | 'capped';
  /** The request came back; `usage` null when it brought no completion. */
  settle(usage: Usage | null): void;
}

export function createBudget(options: {
  maxCost: number | null;
  prices: Prices;
  spent: { cost: number; maxTokensIn: number; maxTokensOut: number };
  /** What a request says and shows. */
  request: { characters: number; pictures: number };
  maxTokens: number | null;
}): Budget {
  const { maxCost, prices, request } = options;
  if (maxCost === null) return { reserve: () => 'ok', settle: () => {} };
  let spent = options.spent.cost;
  let dearestIn = options.spent.maxTokensIn;
  let dearestOut = options.spent.maxTokensOut;
  const out: number[] = [];

  const reservation = (): number => {
    const tokensIn =
      dearestIn > 0
        ? dearestIn
        : Math.ceil(request.characters / CHARACTERS_A_TOKEN) + request.pictures * TOKENS_A_PICTURE;
    // An answer may be longer than any before; a limit that is sent along bounds it.
    const longest = dearestOut > 0 ? Math.ceil(dearestOut * 1.25) : FIRST_ANSWER_TOKENS;
    const tokensOut = options.maxTokens === null ? longest : Math.min(longest, options.maxTokens);
    return costOf({ tokensIn, tokensOut }, prices) ?? 0;
  };
  return {
    reserve() {
      const amount = reservation();
      const reserved = out.reduce((sum, one) => sum + one, 0);
      if (spent + reserved + amount > maxCost) return out.length > 0 ? 'wait' : 'capped';
      // Until an answer has shown what one costs, a single request is out.
      if (dearestIn === 0 && dearestOut === 0 && out.length > 0) return 'wait';
      out.push(amount);
      return 'ok';
    },
    settle(usage) {
      out.shift();
      if (usage === null) return;
      spent += costOf(usage, prices) ?? 0;
      dearestIn = Math.max(dearestIn, usage.tokensIn ?? 0);
      dearestOut = Math.max(dearestOut, usage.tokensOut ?? 0);
    }
  };
}
