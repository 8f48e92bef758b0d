import { describe, expect, it } from 'vitest';
import { loadRuntime, NO_RUNTIME } from './network.ts';

describe('the runtime for networks', () => {
  it('says in one line what to do where it is not installed', async () => {
    await expect(loadRuntime(['onnxruntime-of-nobody', '@nobody/onnxruntime'])).rejects.toThrow(NO_RUNTIME);
    expect(NO_RUNTIME).toMatch(/npm install onnxruntime-node/);
    expect(NO_RUNTIME).not.toContain('\n');
  });

  it('takes the first that is', async () => {
    const runtime = await loadRuntime(['onnxruntime-of-nobody', 'onnxruntime-web']);
    expect(typeof runtime.InferenceSession.create).toBe('function');
  });
});
