// The fake endpoint in a process of its own, so that neither side of a comparison shares its event loop with it.
import { startFakeOpenAi } from '../../tests/fakes/openai-server.ts';

const fake = await startFakeOpenAi({ latencyMs: [200, 400] });
process.stdout.write(`${fake.url}\n`);
process.on('SIGTERM', () => void fake.stop().then(() => process.exit(0)));
