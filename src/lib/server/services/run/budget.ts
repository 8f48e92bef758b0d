import * as budgets from '#lib/server/db/budgets.ts';
import type { Amount } from '#lib/server/db/budgets.ts';
import * as runSummaries from '#lib/server/db/run-summaries.ts';
import type { Db } from '#lib/server/db/client.ts';

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

/** What a request may need in tokens before any answer has said it. */
export function guessTokens(
  request: { characters: number; pictures: number },
  maxTokens: number | null
): number {
  return (
    Math.ceil(request.characters / CHARACTERS_A_TOKEN) +
    request.pictures * TOKENS_A_PICTURE +
    Math.min(maxTokens ?? FIRST_ANSWER_TOKENS, FIRST_ANSWER_TOKENS)
  );
}

/** What a picture costs at the least on the common price lists, in tokens; the first answer corrects it. */
const TOKENS_A_PICTURE = 85;
const CHARACTERS_A_TOKEN = 4;
const FIRST_ANSWER_TOKENS = 64;
/** A request may need more than any before it. */
const MARGIN = 1.25;

/**
 * A cap in money or tokens that holds before it is reached: each request reserves what the dearest one so far needed
 * and a quarter more (an answer's length is reserved whole where a limit for it is sent along), and goes out only if all
 * that is paid and reserved stays under the cap, by whichever process. What is held is written down before it is used:
 * what a process held when it was killed counts as paid.
 */
export interface Budget {
  /** A reservation; or `wait`: there may be room once a request that is out comes back; or there is none. */
  reserve(): Promise<Amount | 'wait' | 'capped'>;
  /** The request came back; `null` when it brought nothing to pay, `unknown` when nobody can say. */
  settle(reserved: Amount, usage: Usage | null | 'unknown'): void;
  /** What a killed process held for something that is still out (a batch) is held by this one from now on. */
  adopt(reserved: Amount): void;
  /** Why there is no room, in a sentence. */
  why(): Promise<string>;
  /** Gives back what is held and not spent. */
  close(): Promise<void>;
}

const FREE: Budget = {
  reserve: () => Promise.resolve({ cost: 0, tokens: 0 }),
  settle() {},
  adopt() {},
  why: () => Promise.resolve('there is no cap'),
  close: () => Promise.resolve()
};

export interface BudgetOptions {
  sessionId: number;
  budgetId: number | null;
  prices: Prices;
  /** What a request says and shows. */
  request: { characters: number; pictures: number };
  /** The longest answer that is asked for. */
  maxTokens: number | null;
  /** How many requests' worth is taken at a time. */
  batch: number;
  /** What a picture costs, where requests go out before any answer has shown it. */
  tokensPerPicture?: number | undefined;
}

