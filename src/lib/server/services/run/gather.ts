/**
 * Stores rows that arrive while others are being stored together, in one statement: a commit costs the same for one as
 * for fifty, and on the embedded database each waits for the one before. Nobody waits for company: a row that finds
 * nothing on its way goes at once.
 *
 * Each promise settles once its own row is committed. Where a statement for several fails they are stored one by one, so
 * that an error is that of the row at fault and the others are kept.
 *
 * @param store stores rows all or none; gives one result for each, in their order.
 * @param most rows in one statement.
 */
export function gathering<Row, Result>(
  store: (rows: Row[]) => Promise<Result[]>,
  most = 64
): (row: Row) => Promise<Result> {
  const waiting: { row: Row; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  let storing = false;

  const work = async () => {
    storing = true;
    while (waiting.length > 0) {
      const some = waiting.splice(0, most);
      try {
        const results = await store(some.map(({ row }) => row));
        some.forEach(({ resolve }, i) => resolve(results[i] as Result));
      } catch (error) {
        if (some.length === 1) {
          some[0]?.reject(error);
          continue;
        }
        for (const { row, resolve, reject } of some) {
          await store([row]).then(([result]) => resolve(result as Result), reject);
        }
      }
    }
    storing = false;
  };
  return (row) =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject });
      if (!storing) void work();
    });
}
