// What a researcher would write: the openai package, a list of pictures, so many requests at once, answers kept in memory,
// and as many tries as a run of the lab has.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import OpenAI from 'openai';

const [baseURL = '', folder = '', count = '500', atOnce = '32'] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 6 });
const pictures = readdirSync(folder)
  .filter((name) => name.endsWith('.jpg'))
  .map((name) => readFileSync(path.join(folder, name)));
const started = performance.now();
let next = 0;
const answers: (string | null)[] = [];
let failed = 0;
const worker = async () => {
  while (next < Number(count)) {
    const picture = pictures[next++ % pictures.length] as Buffer;
    const asked = client.chat.completions.create({
      model: 'fake',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${picture.toString('base64')}` } },
            {
              type: 'text',
              text: 'Please assign a perceptual quality score in terms of structure and texture preservation, color and luminance reproduction, noise, contrast, sharpness, and any other low-level distortions. The score must range from 0 to 100, with a higher score denoting better image quality. Respond with one line and nothing else:\nScore: [a number from 0 to 100]'
            }
          ]
        }
      ]
    });
    try {
      answers.push((await asked).choices[0]?.message.content ?? null);
    } catch {
      failed++;
    }
  }
};
await Promise.all(Array.from({ length: Number(atOnce) }, worker));
process.stdout.write(
  JSON.stringify({ seconds: (performance.now() - started) / 1000, answers: answers.length, failed })
);
