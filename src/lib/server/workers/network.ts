import { networkInput, resizedTo } from '#lib/metrics/network-input.ts';
import type { NetworkDescription } from '#lib/metrics/network-description.ts';
import type { PixelImage } from '#lib/metrics/image.ts';
import { resizePixels } from '#lib/server/images/resize.ts';
import type { MeasuringOutcome } from './measuring.ts';

/** What is used of onnxruntime: its two packages for Node have the same. */
interface Runtime {
  InferenceSession: {
    create(model: Uint8Array, options?: Record<string, unknown>): Promise<Session>;
  };
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
  env?: { wasm?: { numThreads?: number } };
}

interface Session {
  inputNames: readonly string[];
  outputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: ArrayLike<number | bigint> }>>;
}

export interface Network {
  /** Of a stimulus, with its reference where the network takes two pictures. */
  run(picture: PixelImage, reference: PixelImage | null): Promise<MeasuringOutcome>;
}

/** The faster first. Neither is among the packages that a lab needs. */
const PACKAGES = ['onnxruntime-node', 'onnxruntime-web'];

export const NO_RUNTIME =
  'onnxruntime is not installed, and networks need it: npm install onnxruntime-node (or onnxruntime-web, slower and smaller) in the folder of Limen, then start again';

let runtime: Promise<Runtime> | null = null;

/**
 * @param packages which are tried, in order.
 * @throws Error with NO_RUNTIME where none is installed.
 */
export async function loadRuntime(packages: readonly string[] = PACKAGES): Promise<Runtime> {
  for (const name of packages) {
    try {
      const loaded = (await import(name)) as Runtime & { default?: Runtime };
      const found = loaded.InferenceSession ? loaded : (loaded.default as Runtime);
      // Threads are the pool's: one picture each, rather than all on one.
      if (found.env?.wasm) found.env.wasm.numThreads = 1;
      return found;
    } catch (error) {
      if (!isMissing(error, name))
        throw new Error(`${name} could not be loaded: ${messageOf(error)}`, { cause: error });
    }
  }
  throw new Error(NO_RUNTIME);
}

function isMissing(error: unknown, name: string): boolean {
  const code = (error as { code?: string } | null)?.code;
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && messageOf(error).includes(name);
}

/**
 * Loads a network and holds its inputs and outputs against the description.
 *
 * @throws Error in one sentence: no runtime, not a network, other inputs or outputs than described.
 */
export async function openNetwork(description: NetworkDescription, model: Uint8Array): Promise<Network> {
  const { InferenceSession, Tensor } = await (runtime ??= loadRuntime());
  let session: Session;
  try {
    session = await InferenceSession.create(model, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4
    });
  } catch (error) {
    throw new Error(`the ONNX file could not be loaded: ${messageOf(error)}`, { cause: error });
  }
  const inputs = description.inputNames ?? session.inputNames;
  const unknown = inputs.find((name) => !session.inputNames.includes(name));
  if (session.inputNames.length !== description.inputs || unknown !== undefined) {
    throw new Error(
      `the network's inputs are ${session.inputNames.join(', ')}; the description says ${description.inputNames?.join(', ') ?? description.inputs}`
    );
  }
  const { output } = description;
  const outputName = output.name ?? session.outputNames[output.index];
  if (outputName === undefined || !session.outputNames.includes(outputName)) {
    throw new Error(
      `the network's outputs are ${session.outputNames.join(', ')}; the description says ${output.name ?? `the one at ${output.index}`}`
    );
  }
  const [first, second] = inputs as [string, string?];

  async function tensorOf(picture: PixelImage): Promise<unknown> {
    const size = resizedTo(picture, description);
    const resized = await resizePixels(picture, size.widthPx, size.heightPx, description.kernel);
    const input = networkInput(resized, description);
    return input === null ? null : new Tensor('float32', input.data, input.dims);
  }

  return {
    async run(picture, reference) {
      const stimulus = await tensorOf(picture);
      const other = reference === null ? null : await tensorOf(reference);
      if (stimulus === null || (reference !== null && other === null)) {
        return { ok: false, failure: 'too-small', reason: 'the network’s crop is larger than the picture' };
      }
      let values: ArrayLike<number | bigint> | undefined;
      try {
        const results = await session.run({
          [first]: stimulus,
          ...(second === undefined ? {} : { [second]: other })
        });
        values = results[outputName]?.data;
      } catch (error) {
        return { ok: false, failure: 'network', reason: messageOf(error).slice(0, 300) };
      }
      return outcomeOf(values, description);
    }
  };
}

function outcomeOf(
  values: ArrayLike<number | bigint> | undefined,
  { output }: NetworkDescription
): MeasuringOutcome {
  if (values === undefined || values.length === 0) {
    return { ok: false, failure: 'network', reason: 'its output is empty' };
  }
  if (output.kind === 'score') {
    if (output.element >= values.length) {
      return {
        ok: false,
        failure: 'network',
        reason: `its output has ${values.length} values; the description asks for the one at ${output.element}`
      };
    }
    const value = Number(values[output.element]);
    return Number.isFinite(value)
      ? { ok: true, value }
      : { ok: false, failure: 'not-finite', reason: `it gave ${value}` };
  }
  const vector = Float32Array.from({ length: values.length }, (_, i) => Number(values[i]));
  return vector.every(Number.isFinite)
    ? { ok: true, vector }
    : { ok: false, failure: 'not-finite', reason: 'a number of the vector is not finite' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
