/** Endpoints that speak OpenAI's chat completions, to start from; any other base URL is as good. */
export const ENDPOINT_PRESETS: readonly {
  name: string;
  baseUrl: string;
  /** The environment variable that usually holds its key; null where none is needed. */
  apiKeyEnv: string | null;
}[] = [
  { name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY' },
  { name: 'vLLM', baseUrl: 'http://localhost:8000/v1', apiKeyEnv: null },
  { name: 'Ollama', baseUrl: 'http://localhost:11434/v1', apiKeyEnv: null },
  { name: 'LM Studio', baseUrl: 'http://localhost:1234/v1', apiKeyEnv: null },
  { name: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1', apiKeyEnv: 'OPENROUTER_API_KEY' },
  {
    name: 'Gemini (OpenAI-compatible)',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai/',
    apiKeyEnv: 'GEMINI_API_KEY'
  },
  {
    name: 'Anthropic (OpenAI-compatible)',
    baseUrl: 'https://api.anthropic.com/v1/',
    apiKeyEnv: 'ANTHROPIC_API_KEY'
  }
];
