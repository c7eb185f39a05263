/** One HTTP request with exactly the headers a test names, on a connection of its own unless an agent is given. */
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface HttpOptions {
  readonly port: number;
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
  /** Milliseconds; 10 s when left out. */
  readonly deadlineMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text parsed. @throws SyntaxError */
  json(): unknown;
}

/** Sends it and reads the whole answer. @throws Error when it does not come in time */
export function http(options: HttpOptions): Promise<HttpAnswer> {
  const { host = '127.0.0.1', port, path, method = 'GET', headers = {}, body, agent, deadlineMs = 30_000 } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      { host, port, path, method, headers, agent: agent ?? false, signal: AbortSignal.timeout(deadlineMs) },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}
