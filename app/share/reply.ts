/** Answers to clients: JSON with everything beyond ASCII escaped, always with `result`, and with a `message` that is always a text. */

export interface Reply {
  readonly result: boolean;
  readonly message: string;
  readonly data?: object;
}

export function success(data: object, message = ''): Reply {
  return { result: true, message, data };
}

/** For what has nothing to show. */
export function done(message = ''): Reply {
  return { result: true, message };
}

export function failure(message: string): Reply {
  return { result: false, message };
}

/** The text of a reply. Clients of this game read ASCII only. */
export function encodeReply(reply: Reply): string {
  return JSON.stringify(reply).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
