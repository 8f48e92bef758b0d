import { describe, expect, it } from 'vitest';
import { seededRandom } from '#lib/stats/random.ts';
import { balancedOrientation } from './balanced-orientation.ts';
import { balanceSlots } from './slot-balance.ts';

function randomGraph(seed: number) {
  const random = seededRandom(seed);
  const vertices = 2 + random.integer(12);
  const from: number[] = [];
  const to: number[] = [];
  for (let edge = random.integer(40); edge >= 0; edge--) {
    const a = random.integer(vertices);
    from.push(a);
    to.push((a + 1 + random.integer(vertices - 1)) % vertices);
  }
  return { vertices, from, to };
}

function outMinusIn(graph: ReturnType<typeof randomGraph>, forward: Uint8Array): number[] {
  const balance = new Array<number>(graph.vertices).fill(0);
  graph.from.forEach((a, edge) => {
    const b = graph.to[edge] as number;
    balance[a]! += forward[edge] ? 1 : -1;
    balance[b]! += forward[edge] ? -1 : 1;
  });
  return balance;
}

describe('balancedOrientation', () => {
  it('leaves each vertex as often as it is entered: exactly for even degrees, ±1 for odd ones', () => {
    for (let seed = 0; seed < 500; seed++) {
      const graph = randomGraph(seed);
      const balance = outMinusIn(graph, balancedOrientation(graph, seededRandom(seed)));
      balance.forEach((difference, vertex) => {
        const degree = [...graph.from, ...graph.to].filter((end) => end === vertex).length;
        expect([seed, vertex, Math.abs(difference)]).toEqual([seed, vertex, degree % 2]);
      });
    }
  });

  it('turns everything that was directed one way before, when it is asked to even that out', () => {
    for (let seed = 0; seed < 100; seed++) {
      const graph = randomGraph(seed);
      const before = balancedOrientation(graph, seededRandom('walks'), undefined, seededRandom(seed));
      const tilt = Array.from(before, (forward) => (forward ? 1 : -1));
      const after = balancedOrientation(graph, seededRandom('walks'), tilt, seededRandom(`${seed}/again`));
      expect(Array.from(after, (forward) => 1 - forward)).toEqual(Array.from(before));
    }
  });

  it('directs an edge either way equally often', () => {
    const graph = randomGraph(4);
    let forward = 0;
    for (let seed = 0; seed < 2000; seed++) forward += balancedOrientation(graph, seededRandom(seed))[0] ?? 0;
    expect(Math.abs(forward - 1000)).toBeLessThan(4.5 * Math.sqrt(500));
  });
});

describe('balanceSlots', () => {
  it('puts each item in each slot equally often, ±1, whatever the groups', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed);
      const items = 4 + random.integer(10);
      const groups = Array.from({ length: 1 + random.integer(30) }, () => {
        const members = new Set<number>();
        while (members.size < 4) members.add(random.integer(items));
        return [...members];
      });
      const placed = balanceSlots(groups, items, random);
      placed.forEach((group, index) =>
        expect(group.slice().sort()).toEqual((groups[index] as number[]).slice().sort())
      );
      for (let item = 0; item < items; item++) {
        const times = [0, 1, 2, 3].map((slot) => placed.filter((group) => group[slot] === item).length);
        expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
      }
    }
  });
});
