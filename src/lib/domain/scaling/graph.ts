export interface Components {
  /** Per item the number of its component; components are numbered by their lowest item. */
  readonly of: Int32Array;
  readonly sizes: number[];
}

/**
 * The components of the comparison graph: items are in one component when a chain of compared pairs leads
 * from one to the other. Scale values of different components cannot be compared. An item without pairs is a
 * component of its own.
 */
export function connectedComponents(items: number, first: Int32Array, second: Int32Array): Components {
  const parent = Int32Array.from({ length: items }, (_, i) => i);
  const root = (start: number): number => {
    let node = start;
    while (parent[node] !== node) {
      parent[node] = parent[parent[node] as number] as number;
      node = parent[node] as number;
    }
    return node;
  };
  for (let p = 0; p < first.length; p++) {
    const a = root(first[p] as number);
    const b = root(second[p] as number);
    // The lower item leads, so that numbering does not depend on the order of the pairs.
    if (a < b) parent[b] = a;
    else parent[a] = b;
  }
  return numbered(Int32Array.from({ length: items }, (_, i) => root(i)));
}

/**
 * The strongly connected components of the win graph: items are in one component when each has beaten the
 * other, directly or through a chain of wins. Finite maximum-likelihood scale values exist exactly when there
 * is one component (Ford, Solution of a ranking problem from binary comparisons, 1957). Tarjan's algorithm
 * (1972), without recursion.
 *
 * @param forward per pair whether `first` ever beat `second` (a tie counted ½ + ½ beats both ways), `backward`
 *   whether `second` ever beat `first`.
 */
export function stronglyConnectedComponents(
  items: number,
  first: Int32Array,
  second: Int32Array,
  forward: (pair: number) => boolean,
  backward: (pair: number) => boolean
): Components {
  const { start, targets } = arcs(items, first, second, forward, backward);
  const UNSEEN = -1;
  const index = new Int32Array(items).fill(UNSEEN);
  const lowest = new Int32Array(items);
  const leader = new Int32Array(items).fill(UNSEEN);
  const edge = new Int32Array(items);
  const open: number[] = [];
  const path: number[] = [];
  let counter = 0;
  for (let root = 0; root < items; root++) {
    if (index[root] !== UNSEEN) continue;
    path.push(root);
    while (path.length > 0) {
      const node = path[path.length - 1] as number;
      if (index[node] === UNSEEN) {
        index[node] = lowest[node] = counter++;
        edge[node] = start[node] as number;
        open.push(node);
      }
      let descended = false;
      while ((edge[node] as number) < (start[node + 1] as number)) {
        const next = targets[(edge[node] as number)++] as number;
        if (index[next] === UNSEEN) {
          path.push(next);
          descended = true;
          break;
        }
        if (leader[next] === UNSEEN) lowest[node] = Math.min(lowest[node] as number, index[next] as number);
      }
      if (descended) continue;
      path.pop();
      const above = path[path.length - 1];
      if (above !== undefined) lowest[above] = Math.min(lowest[above] as number, lowest[node] as number);
      if (lowest[node] !== index[node]) continue;
      let member: number;
      do {
        member = open.pop() as number;
        leader[member] = node;
      } while (member !== node);
    }
  }
  return numbered(leader);
}

/** The items of each component, in ascending order. */
export function membersOf(components: Components): number[][] {
  const members: number[][] = components.sizes.map(() => []);
  components.of.forEach((component, item) => members[component]?.push(item));
  return members;
}

function numbered(leaders: Int32Array): Components {
  const numberOf = new Map<number, number>();
  const sizes: number[] = [];
  const of = leaders.map((leader) => {
    let number = numberOf.get(leader);
    if (number === undefined) {
      number = sizes.length;
      numberOf.set(leader, number);
      sizes.push(0);
    }
    (sizes[number] as number)++;
    return number;
  });
  return { of, sizes };
}

/** Whom each item beat: those of i are `targets[start[i] … start[i + 1])`. */
function arcs(
  items: number,
  first: Int32Array,
  second: Int32Array,
  forward: (pair: number) => boolean,
  backward: (pair: number) => boolean
): { start: Int32Array; targets: Int32Array } {
  const start = new Int32Array(items + 1);
  for (let p = 0; p < first.length; p++) {
    if (forward(p)) (start[(first[p] as number) + 1] as number)++;
    if (backward(p)) (start[(second[p] as number) + 1] as number)++;
  }
  for (let i = 0; i < items; i++) (start[i + 1] as number) += start[i] as number;
  const fill = start.slice();
  const targets = new Int32Array(start[items] as number);
  for (let p = 0; p < first.length; p++) {
    const i = first[p] as number;
    const j = second[p] as number;
    if (forward(p)) targets[(fill[i] as number)++] = j;
    if (backward(p)) targets[(fill[j] as number)++] = i;
  }
  return { start, targets };
}
