import { readMultipart } from './multipart.ts';
import { addModelFromFiles } from '../services/metrics/add-model.ts';
import { importFeatures } from '../services/metrics/import-features.ts';
import { importScores } from '../services/metrics/import-scores.ts';
import { receiveTable, type ReceivedFile } from '../services/metrics/receive-table.ts';
import { BadInput } from '../tables/bad-input.ts';
import type { Lab } from '../services/lab.ts';

/**
 * Takes what a form of the metrics page brings: scores, features, or a network with its description.
 * @returns where to go on, as the end of the page's address.
 */
export async function receiveMetrics(lab: Lab, dataset: string, request: Request): Promise<{ said: string }> {
  const files = new Map<string, ReceivedFile>();
  try {
    const fields = await readMultipart(request, async ({ field, filename, bytes }) => {
      files.set(field, await receiveTable(lab, filename, bytes));
    });
    const text = (name: string) => (fields.get(name) ?? '').trim();
    const file = (name: string): ReceivedFile => {
      const found = files.get(name);
      if (found === undefined || found.label === 'the file') throw new BadInput('choose a file');
      return found;
    };
    switch (text('what')) {
      case 'scores': {
        const lower = text('lower');
        const report = await importScores(lab, file('file'), {
          dataset,
          lowerIsBetter:
            text('better') === 'lower'
              ? 'all'
              : lower === ''
                ? []
                : lower.split(',').map((name) => name.trim())
        });
        return { said: `?metric=${encodeURIComponent(report.metrics[0]?.name ?? '')}` };
      }
      case 'features':
        await importFeatures(lab, file('file'), { dataset, name: text('name') });
        return { said: '#features' };
      case 'model':
        await addModelFromFiles(lab, text('name'), file('model'), file('description'));
        return { said: '#measure' };
      default:
        throw new BadInput('the form does not say what it brings');
    }
  } finally {
    for (const one of files.values()) await one.remove();
  }
}
