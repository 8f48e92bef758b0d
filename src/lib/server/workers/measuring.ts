import type { PristineModel } from '#lib/metrics/niqe.ts';
import type { NetworkDescription } from '#lib/metrics/network-description.ts';

/** What a measuring thread is told once: everything that may be asked of it, by a key of the caller's. */
export interface MeasuringSetup {
  targets: Record<string, Target>;
  pristine: PristineModel | null;
}

export type Target =
  | { kind: 'pair'; metric: string }
  | { kind: 'alone'; metric: string }
  /** The built-in description of a picture (metrics/descriptor). */
  | { kind: 'descriptor' }
  /** The features of the picture's sharp blocks, one after another: what a pristine model is fitted from. */
  | { kind: 'sharp-blocks' }
  | { kind: 'network'; description: NetworkDescription; model: Uint8Array };

export interface CodedPicture {
  sha256: string;
  /** Null where the thread was given them with the task before. */
  bytes: Uint8Array | null;
}

export interface MeasuringTask {
  picture: CodedPicture;
  reference: CodedPicture | null;
  /** Keys of targets. */
  wanted: string[];
}

export type MeasuringOutcome =
  | { ok: true; value: number }
  | { ok: true; vector: Float32Array }
  /** 36 doubles a block. */
  | { ok: true; blocks: Float64Array }
  | {
      ok: false;
      failure:
        | 'identical'
        | 'too-small'
        | 'grey'
        | 'undefined'
        | 'different-size'
        | 'no-reference'
        | 'undecodable'
        | 'not-finite'
        | 'network';
      reason: string | null;
    };

export interface MeasuringResult {
  outcomes: [key: string, outcome: MeasuringOutcome][];
}

export type MeasuringReply = { ready: true } | { result: MeasuringResult } | { problem: string };
