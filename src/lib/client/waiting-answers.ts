import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

/** An answer as it is sent; the server knows its sitting by name. */
export interface WaitingAnswer {
  sitting: string;
  position: number;
  answer: unknown;
  responseTimeMs: number | null;
  presentedAt: string | null;
  facts: Record<string, string | number | boolean | null>;
  /** How many blocks had begun again when it was given. */
  round?: number;
}

/** Where answers wait until the server has them. */
export interface WaitingAnswers {
  /** Whether a reload finds them again. */
  readonly lasting: boolean;
  /** Keeps an answer; false when that position waits already, which then stays as it is. */
  add(answer: WaitingAnswer): Promise<boolean>;
  /** In the order of the sitting. */
  of(sitting: string): Promise<WaitingAnswer[]>;
  remove(sitting: string, position: number): Promise<void>;
}

interface Schema extends DBSchema {
  answers: { key: [string, number]; value: WaitingAnswer };
}

/** In the browser's own database; in this page's memory where there is none. */
export async function openWaitingAnswers(): Promise<WaitingAnswers> {
  try {
    return inDatabase(
      await openDB<Schema>('limen-rating', 1, {
        upgrade(db) {
          db.createObjectStore('answers', { keyPath: ['sitting', 'position'] });
        }
      })
    );
  } catch {
    return inMemory();
  }
}

function inDatabase(db: IDBPDatabase<Schema>): WaitingAnswers {
  return {
    lasting: true,
    async add(answer) {
      const transaction = db.transaction('answers', 'readwrite', { durability: 'strict' });
      const there = await transaction.store.get([answer.sitting, answer.position]);
      if (there === undefined) await transaction.store.put(answer);
      await transaction.done;
      return there === undefined;
    },
    of: (sitting) => db.getAll('answers', IDBKeyRange.bound([sitting, 0], [sitting, Infinity])),
    remove: (sitting, position) => db.delete('answers', [sitting, position])
  };
}

export function inMemory(): WaitingAnswers {
  const answers = new Map<string, WaitingAnswer>();
  const key = (sitting: string, position: number) => `${sitting}/${position}`;
  return {
    lasting: false,
    add: async (answer) => {
      const name = key(answer.sitting, answer.position);
      if (answers.has(name)) return false;
      answers.set(name, answer);
      return true;
    },
    of: async (sitting) =>
      [...answers.values()]
        .filter((answer) => answer.sitting === sitting)
        .sort((a, b) => a.position - b.position),
    remove: async (sitting, position) => void answers.delete(key(sitting, position))
  };
}