export async function openBudget(db: Db, options: BudgetOptions): Promise<Budget> {
  const { sessionId, budgetId, prices, request } = options;
  if (budgetId === null) return FREE;
  const paid = await runSummaries.spent(db, sessionId);
  const counted = await budgets.countedFor(db, sessionId);
  const rows: Amount = { cost: paid.cost, tokens: paid.tokensIn + paid.tokensOut };
  const missing = minus(rows, counted);
  if (missing.cost > 0 || missing.tokens > 0) {
    const due = { cost: Math.max(0, missing.cost), tokens: Math.max(0, missing.tokens) };
    await budgets.count(db, budgetId, sessionId, due, true);
  }
  /** Held by a process that was killed: perhaps paid, and nobody can say. */
  let lost: Amount = { cost: Math.max(0, -missing.cost), tokens: Math.max(0, -missing.tokens) };
  let dearestIn = paid.maxTokensIn;
  if (dearestIn === 0 && options.tokensPerPicture !== undefined) {
    dearestIn =
      Math.ceil(request.characters / CHARACTERS_A_TOKEN) +
      Math.ceil(request.pictures * options.tokensPerPicture);
  }
  let dearestOut = paid.maxTokensOut;
  /** Counted in the database, not yet promised to a request. Below 0 where a request needed more than it had reserved. */
  let free: Amount = { cost: 0, tokens: 0 };
  let out = 0;
  let filling: Promise<boolean> = Promise.resolve(true);
  /** There was no room; until a request comes back nobody need ask again. */
  let full = false;

  const amount = (): Amount => {
    const tokensIn =
      dearestIn > 0
        ? Math.ceil(dearestIn * MARGIN)
        : Math.ceil(request.characters / CHARACTERS_A_TOKEN) + request.pictures * TOKENS_A_PICTURE;
    const tokensOut =
      options.maxTokens ?? (dearestOut > 0 ? Math.ceil(dearestOut * MARGIN) : FIRST_ANSWER_TOKENS);
    return { cost: costOf({ tokensIn, tokensOut }, prices) ?? 0, tokens: tokensIn + tokensOut };
  };
  const covers = (need: Amount) => free.cost >= need.cost && free.tokens >= need.tokens;
  /** Takes more from the shared budget: several requests' worth, or else this one's. */
  const fill = async (need: Amount): Promise<boolean> => {
    if (covers(need)) return true;
    for (const times of options.batch > 1 ? [options.batch, 1] : [1]) {
      const more = {
        cost: Math.max(0, need.cost * times - free.cost),
        tokens: Math.max(0, need.tokens * times - free.tokens)
      };
      if (!(await budgets.count(db, budgetId, sessionId, more))) continue;
      free = plus(free, more);
      return true;
    }
    return false;
  };
  return {
    async reserve() {
      // Until an answer has shown what one costs, a single request is out.
      if ((full || (dearestIn === 0 && dearestOut === 0)) && out > 0) return 'wait';
      out++;
      const need = amount();
      filling = filling.then(
        () => fill(need),
        () => fill(need)
      );
      let room = false;
      try {
        // In turn: between filling and taking nobody else takes.
        room = await (filling = filling.then((filled) => {
          if (filled) free = minus(free, need);
          return filled;
        }));
      } finally {
        if (!room) out--;
      }
      if (room) return need;
      full = true;
      return out > 0 ? 'wait' : 'capped';
    },
    settle(reserved, usage) {
      out--;
      full = false;
      if (usage === 'unknown') {
        lost = plus(lost, reserved);
        return;
      }
      free = plus(free, reserved);
      if (usage === null) return;
      const tokens = (usage.tokensIn ?? 0) + (usage.tokensOut ?? 0);
      free = minus(free, { cost: costOf(usage, prices) ?? 0, tokens });
      dearestIn = Math.max(dearestIn, usage.tokensIn ?? 0);
      dearestOut = Math.max(dearestOut, usage.tokensOut ?? 0);
    },
    adopt(reserved) {
      lost = {
        cost: Math.max(0, lost.cost - reserved.cost),
        tokens: Math.max(0, lost.tokens - reserved.tokens)
      };
      out++;
    },
    async why() {
      const cap = await budgets.byId(db, budgetId);
      const parts = [
        cap?.maxCost == null ? null : `${cap.maxCost} US dollars`,
        cap?.maxTokens == null ? null : `${cap.maxTokens} tokens`
      ].filter((part) => part !== null);
      return `the cap of ${parts.join(' and ')} leaves no room for another request`;
    },
    async close() {
      const spent = await runSummaries.spent(db, sessionId);
      const should = plus({ cost: spent.cost, tokens: spent.tokensIn + spent.tokensOut }, lost);
      const change = minus(should, await budgets.countedFor(db, sessionId));
      if (change.cost !== 0 || change.tokens !== 0)
        await budgets.count(db, budgetId, sessionId, change, true);
    }
  };
}

function plus(a: Amount, b: Amount): Amount {
  return { cost: a.cost + b.cost, tokens: a.tokens + b.tokens };
}

function minus(a: Amount, b: Amount): Amount {
  return { cost: a.cost - b.cost, tokens: a.tokens - b.tokens };
}
