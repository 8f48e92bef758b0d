import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ChatCompletion, ChatCompletionContentPart } from 'openai/resources/chat/completions';
import { SIMULATED_FINGERPRINT } from '#lib/domain/simulation/fingerprint.ts';
import type { Provider, ProviderCompletion, ProviderRequest, TransportFailure } from './provider.ts';

/**
 * Any endpoint that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, LM Studio, OpenRouter …
 * Retrying is the caller's: it knows the run's pace, its age and its cap.
 */
export function openAiProvider(options: { baseUrl: string; apiKey: string | null }): Provider {
  const client = new OpenAI({
    baseURL: options.baseUrl,
    // Local servers take no key, but the package insists on one.
    apiKey: options.apiKey ?? 'none',
    maxRetries: 0,
    // Where an endpoint sends us on to was not looked at, and the key is not for whoever stands there.
    fetchOptions: { redirect: 'manual' },
    organization: null,
    project: null
  });
  return {
    async complete(request) {
      const started = performance.now();
      try {
        const body = toBody(request);
        const answer: unknown = await client.chat.completions.create(body, {
          timeout: request.timeoutMs,
          signal: request.signal
        });
        return fromAnswer(answer, performance.now() - started);
      } catch (error) {
        return { ok: false, failure: toFailure(error, request, options.apiKey) };
      }
    }
  };
}

type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

export function toBody(request: ProviderRequest): Body {
  const content: ChatCompletionContentPart[] = request.parts.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const base64 = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength).toString(
      'base64'
    );
    const url = `data:${part.mediaType};base64,${base64}`;
    return {
      type: 'image_url',
      image_url: { url, ...(request.imageDetail === null ? {} : { detail: request.imageDetail as 'auto' }) }
    };
  });
  const body: Body = {
    model: request.model,
    messages: [
      ...(request.system === null ? [] : [{ role: 'system' as const, content: request.system }]),
      { role: 'user' as const, content }
    ]
  };
  if (request.temperature !== null) body.temperature = request.temperature;
  if (request.topP !== null) body.top_p = request.topP;
  if (request.maxTokens !== null) body.max_tokens = request.maxTokens;
  if (request.seed !== null) body.seed = request.seed;
  if (request.reasoningEffort !== null) body.reasoning_effort = request.reasoningEffort as 'low';
  if (request.readout === 'logprobs') {
    body.logprobs = true;
    body.top_logprobs = 20;
  }
  if (request.readout === 'json' && request.jsonSchema !== null) {
    body.response_format = {
      type: 'json_schema',
      json_schema: { name: request.jsonSchema.name, schema: request.jsonSchema.schema, strict: true }
    };
  }
  return body;
}

/** Endpoints that only resemble OpenAI's leave things out; nothing of the shape is taken on trust. */
export function fromAnswer(
  raw: unknown,
  latencyMs: number
): { ok: true; completion: ProviderCompletion } | { ok: false; failure: TransportFailure } {
  const answer = raw as Partial<ChatCompletion> | null;
  const choice = typeof answer === 'object' && Array.isArray(answer?.choices) ? answer.choices[0] : undefined;
  const message = choice?.message as { content?: unknown; refusal?: unknown } | undefined;
  if (answer === null || message === undefined || message === null || typeof message !== 'object') {
    const shown = typeof raw === 'string' ? raw : JSON.stringify(raw);
    return {
      ok: false,
      failure: {
        kind: 'garbage',
        status: 200,
        message: `the endpoint answered, but not with a chat completion: ${shorten(shown ?? String(raw))}`,
        retryAfterMs: null,
        retriable: true
      }
    };
  }
  const wholeOrNull = (value: unknown) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
  return {
    ok: true,
    completion: {
      reportedModel: typeof answer.model === 'string' ? answer.model : null,
      simulated: answer.system_fingerprint === SIMULATED_FINGERPRINT,
      content: textOf(message.content),
      refusal: typeof message.refusal === 'string' && message.refusal !== '' ? message.refusal : null,
      finishReason: typeof choice?.finish_reason === 'string' ? choice.finish_reason : null,
      logprobs:
        choice?.logprobs?.content?.map((entry) => ({
          token: entry.token,
          logprob: entry.logprob,
          top: (entry.top_logprobs ?? []).map(({ token, logprob }) => ({ token, logprob }))
        })) ?? null,
      tokensIn: wholeOrNull(answer.usage?.prompt_tokens),
      tokensOut: wholeOrNull(answer.usage?.completion_tokens),
      latencyMs
    }
  };
}

/** Content is a text, or (some servers) a list of parts with texts. PostgreSQL's text takes no zero byte. */
function textOf(content: unknown): string | null {
  const text =
    typeof content === 'string'
      ? content
      : Array.isArray(content)
        ? content.map((part: unknown) => (part as { text?: unknown })?.text ?? '').join('')
        : null;
  return text === null ? null : text.replaceAll('\u0000', '\ufffd');
}

export function toFailure(
  error: unknown,
  request: Pick<ProviderRequest, 'timeoutMs' | 'signal'>,
  apiKey: string | null
): TransportFailure {
  const failure = (
    kind: TransportFailure['kind'],
    status: number | null,
    message: string,
    retriable: boolean,
    retryAfterMs: number | null = null
  ): TransportFailure => ({ kind, status, message: clean(message, apiKey), retryAfterMs, retriable });

  if (error instanceof APIUserAbortError) return failure('aborted', null, 'the request was cancelled', false);
  if (error instanceof APIConnectionTimeoutError) {
    return failure('timeout', null, `no answer within ${request.timeoutMs / 1000} s`, true);
  }
  if (error instanceof APIConnectionError) {
    return failure('connection', null, `no connection: ${causeOf(error)}`, true);
  }
  if (error instanceof APIError) {
    const status = typeof error.status === 'number' ? error.status : null;
    const wait = retryAfter(error.headers ?? undefined);
    if (status === 429) return failure('rate-limit', 429, error.message, true, wait);
    if (status === 408 || status === 409 || (status !== null && status >= 500)) {
      return failure('server', status, error.message, true, wait);
    }
    if (status === null) return failure('server', null, error.message, true, wait);
    return failure('refused-request', status, error.message, false);
  }
  // A body that is no JSON, a connection cut in the middle of it.
  const name = error instanceof Error ? error.name : '';
  if (name === 'SyntaxError') {
    return failure('garbage', 200, 'the endpoint answered with something that is not JSON', true);
  }
  if (request.signal.aborted) return failure('aborted', null, 'the request was cancelled', false);
  return failure('connection', null, error instanceof Error ? error.message : String(error), true);
}

/** Seconds or a date, as RFC 9110 has it; OpenAI's own milliseconds go before. */
export function retryAfter(headers: Headers | undefined, now: number = Date.now()): number | null {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  const value = headers?.get('retry-after');
  if (value == null || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : null;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function causeOf(error: Error): string {
  const cause = error.cause as (Error & { code?: string; cause?: { code?: string } }) | undefined;
  return cause?.code ?? cause?.cause?.code ?? cause?.message ?? error.message;
}

function clean(message: string, apiKey: string | null): string {
  let text = message.replace(/data:image\/[a-z+.-]+;base64,[A-Za-z0-9+/=]+/g, '[picture]');
  if (apiKey !== null && apiKey.length > 3) text = text.replaceAll(apiKey, '[key]');
  text = text.replace(/\b(sk|key|Bearer)[-_ ][A-Za-z0-9_-]{8,}/g, '[key]');
  return shorten(text.replaceAll('\u0000', ''));
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}
