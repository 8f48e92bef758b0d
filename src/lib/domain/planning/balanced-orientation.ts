import { shuffled, type Random } from '#lib/stats/random.ts';

/** An undirected multigraph without loops: edge e joins `from[e]` and `to[e]`, vertices are 0 … vertices − 1. */
export interface EdgeList {
  vertices: number;
  from: ArrayLike<number>;
  to: ArrayLike<number>;
}

/**
 * Directs every edge so that each vertex is left as often as it is entered, ±1 (exactly as often where its degree is
 * even): the edges are taken apart into closed walks, an extra vertex closing those that start and end at odd vertices
 * (Euler), and each walk is directed as a whole.
 *
 * @param tilt per edge, how often it was directed from→to before minus how often to→from; each walk takes the
 *   direction that evens this out, or a random one where nothing speaks for either.
 * @param ties where those random directions come from; `random` itself otherwise. The walks depend on `random` alone.
 * @returns per edge, 1 where it goes from→to, 0 where it is turned.
 */
export function balancedOrientation(
  graph: EdgeList,
  random: Random,
  tilt?: ArrayLike<number>,
  ties: Random = random
): Uint8Array {
  const real = graph.from.length;
  const { from, to } = closed(graph);
  const { starts, edges } = incidence(graph.vertices + 1, from, to, random);

  const forward = new Uint8Array(real);
  const used = new Uint8Array(from.length);
  const next = starts.slice();
  const place = new Int32Array(graph.vertices + 1).fill(-1);
  const walkEdges: number[] = [];
  const walkVertices: number[] = [];

  /** The unused edge at `vertex` that comes next, or −1. */
  function take(vertex: number): number {
    const end = starts[vertex + 1] as number;
    let at = next[vertex] as number;
    while (at < end && used[edges[at] as number]) at++;
    next[vertex] = at + 1;
    return at < end ? (edges[at] as number) : -1;
  }

  for (let start = 0; start <= graph.vertices; start++) {
    let vertex = start;
    place[start] = 0;
    walkVertices.push(start);
    for (;;) {
      const edge = take(vertex);
      // Every degree is even by now, so a walk can only end where it began, with nothing left over.
      if (edge === -1) break;
      used[edge] = 1;
      walkEdges.push(edge);
      vertex = from[edge] === vertex ? (to[edge] as number) : (from[edge] as number);
      const seen = place[vertex] as number;
      if (seen === -1) {
        place[vertex] = walkVertices.length;
        walkVertices.push(vertex);
        continue;
      }
      directCycle(seen);
    }
    place[start] = -1;
    walkVertices.length = 0;
  }
  return forward;

  /** Takes the closed walk that began at `walkVertices[seen]` off the path and gives it a direction. */
  function directCycle(seen: number): void {
    let lean = 0;
    for (let i = seen; i < walkEdges.length; i++) {
      const edge = walkEdges[i] as number;
      if (edge >= real) continue;
      const along = from[edge] === walkVertices[i];
      forward[edge] = along ? 1 : 0;
      const weight = tilt?.[edge] ?? 0;
      lean += along ? weight : -weight;
    }
    if (lean > 0 || (lean === 0 && ties.integer(2) === 1)) {
      for (let i = seen; i < walkEdges.length; i++) {
        const edge = walkEdges[i] as number;
        if (edge < real) forward[edge] = 1 - (forward[edge] as number);
      }
    }
    for (let i = seen + 1; i < walkVertices.length; i++) place[walkVertices[i] as number] = -1;
    walkVertices.length = seen + 1;
    walkEdges.length = seen;
  }
}

/** The edges, and one from every odd vertex to an extra one, so that all degrees are even. */
function closed(graph: EdgeList): { from: Int32Array; to: Int32Array } {
  const degree = new Int32Array(graph.vertices);
  for (let edge = 0; edge < graph.from.length; edge++) {
    const a = graph.from[edge] as number;
    const b = graph.to[edge] as number;
    if (a === b) throw new Error(`edge ${edge} joins vertex ${a} to itself`);
    degree[a] = (degree[a] as number) + 1;
    degree[b] = (degree[b] as number) + 1;
  }
  const from = Array.from(graph.from);
  const to = Array.from(graph.to);
  degree.forEach((count, vertex) => {
    if (count % 2 === 0) return;
    from.push(vertex);
    to.push(graph.vertices);
  });
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}

/** Per vertex its edges, in random order: those of vertex v are `edges[starts[v]] … edges[starts[v + 1] − 1]`. */
function incidence(vertices: number, from: Int32Array, to: Int32Array, random: Random) {
  const starts = new Int32Array(vertices + 1);
  for (const ends of [from, to]) {
    for (const vertex of ends) starts[vertex + 1] = (starts[vertex + 1] as number) + 1;
  }
  for (let vertex = 0; vertex < vertices; vertex++) {
    starts[vertex + 1] = (starts[vertex + 1] as number) + (starts[vertex] as number);
  }
  const filled = starts.slice();
  const edges = new Int32Array(2 * from.length);
  const order = shuffled(
    Array.from({ length: from.length }, (_, edge) => edge),
    random
  );
  for (const edge of order) {
    for (const vertex of [from[edge] as number, to[edge] as number]) {
      edges[filled[vertex] as number] = edge;
      filled[vertex] = (filled[vertex] as number) + 1;
    }
  }
  return { starts, edges };
}
